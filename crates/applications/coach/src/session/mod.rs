//! The state machine of a lesson: intents in, orders to the scanner room out, deliveries back in. No clock of its own:
//! whoever drives it says how much time has passed.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `admission` | registration, screening, the table |
//! | `planning` | the prescription and the AI |
//! | `queue` | series, their parameters, scanning |
//! | `arriving` | images as they come in, line by line in simulated time |
//! | `looking` | what the views show |
//! | `finish` | the score |

mod admission;
mod arriving;
mod finish;
mod looking;
mod planning;
mod queue;

use std::collections::VecDeque;
use std::sync::Arc;

use exam::{Landing, Registration};
use geometry::{Orientation, Volume};
use planner::ScanPlan;

use crate::exercise::Exercise;
use crate::intent::{Intent, Look, Phase};
use crate::registration_form::RegistrationForm;
use crate::safety::Screening;
use crate::scanner_room::{Delivered, Delivery, Order, Stack};
use crate::script::Line;
use crate::table::Table;
use slice_editor::{Draft, Edit};

pub use arriving::Running;
pub use finish::Finished;
pub use looking::View;
pub use queue::{Card, CardState};

/// Number of views on the screen.
pub const VIEWS: usize = 4;

/// A wish that makes no sense now, in words for the trainee.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Worth knowing.
    Info,
    /// Look at it.
    Warning,
}

/// Something that the console says.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// How much it matters.
    pub weight: Weight,
    /// In words.
    pub text: String,
    /// When it was said, on the session's clock, s.
    pub at_s: f64,
}

/// What the AI proposed, and what became of it.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Its plan.
    pub plan: ScanPlan,
    /// Its segmentation of the sagittal localizer.
    pub labels: Option<Arc<Volume<u8>>>,
    /// Localizer complete to plan ready, wall-clock ms.
    pub latency_ms: f64,
    /// What the trainee did with it.
    pub fate: Fate,
}

/// What the trainee did with a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing yet.
    Open,
    /// Taken.
    Accepted,
    /// Taken to be changed.
    Adjusted,
    /// Not taken.
    Rejected,
}

/// One trainee's examination.
pub struct Session {
    /// What is examined.
    pub exercise: Exercise,
    /// Who sits at the console.
    pub trainee: String,
    /// Where the trainee stands.
    pub phase: Phase,
    /// Time at the console, s.
    pub clock_s: f64,
    /// What was typed.
    pub form: RegistrationForm,
    /// What was asked.
    pub screening: Screening,
    /// Where the patient lies.
    pub table: Table,
    /// The prescription.
    pub draft: Draft,
    /// The AI's plan.
    pub proposal: Option<Proposal>,
    /// What the views show.
    pub views: [View; VIEWS],
    /// Simulated seconds in a second at the console; infinite for at once.
    pub speed: f64,
    /// What the console said, the latest last.
    pub notices: VecDeque<Notice>,
    /// The score, once the examination is over.
    pub finished: Option<Finished>,
    registration: Option<Registration>,
    landing: Option<Landing>,
    localizer: Vec<(Orientation, Stack)>,
    cards: Vec<Card>,
    running: Option<Running>,
    scanning_all: bool,
    orders: VecDeque<Order>,
    /// Orders that have not been answered.
    awaited: VecDeque<Order>,
    scan_time_s: f64,
    repeats: u32,
    /// When the localizer was complete, and the last change of the prescription.
    planning_s: Option<(f64, f64)>,
    journal: Vec<Line>,
}

impl Session {
    /// A trainee takes a patient; in an emergency without the order's data.
    pub fn new(exercise: Exercise, trainee: &str, emergency: bool) -> Self {
        let form =
            if emergency { RegistrationForm::emergency(exercise.case as u32) } else { RegistrationForm::default() };
        Self {
            trainee: trainee.to_owned(),
            phase: Phase::Registration,
            clock_s: 0.0,
            form,
            screening: exercise.screening.clone(),
            table: Table::new(exercise.person.person.height_cm),
            draft: Draft::new(exercise.setup.prescription.clone()),
            proposal: None,
            views: looking::at_first(),
            speed: 10.0,
            notices: VecDeque::new(),
            finished: None,
            registration: None,
            landing: None,
            localizer: Vec::new(),
            cards: Vec::new(),
            running: None,
            scanning_all: false,
            orders: VecDeque::new(),
            awaited: VecDeque::new(),
            scan_time_s: 0.0,
            repeats: 0,
            planning_s: None,
            journal: vec![Line::intent(0.0, Intent::Open { exercise: exercise.name().to_owned(), emergency })],
            exercise,
        }
    }

    /// Carries a wish out; it is written into the journal if it could be.
    ///
    /// # Errors
    /// [`Refusal`] if it makes no sense now; nothing has changed then.
    pub fn handle(&mut self, intent: &Intent) -> Result<(), Refusal> {
        if self.finished.is_some() && !matches!(intent, Intent::Look(..) | Intent::Go(_)) {
            return refuse("the examination is over");
        }
        match intent {
            Intent::SitDown { .. } | Intent::Open { .. } | Intent::Leave => {
                return refuse("a patient is being examined");
            }
            Intent::Go(phase) => self.go(*phase)?,
            Intent::Fill { field, text } => self.fill(*field, text)?,
            Intent::Ask(question) => self.ask(*question),
            Intent::Decide { question, decision } => self.screening.decide(*question, *decision).map_err(refused)?,
            Intent::Lay(_)
            | Intent::Cushion(_)
            | Intent::Plug { .. }
            | Intent::Laser(_)
            | Intent::MoveTable(_)
            | Intent::SetLandmark
            | Intent::ToIsocentre => self.at_the_table(intent)?,
            Intent::ScanLocalizer => self.scan_localizer()?,
            Intent::Speed(speed) => self.set_speed(*speed)?,
            Intent::Pause(paused) => self.pause(*paused)?,
            Intent::Stop => self.stop()?,
            Intent::Draw(edit) => self.draw(edit)?,
            Intent::BeginGesture => self.draft.begin_gesture(),
            Intent::EndGesture => self.draft.end_gesture(),
            Intent::Undo => self.undo()?,
            Intent::Redo => self.redo()?,
            Intent::AddSeries { protocol } => self.add_series(protocol)?,
            Intent::AskAi => self.ask_ai()?,
            Intent::AcceptProposal => self.take_proposal(Fate::Accepted)?,
            Intent::AdjustProposal => self.take_proposal(Fate::Adjusted)?,
            Intent::RejectProposal => self.reject_proposal()?,
            Intent::Set { series, parameter, value } => self.set_parameter(series, *parameter, *value)?,
            Intent::Resolve { series, conflict } => self.resolve(series, *conflict)?,
            Intent::Scan(series) => self.scan(series)?,
            Intent::ScanAll => self.scan_all()?,
            Intent::Repeat(series) => self.repeat(series)?,
            Intent::Look(view, look) => self.look(*view, look)?,
            Intent::Finish => self.finish()?,
        }
        self.write_down(intent);
        Ok(())
    }

    /// Into the journal. Of a drag only where it went is kept, not the way.
    fn write_down(&mut self, intent: &Intent) {
        let line = Line::intent(self.clock_s, intent.clone());
        let last =
            self.journal.last_mut().filter(|last| last.intent.as_ref().is_some_and(|last| replaces(last, intent)));
        match last {
            Some(last) => *last = line,
            None => self.journal.push(line),
        }
    }

    /// Time passes at the console: scans go on.
    pub fn advance(&mut self, wall_s: f64) {
        if self.finished.is_none() && wall_s > 0.0 {
            self.clock_s += wall_s;
            self.arrive(wall_s);
        }
    }

    /// Orders for the scanner room that have not been fetched yet.
    pub fn take_orders(&mut self) -> Vec<Order> {
        let orders: Vec<Order> = self.orders.drain(..).collect();
        self.awaited.extend(orders.iter().cloned());
        orders
    }

    /// The scanner room answers the oldest order.
    pub fn receive(&mut self, delivery: Delivery) {
        self.journal.push(Line::delivered(self.clock_s));
        let order = self.awaited.pop_front();
        self.scan_time_s = delivery.scan_time_s;
        match delivery.delivered {
            Delivered::Localizer(stacks) => self.localizer_comes(stacks),
            Delivered::Proposal { plan, labels, latency_ms } => {
                self.proposal = Some(Proposal { plan, labels, latency_ms, fate: Fate::Open });
                self.say(Weight::Info, format!("the AI proposes a plan ({latency_ms:.0} ms)"));
            }
            Delivered::NoProposal(reason) => self.say(Weight::Warning, format!("the AI gave no plan: {reason}")),
            Delivered::Series(stack) => self.series_comes(stack),
            Delivered::Checked(name, report) => self.series_checked(&name, report),
            Delivered::Done => {}
            Delivered::Refused(reason) => self.scan_refused(order, reason),
        }
    }

    /// True while the scanner room works on an order or a scan runs.
    pub fn is_busy(&self) -> bool {
        !self.orders.is_empty() || !self.awaited.is_empty() || self.running.is_some()
    }

    /// True while an order is with the scanner room.
    pub fn is_awaiting(&self) -> bool {
        !self.orders.is_empty() || !self.awaited.is_empty()
    }

    /// The order that the scanner room works on.
    pub fn awaited(&self) -> Option<&Order> {
        self.awaited.front().or(self.orders.front())
    }

    /// What was done so far, as a script that does it again.
    pub fn journal(&self) -> &[Line] {
        &self.journal
    }

    /// Simulated scan time so far, s.
    pub const fn scan_time_s(&self) -> f64 {
        self.scan_time_s
    }

    /// Series that were scanned again.
    pub const fn repeats(&self) -> u32 {
        self.repeats
    }

    /// The landing under which the localizer was scanned.
    pub const fn landing(&self) -> Option<&Landing> {
        self.landing.as_ref()
    }

    /// Time from the complete localizer to the last change of the prescription, s.
    pub fn planning_time_s(&self) -> f64 {
        self.planning_s.map_or(0.0, |(from, to)| to - from)
    }

    fn order(&mut self, order: Order) {
        self.orders.push_back(order);
    }

    fn say(&mut self, weight: Weight, text: impl Into<String>) {
        const KEPT: usize = 50;
        self.notices.push_back(Notice { weight, text: text.into(), at_s: self.clock_s });
        if self.notices.len() > KEPT {
            self.notices.pop_front();
        }
    }

    fn go(&mut self, phase: Phase) -> Result<(), Refusal> {
        match phase {
            Phase::Registration => {}
            Phase::Positioning => self.admit()?,
            Phase::Planning if self.registration.is_none() => return refuse("register the patient first"),
            Phase::Planning => {}
            Phase::Viewing if self.localizer.is_empty() => return refuse("there are no images yet"),
            Phase::Viewing => self.show_series(),
            Phase::Review if self.finished.is_none() => return refuse("finish the examination first"),
            Phase::Review => {}
        }
        self.phase = phase;
        Ok(())
    }
}

/// True if a wish makes the one before it as good as never said.
fn replaces(before: &Intent, after: &Intent) -> bool {
    match (before, after) {
        (Intent::Draw(Edit::Replace(_)), Intent::Draw(Edit::Replace(_)))
        | (Intent::Draw(Edit::ReplaceBand(_)), Intent::Draw(Edit::ReplaceBand(_)))
        | (Intent::MoveTable(_), Intent::MoveTable(_)) => true,
        (Intent::Fill { field: a, .. }, Intent::Fill { field: b, .. }) => a == b,
        (Intent::Look(a, before), Intent::Look(b, after)) => {
            let dragged = matches!(after, Look::Window { .. } | Look::Pan(_) | Look::Zoom(_) | Look::Slice(_));
            a == b && dragged && std::mem::discriminant(before) == std::mem::discriminant(after)
        }
        _ => false,
    }
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal(reason.into()))
}

/// Any error as a refusal.
fn refused(error: impl std::fmt::Display) -> Refusal {
    Refusal(error.to_string())
}
