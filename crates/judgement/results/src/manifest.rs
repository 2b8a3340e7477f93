//! `run.json`: the verdict on a run, its figures, and what it was made of.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case_result::attempts_of;
use crate::criterion::{Criterion, CriterionResult};
use crate::host::Host;
use crate::identity::{Identity, PlannerIdentity, ScenarioIdentity};
use crate::metrics::{self, MetricSummary};
use crate::pattern::{self, ErrorPattern};
use crate::verdict::Verdict;
use crate::{Arm, CaseResult};

/// Name of the file in the run directory.
pub const MANIFEST: &str = "run.json";

/// Version of the format of `run.json`. Version 1 had no states: what it holds is judged anew when it is read.
pub const FORMAT_VERSION: u32 = 2;

/// `run.json`. The figures in `metrics` and `by_scenario` are those of the planner under test (the
/// automated arm); `by_arm` has the others beside them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this file format: 2.
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
    /// What the automated arm's errors have in common, the most telling first; empty if nothing stands out.
    #[serde(default)]
    pub patterns: Vec<ErrorPattern>,
}

/// What a run was made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// What decides every deterministic figure.
    pub identity: Identity,
    /// The devices that the network ran on, in alphabetical order.
    pub devices: Vec<String>,
    /// The machines and builds that examined the cases, each once, in order; runs of earlier versions did not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<Host>,
    /// When it ran; not deterministic.
    pub wall_clock: Option<WallClock>,
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

impl Manifest {
    /// Judges and summarises cases, which must be in order of scenario and number, their attempts in order.
    pub fn assemble(provenance: Provenance, cases: &[CaseResult]) -> Self {
        let identities = provenance.identity.scenarios.iter().zip(&provenance.identity.planners);
        let judge = |(identity, planner)| judge(identity, planner, cases);
        let scenarios: Vec<_> = identities.map(judge).collect();
        let by_arm = Arm::ALL.into_iter().map(|arm| {
            let figures = metrics::summaries(&attempts_of(cases, arm));
            (arm.name().to_owned(), figures)
        });
        let by_scenario = scenarios.iter().map(|scenario| {
            let of_scenario = cases.iter().filter(|case| case.scenario == scenario.name);
            (scenario.name.clone(), metrics::summaries(&attempts_of(of_scenario, Arm::Automated)))
        });
        let by_arm: BTreeMap<_, BTreeMap<_, _>> = by_arm.filter(|(_, figures)| !figures.is_empty()).collect();
        let mut warnings: Vec<Warning> = cases.iter().flat_map(warnings).collect();
        warnings.sort();

        Self {
            format_version: FORMAT_VERSION,
            verdict: Verdict::of_all(scenarios.iter().map(|scenario| scenario.verdict)).unwrap_or(Verdict::NotShown),
            metrics: by_arm.get(Arm::Automated.name()).cloned().unwrap_or_default(),
            by_scenario: by_scenario.collect(),
            by_arm,
            scenarios,
            provenance,
            warnings,
        }
    }
}

fn warnings(case: &CaseResult) -> impl Iterator<Item = Warning> {
    let warning =
        |message: &String| Warning { scenario: case.scenario.clone(), case: case.case, message: message.clone() };
    case.warnings.iter().map(warning)
}

fn judge(identity: &ScenarioIdentity, planner: &PlannerIdentity, cases: &[CaseResult]) -> ScenarioResult {
    let cases: Vec<_> = cases.iter().filter(|case| case.scenario == identity.name).collect();
    let judged = |criterion: &Criterion| {
        let of_segmentation = metrics::find_at(&criterion.metric).is_ok_and(|at| at.metric.is_of_segmentation());
        let not_applicable = of_segmentation && !planner.segments();
        CriterionResult { not_applicable, ..criterion.evaluate(cases.iter().copied()) }
    };
    let mut criteria: Vec<_> = identity.criteria.iter().map(judged).collect();
    for implied in [Criterion::no_silent_failure(), Criterion::no_errors()] {
        let watched =
            |named: &Criterion| named.metric == implied.metric && named.arm.unwrap_or(Arm::Automated) == Arm::Automated;
        if !identity.criteria.iter().any(watched) {
            criteria.push(CriterionResult { implied: true, ..judged(&implied) });
        }
    }
    let cases_done = cases.len() as u64;
    // A part of the cohort cannot stand for it: its percentiles are others.
    let verdict = if cases_done < identity.cases { Verdict::Incomplete } else { verdict(&criteria) };
    let patterns = pattern::find(&cases, identity.localizer_affine.as_ref());
    ScenarioResult { name: identity.name.clone(), verdict, cases: identity.cases, cases_done, criteria, patterns }
}

/// The worst criterion's. What the scenario does not name can fail it and not pass it: without a criterion nothing is
/// shown, and where none applies nothing was measured.
fn verdict(criteria: &[CriterionResult]) -> Verdict {
    let own = criteria.iter().filter(|criterion| !criterion.implied);
    let nothing = match (own.clone().next(), own.clone().find(|criterion| !criterion.not_applicable)) {
        (None, _) => Some(Verdict::NotShown),
        (Some(_), None) => Some(Verdict::Incomplete),
        (Some(_), Some(_)) => None,
    };
    let states = criteria.iter().filter_map(CriterionResult::applied);
    Verdict::of_all(states.map(|state| state.verdict()).chain(nothing)).unwrap_or(Verdict::NotShown)
}
