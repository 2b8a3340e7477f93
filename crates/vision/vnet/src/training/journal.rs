//! The training folder's log, its picture, and its lock: what a training tells of itself.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::config::TrainingConfig;
use super::curve;
use super::event::TrainingEvent;
use super::trainer::TrainError;
use crate::slice_plane::SlicePlane;

/// Name of the log in the training folder.
const LOG: &str = "log.jsonl";
/// Name of the file that a training locks.
const LOCK: &str = "lock";
/// Name of the picture in the training folder.
const CURVE: &str = "curve.svg";

/// Log, picture and the caller's sink; the folder is this training's until it is dropped.
pub(super) struct Journal<'a> {
    /// The training folder.
    pub out: &'a Path,
    _lock: File,
    steps: u64,
    plane: SlicePlane,
    /// What earlier sessions noted.
    earlier: Vec<TrainingEvent>,
    /// What this one did.
    events: Vec<TrainingEvent>,
    sink: &'a mut dyn FnMut(TrainingEvent),
}

impl<'a> Journal<'a> {
    /// Makes the folder and takes it.
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
            // A file system without locks has none to wait for.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let (steps, plane) = (config.steps, config.image.plane);
        Ok(Self { out, _lock: lock, steps, plane, earlier: Vec::new(), events: Vec::new(), sink })
    }

    /// Adds a line.
    pub fn note(&mut self, event: TrainingEvent) -> Result<(), TrainError> {
        let path = self.out.join(LOG);
        let line = serde_json::to_string(&event).expect("an event has a JSON form");
        let log = File::options().create(true).append(true).open(&path);
        log.and_then(|mut log| writeln!(log, "{line}")).map_err(io(&path))?;
        self.events.push(event.clone());
        (self.sink)(event);
        Ok(())
    }

    /// Forgets what a session noted that left no checkpoint.
    pub fn begins(&self) -> Result<(), TrainError> {
        self.write_log("")
    }

    /// Takes up what an earlier session noted until the checkpoint; what came after it is done again.
    pub fn goes_on(&mut self, step: u64) -> Result<(), TrainError> {
        let path = self.out.join(LOG);
        let bytes = match fs::read(&path) {
            // A log that is gone, or a line of it that cannot be read, is no reason to lose the training.
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read.map_err(io(&path))?,
        };
        let text = String::from_utf8_lossy(&bytes);
        let noted = text.lines().filter_map(|line| serde_json::from_str(line).ok());
        self.earlier = noted.filter(|event: &TrainingEvent| event.step() <= step).collect();
        let lines = self.earlier.iter().map(|event| serde_json::to_string(event).expect("it was JSON") + "\n");
        self.write_log(&lines.collect::<String>())?;
        self.note(TrainingEvent::Resumed { step })
    }

    fn write_log(&self, text: &str) -> Result<(), TrainError> {
        let path = self.out.join(LOG);
        fs::write(&path, text).map_err(io(&path))
    }

    /// Part of this session's time that steps waited for examples.
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
        fs::write(&path, curve::svg(&events, self.steps, self.plane)).map_err(io(&path))
    }
}

/// What the system says of a file.
fn io(path: &Path) -> impl FnOnce(std::io::Error) -> TrainError {
    let path: PathBuf = path.to_owned();
    move |source| TrainError::Io { path, source }
}
