//! Known faults between a planner and the instrument: what it must find and name.
//!
//! `plumbline run --fault NAME[:SIZE]` plants one; the suite plants them all, which is the instrument's own acceptance
//! test. A fault changes what a planner answers, never what is true.

mod change;
mod planner;

pub use planner::FaultyPlanner;

use std::fmt;
use std::str::FromStr;

use results::PatternKind;

/// A fault to plant: which, and how large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlantedFault {
    /// Which; it is found if a pattern of this kind is.
    pub kind: PatternKind,
    /// Its size in the kind's unit; 0 for a kind without a size.
    pub size: f64,
}

impl PlantedFault {
    /// The fault in its usual size.
    pub const fn usual(kind: PatternKind) -> Self {
        Self { kind, size: usual_size(kind) }
    }

    /// Every fault in its usual size.
    pub fn all() -> impl Iterator<Item = Self> {
        PatternKind::ALL.iter().map(|kind| Self::usual(*kind))
    }
}

/// Large enough to matter in the clinic, small enough to be made by mistake; in the kind's unit, of a late answer in ms
/// beyond the limit.
const fn usual_size(kind: PatternKind) -> f64 {
    use PatternKind as Kind;
    match kind {
        Kind::Tilted | Kind::TiltedCoronal | Kind::TiltedLevel | Kind::OtherAnswer => 5.0,
        Kind::TurnedInPlane | Kind::StackTurnedInPlane => 15.0,
        Kind::StackTurned | Kind::StackTilted => 12.0,
        Kind::ShiftedLeft => 40.0,
        Kind::ShiftedBack => -20.0,
        Kind::ShiftedHead => 4.0,
        Kind::StackShifted => 8.0,
        Kind::WrongLevel => 1.0,
        Kind::TableMoved => 30.0,
        Kind::SliceCount => 6.0,
        Kind::Thickness => 8.0,
        Kind::Gap => 1.0,
        Kind::FieldOfView => -60.0,
        Kind::Matrix => -128.0,
        Kind::Late => 500.0,
        _ => 0.0,
    }
}

impl fmt::Display for PlantedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.size {
            0.0 => write!(f, "{}", self.kind),
            size => write!(f, "{}:{size}", self.kind),
        }
    }
}

/// Why a text names no fault.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum UnknownFault {
    /// No fault has the name.
    #[error("there is no fault '{0}'; `plumbline fault list` shows them")]
    Name(String),
    /// The size is no number, or the fault has none.
    #[error("the size of fault '{name}' is '{found}', expected {expected}")]
    Size {
        /// The fault.
        name: &'static str,
        /// What was given.
        found: String,
        /// What is possible.
        expected: String,
    },
}

impl FromStr for PlantedFault {
    type Err = UnknownFault;

    /// Reads `NAME` or `NAME:SIZE`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, size) = text.split_once(':').map_or((text, None), |(name, size)| (name, Some(size)));
        let kind = PatternKind::ALL.iter().copied().find(|kind| kind.name() == name);
        let usual = Self::usual(kind.ok_or_else(|| UnknownFault::Name(name.to_owned()))?);
        let Some(found) = size else { return Ok(usual) };
        let has_size = usual.size != 0.0;
        let whole = matches!(usual.kind, PatternKind::WrongLevel | PatternKind::SliceCount | PatternKind::Matrix);
        let limit = if usual.kind == PatternKind::WrongLevel { 1.0 } else { 10_000.0 };
        match found.parse::<f64>() {
            Ok(size)
                if has_size
                    && size != 0.0
                    && size.abs() <= limit
                    && (!whole || size.fract() == 0.0)
                    && (usual.kind != PatternKind::Late || size > 0.0) =>
            {
                Ok(Self { size, ..usual })
            }
            _ => Err(UnknownFault::Size {
                name: usual.kind.name(),
                found: found.to_owned(),
                expected: if has_size {
                    let number = if whole { "a whole number" } else { "a number" };
                    format!("{number} other than 0, up to ±{limit}, such as {}", usual.size)
                } else {
                    "none".to_owned()
                },
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sizes_are_read_and_others_refused() {
        let tilted = "tilted:-7.5".parse::<PlantedFault>().expect("a fault");
        assert_eq!((tilted.kind, tilted.size), (PatternKind::Tilted, -7.5));
        assert_eq!(tilted.to_string(), "tilted:-7.5");
        assert_eq!("tilted".parse(), Ok(PlantedFault { kind: PatternKind::Tilted, size: 5.0 }));
        assert_eq!("mirrored".parse::<PlantedFault>().expect("a fault").to_string(), "mirrored");
        for wrong in
            ["tilt", "", "tilted:", "tilted:x", "tilted:nan", "tilted:inf", "mirrored:3", "slice-count:1.5", "late:-1"]
        {
            assert!(wrong.parse::<PlantedFault>().is_err(), "{wrong}");
        }
        assert!("mirrored:3".parse::<PlantedFault>().expect_err("no size").to_string().contains("expected none"));
    }
}
