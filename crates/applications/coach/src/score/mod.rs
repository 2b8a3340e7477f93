//! The score of an attempt: marked items, each with an explanation.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `conduct` | what was done beside the plan, and its marks: safety, time, repeats |
//! | `planes` | the plan against the truth, disc by disc |

mod conduct;
mod planes;
mod text;

use geometry::Disc;
use serde::{Deserialize, Serialize};

pub use conduct::Conduct;

/// What an item is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// Registration, screening, landing: what could hurt or mislead.
    Safety,
    /// The right disc under each name.
    Level,
    /// Angle between planned and true planes.
    Angle,
    /// Distance of the middle slice from the disc's plane.
    Centre,
    /// How much of disc and canal the slices show.
    Coverage,
    /// Time at the console.
    Time,
    /// Series scanned more than once.
    Repeats,
}

impl Subject {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 7] =
        [Self::Safety, Self::Level, Self::Angle, Self::Centre, Self::Coverage, Self::Time, Self::Repeats];

    /// The name on screen and paper.
    pub const fn name(self) -> &'static str {
        text::subject(self)
    }
}

/// One thing that was marked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Item {
    /// What it is about.
    pub subject: Subject,
    /// At which disc, if at one.
    pub disc: Option<Disc>,
    /// Points earned.
    pub points: f64,
    /// Points that could be earned.
    pub of: f64,
    /// What was measured, in the unit that the explanation names (degrees, mm, a fraction, s, a count).
    pub measured: Option<f64>,
    /// For the trainee: what was done, what would have been right, where to look.
    pub explanation: String,
}

/// The score of an attempt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Score {
    /// The items, by subject and from the head downwards.
    pub items: Vec<Item>,
}

impl Score {
    /// Marks a plan that was held against the truth, and what was done beside it.
    pub fn mark(scored: &assessment::Scored, conduct: &Conduct) -> Self {
        let mut items = conduct.items();
        items.extend(planes::items(scored));
        items.sort_by_key(|item| item.subject);
        Self { items }
    }

    /// Points out of 100.
    pub fn total(&self) -> f64 {
        let of: f64 = self.items.iter().map(|item| item.of).sum();
        if of > 0.0 { 100.0 * self.items.iter().map(|item| item.points).sum::<f64>() / of } else { 0.0 }
    }

    /// Points earned and points that could be earned in one subject; `None` if nothing was marked there.
    pub fn of(&self, subject: Subject) -> Option<(f64, f64)> {
        let items = || self.items.iter().filter(|item| item.subject == subject);
        items().next()?;
        Some((items().map(|item| item.points).sum(), items().map(|item| item.of).sum()))
    }
}
