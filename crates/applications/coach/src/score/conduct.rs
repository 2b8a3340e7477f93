//! What was done beside the images: safety, positioning, time, repeats.

use exam::{CoilChoice, PatientSetup};
use geometry::PatientPosition;

use super::weights::{POSITIONING, REPEATS, SAFETY, TIME, part};
use super::{Item, Subject, text};
use crate::registration_form::Field;
use crate::safety::Mark;

/// A landmark within the first distance of L3 keeps the whole lumbar spine in the homogeneous field (a vertebra's height);
/// one beyond the second has left the coil's middle, mm (choices).
const LANDMARK_MM: [f64; 2] = [30.0, 60.0];
/// Fields by which two sources tell one person from another; two that differ are another person (two identifiers are
/// asked for: Joint Commission, National Patient Safety Goal 01.01.01).
const IDENTIFIERS: [Field; 3] = [Field::Name, Field::PatientId, Field::BirthDate];

/// What was done beside the images.
#[derive(Clone, Debug, PartialEq)]
pub struct Conduct {
    /// The position that the order asked for.
    pub ordered: PatientPosition,
    /// The position that was registered.
    pub registered: PatientPosition,
    /// How the patient was positioned.
    pub setup: PatientSetup,
    /// Fields of the registration that differ from the order.
    pub mistyped: Vec<Field>,
    /// True if the patient was registered as an emergency although there is an order.
    pub without_order: bool,
    /// What was right and wrong about the screening.
    pub screening: Vec<Mark>,
    /// Time from the localizer to the last change of the plan, s.
    pub planning_time_s: f64,
    /// Time that the exercise gives for it, s.
    pub planning_limit_s: f64,
    /// Series that were scanned again although nothing was wrong with them, and localizers scanned again.
    pub needless_repeats: u32,
    /// Series that were scanned again because they were spoiled or the plan had changed.
    pub due_repeats: u32,
}

impl Conduct {
    /// `scanned_part` is the part of the order that has images: who did nothing was neither quick nor sparing.
    pub(super) fn items(&self, scanned_part: f64) -> Vec<Item> {
        let mut items = self.safety();
        items.extend(self.positioning());
        items.push(self.time(scanned_part));
        items.push(self.repetition(scanned_part));
        items
    }

    /// Errors that fail an examination whatever the rest is worth.
    pub(super) fn grave(&self) -> Vec<String> {
        let mut grave: Vec<String> =
            self.screening.iter().filter(|mark| mark.grave).map(|mark| mark.explanation.clone()).collect();
        let confused: Vec<&str> = self.mistyped_of(&IDENTIFIERS);
        if confused.len() >= 2 {
            grave.push(text::wrong_patient(&confused.join(", ")));
        }
        if self.setup.position != self.registered {
            grave.push(text::labelled_wrong(self.registered.code(), self.setup.position.code()));
        }
        grave
    }

    fn mistyped_of(&self, fields: &[Field]) -> Vec<&'static str> {
        self.mistyped.iter().filter(|field| fields.contains(field)).map(|field| field.label()).collect()
    }

    fn safety(&self) -> Vec<Item> {
        let mut checks: Vec<(String, f64)> =
            self.screening.iter().map(|mark| (mark.explanation.clone(), f64::from(u8::from(mark.ok)))).collect();
        checks.push(if !self.mistyped.is_empty() {
            let fields: Vec<&str> = self.mistyped.iter().map(|field| field.label()).collect();
            (text::mistyped(&fields.join(", ")), 0.0)
        } else if self.without_order {
            (text::NOT_REGISTERED_BY_ORDER.to_owned(), 0.0)
        } else {
            (text::IDENTITY_AGREES.to_owned(), 1.0)
        });
        let (lying, registered) = (self.setup.position, self.registered);
        checks.push(if lying == registered {
            (text::lies_as_registered(lying.code()), 1.0)
        } else {
            (text::labelled_wrong(registered.code(), lying.code()), 0.0)
        });
        shared(Subject::Safety, SAFETY, checks)
    }

    fn positioning(&self) -> Vec<Item> {
        let (lying, off_mm) = (self.setup.position, self.setup.landmark_error_mm);
        let yes_or_no =
            |right: bool, yes: &str, no: &str| (if right { yes } else { no }.to_owned(), f64::from(u8::from(right)));
        let checks = vec![
            if lying == self.ordered {
                (text::LIES_AS_ORDERED.to_owned(), 1.0)
            } else {
                (text::lies_otherwise(self.ordered.code(), lying.code()), 0.0)
            },
            (text::landmark(off_mm, off_mm.abs() <= LANDMARK_MM[0]), part(off_mm.abs(), LANDMARK_MM)),
            yes_or_no(self.setup.coil != CoilChoice::BodyCoil, text::SPINE_ARRAY, text::BODY_COIL),
            yes_or_no(self.setup.knee_cushion, text::CUSHION, text::NO_CUSHION),
        ];
        shared(Subject::Positioning, POSITIONING, checks)
    }

    /// Full marks within the limit, none at twice the limit.
    fn time(&self, scanned_part: f64) -> Item {
        let in_time = part(self.planning_time_s / self.planning_limit_s, [1.0, 2.0]);
        Item {
            subject: Subject::Time,
            disc: None,
            points: TIME * in_time * scanned_part,
            of: TIME,
            measured: Some(self.planning_time_s),
            explanation: if scanned_part > 0.0 {
                text::planned_in(self.planning_time_s, self.planning_limit_s)
            } else {
                text::NOTHING_SCANNED_IN_TIME.to_owned()
            },
        }
    }

    fn repetition(&self, scanned_part: f64) -> Item {
        let spared = (REPEATS - f64::from(self.needless_repeats)).max(0.0);
        Item {
            subject: Subject::Repeats,
            disc: None,
            points: spared * scanned_part,
            of: REPEATS,
            measured: Some(f64::from(self.needless_repeats)),
            explanation: if scanned_part > 0.0 {
                text::repeats(self.needless_repeats, self.due_repeats)
            } else {
                text::NOTHING_SCANNED.to_owned()
            },
        }
    }
}

/// Checks that weigh the same, each with the part that was right.
fn shared(subject: Subject, points: f64, checks: Vec<(String, f64)>) -> Vec<Item> {
    let of = points / checks.len().max(1) as f64;
    let item = |(explanation, part)| Item { subject, disc: None, points: of * part, of, measured: None, explanation };
    checks.into_iter().map(item).collect()
}
