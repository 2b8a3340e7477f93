//! The examination and the planner behind the console's glass: orders in, deliveries out. The console runs it on a
//! thread of its own, scripts and tests in place.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use exam::{Command, Event, Examination, Landing, LoopLimits, Refused, Registration};
use geometry::{Orientation, SliceGroup, Volume};
use planner::quality_check::QualityReport;
use planner::{Planner, ScanPlan};
use scanner::SeriesProtocol;

use crate::exercise::Exercise;

/// What the console asks for; each order is answered by one [`Delivery`].
#[derive(Clone, Debug)]
pub enum Order {
    /// Land and register the patient, and scan the localizer.
    Localize(Landing, Registration),
    /// Ask the planner.
    Propose,
    /// Scan one series of a plan.
    Scan {
        /// All that is prescribed.
        plan: ScanPlan,
        /// How each series is scanned, by its group's name.
        protocols: BTreeMap<String, SeriesProtocol>,
        /// The series to scan.
        name: String,
    },
    /// Check the series that was scanned last.
    Check,
    /// The series being scanned was broken off.
    Stop {
        /// The series.
        name: String,
        /// How long it ran, s.
        elapsed_s: f64,
    },
    /// The series is to be scanned again.
    Repeat(String),
}

/// One stack of images with how it was scanned.
#[derive(Clone, Debug)]
pub struct Stack {
    /// The slices.
    pub group: SliceGroup,
    /// How they were scanned.
    pub protocol: SeriesProtocol,
    /// The images, on the group's grid.
    pub images: Arc<Volume<f32>>,
}

/// What an order brought.
#[derive(Clone, Debug)]
pub enum Delivered {
    /// The localizer's three stacks.
    Localizer(Vec<(Orientation, Stack)>),
    /// The AI's plan.
    Proposal {
        /// The plan.
        plan: ScanPlan,
        /// The segmentation of the sagittal stack, where the planner gives one.
        labels: Option<Arc<Volume<u8>>>,
        /// Localizer complete to plan ready, wall-clock ms.
        latency_ms: f64,
    },
    /// The AI gave no plan.
    NoProposal(String),
    /// A series.
    Series(Stack),
    /// What the check measured and found.
    Checked(String, QualityReport),
    /// Nothing to show.
    Done,
    /// The scanner refused.
    Refused(String),
}

/// The answer to an order.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// What came.
    pub delivered: Delivered,
    /// Scan time of the examination so far, s.
    pub scan_time_s: f64,
}

/// One examination with its planner.
pub struct ScannerRoom {
    exam: Examination,
    planner: Box<dyn Planner>,
}

impl ScannerRoom {
    /// The exercise's patient outside the door.
    pub fn new(exercise: &Exercise, planner: Box<dyn Planner>) -> Self {
        let (patient, stream) = scenario::patient_of_case(&exercise.setup, exercise.seed, exercise.case);
        let protocol = exercise.setup.protocol.clone();
        // At the console a person decides what is repeated and planned anew.
        let by_hand = LoopLimits { repeats: 0, replans: 0 };
        let rules = exercise.setup.prescription.clone();
        let exam = Examination::new(patient, protocol.scanner(), protocol, rules, by_hand, stream.child("repeat", 0));
        Self { exam, planner }
    }

    /// Carries out an order; whatever happens, there is an answer.
    pub fn carry_out(&mut self, order: Order) -> Delivery {
        let delivered = self.deliver(order).unwrap_or_else(|refused| Delivered::Refused(refused.to_string()));
        Delivery { delivered, scan_time_s: self.exam.scan_time_s() }
    }

    fn deliver(&mut self, order: Order) -> Result<Delivered, Refused> {
        match order {
            Order::Localize(landing, registration) => self.localize(landing, registration),
            Order::Propose => self.propose(),
            Order::Scan { plan, protocols, name } => self.scan(plan, protocols, &name),
            Order::Check => self.check(),
            Order::Stop { name, elapsed_s } => {
                let series = self.number(&name)?;
                self.tell(Command::Stop { series, elapsed_s })?;
                Ok(Delivered::Done)
            }
            Order::Repeat(name) => {
                let series = self.number(&name)?;
                self.tell(Command::Repeat(series))?;
                Ok(Delivered::Done)
            }
        }
    }

    fn localize(&mut self, landing: Landing, registration: Registration) -> Result<Delivered, Refused> {
        if self.exam.landing() != Some(&landing) {
            self.tell(Command::Land(landing))?;
        }
        self.tell(Command::Register(registration))?;
        self.tell(Command::ScanLocalizer)?;
        let protocol = self.exam.protocol();
        let groups = scanner::localizer(protocol);
        let series = protocol.localizer.series.clone();
        let stacks = self.exam.localizer().iter().zip(groups).map(|((orientation, images), group)| {
            (*orientation, Stack { group, protocol: series.clone(), images: Arc::new(images.clone()) })
        });
        Ok(Delivered::Localizer(stacks.collect()))
    }

    fn propose(&mut self) -> Result<Delivered, Refused> {
        let begin = Instant::now();
        let events = self.tell(Command::ProposePlan)?;
        let latency_ms = begin.elapsed().as_secs_f64() * 1e3;
        if let Some(reason) = events.iter().find_map(|event| match event {
            Event::PlannerFailed { reason } => Some(reason.clone()),
            _ => None,
        }) {
            return Ok(Delivered::NoProposal(reason));
        }
        Ok(self.exam.proposal().map_or(Delivered::NoProposal("the planner said nothing".into()), |proposal| {
            let labels = proposal.segmentation.as_ref().map(|seen| Arc::new(seen.labels.clone()));
            Delivered::Proposal { plan: proposal.plan.clone(), labels, latency_ms }
        }))
    }

    fn scan(
        &mut self,
        plan: ScanPlan,
        mut protocols: BTreeMap<String, SeriesProtocol>,
        name: &str,
    ) -> Result<Delivered, Refused> {
        if self.exam.plan() != Some(&plan) {
            self.tell(Command::AdoptPlan(plan))?;
        }
        for series in 0..self.exam.queue().len() {
            let queued = &self.exam.queue()[series];
            if let Some(protocol) = protocols.remove(&queued.group.name).filter(|new| *new != queued.protocol) {
                self.tell(Command::SetProtocol { series, protocol })?;
            }
        }
        let number = self.number(name)?;
        self.tell(Command::Scan(number))?;
        let series = &self.exam.queue()[number];
        let images = series.images.clone().map(Arc::new);
        Ok(images.map_or(Delivered::Done, |images| {
            Delivered::Series(Stack { group: series.group.clone(), protocol: series.protocol.clone(), images })
        }))
    }

    fn check(&mut self) -> Result<Delivered, Refused> {
        let checked = self.tell(Command::Check)?.into_iter().find_map(|event| match event {
            Event::Checked { name, report } => Some(Delivered::Checked(name, report)),
            _ => None,
        });
        Ok(checked.unwrap_or(Delivered::Done))
    }

    fn tell(&mut self, command: Command) -> Result<Vec<Event>, Refused> {
        self.exam.handle(command, self.planner.as_mut())
    }

    fn number(&self, name: &str) -> Result<usize, Refused> {
        self.exam.queue().iter().position(|series| series.group.name == name).ok_or(Refused::EmptyQueue)
    }
}
