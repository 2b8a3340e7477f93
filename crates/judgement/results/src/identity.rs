//! What decides every deterministic figure of a run.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::criterion::Criterion;
use crate::planner_identity::short;
pub use crate::planner_identity::{PlannerIdentity, ProgramFile};

/// What decides every deterministic figure of a run: the same identity gives the same figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "WrittenIdentity", into = "WrittenIdentity")]
#[schemars(with = "WrittenIdentity")]
pub struct Identity {
    /// Version of the program.
    pub version: String,
    /// The planner under test, one for each scenario, in their order.
    pub planners: Vec<PlannerIdentity>,
    /// The scenarios, in the order of the run.
    pub scenarios: Vec<ScenarioIdentity>,
    /// Which cases were asked for.
    pub selection: Selection,
    /// BLAKE3 of the people's plans that are scored beside the simulated ones, if there are any.
    pub attempts: Option<String>,
    /// What was planted between planner and instrument, as `--fault` takes it.
    pub fault: Option<String>,
}

impl Identity {
    /// The planners for people to read: each once, in the order of the scenarios.
    pub fn planner(&self) -> String {
        distinct(self.planners.iter().map(ToString::to_string)).join(", ")
    }

    /// What the planners' programs consist of, each once; "none" where all are built in.
    fn programs(&self) -> String {
        let programs = distinct(self.planners.iter().filter_map(PlannerIdentity::program));
        if programs.is_empty() { "none".to_owned() } else { programs.join("; ") }
    }

    /// The part of this identity that decides one scenario's figures, whichever other scenarios and cases were asked for.
    pub fn of_scenario(&self, number: usize) -> Self {
        Self {
            planners: self.planners.get(number).cloned().into_iter().collect(),
            scenarios: self.scenarios.get(number).cloned().into_iter().collect(),
            selection: Selection::All,
            ..self.clone()
        }
    }

    /// Hashes of the models' weights, each once; `None` without a model.
    pub fn model(&self) -> Option<String> {
        let models = self.planners.iter().filter_map(|planner| match planner {
            PlannerIdentity::Builtin { model } => model.clone(),
            PlannerIdentity::Command { .. } | PlannerIdentity::Reference => None,
        });
        let models = distinct(models);
        (!models.is_empty()).then(|| models.join(" "))
    }
}

/// Each text once, in the order in which they first come.
fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    texts.for_each(|text| {
        if !seen.contains(&text) {
            seen.push(text);
        }
    });
    seen
}

/// An [`Identity`] as `run.json` writes it; `planner` and `model` follow from `planners`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Identity")]
struct WrittenIdentity {
    /// Version of the program.
    version: String,
    /// The planners under test for people to read: `builtin`, or `cmd:` and the command line; several are joined by ", ".
    planner: String,
    /// The planner under test of each scenario, in their order; earlier versions wrote `planner` alone.
    #[serde(default)]
    planners: Vec<PlannerIdentity>,
    /// Hash of the models' weights, where there are models.
    model: Option<String>,
    /// The scenarios, in the order of the run.
    scenarios: Vec<ScenarioIdentity>,
    /// Which cases were asked for.
    selection: Selection,
    /// BLAKE3 of the people's plans that are scored beside the simulated ones, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempts: Option<String>,
    /// What was planted between planner and instrument, if anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
}

impl From<Identity> for WrittenIdentity {
    fn from(identity: Identity) -> Self {
        Self {
            planner: identity.planner(),
            model: identity.model(),
            version: identity.version,
            planners: identity.planners,
            scenarios: identity.scenarios,
            selection: identity.selection,
            attempts: identity.attempts,
            fault: identity.fault,
        }
    }
}

/// Why an identity is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// A text that names no planner.
    #[error("planner is '{0}': expected builtin, or cmd: and a command line")]
    UnknownPlanner(String),
    /// A scenario has no planner, or a planner no scenario.
    #[error("there are {planners} planners, expected {scenarios}: one for each scenario")]
    OtherNumber {
        /// Number of planners.
        planners: usize,
        /// Number of scenarios.
        scenarios: usize,
    },
}

impl TryFrom<WrittenIdentity> for Identity {
    type Error = IdentityError;

    fn try_from(written: WrittenIdentity) -> Result<Self, Self::Error> {
        let mut planners = written.planners;
        if planners.is_empty() {
            let named = planners_of_joined_names(&written.planner, written.model.as_ref())?;
            // Scenarios whose planner the names do not tell apart have the last one.
            planners = (0..written.scenarios.len()).map(|n| named[n.min(named.len() - 1)].clone()).collect();
        }
        let (found, scenarios) = (planners.len(), written.scenarios.len());
        if found != scenarios {
            return Err(IdentityError::OtherNumber { planners: found, scenarios });
        }
        Ok(Self {
            version: written.version,
            planners,
            scenarios: written.scenarios,
            selection: written.selection,
            attempts: written.attempts,
            fault: written.fault,
        })
    }
}

/// The planners that earlier versions wrote joined by ", ", which a command line may hold as well: a planner begins only
/// where `builtin` or `cmd:` does. One or more.
fn planners_of_joined_names(names: &str, model: Option<&String>) -> Result<Vec<PlannerIdentity>, IdentityError> {
    let mut pieces: Vec<String> = Vec::new();
    for piece in names.split(", ") {
        match pieces.last_mut() {
            Some(last) if piece != "builtin" && !piece.starts_with("cmd:") => *last += &format!(", {piece}"),
            _ => pieces.push(piece.to_owned()),
        }
    }
    let planner = |piece: String| match piece.strip_prefix("cmd:") {
        Some(command) => Ok(PlannerIdentity::Command { command: command.to_owned(), files: Vec::new() }),
        None if piece == "builtin" => Ok(PlannerIdentity::Builtin { model: model.cloned() }),
        None => Err(IdentityError::UnknownPlanner(piece)),
    };
    pieces.into_iter().map(planner).collect()
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
    /// Seed of the examinations' noise and motion, where it is not the cases' own: the same patients, measured again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise_seed: Option<u64>,
    /// Number of cases that it asks for.
    pub cases: u64,
    /// Name of its population.
    pub population: String,
    /// Name of its protocol.
    pub protocol: String,
    /// What must hold.
    pub criteria: Vec<Criterion>,
    /// From column, row and slice of the localizer's sagittal stack to patient coordinates, mm: a row for each of x, y, z.
    #[serde(default)]
    pub localizer_affine: Option<[[f64; 4]; 3]>,
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

/// `planner: cmd:a → cmd:b`, from the first run to the second.
impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} → {}", self.what, self.found, self.expected)
    }
}

impl Identity {
    /// Everything that sets this run apart from another; nothing if their figures must be the same.
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let seeds = |identity: &Self| {
            let seed = |scenario: &ScenarioIdentity| {
                let noise = scenario.noise_seed.map_or_else(String::new, |seed| format!(" and noise seed {seed}"));
                format!("{} with seed {}{noise}", scenario.name, scenario.seed)
            };
            identity.scenarios.iter().map(seed).collect::<Vec<_>>().join(", ")
        };
        let content = |identity: &Self| {
            identity.scenarios.iter().map(|scenario| short(&scenario.hash)).collect::<Vec<_>>().join(", ")
        };
        let or_none = |hash: Option<String>| hash.unwrap_or_else(|| "none".to_owned());
        let parts = [
            ("program version", self.version.clone(), other.version.clone()),
            ("planner", self.planner(), other.planner()),
            ("planner's program", self.programs(), other.programs()),
            ("model", or_none(self.model()), or_none(other.model())),
            ("scenario", seeds(self), seeds(other)),
            ("scenario's content", content(self), content(other)),
            ("people's attempts", or_none(self.attempts.clone()), or_none(other.attempts.clone())),
            ("planted fault", or_none(self.fault.clone()), or_none(other.fault.clone())),
            ("choice of cases", self.selection.to_string(), other.selection.to_string()),
        ];
        let differing = parts.into_iter().filter(|(_, found, expected)| found != expected);
        differing.map(|(what, found, expected)| Difference { what, found, expected }).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::identity;

    const LISTING: &str = "p --levels \"L1, L2\"";

    #[test]
    fn a_command_with_a_comma_is_one_planner_and_none_that_segments() {
        let command = PlannerIdentity::Command { command: LISTING.into(), files: Vec::new() };
        let mut identity = identity(3, Selection::All);
        identity.planners = vec![command.clone()];
        let written = serde_json::to_value(&identity).expect("JSON");
        assert_eq!(written["planner"], format!("cmd:{LISTING}"), "people read it as it was typed");
        assert_eq!(serde_json::from_value::<Identity>(written.clone()).expect("read"), identity);

        // As earlier versions wrote it.
        let mut joined = written;
        joined.as_object_mut().expect("an object").remove("planners");
        assert_eq!(
            serde_json::from_value::<Identity>(joined.clone()).expect("read").planners,
            std::slice::from_ref(&command)
        );
        joined["planner"] = format!("builtin, cmd:{LISTING}").into();
        joined["model"] = "abc".into();
        let second = joined["scenarios"][0].clone();
        joined["scenarios"].as_array_mut().expect("a list").push(second);
        let builtin = PlannerIdentity::Builtin { model: Some("abc".into()) };
        assert_eq!(serde_json::from_value::<Identity>(joined.clone()).expect("read").planners, [builtin, command]);
        joined["planner"] = "made up".into();
        let error = serde_json::from_value::<Identity>(joined).expect_err("no planner").to_string();
        assert!(error.contains("planner is 'made up': expected builtin"), "{error}");
    }

    #[test]
    fn a_changed_program_is_another_planner_and_all_that_differs_is_named() {
        let of = |hash: &str| {
            let files = vec![ProgramFile { name: "planner.py".into(), blake3: hash.into() }];
            let mut identity = identity(3, Selection::All);
            identity.planners = vec![PlannerIdentity::Command { command: "python planner.py".into(), files }];
            identity
        };
        let (before, mut now) = (of("1111111111111111"), of("2222222222222222"));
        assert_eq!(before.differences(&before.clone()), []);
        now.scenarios[0].seed = 8;
        let told: Vec<String> = before.differences(&now).iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "planner's program: planner.py 111111111111 → planner.py 222222222222",
                "scenario: s with seed 7 → s with seed 8"
            ]
        );
        // Earlier versions wrote no hashes: such a run is read, and known to be no certain match.
        let mut written = serde_json::to_value(&before).expect("JSON");
        assert_eq!(written["planners"][0]["files"][0]["blake3"], "1111111111111111");
        written["planners"][0].as_object_mut().expect("an object").remove("files");
        let former: Identity = serde_json::from_value(written).expect("read");
        assert!(former.differences(&before)[0].to_string().contains("not recorded"));
    }

    #[test]
    fn a_scenarios_part_is_the_same_whatever_else_was_asked_for() {
        let mut both = identity(3, Selection::Case(2));
        both.planners.push(PlannerIdentity::Builtin { model: None });
        both.scenarios.push(both.scenarios[0].clone());
        assert_eq!(both.of_scenario(0), identity(3, Selection::All));
    }
}
