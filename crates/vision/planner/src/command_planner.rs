//! An outside planner: a child process that is given images and answers with a plan.
//!
//! The process is started anew for every plan. On its standard input it gets one line of JSON, then the voxels
//! of every image in the order of `images`, as little-endian 32-bit floats, `[slice][row][column]`:
//!
//! ```json
//! {"format-version": 1, "position": "HFS", "rules": {"sagittal": {…}, "axial": {…}, …}, "images": [{"orientation":
//!   "sagittal", "shape": [columns, rows, slices], "affine": [[…4], […4], […4]]}, …]}
//! ```
//!
//! The images are the localizer's stacks: sagittal, coronal and axial. `affine` takes an index (column, row, slice, 1) to
//! LPS millimetres. `rules` is the scenario's `[prescription]` (`plumbline schema scenario`): how many slices of which
//! thickness, with keys in kebab-case. On its standard output the process writes one `plan.json` (`plumbline schema
//! plan`, keys in snake_case) and ends with status 0 within the scenario's `time-limit-s`. Whatever else it does costs it
//! the case, and the last it said on its standard error is told. A disc's axial slices are found by their group's name,
//! `axial L4/L5`; of a disc without such a group the planned level is judged.
//!
//! `crates/vision/planner/examples/outside_planner.py` is such a planner, in 60 lines.

use std::io::{Read, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use geometry::SliceRole;
use serde_json::json;

use crate::plan::{ScanPlan, disc_group_name};
use crate::request::{Planned, Planner, PlannerError, PlanningRequest};

/// A longer answer is no plan, bytes.
const LONGEST_ANSWER: u64 = 16 << 20;
/// How often a running child is looked at.
const GLANCE: Duration = Duration::from_millis(2);

/// How long a planner that has ended is listened to for its last words.
const PATIENCE: Duration = Duration::from_millis(200);
/// So many of them are told, bytes.
const LAST_WORDS: usize = 400;

/// A planner behind a command.
#[derive(Clone, Debug)]
pub struct CommandPlanner {
    command: String,
    /// The program and its arguments.
    words: Vec<String>,
    time_limit: Duration,
}

impl CommandPlanner {
    /// A program and its arguments, quoted as in a shell; a plan that takes longer than `time_limit` is lost.
    ///
    /// # Errors
    /// What is wrong with the command: a quotation without end, nothing at all, or no such program.
    pub fn new(command: impl Into<String>, time_limit: Duration) -> Result<Self, String> {
        let command = command.into();
        let words = shlex::split(&command).ok_or_else(|| format!("'{command}' ends within a quotation"))?;
        let program = words.first().ok_or("no command was given")?;
        if !is_found(program) {
            return Err(format!("there is no program '{program}'"));
        }
        Ok(Self { command, words, time_limit })
    }

    fn start(&self) -> Result<Child, PlannerError> {
        let (program, arguments) = self.words.split_first().expect("a command has a program");
        Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| PlannerError::Ended(format!("'{program}' cannot be started: {error}")))
    }
}

/// Whether a program is a file, or a file's name in one of the folders of `PATH`.
fn is_found(program: &str) -> bool {
    if Path::new(program).components().count() > 1 {
        return Path::new(program).is_file();
    }
    let endings = ["", std::env::consts::EXE_SUFFIX];
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders)
        .any(|folder| endings.iter().any(|ending| folder.join(format!("{program}{ending}")).is_file()))
}

/// Reads a child's pipe to its end, on a thread that nobody waits for: a child's own children may hold the pipe open
/// after its end.
fn reading<T: Send + 'static>(
    pipe: impl Read + Send + 'static,
    read: impl FnOnce(Box<dyn Read + Send>) -> T + Send + 'static,
) -> mpsc::Receiver<T> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(read(Box::new(pipe))));
    receiver
}

/// The end of what a pipe gives.
fn last_words(mut pipe: Box<dyn Read + Send>) -> String {
    let (mut end, mut chunk) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = pipe.read(&mut chunk) {
        end.extend_from_slice(&chunk[..count]);
        let surplus = end.len().saturating_sub(LAST_WORDS);
        end.drain(..surplus);
    }
    String::from_utf8_lossy(&end).trim().to_owned()
}

impl Planner for CommandPlanner {
    fn name(&self) -> String {
        format!("cmd:{}", self.command)
    }

    fn plan(&mut self, request: &PlanningRequest<'_>) -> Result<Planned, PlannerError> {
        let begin = Instant::now();
        let mut child = self.start()?;
        let mut input = child.stdin.take().expect("stdin is piped");
        let output = child.stdout.take().expect("stdout is piped");
        let complaints = child.stderr.take().expect("stderr is piped");
        let question = question(request);
        // Not waited for either: a child that does not read leaves it hanging.
        thread::spawn(move || input.write_all(&question));
        let complaints = reading(complaints, last_words);
        let answer = reading(output, |pipe| {
            let mut answer = Vec::new();
            pipe.take(LONGEST_ANSWER).read_to_end(&mut answer).map(|_| answer)
        });

        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Ok(status),
                Ok(None) if begin.elapsed() < self.time_limit => thread::sleep(GLANCE),
                Ok(None) => break Err(PlannerError::Timeout(self.time_limit.as_millis() as u64)),
                Err(error) => break Err(PlannerError::Ended(error.to_string())),
            }
        };
        if status.is_err() {
            // Both may fail for a child that has just ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
        let status = status?;
        if !status.success() {
            let said = complaints.recv_timeout(PATIENCE).unwrap_or_default();
            let said = if said.is_empty() { said } else { format!("; it said: {said}") };
            return Err(PlannerError::Ended(format!("{status}{said}")));
        }
        let left = self.time_limit.saturating_sub(begin.elapsed()).max(GLANCE);
        let answer =
            answer.recv_timeout(left).map_err(|_| PlannerError::Timeout(self.time_limit.as_millis() as u64))?;
        let answer = answer.map_err(|error| PlannerError::Ended(error.to_string()))?;
        let plan = ScanPlan::from_json(&answer).map_err(PlannerError::Malformed)?;
        let warnings = unnamed_groups(&plan);
        Ok(Planned { plan, segmentation: None, warnings })
    }
}

/// A warning for each axial group that is no disc's by its name: its slices count for nothing.
fn unnamed_groups(plan: &ScanPlan) -> Vec<String> {
    let expected: Vec<String> = plan.levels.iter().map(|level| disc_group_name(level.label)).collect();
    let axial = plan.groups_of(SliceRole::AxialDisc).filter(|group| !expected.contains(&group.name));
    axial
        .map(|group| {
            format!(
                "the planner's axial group '{}' bears no level's name, as 'axial L4/L5' would: not scored",
                group.name
            )
        })
        .collect()
}

/// Header line and voxels.
fn question(request: &PlanningRequest<'_>) -> Vec<u8> {
    let images: Vec<_> = request
        .images
        .iter()
        .map(|(orientation, image)| {
            let affine = image.grid.affine();
            let rows: Vec<Vec<f64>> = (0..3).map(|row| affine.row(row).iter().copied().collect()).collect();
            json!({ "orientation": orientation, "shape": image.grid.shape, "affine": rows })
        })
        .collect();
    let header = json!({ "format-version": 1, "position": request.position, "rules": request.rules, "images": images });
    let mut bytes = header.to_string().into_bytes();
    bytes.push(b'\n');
    for (_, image) in request.images {
        image.data.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
    }
    bytes
}
