//! Every figure that a run reports: what it is, where it comes from, and how it is summarised.
//!
//! A [`Metric`] reads [`CaseRow`]s and yields [`Observations`]; statistics and their confidence intervals
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
pub mod catalogue;
mod observations;
mod statistic;
mod summary;

pub use catalogue::{all, find};
pub use observations::Observations;
pub use statistic::Statistic;
pub use summary::{MetricSummary, summaries};

use crate::record::CaseRow;

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
    /// The largest change for the worse of a case's mean that a comparison still calls the same.
    pub margin: f64,
    /// How it is read from the rows.
    pub(crate) source: Source,
}

/// Which way a metric should go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// How a metric is read from the rows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// A number from each row that has one.
    Value(fn(&CaseRow) -> Option<f64>),
    /// Yes or no from each row that says so, as 1 or 0.
    Rate(fn(&CaseRow) -> Option<bool>),
    /// One figure from all rows: how much observers differ on the same disc.
    Agreement(fn(&[&CaseRow]) -> Observations),
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
        };
        let Self { name, title, what, why, limit, .. } = self;
        format!("{title}: {name}{unit}, {better}\n\n  What   {what}\n  Why    {why}\n  Limit  {limit}\n")
    }

    /// True if every value is yes or no.
    pub fn is_rate(&self) -> bool {
        matches!(self.source, Source::Rate(_))
    }

    /// True if the metric says how far observers agree, which takes two of them.
    pub fn is_agreement(&self) -> bool {
        matches!(self.source, Source::Agreement(_))
    }

    /// True if the metric is measured on the wall clock and so differs from run to run.
    pub fn is_wall_clock(&self) -> bool {
        self.name.starts_with("latency.")
    }

    /// True if the metric is one of the planner's segmentation, which a planner need not tell.
    pub fn is_of_segmentation(&self) -> bool {
        ["dice.", "surface.", "surface_mean.", "calibration."].iter().any(|family| self.name.starts_with(family))
    }

    /// Reads the metric from rows; rows of several arms are not told apart.
    pub fn observe<'a>(&self, rows: impl Iterator<Item = &'a CaseRow>) -> Observations {
        match self.source {
            Source::Value(value) => Observations::by_case(rows, value),
            Source::Rate(holds) => Observations::rate_by_case(rows, holds),
            Source::Agreement(estimate) => estimate(&rows.collect::<Vec<_>>()),
        }
    }
}
