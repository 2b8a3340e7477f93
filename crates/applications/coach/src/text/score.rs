//! The subjects of a score.

use crate::score::Subject;

pub(crate) const fn subject(subject: Subject) -> &'static str {
    match subject {
        Subject::Safety => "Safety",
        Subject::Level => "Level",
        Subject::Angle => "Angle",
        Subject::Centre => "Centre",
        Subject::Coverage => "Coverage",
        Subject::Time => "Time",
        Subject::Repeats => "Repeats",
    }
}
