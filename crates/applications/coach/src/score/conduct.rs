//! What was done beside the plan: safety, time, repeats.

use exam::{CoilChoice, PatientSetup};
use geometry::PatientPosition;

use super::{Item, Subject};

/// Points for safety in all, of the 100 that a lumbar examination with five discs is worth.
const SAFETY: f64 = 16.0;
/// Points for time.
const TIME: f64 = 8.0;
/// Points for scanning nothing twice.
const REPEATS: f64 = 6.0;
/// A landmark within this of L3 keeps the whole lumbar spine in the homogeneous field, mm (choice: a vertebra's height).
const LANDMARK_MM: f64 = 30.0;

/// What was done beside the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Conduct {
    /// The position that the order asked for.
    pub ordered: PatientPosition,
    /// The position that was registered.
    pub registered: PatientPosition,
    /// How the patient was positioned.
    pub setup: PatientSetup,
    /// Fields of the registration that differ from the order, by name.
    pub mistyped: Vec<String>,
    /// What was right and wrong about the screening.
    pub screening: Vec<(String, bool)>,
    /// Time from the localizer to the last change of the plan, s.
    pub planning_time_s: f64,
    /// Time that the exercise gives for it, s.
    pub planning_limit_s: f64,
    /// Scans that were made again.
    pub repeats: u32,
}

impl Conduct {
    pub(super) fn items(&self) -> Vec<Item> {
        let mut items = self.safety();
        items.push(self.time());
        items.push(self.repetition());
        items
    }

    fn safety(&self) -> Vec<Item> {
        let mut checks = self.screening.clone();
        let (lying, registered) = (self.setup.position, self.registered);
        checks.push(if lying == registered {
            (format!("the patient lies as registered ({})", lying.code()), true)
        } else {
            let message = format!(
                "registered {}, but the patient lies {}: left and right, front and back or head and foot of every \
                 image are labelled wrong",
                registered.code(),
                lying.code()
            );
            (message, false)
        });
        checks.push(if lying == self.ordered {
            ("the position is the one that was asked for".to_owned(), true)
        } else {
            (format!("{} was asked for, the patient lies {}", self.ordered.code(), lying.code()), false)
        });
        checks.push(if self.mistyped.is_empty() {
            ("the registration agrees with the wristband".to_owned(), true)
        } else {
            (format!("the registration differs from the wristband: {}", self.mistyped.join(", ")), false)
        });
        let off_mm = self.setup.landmark_error_mm;
        checks.push(if off_mm.abs() <= LANDMARK_MM {
            (format!("L3 lies {off_mm:+.0} mm from the isocentre"), true)
        } else {
            let towards = if off_mm > 0.0 { "the head" } else { "the feet" };
            (format!("the landmark left L3 {:.0} mm from the isocentre towards {towards}", off_mm.abs()), false)
        });
        checks.push(match self.setup.coil {
            CoilChoice::BodyCoil => ("the body coil was used: the images are noisy for no reason".to_owned(), false),
            CoilChoice::SpineArray | CoilChoice::SpineAndBodyArray => ("the spine array receives".to_owned(), true),
        });
        checks.push(if self.setup.knee_cushion {
            ("the knees lie on the cushion".to_owned(), true)
        } else {
            ("no cushion under the knees: the back hurts sooner, and hollows".to_owned(), false)
        });

        let of = SAFETY / checks.len() as f64;
        let item = |(explanation, right)| Item {
            subject: Subject::Safety,
            disc: None,
            points: if right { of } else { 0.0 },
            of,
            measured: None,
            explanation,
        };
        checks.into_iter().map(item).collect()
    }

    /// Full marks within the limit, none at twice the limit.
    fn time(&self) -> Item {
        let beyond = (self.planning_time_s / self.planning_limit_s - 1.0).clamp(0.0, 1.0);
        let (minutes, limit) = (clock(self.planning_time_s), clock(self.planning_limit_s));
        Item {
            subject: Subject::Time,
            disc: None,
            points: TIME * (1.0 - beyond),
            of: TIME,
            measured: Some(self.planning_time_s),
            explanation: format!("planned in {minutes} of {limit} min"),
        }
    }

    fn repetition(&self) -> Item {
        let explanation = match self.repeats {
            0 => "nothing was scanned twice".to_owned(),
            1 => "one scan was made again".to_owned(),
            more => format!("{more} scans were made again"),
        };
        Item {
            subject: Subject::Repeats,
            disc: None,
            points: (REPEATS - 2.0 * f64::from(self.repeats)).max(0.0),
            of: REPEATS,
            measured: Some(f64::from(self.repeats)),
            explanation,
        }
    }
}

/// Minutes and seconds.
fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}
