//! The training folder: its log, its learning curve and its lock.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::config::TrainingConfig;
use crate::curve;
use crate::error::TrainError;
use crate::event::TrainingEvent;

/// Name of the log in the training folder.
const LOG: &str = "log.jsonl";
/// Name of the file that a running training locks.
const LOCK: &str = "lock";
/// Name of the learning curve in the training folder.
const CURVE: &str = "curve.svg";

/// Log, learning curve and the caller's sink; locks the folder until dropped.
pub(crate) struct Journal<'a> {
    /// The training folder.
    pub out: &'a Path,
    _lock: File,
    steps: u64,
    structures: [&'static str; 5],
    /// Events of earlier sessions.
    earlier: Vec<TrainingEvent>,
    /// Events of this session.
    events: Vec<TrainingEvent>,
    sink: &'a mut dyn FnMut(TrainingEvent),
}

impl<'a> Journal<'a> {
    /// Creates and locks the folder.
    pub fn open(
        out: &'a Path,
        config: &TrainingConfig,
        sink: &'a mut dyn FnMut(TrainingEvent),
    ) -> Result<Self, TrainError> {
        fs::create_dir_all(out).map_err(io(out))?;
        let path = out.join(LOCK);
        let lock = File::options().create(true).append(true).open(&path).map_err(io(&path))?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(TrainError::InUse(out.into())),
            // A file system without locks cannot tell of another training.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let (steps, structures) = (config.steps, config.image.structure_names());
        Ok(Self { out, _lock: lock, steps, structures, earlier: Vec::new(), events: Vec::new(), sink })
    }

    /// Logs an event and passes it on.
    pub fn record(&mut self, event: TrainingEvent) -> Result<(), TrainError> {
        let path = self.out.join(LOG);
        let line = serde_json::to_string(&event).expect("an event has a JSON form");
        let log = File::options().create(true).append(true).open(&path);
        log.and_then(|mut log| writeln!(log, "{line}")).map_err(io(&path))?;
        self.events.push(event.clone());
        (self.sink)(event);
        Ok(())
    }

    /// Empties the log of a session that left no checkpoint.
    pub fn start_over(&self) -> Result<(), TrainError> {
        self.write_log("")
    }

    /// Keeps the log up to the checkpoint; later events will happen again.
    pub fn resume(&mut self, step: u64) -> Result<(), TrainError> {
        let path = self.out.join(LOG);
        let bytes = match fs::read(&path) {
            // A missing log or a line that cannot be read is no reason to lose the training.
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read.map_err(io(&path))?,
        };
        let text = String::from_utf8_lossy(&bytes);
        let events = text.lines().filter_map(|line| serde_json::from_str(line).ok());
        self.earlier = events.filter(|event: &TrainingEvent| event.step() <= step).collect();
        let lines = self.earlier.iter().map(|event| serde_json::to_string(event).expect("it was JSON") + "\n");
        self.write_log(&lines.collect::<String>())?;
        self.record(TrainingEvent::Resumed { step })
    }

    fn write_log(&self, text: &str) -> Result<(), TrainError> {
        let path = self.out.join(LOG);
        fs::write(&path, text).map_err(io(&path))
    }

    /// Share of this session's time that steps waited for examples.
    pub fn waiting_share(&self) -> Option<f64> {
        let steps = self.events.iter().filter_map(|event| match event {
            TrainingEvent::Step { wall_ms, wall_waiting_ms, .. } => Some((wall_ms, wall_waiting_ms)),
            _ => None,
        });
        let (all, waiting) = steps.fold((0.0, 0.0), |(all, waiting), (ms, waited)| (all + ms, waiting + waited));
        (all > 0.0).then(|| waiting / all)
    }

    /// Draws the learning curve.
    pub fn draw(&self) -> Result<(), TrainError> {
        let path = self.out.join(CURVE);
        let events: Vec<_> = self.earlier.iter().chain(&self.events).cloned().collect();
        fs::write(&path, curve::svg(&events, self.steps, self.structures)).map_err(io(&path))
    }
}

/// Adds the path to an error of the file system.
fn io(path: &Path) -> impl FnOnce(std::io::Error) -> TrainError {
    let path: PathBuf = path.to_owned();
    move |source| TrainError::Io { path, source }
}
