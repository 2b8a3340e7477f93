//! An outside planner: a child process that is given images and answers with a plan.
//!
//! The process is started anew for every plan. On its standard input it gets one line of JSON, then the voxels
//! of every image in the order of `images`, as little-endian 32-bit floats, `[slice][row][column]`:
//!
//! ```json
//! {"format-version": 1, "position": "HFS", "rules": {…}, "images": [{"orientation": "sagittal",
//!   "shape": [columns, rows, slices], "affine": [[…4], […4], […4]]}, …]}
//! ```
//!
//! `affine` takes an index (column, row, slice, 1) to LPS millimetres. On its standard output it writes one
//! `plan.json` (`plumbline schema plan`) and ends with status 0. Whatever else it does costs it the case.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::plan::ScanPlan;
use crate::request::{Planned, Planner, PlannerError, PlanningRequest};

/// A longer answer is no plan, bytes.
const LONGEST_ANSWER: u64 = 16 << 20;
/// How often a running child is looked at.
const GLANCE: Duration = Duration::from_millis(2);

/// A planner behind a command.
#[derive(Clone, Debug)]
pub struct CommandPlanner {
    command: String,
    time_limit: Duration,
}

impl CommandPlanner {
    /// A program and its arguments, separated by spaces; a plan that takes longer than `time_limit` is lost.
    pub fn new(command: impl Into<String>, time_limit: Duration) -> Self {
        Self { command: command.into(), time_limit }
    }

    fn start(&self) -> Result<Child, PlannerError> {
        let mut words = self.command.split_whitespace();
        let program = words.next().ok_or_else(|| PlannerError::Ended("no command was given".into()))?;
        Command::new(program)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| PlannerError::Ended(format!("'{program}' cannot be started: {error}")))
    }
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
        let question = question(request);
        // Neither thread is waited for: a child's own children may hold the pipes open after its end.
        thread::spawn(move || input.write_all(&question));
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut answer = Vec::new();
            let read = output.take(LONGEST_ANSWER).read_to_end(&mut answer).map(|_| answer);
            sender.send(read)
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
            return Err(PlannerError::Ended(status.to_string()));
        }
        let left = self.time_limit.saturating_sub(begin.elapsed()).max(GLANCE);
        let answer =
            receiver.recv_timeout(left).map_err(|_| PlannerError::Timeout(self.time_limit.as_millis() as u64))?;
        let answer = answer.map_err(|error| PlannerError::Ended(error.to_string()))?;
        let plan = ScanPlan::from_json(&answer).map_err(PlannerError::Malformed)?;
        Ok(Planned { plan, segmentation: None, warnings: Vec::new() })
    }
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
