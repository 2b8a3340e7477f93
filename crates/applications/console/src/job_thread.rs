//! The thread that runs the examination's jobs: acquisitions and the network never hold up a frame.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use coach::assist::{Misleading, Nobody};
use coach::exercise::Exercise;
use coach::session::FinishedJob;
use exam::{Command, Job};
use planner::{Networks, Planned, Planner, PlannerError, PlanningRequest};
use vnet::Processor;

/// What the thread is to do.
enum Task {
    /// Load the planner of a session's exercise.
    Open(u64, Box<Exercise>),
    /// Run a job of that session's examination.
    Run(u64, Job),
}

/// The thread, as the window sees it.
pub struct JobThread {
    tasks: Sender<Task>,
    /// A lock only because a receiver is not shared between threads by itself; the frame alone reads.
    finished: Mutex<Receiver<(u64, FinishedJob)>>,
    /// Number of the present session.
    session: u64,
}

impl JobThread {
    /// Starts the thread; `wake` is called after each job, so that a sleeping window looks.
    pub fn start(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (tasks, todo) = channel();
        let (done, finished) = channel();
        std::thread::Builder::new().name("examination jobs".into()).spawn(move || work(&todo, &done, wake))?;
        Ok(Self { tasks, finished: Mutex::new(finished), session: 0 })
    }

    /// A new session begins; what is left of the one before comes to nothing.
    pub fn open(&mut self, exercise: Exercise) {
        self.session += 1;
        self.send(Task::Open(self.session, Box::new(exercise)));
    }

    /// Runs a job of the present session.
    pub fn run(&self, job: Job) {
        self.send(Task::Run(self.session, job));
    }

    fn send(&self, task: Task) {
        // The thread lives as long as this end does: it catches panics of its work.
        let _ = self.tasks.send(task);
    }

    /// The jobs of the present session that have ended since the last call.
    pub fn finished(&self) -> Vec<FinishedJob> {
        let finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner);
        finished.try_iter().filter(|(session, _)| *session == self.session).map(|(_, finished)| finished).collect()
    }
}

fn work(todo: &Receiver<Task>, done: &Sender<(u64, FinishedJob)>, wake: impl Fn()) {
    let mut models = Models::default();
    let mut present: Option<(u64, Box<dyn Planner>)> = None;
    for task in todo {
        match task {
            Task::Open(session, exercise) => present = Some((session, models.planner(&exercise))),
            Task::Run(session, job) => {
                let Some((_, planner)) = present.as_mut().filter(|(present, _)| *present == session) else { continue };
                if done.send((session, guarded(job, planner.as_mut()))).is_err() {
                    return;
                }
                wake();
            }
        }
    }
}

/// Runs a job; a panic abandons it.
fn guarded(job: Job, planner: &mut dyn Planner) -> FinishedJob {
    let id = job.id();
    catch_unwind(AssertUnwindSafe(|| FinishedJob::run(job, planner))).unwrap_or_else(|_| {
        let reason = "the scanner failed; leave the patient and open the exercise again".to_owned();
        FinishedJob { end: Command::Abandon { job: id, reason }, latency_ms: 0.0 }
    })
}

/// Networks by folder: loading takes longer than planning.
#[derive(Default)]
struct Models(HashMap<PathBuf, Networks>);

impl Models {
    /// The planner of an exercise. One that cannot be loaded says so when it is asked.
    fn planner(&mut self, exercise: &Exercise) -> Box<dyn Planner> {
        let Some(folder) = exercise.setup.model_folder.clone() else { return Box::new(Nobody) };
        match self.networks(folder) {
            Ok(networks) => Box::new(Misleading::new(Box::new(networks.planner()), exercise.assist)),
            Err(reason) => Box::new(Unavailable { reason }),
        }
    }

    fn networks(&mut self, folder: PathBuf) -> Result<Networks, String> {
        if let Some(networks) = self.0.get(&folder) {
            return Ok(networks.clone());
        }
        let networks = Networks::load(&folder, &Processor::Cpu).map_err(|error| error.to_string())?;
        networks.warm_up();
        self.0.insert(folder, networks.clone());
        Ok(networks)
    }
}

/// A planner whose network could not be loaded.
struct Unavailable {
    reason: String,
}

impl Planner for Unavailable {
    fn name(&self) -> String {
        "unavailable".to_owned()
    }

    fn plan(&mut self, _: &PlanningRequest<'_>) -> Result<Planned, PlannerError> {
        Err(PlannerError::Ended(self.reason.clone()))
    }
}
