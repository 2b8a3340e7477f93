//! `run.json`: the verdict on a run, its figures, and what it was made of.

use std::collections::{BTreeMap, BTreeSet};

use randomness::Stream;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::criterion::{Criterion, CriterionResult, Verdict};
use crate::metrics::{self, MetricSummary};
use crate::record::{Arm, CaseRow};

/// Name of the file in the run directory.
pub const MANIFEST: &str = "run.json";

/// Version of the format of `run.json`.
pub const FORMAT_VERSION: u32 = 1;

/// Seed of the bootstrap intervals: the same for every run, so that joined shards have the whole run's figures.
const RESAMPLING_SEED: u64 = 0;

/// `run.json`. The figures in `metrics` and `by_scenario` are those of the planner under test (the
/// automated arm); `by_arm` has the others beside them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this file format: 1.
    pub format_version: u32,
    /// The verdict on all scenarios.
    pub verdict: Verdict,
    /// The scenarios with their criteria.
    pub scenarios: Vec<ScenarioResult>,
    /// Figures of the automated arm over all scenarios, by metric.
    pub metrics: BTreeMap<String, MetricSummary>,
    /// Figures by arm, then metric.
    pub by_arm: BTreeMap<String, BTreeMap<String, MetricSummary>>,
    /// Figures of the automated arm by scenario, then metric.
    pub by_scenario: BTreeMap<String, BTreeMap<String, MetricSummary>>,
    /// What the run was made of.
    pub provenance: Provenance,
    /// What a reader should know, in order of scenario and case.
    pub warnings: Vec<Warning>,
}

/// One scenario of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioResult {
    /// Its name.
    pub name: String,
    /// Incomplete as long as cases are missing.
    pub verdict: Verdict,
    /// Number of cases that the scenario asks for.
    pub cases: u64,
    /// Number of cases with results.
    pub cases_done: u64,
    /// Its criteria, in the order of the scenario file.
    pub criteria: Vec<CriterionResult>,
}

/// What a run was made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// What decides every deterministic figure.
    pub identity: Identity,
    /// The devices that the network ran on, in alphabetical order.
    pub devices: Vec<String>,
    /// When it ran; not deterministic.
    pub wall_clock: Option<WallClock>,
}

/// What decides every deterministic figure of a run: the same identity gives the same figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Version of the program.
    pub version: String,
    /// Name and version of the planner under test.
    pub planner: String,
    /// Hash of the model's weights, where there is a model.
    pub model: Option<String>,
    /// The scenarios, in the order of the run.
    pub scenarios: Vec<ScenarioIdentity>,
    /// Which cases were asked for.
    pub selection: Selection,
    /// BLAKE3 of the people's plans that are scored beside the simulated ones, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<String>,
}

/// One scenario's part of a run's identity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioIdentity {
    /// Its name.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// BLAKE3 of the scenario file and of the files it names.
    pub hash: String,
    /// BLAKE3 of what decides its patients and their localizers: population, positioning, protocol.
    pub patients_hash: String,
    /// Seed of its cases: the file's, or the command line's in its place.
    pub seed: u64,
    /// Number of cases that it asks for.
    pub cases: u64,
    /// Name of its population.
    pub population: String,
    /// Name of its protocol.
    pub protocol: String,
    /// What must hold.
    pub criteria: Vec<Criterion>,
}

/// Which cases of its scenarios a run was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Selection {
    /// All of them.
    #[default]
    All,
    /// One case alone.
    Case(u64),
    /// Every case whose number leaves the remainder `index` when divided by `count`.
    Shard {
        /// Which part, from 0.
        index: u64,
        /// Number of parts, at least 1.
        count: u64,
    },
}

/// When a run was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WallClock {
    /// Begin, UTC, RFC 3339.
    pub started_at: String,
    /// End, UTC, RFC 3339.
    pub finished_at: String,
    /// Time spent, s; for joined shards the sum.
    pub elapsed_s: f64,
}

/// Something a reader should know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// Name of the scenario.
    pub scenario: String,
    /// Case number.
    pub case: u64,
    /// What happened.
    pub message: String,
}

impl Selection {
    /// True if the case is among the selected.
    pub fn contains(self, case: u64) -> bool {
        match self {
            Self::All => true,
            Self::Case(only) => case == only,
            Self::Shard { index, count } => case % count.max(1) == index,
        }
    }
}

impl Identity {
    /// True if every selected case of every scenario is in `done`.
    pub fn is_done(&self, done: &BTreeSet<(String, u64)>) -> bool {
        self.scenarios.iter().all(|scenario| {
            let mut selected = (0..scenario.cases).filter(|case| self.selection.contains(*case));
            selected.all(|case| done.contains(&(scenario.name.clone(), case)))
        })
    }
}

/// What sets two runs apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which part of the identity.
    pub what: &'static str,
    /// What the first run has.
    pub found: String,
    /// What the second has.
    pub expected: String,
}

impl Identity {
    /// The first thing that sets this run apart from another; `None` if their figures must be the same.
    pub fn difference(&self, other: &Self) -> Option<Difference> {
        let seeds = |identity: &Self| {
            let seed = |scenario: &ScenarioIdentity| format!("{} with seed {}", scenario.name, scenario.seed);
            identity.scenarios.iter().map(seed).collect::<Vec<_>>().join(", ")
        };
        let content = |identity: &Self| {
            let hash = |scenario: &ScenarioIdentity| scenario.hash.get(..12).unwrap_or(&scenario.hash).to_owned();
            identity.scenarios.iter().map(hash).collect::<Vec<_>>().join(", ")
        };
        let model = |identity: &Self| identity.model.clone().unwrap_or_else(|| "none".to_owned());
        let attempts = |identity: &Self| identity.attempts.clone().unwrap_or_else(|| "none".to_owned());
        let parts = [
            ("program version", self.version.clone(), other.version.clone()),
            ("planner", self.planner.clone(), other.planner.clone()),
            ("model", model(self), model(other)),
            ("scenario", seeds(self), seeds(other)),
            ("scenario's content", content(self), content(other)),
            ("people's attempts", attempts(self), attempts(other)),
            ("choice of cases", self.selection.to_string(), other.selection.to_string()),
        ];
        let differing = parts.into_iter().find(|(_, found, expected)| found != expected);
        differing.map(|(what, found, expected)| Difference { what, found, expected })
    }
}

impl std::fmt::Display for Selection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => f.write_str("all cases"),
            Self::Case(case) => write!(f, "case {case}"),
            Self::Shard { index, count } => write!(f, "shard {index}/{count}"),
        }
    }
}

impl Manifest {
    /// Judges and summarises rows, which must be in the order of [`run_store::cases::sort`].
    pub fn assemble(provenance: Provenance, rows: &[CaseRow], mut warnings: Vec<Warning>) -> Self {
        let resampling = Stream::from_seed(RESAMPLING_SEED);
        let of_arm = |arm: Arm| move |row: &&CaseRow| row.arm == arm.name();
        let select = |keep: &dyn Fn(&&CaseRow) -> bool| rows.iter().filter(keep).collect::<Vec<_>>();

        let planner = provenance.identity.planner.as_str();
        let segments = planner.split(", ").any(|planner| !planner.starts_with("cmd:"));
        let judge = |identity: &ScenarioIdentity| judge(identity, rows, segments, &resampling);
        let scenarios: Vec<_> = provenance.identity.scenarios.iter().map(judge).collect();
        let by_arm = Arm::ALL.into_iter().map(|arm| {
            let figures = metrics::summaries(&select(&of_arm(arm)), &resampling);
            (arm.name().to_owned(), figures)
        });
        let by_scenario = scenarios.iter().map(|scenario| {
            let automated = of_arm(Arm::Automated);
            let of_scenario = select(&|row| row.scenario == scenario.name && automated(row));
            (scenario.name.clone(), metrics::summaries(&of_scenario, &resampling))
        });
        let by_arm: BTreeMap<_, BTreeMap<_, _>> = by_arm.filter(|(_, figures)| !figures.is_empty()).collect();
        warnings.sort();

        Self {
            format_version: FORMAT_VERSION,
            verdict: Verdict::of_all(scenarios.iter().map(|scenario| scenario.verdict)),
            metrics: by_arm.get(Arm::Automated.name()).cloned().unwrap_or_default(),
            by_scenario: by_scenario.collect(),
            by_arm,
            scenarios,
            provenance,
            warnings,
        }
    }
}

/// `segments`: whether the planner under test tells what it saw in the images, and not the plan alone.
fn judge(identity: &ScenarioIdentity, rows: &[CaseRow], segments: bool, resampling: &Stream) -> ScenarioResult {
    let rows: Vec<_> = rows.iter().filter(|row| row.scenario == identity.name).cloned().collect();
    let done: BTreeSet<u64> = rows.iter().map(|row| row.case).collect();
    let judged = |criterion: &Criterion| {
        let of_segmentation = metrics::find(&criterion.metric).is_some_and(|metric| metric.is_of_segmentation());
        CriterionResult { not_applicable: of_segmentation && !segments, ..criterion.evaluate(&rows, resampling) }
    };
    let criteria: Vec<_> = identity.criteria.iter().map(judged).collect();
    let cases_done = done.len() as u64;
    // A part of the cohort cannot stand for it: its percentiles are others.
    let verdict = if cases_done < identity.cases {
        Verdict::Incomplete
    } else {
        Verdict::of_all(criteria.iter().filter_map(CriterionResult::verdict))
    };
    ScenarioResult { name: identity.name.clone(), verdict, cases: identity.cases, cases_done, criteria }
}
