//! Every figure that a run reports: what it is, where it comes from, and how it is summarised.
//!
//! A [`Metric`] reads fields of [`AttemptResult`]s and yields [`Observations`]; statistics and their confidence intervals
//! come from these. The [`catalogue`] holds the definitions that `plumbline explain` prints.
//!
//! ```
//! use results::metrics;
//!
//! let angle = metrics::find("plan.disc_angle_deg").expect("a metric of the catalogue");
//! assert_eq!(angle.unit(), "°");
//! assert!(metrics::find("plan.disc_angle_rad").is_none());
//! ```

mod agreement;
mod at;
pub mod catalogue;
mod observations;
mod statistic;
mod summary;

pub use at::{MetricAt, UnknownMetric, find_at, levels_of};
pub use catalogue::{all, find};
pub use observations::Observations;
pub use statistic::Statistic;
pub use summary::{MetricSummary, summaries};

use crate::case_result::{AttemptResult, CaseAttempt, DiscResult, GroupResult, StructureResult};
use geometry::{Disc, Structure};

/// How many times its margin a metric is allowed at one level alone, and its 95th percentile: the mean of five discs varies
/// √5 times less than one of them, and a percentile varies more than a mean.
pub const WIDER_MARGIN: f64 = 2.0;

/// One figure that a run reports.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Dotted name; ends in the unit where there is one.
    pub name: &'static str,
    /// What a radiographer or a physicist would call it, in a few words.
    pub title: &'static str,
    /// What it measures.
    pub what: &'static str,
    /// Why it matters in the clinic.
    pub why: &'static str,
    /// A sensible limit and where it comes from.
    pub limit: &'static str,
    /// Which way is better.
    pub better: Better,
    /// The largest change for the worse of the patients' mean that a comparison accepts.
    pub margin: f64,
    /// How it is read from attempts.
    pub(crate) source: Source,
}

/// Which way a metric should go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// A signed error: the nearer to zero, the better.
    NearZero,
}

impl Better {
    /// The figure that a limit or a comparison looks at, with its interval: of a signed error the size.
    pub fn judged(self, value: f64, ci95: Option<[f64; 2]>) -> (f64, Option<[f64; 2]>) {
        match self {
            Self::Higher | Self::Lower => (value, ci95),
            Self::NearZero => {
                let size = |[low, high]: [f64; 2]| {
                    let least = if low <= 0.0 && high >= 0.0 { 0.0 } else { low.abs().min(high.abs()) };
                    [least, low.abs().max(high.abs())]
                };
                (value.abs(), ci95.map(size))
            }
        }
    }
}

/// How a metric is read from attempts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// A number of each disc that has one.
    Disc(fn(&DiscResult) -> Option<f64>),
    /// Yes or no of each disc, as 1 or 0.
    DiscRate(fn(&DiscResult) -> bool),
    /// A number of each planned level, whether the patient has such a disc or not.
    Levels(fn(&AttemptResult) -> Vec<(Disc, f64)>),
    /// A number of one structure where it has one.
    Structure(Structure, fn(&StructureResult) -> Option<f64>),
    /// A number of each attempt that has one.
    Attempt(fn(&AttemptResult) -> Option<f64>),
    /// Yes or no of each attempt of which it can be asked, as 1 or 0.
    AttemptRate(fn(&AttemptResult) -> Option<bool>),
    /// A number of each slice group that was planned, the sagittal stack's among them.
    Group(fn(&GroupResult) -> f64),
    /// Yes or no of each slice group that was planned, as 1 or 0.
    GroupRate(fn(&GroupResult) -> bool),
    /// One figure from all attempts: how much observers differ on the same disc, at all levels or at one.
    Agreement(fn(&[CaseAttempt<'_>], Option<Disc>) -> Observations),
}

impl Metric {
    /// The unit as it is printed; empty for a pure number.
    pub fn unit(&self) -> &'static str {
        let ending = |unit| self.name.ends_with(unit);
        if ending("_deg") {
            "°"
        } else if ending("_mm") {
            "mm"
        } else if ending("_ms") {
            "ms"
        } else if ending("_s") {
            "s"
        } else {
            ""
        }
    }

    /// What `plumbline explain` prints.
    pub fn explanation(&self) -> String {
        let unit = if self.unit().is_empty() { String::new() } else { format!(" [{}]", self.unit()) };
        let better = match self.better {
            Better::Higher => "more is better",
            Better::Lower => "less is better",
            Better::NearZero => "signed; the nearer to zero, the better",
        };
        let Self { name, title, what, why, limit, .. } = self;
        let margin = self.usual_margin();
        format!(
            "{title}: {name}{unit}, {better}\n\n  What    {what}\n  Why     {why}\n  Limit   {limit}\n  Margin  {margin}\n"
        )
    }

    /// How much worse a comparison accepts unless a file of margins says otherwise, in words.
    fn usual_margin(&self) -> String {
        let unit = self.unit();
        let space = if unit.is_empty() || unit == "°" { "" } else { " " };
        let in_unit = |margin: f64| format!("{margin}{space}{unit}");
        let wider = match (self.has_levels(), self.is_rate() || self.better != Better::Lower) {
            (true, true) => "at one level alone",
            (true, false) => "at one level alone and for the 95th percentile",
            (false, true) => "",
            (false, false) => "for the 95th percentile",
        };
        match () {
            () if self.is_agreement() => {
                "none: `plumbline compare` compares the automated arms, patient by patient".into()
            }
            () if self.is_wall_clock() => {
                "none: `plumbline compare` shows times on the wall clock and judges none".into()
            }
            () if !self.is_judged_in_comparisons() => {
                format!(
                    "{} if a file of margins names it; else `plumbline compare` shows it and does not judge",
                    in_unit(self.margin)
                )
            }
            () if wider.is_empty() => format!("{} in `plumbline compare`", in_unit(self.margin)),
            () => {
                let twice = in_unit(WIDER_MARGIN * self.margin);
                format!("{} in `plumbline compare`; {twice} {wider}", in_unit(self.margin))
            }
        }
    }

    /// True if a comparison of two runs judges the metric unless told otherwise: how right labels and slices are, and
    /// whether there was a plan. Overlap and surfaces of the segmentation are means to that end; scan time and repeats
    /// depend on the checks of the images as well.
    pub fn is_judged_in_comparisons(&self) -> bool {
        let plan = self.name.starts_with("label.") || self.name.starts_with("plan.");
        (plan && self.name != "plan.confidence_brier") || self.name == "exam.error_rate"
    }

    /// True if every value is yes or no.
    pub fn is_rate(&self) -> bool {
        matches!(self.source, Source::DiscRate(_) | Source::AttemptRate(_) | Source::GroupRate(_))
    }

    /// True if the metric says how far observers agree, which takes two of them.
    pub fn is_agreement(&self) -> bool {
        matches!(self.source, Source::Agreement(_))
    }

    /// True if the metric is measured on the wall clock and so differs from run to run.
    pub fn is_wall_clock(&self) -> bool {
        self.name.starts_with("latency.")
    }

    /// True if the metric says what an examination cost, which one that ended early did not pay.
    pub fn is_cost_of_examination(&self) -> bool {
        matches!(self.name, "exam.repeats" | "exam.scan_time_s")
    }

    /// True if the metric is one of the planner's segmentation, which a planner need not tell.
    pub fn is_of_segmentation(&self) -> bool {
        ["dice.", "surface.", "surface_mean.", "calibration."].iter().any(|family| self.name.starts_with(family))
    }

    /// True if the metric can be restricted to one disc level ([`MetricAt`]).
    pub fn has_levels(&self) -> bool {
        matches!(self.source, Source::Disc(_) | Source::DiscRate(_) | Source::Levels(_) | Source::Agreement(_))
    }

    /// Reads the metric from attempts; those of several arms are not told apart.
    pub fn observe(&self, attempts: &[CaseAttempt<'_>]) -> Observations {
        self.observe_level(attempts, None)
    }

    /// Reads the metric at one level, or at all of them; a metric without levels has nothing at one.
    fn observe_level(&self, attempts: &[CaseAttempt<'_>], level: Option<Disc>) -> Observations {
        if level.is_some() && !self.has_levels() {
            return Observations::default();
        }
        match self.source {
            Source::Disc(value) => {
                Observations::by_case(attempts, |attempt| discs_at(attempt, level).filter_map(value).collect())
            }
            Source::DiscRate(holds) => Observations::rate_by_case(attempts, |attempt| {
                discs_at(attempt, level).map(|disc| f64::from(holds(disc))).collect()
            }),
            Source::Levels(values) => Observations::by_case(attempts, |attempt| {
                values(attempt)
                    .into_iter()
                    .filter(|(disc, _)| level.is_none_or(|level| level == *disc))
                    .map(|(_, value)| value)
                    .collect()
            }),
            Source::Structure(wanted, value) => Observations::by_case(attempts, |attempt| {
                let structures = attempt.structures.iter().filter(|result| result.structure == wanted);
                structures.filter_map(value).collect()
            }),
            Source::Attempt(value) => Observations::by_case(attempts, |attempt| value(attempt).into_iter().collect()),
            Source::AttemptRate(holds) => {
                Observations::rate_by_case(attempts, |attempt| holds(attempt).map(f64::from).into_iter().collect())
            }
            Source::Group(value) => Observations::by_case(attempts, |attempt| groups(attempt).map(value).collect()),
            Source::GroupRate(holds) => Observations::rate_by_case(attempts, |attempt| {
                groups(attempt).map(|group| f64::from(holds(group))).collect()
            }),
            Source::Agreement(estimate) => estimate(attempts, level),
        }
    }
}

/// The slice groups of an attempt's plan: those of the discs, then the sagittal stack.
fn groups(attempt: &AttemptResult) -> impl Iterator<Item = &GroupResult> {
    let of_discs = attempt.plan.discs.iter().filter_map(|disc| disc.group.as_ref());
    of_discs.chain(attempt.plan.sagittal_stack.group.as_ref())
}

/// The discs of an attempt at one level, or all of them.
fn discs_at(attempt: &AttemptResult, level: Option<Disc>) -> impl Iterator<Item = &DiscResult> {
    attempt.plan.discs.iter().filter(move |disc| level.is_none_or(|level| level == disc.disc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_error_is_judged_by_its_size() {
        let judged = |value, interval| Better::NearZero.judged(value, Some(interval));
        assert_eq!(judged(-0.5, [-0.8, -0.2]), (0.5, Some([0.2, 0.8])));
        assert_eq!(judged(0.1, [-0.3, 0.5]), (0.1, Some([0.0, 0.5])));
        assert_eq!(Better::Lower.judged(0.5, None), (0.5, None));
    }
}
