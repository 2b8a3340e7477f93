//! The scanner room on a thread of its own: acquisitions and the network never hold up a frame.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use coach::assist::{Misleading, Nobody};
use coach::exercise::Exercise;
use coach::scanner_room::{Delivered, Delivery, Order, ScannerRoom};
use planner::Networks;
use vnet::Processor;

/// What the thread is told.
enum Job {
    /// A new patient; orders of the one before are void.
    Enter(u64, Box<Exercise>),
    /// An order of that patient's session.
    Carry(u64, Order),
}

/// The other end of the intercom.
pub struct ScannerThread {
    jobs: Sender<Job>,
    /// A lock only because a receiver is not shared between threads by itself; the frame alone reads.
    deliveries: Mutex<Receiver<(u64, Delivery)>>,
    patient: u64,
}

impl ScannerThread {
    /// Starts the thread; `wake` is called after each delivery, so that a sleeping window looks.
    pub fn start(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (jobs, todo) = channel();
        let (done, deliveries) = channel();
        std::thread::Builder::new().name("scanner room".into()).spawn(move || work(&todo, &done, wake))?;
        Ok(Self { jobs, deliveries: Mutex::new(deliveries), patient: 0 })
    }

    /// A new patient enters.
    pub fn enter(&mut self, exercise: Exercise) {
        self.patient += 1;
        self.send(Job::Enter(self.patient, Box::new(exercise)));
    }

    /// Passes an order on.
    pub fn carry(&self, order: Order) {
        self.send(Job::Carry(self.patient, order));
    }

    fn send(&self, job: Job) {
        // The thread lives as long as this end does: it catches what its work throws.
        let _ = self.jobs.send(job);
    }

    /// What has come for the present patient.
    pub fn deliveries(&self) -> Vec<Delivery> {
        let deliveries = self.deliveries.lock().unwrap_or_else(PoisonError::into_inner);
        deliveries.try_iter().filter(|(patient, _)| *patient == self.patient).map(|(_, delivery)| delivery).collect()
    }
}

fn work(todo: &Receiver<Job>, done: &Sender<(u64, Delivery)>, wake: impl Fn()) {
    let mut models = Models::default();
    let mut room: Option<(u64, Result<ScannerRoom, String>)> = None;
    for job in todo {
        match job {
            Job::Enter(patient, exercise) => room = Some((patient, models.room(&exercise))),
            Job::Carry(patient, order) => {
                let delivery = match &mut room {
                    Some((present, Ok(room))) if *present == patient => guarded(room, order),
                    Some((present, Err(reason))) if *present == patient => refusal(reason.clone()),
                    _ => continue,
                };
                if done.send((patient, delivery)).is_err() {
                    return;
                }
                wake();
            }
        }
    }
}

/// Carries an order out; whatever goes wrong is an answer.
fn guarded(room: &mut ScannerRoom, order: Order) -> Delivery {
    catch_unwind(AssertUnwindSafe(|| room.carry_out(order)))
        .unwrap_or_else(|_| refusal("the scanner room failed; leave the patient and open them anew".into()))
}

const fn refusal(reason: String) -> Delivery {
    Delivery { delivered: Delivered::Refused(reason), scan_time_s: 0.0 }
}

/// Networks by folder: loading takes longer than planning.
#[derive(Default)]
struct Models(HashMap<PathBuf, Networks>);

impl Models {
    fn room(&mut self, exercise: &Exercise) -> Result<ScannerRoom, String> {
        let Some(folder) = exercise.setup.model_folder.clone() else {
            return Ok(ScannerRoom::new(exercise, Box::new(Nobody)));
        };
        let networks = match self.0.get(&folder) {
            Some(networks) => networks.clone(),
            None => {
                let networks = Networks::load(&folder, &Processor::Cpu).map_err(|error| error.to_string())?;
                networks.warm_up();
                self.0.insert(folder, networks.clone());
                networks
            }
        };
        let planner = Misleading::new(Box::new(networks.planner()), exercise.assist);
        Ok(ScannerRoom::new(exercise, Box::new(planner)))
    }
}
