//! One row of a comparison: a statistic of a metric, at all levels or at one, over the patients that both runs have.

use randomness::Stream;
use schemars::JsonSchema;
use scoring::paired::{PairedChange, bootstrap_standard_error};
use serde::{Deserialize, Serialize};

use crate::compare::change::{Change, FAMILY_ERROR};
use crate::compare::{Margins, Pair};
use crate::metrics::{self, Better, Metric, MetricAt, Observations, Statistic};

/// Seed of the bootstrap: any constant serves, since it only draws patients.
const RESAMPLING_SEED: u64 = 0;

/// Fewest patients whose 95th percentile is judged: of fewer it is the worst patient.
const LEAST_FOR_P95: usize = 20;

/// Differences below this are rounding: a plan that was written as JSON and read back.
const ROUNDING: f64 = 1e-9;

/// What a row counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It decides: how right the plans are, or what a file of margins names.
    Judged,
    /// For information: segmentation, scan time and the like, from which no patient's slices hang.
    Information,
    /// For information: time on the wall clock, which another machine or another hour changes.
    WallClock,
}

/// One statistic of a metric in both runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricComparison {
    /// `METRIC`, or `METRIC@LEVEL` at one disc level.
    pub metric: String,
    /// Which statistic: mean or rate of the patients' means, or the 95th percentile of all values.
    pub statistic: Statistic,
    /// What it counts for.
    pub role: Role,
    /// Number of patients that both runs have a value of.
    pub pairs: usize,
    /// The baseline's; of a bias signed.
    pub baseline: f64,
    /// The candidate's; of a bias signed.
    pub candidate: f64,
    /// Candidate minus baseline; of a bias the difference of the sizes.
    pub difference: f64,
    /// 95 % interval of the difference over patients: of means Student's, of rates exact, of percentiles from the
    /// bootstrap's standard error.
    pub ci95: Option<[f64; 2]>,
    /// Probability of such a difference by chance, adjusted for the number of judged rows (Holm).
    pub p_holm: Option<f64>,
    /// Largest change for the worse that is accepted.
    pub margin: f64,
    /// How the candidate stands; null where it is not judged.
    pub change: Option<Change>,
    /// Number of patients that would settle an inconclusive row, if change and spread stayed; null if none would.
    pub patients_needed: Option<u64>,
}

impl MetricComparison {
    /// How the candidate stands, in words; `None` where it is not judged.
    pub fn words(&self) -> Option<String> {
        self.change.map(|change| change.words_with(self.patients_needed))
    }

    /// The level that alone counts; `None` for all of them.
    pub fn level(&self) -> Option<&str> {
        self.metric.split_once('@').map(|(_, level)| level)
    }
}

/// A row before it is judged with the others.
pub(super) struct Measured {
    at: MetricAt,
    statistic: Statistic,
    role: Role,
    baseline: f64,
    candidate: f64,
    margin: f64,
    /// Positive is worse.
    change: PairedChange,
}

/// The rows of all metrics, in the order of reports: each as a whole, its 95th percentile, then level by level.
pub(super) fn rows(pairs: &[Pair<'_>], margins: &Margins) -> Vec<MetricComparison> {
    let levels = metrics::levels_of(pairs.iter().flat_map(|pair| pair.before));
    let mut measured = Vec::new();
    for metric in metrics::all().iter().filter(|metric| !metric.is_agreement()) {
        let role = role(metric, margins);
        measured.extend(of_means(metric.into(), role, pairs, margins));
        if role == Role::Judged {
            measured.extend(of_p95(metric, pairs, margins));
            let at_levels = levels.iter().filter_map(|level| MetricAt::level(metric, *level));
            measured.extend(at_levels.filter_map(|at| of_means(at, role, pairs, margins)));
        }
    }
    judged(&measured)
}

fn role(metric: &Metric, margins: &Margins) -> Role {
    match () {
        () if metric.is_wall_clock() => Role::WallClock,
        () if metric.is_judged_in_comparisons() || margins.name(metric) => Role::Judged,
        () => Role::Information,
    }
}

/// Holm's adjustment is over the rows that are judged and have a probability.
fn judged(measured: &[Measured]) -> Vec<MetricComparison> {
    let p_values: Vec<f64> = measured.iter().filter_map(Measured::p_value).collect();
    let mut adjusted = scoring::paired::holm(&p_values).into_iter();
    // What a row must reach if it alone is called worse: the level that its sample size is computed for.
    let alpha = FAMILY_ERROR / p_values.len().max(1) as f64;
    measured
        .iter()
        .map(|row| {
            let p_holm = row.p_value().and_then(|_| adjusted.next());
            let change = (row.role == Role::Judged).then(|| Change::of(&row.change, p_holm, row.margin));
            let needed = || row.change.patients_to_settle(row.margin, alpha);
            let sign = if row.at.metric.better == Better::Higher { -1.0 } else { 1.0 };
            let in_order = |[a, b]: [f64; 2]| if sign < 0.0 { [0.0 - b, 0.0 - a] } else { [a, b] };
            MetricComparison {
                metric: row.at.to_string(),
                statistic: row.statistic,
                role: row.role,
                pairs: row.pairs(),
                baseline: row.baseline,
                candidate: row.candidate,
                // Plus zero: no difference is not printed as −0.
                difference: sign * row.change.change() + 0.0,
                ci95: row.change.ci95().map(in_order),
                p_holm,
                margin: row.margin,
                change,
                patients_needed: change.filter(|change| *change == Change::Inconclusive).and_then(|_| needed()),
            }
        })
        .collect()
}

impl Measured {
    fn p_value(&self) -> Option<f64> {
        if self.role == Role::Judged { self.change.p_value() } else { None }
    }

    fn pairs(&self) -> usize {
        match self.change {
            PairedChange::Mean { patients, .. } | PairedChange::Rate { patients, .. } => patients,
        }
    }
}

/// The mean over patients of each patient's mean.
fn of_means(at: MetricAt, role: Role, pairs: &[Pair<'_>], margins: &Margins) -> Option<Measured> {
    let sides: Vec<[Option<f64>; 2]> = pairs.iter().map(|pair| pair.sides(at)).collect();
    if sides.iter().all(|sides| *sides == [None; 2]) {
        return None;
    }
    // What can be asked of some patients only (a warning that was due) did not happen to the others. Counting these keeps
    // the rate one of all patients, the same in both runs.
    let otherwise = (at.metric.is_rate() && at.metric.better == Better::Lower).then_some(0.0);
    let both = |[before, after]: [Option<f64>; 2]| Some((before.or(otherwise)?, after.or(otherwise)?));
    let means: Vec<(f64, f64)> = sides.into_iter().filter_map(both).collect();
    let mean = |value: fn(&(f64, f64)) -> f64| means.iter().map(value).sum::<f64>() / means.len() as f64;
    let (baseline, candidate) = (mean(|(before, _)| *before), mean(|(_, after)| *after));
    let worse_by = |(before, after): &(f64, f64)| match at.metric.better {
        Better::Lower => after - before,
        Better::Higher => before - after,
        // Its size grows where the candidate's goes on to its own side, and where the baseline's did not.
        Better::NearZero => candidate.signum() * after - baseline.signum() * before,
    };
    let changes: Vec<f64> = means.iter().map(worse_by).map(|by| if by.abs() < ROUNDING { 0.0 } else { by }).collect();
    let (statistic, change) = if at.metric.is_rate() {
        (Statistic::Rate, PairedChange::of_rate(&changes)?)
    } else {
        (Statistic::Mean, PairedChange::of_mean(&changes)?)
    };
    Some(Measured { at, statistic, role, baseline, candidate, margin: margins.of(at, statistic), change })
}

/// The 95th percentile of all values, where less is better: the plans that are far off. Of the patients' discs, the same in
/// both runs.
fn of_p95(metric: &'static Metric, pairs: &[Pair<'_>], margins: &Margins) -> Option<Measured> {
    if metric.is_rate() || metric.better != Better::Lower {
        return None;
    }
    let values = |observations: Observations| match observations {
        Observations::ByCase(cases) => cases.concat(),
        Observations::RateByCase(_) | Observations::Estimate { .. } => Vec::new(),
    };
    let both = pairs.iter().map(|pair| [pair.before, pair.after].map(|attempts| values(metric.observe(attempts))));
    let both: Vec<[Vec<f64>; 2]> = both.filter(|sides| sides.iter().all(|side| !side.is_empty())).collect();
    let patients = both.len();
    let mut drawn_values = Vec::new();
    let mut p95 = |drawn: &[usize], side: usize| {
        drawn_values.clear();
        drawn.iter().for_each(|patient| drawn_values.extend_from_slice(&both[*patient][side]));
        Statistic::P95.of(&mut drawn_values)
    };
    let all: Vec<usize> = (0..patients).collect();
    let (baseline, candidate) = (p95(&all, 0)?, p95(&all, 1)?);
    let stream = Stream::from_seed(RESAMPLING_SEED).child(metric.name, 0);
    let standard_error = bootstrap_standard_error(patients, &stream, |drawn| Some(p95(drawn, 1)? - p95(drawn, 0)?));
    let change = if (candidate - baseline).abs() < ROUNDING { 0.0 } else { candidate - baseline };
    let change = PairedChange::Mean { patients, change, standard_error: standard_error.unwrap_or(f64::INFINITY) };
    let role = if patients < LEAST_FOR_P95 { Role::Information } else { Role::Judged };
    let margin = margins.of(metric.into(), Statistic::P95);
    Some(Measured { at: metric.into(), statistic: Statistic::P95, role, baseline, candidate, margin, change })
}
