//! An outside planner: a child process that is given images and answers with a plan.
//!
//! A new process is started for every plan. On its standard input it gets one line of JSON, then the voxels
//! of every image in the order of `images`, as little-endian 32-bit floats, `[slice][row][column]`:
//!
//! ```json
//! {"format-version": 1, "position": "HFS", "rules": {"sagittal": {…}, "axial": {…}, …}, "images": [{"orientation":
//!   "sagittal", "shape": [columns, rows, slices], "affine": [[…4], […4], […4]]}, …]}
//! ```
//!
//! The images are the localizer's stacks: sagittal, coronal and axial. `affine` takes an index (column, row, slice, 1) to
//! LPS millimetres. `rules` is what the examination's protocol prescribes (as a scenario's `[prescription]` may change it,
//! `plumbline schema scenario`): how many slices of which thickness, with keys in kebab-case. On its standard output the
//! process writes one `plan.json` (`plumbline schema plan`, keys in snake_case) and ends with status 0 within the
//! scenario's `time-limit-s`. Whatever else it does costs it the case, and the end of its standard error is reported.
//!
//! ```json
//! {"format_version": 2, "frame": "patient-lps-mm",
//!  "levels": [{"label": "L4/L5", "centre": [0, 5, -37], "normal": [0, -0.2, 0.98], "confidence": 0.9}, …],
//!  "groups": [{"name": "T2 axial L4/L5", "target": {"disc": "L4/L5"}, "centre": […], "row": […], "column": […],
//!    "slices": 5, "thickness_mm": 4, "gap_mm": 0.4, "fov_mm": [180, 180], "matrix": [256, 256],
//!    "phase_encoding": "row"}, …],
//!  "flags": [{"code": "low-confidence", "severity": "warning", "discs": ["L4/L5"], "message": "check L4/L5"}]}
//! ```
//!
//! A group's `target` says what it is for: `"sagittal"`, `"coronal"`, `{"disc": "L4/L5"}`, or `{"block": ["L3/L4",
//! "L4/L5"]}` for a contiguous axial block. Its name is a label and may be any. Of a disc without a group the planned
//! level is judged. Every object may carry keys of one's own that begin with `x-`. Plans of version 1, whose groups have a
//! `role` and are for the disc that they are named after (`axial L4/L5`), are still read ([`crate::plan_file`]).
//!
//! `crates/vision/planner/examples/outside_planner.py` is such a planner, in 60 lines.

use std::io::{Read, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use geometry::SliceTarget;
use serde_json::json;

use crate::plan::ScanPlan;
use crate::program_files::{NamedFile, find_program, named_files};
use crate::request::{Planned, Planner, PlannerError, PlanningRequest};

/// The longest answer that is read, bytes.
const MAX_ANSWER_BYTES: u64 = 16 << 20;
/// How often a running child is polled.
const POLL_INTERVAL: Duration = Duration::from_millis(2);
/// How long the standard error of a failed child is read after its end.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(200);
/// How much of the end of its standard error is reported, bytes.
const MAX_STDERR_BYTES: usize = 400;

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
        if find_program(program).is_none() {
            return Err(format!("there is no program '{program}'"));
        }
        Ok(Self { command, words, time_limit })
    }

    /// The command line as it was given.
    pub fn command(&self) -> &str {
        &self.command
    }

    /// The program and the files that the command line names, each with its hash: what a run knows the planner by. What
    /// these load in turn, such as modules of a package, is not seen.
    ///
    /// # Errors
    /// Which file cannot be read, with the system's reason.
    pub fn files(&self) -> Result<Vec<NamedFile>, String> {
        named_files(&self.words)
    }

    fn start(&self) -> Result<Child, PlannerError> {
        let (program, arguments) = self.words.split_first().expect("a command has a program");
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own: Ctrl-C at the terminal is for the run, which ends after this case, and not for the planner,
        // whose failure it would be; and what the planner starts can be ended with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.spawn().map_err(|error| PlannerError::Ended(format!("'{program}' cannot be started: {error}")))
    }
}

/// Ends a child and, where the system has process groups, all that it has started. Both may fail for one that has just
/// ended by itself.
fn end(child: &mut Child) {
    #[cfg(unix)]
    let _ = Command::new("kill")
        .args(["-KILL", "--", &format!("-{}", child.id())])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let _ = child.kill();
    let _ = child.wait();
}

/// Reads a child's pipe to its end on a thread that is not joined: the child's own children may hold the pipe open after
/// its end.
fn read_to_end<T: Send + 'static>(
    pipe: impl Read + Send + 'static,
    read: impl FnOnce(Box<dyn Read + Send>) -> T + Send + 'static,
) -> mpsc::Receiver<T> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(read(Box::new(pipe))));
    receiver
}

/// The last [`MAX_STDERR_BYTES`] of a pipe, with what would control a terminal replaced.
fn tail(mut pipe: Box<dyn Read + Send>) -> String {
    let (mut end, mut chunk) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = pipe.read(&mut chunk) {
        end.extend_from_slice(&chunk[..count]);
        let surplus = end.len().saturating_sub(MAX_STDERR_BYTES);
        end.drain(..surplus);
    }
    let text = String::from_utf8_lossy(&end);
    let shown = text.trim().chars().map(|c| if c.is_control() && c != '\n' { char::REPLACEMENT_CHARACTER } else { c });
    shown.collect()
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
        let stderr = child.stderr.take().expect("stderr is piped");
        let message = request_bytes(request);
        // Not joined either: a child that does not read its input blocks it.
        thread::spawn(move || input.write_all(&message));
        let stderr = read_to_end(stderr, tail);
        let answer = read_to_end(output, |pipe| {
            let mut answer = Vec::new();
            pipe.take(MAX_ANSWER_BYTES).read_to_end(&mut answer).map(|_| answer)
        });

        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Ok(status),
                Ok(None) if begin.elapsed() < self.time_limit => thread::sleep(POLL_INTERVAL),
                Ok(None) => break Err(PlannerError::Timeout(self.time_limit.as_millis() as u64)),
                Err(error) => break Err(PlannerError::Ended(error.to_string())),
            }
        };
        if status.is_err() {
            end(&mut child);
        }
        let status = status?;
        if !status.success() {
            let stderr = stderr.recv_timeout(DRAIN_TIMEOUT).unwrap_or_default();
            let reported = if stderr.is_empty() { stderr } else { format!("; its standard error ends: {stderr}") };
            return Err(PlannerError::Ended(format!("{status}{reported}")));
        }
        let left = self.time_limit.saturating_sub(begin.elapsed()).max(POLL_INTERVAL);
        let answer = answer.recv_timeout(left).map_err(|_| {
            // Something that it started still holds its standard output.
            end(&mut child);
            PlannerError::Timeout(self.time_limit.as_millis() as u64)
        })?;
        let answer = answer.map_err(|error| PlannerError::Ended(error.to_string()))?;
        let plan = ScanPlan::from_json(&answer)?;
        let warnings = blocks_without_discs(&plan);
        Ok(Planned { plan, segmentation: None, warnings })
    }
}

/// A warning for each axial group that states no disc, as one of a version 1 plan that is named after none: it is scored
/// for none.
fn blocks_without_discs(plan: &ScanPlan) -> Vec<String> {
    let blocks =
        plan.groups.iter().filter(|group| matches!(&group.target, SliceTarget::Block(discs) if discs.is_empty()));
    let warning = |name: &str| {
        format!(
            "the planner's axial group '{name}' states no disc and is not scored; expected a target such as {{\"disc\": \
             \"L4/L5\"}} (format_version 2) or the name 'axial L4/L5' (version 1)"
        )
    };
    blocks.map(|group| warning(&group.name)).collect()
}

/// Header line and voxels.
fn request_bytes(request: &PlanningRequest<'_>) -> Vec<u8> {
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
