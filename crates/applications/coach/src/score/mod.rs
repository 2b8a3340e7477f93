//! The score of an attempt: marked items, each with an explanation, and whether the exercise is passed.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `weights` | what 100 points are made of |
//! | `scanned` | the images' own slices, and what spoiled them |
//! | `measured` | a series held against a disc, or against the spine |
//! | `images`, `planes`, `saturation` | marks of what was scanned, and of how it was planned |
//! | `conduct` | what was done beside the images, and its marks: safety, positioning, time, repeats |
//! | `failures` | what fails an examination whatever the rest is worth |

mod conduct;
mod failures;
mod images;
mod measured;
mod planes;
mod saturation;
mod scanned;
mod text;
mod weights;

use geometry::{Disc, PrescriptionRules};
use phantom::SpineTruth;
use serde::{Deserialize, Serialize};

pub use conduct::Conduct;
pub use scanned::{ScannedSeries, Spoiled};

use crate::ordered_scans::OrderedScans;
use crate::safety::Mark;

/// A failed examination is worth at most this part of the pass mark, whatever its points add up to (choice).
const FAILED_PART: f64 = 0.5;

/// What an item is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// Images that exist, show what was ordered and are not spoiled.
    Images,
    /// The right disc under each name.
    Level,
    /// How much of disc and canal the slices show.
    Coverage,
    /// Angle between scanned and true planes.
    Angle,
    /// Distance of the middle slice from the disc.
    Centre,
    /// Turn and lateral position in the plane.
    InPlane,
    /// The saturation band.
    Saturation,
    /// Registration and screening: what could hurt or mislead.
    Safety,
    /// Position, landmark, coil, cushion.
    Positioning,
    /// Time at the console.
    Time,
    /// Series scanned again without need.
    Repeats,
}

impl Subject {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 11] = [
        Self::Images,
        Self::Level,
        Self::Coverage,
        Self::Angle,
        Self::Centre,
        Self::InPlane,
        Self::Saturation,
        Self::Safety,
        Self::Positioning,
        Self::Time,
        Self::Repeats,
    ];

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
    /// Points out of 100 from which the exercise is passed; attempts of earlier versions had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_mark: Option<f64>,
    /// What fails the examination whatever the rest is worth, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<String>,
}

/// Everything by which an examination is marked.
#[derive(Clone, Copy, Debug)]
pub struct Examined<'a> {
    /// What was to be scanned.
    pub order: &'a OrderedScans,
    /// The truth of the patient as they were positioned.
    pub truth: &'a SpineTruth,
    /// What the protocol prescribes.
    pub rules: &'a PrescriptionRules,
    /// What was scanned, in true patient coordinates.
    pub scanned: &'a [ScannedSeries],
    /// What was done beside it.
    pub conduct: &'a Conduct,
    /// The error that the AI was made to make, if it was taken over and is in the images.
    pub accepted_error: Option<&'a str>,
    /// Points from which the exercise is passed.
    pub pass_mark: f64,
}

impl Score {
    /// Marks an examination: what was scanned first, then how it was planned, then conduct.
    pub fn mark(examined: &Examined<'_>) -> Self {
        let shown = images::Shown::of(examined);
        let mut items = shown.items();
        items.extend(planes::items(examined, &shown));
        items.extend(saturation::item(examined));
        items.extend(examined.conduct.items(shown.scanned_part()));
        items.sort_by_key(|item| item.subject);
        Self { items, pass_mark: Some(examined.pass_mark), failures: failures::reasons(examined, &shown) }
    }

    /// The score of an examination that the radiologist called off before it began: what was asked and decided is marked.
    pub fn called_off(screening: &[Mark], pass_mark: f64) -> Self {
        // What has not been asked yet harms nobody who does not enter the scanner.
        let asked = screening.iter().filter(|mark| mark.ok);
        let item = |mark: &Mark| Item {
            subject: Subject::Safety,
            disc: None,
            points: 1.0,
            of: 1.0,
            measured: None,
            explanation: mark.explanation.clone(),
        };
        Self { items: asked.map(item).collect(), pass_mark: Some(pass_mark), failures: Vec::new() }
    }

    /// Points out of 100. What fails an examination leaves at most half of the pass mark.
    pub fn total(&self) -> f64 {
        let of: f64 = self.items.iter().map(|item| item.of).sum();
        let earned = if of > 0.0 { 100.0 * self.items.iter().map(|item| item.points).sum::<f64>() / of } else { 0.0 };
        match self.pass_mark {
            Some(pass_mark) if !self.failures.is_empty() => earned.min(FAILED_PART * pass_mark),
            _ => earned,
        }
    }

    /// Whether the exercise is passed; `None` for an attempt from before there were pass marks.
    pub fn is_passed(&self) -> Option<bool> {
        let pass_mark = self.pass_mark?;
        Some(self.failures.is_empty() && self.total() >= pass_mark)
    }

    /// Points earned and points that could be earned in one subject; `None` if nothing was marked there.
    pub fn of(&self, subject: Subject) -> Option<(f64, f64)> {
        let items = || self.items.iter().filter(|item| item.subject == subject);
        items().next()?;
        Some((items().map(|item| item.points).sum(), items().map(|item| item.of).sum()))
    }
}
