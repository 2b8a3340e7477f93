//! The planner under test, from its name on the command line or in a scenario to one that can be made for every case.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use planner::{CommandPlanner, NamedFile, Networks, Planner};
use results::PlannerIdentity;
use results::identity::ProgramFile;
use runner::{PlannerCase, reference_planner};
use scenario::{PlannerKind, ScenarioSetup};

use crate::arguments::Device;
use crate::device;
use crate::failure::Failure;

/// The planner under test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlannerUnderTest {
    /// The V-Net planner with the scenario's model.
    Builtin,
    /// A child process.
    Command(String),
    /// The plan that the truth asks for: for tests of scenarios and of the instrument itself.
    Reference,
}

impl PlannerUnderTest {
    /// From `--planner`.
    pub fn from_argument(text: &str) -> Result<Self, Failure> {
        match text.strip_prefix("cmd:") {
            _ if text == "builtin" => Ok(Self::Builtin),
            _ if text == "reference" => Ok(Self::Reference),
            Some(command) if !command.trim().is_empty() => Ok(Self::Command(command.to_owned())),
            _ => Err(Failure::wrong(format!("unknown planner '{text}': expected builtin, reference or cmd:PROGRAM"))),
        }
    }

    /// The scenario's.
    pub fn of(setup: &ScenarioSetup) -> Self {
        match setup.scenario.planner.kind {
            PlannerKind::Builtin => Self::Builtin,
            PlannerKind::Command => Self::Command(setup.scenario.planner.command.clone()),
        }
    }

    /// The planner with what it needs, checked before anything is written.
    pub fn ready<'a>(&self, setup: &ScenarioSetup, models: &'a Models) -> Result<ReadyPlanner<'a>, Failure> {
        match self {
            Self::Builtin => {
                let networks = setup.model_folder.as_ref().and_then(|folder| models.get(folder));
                networks.map(ReadyPlanner::Builtin).ok_or_else(|| {
                    Failure::wrong(format!("scenario '{}' names no model, expected planner.model", setup.scenario.name))
                })
            }
            Self::Command(command) => {
                let limit = Duration::from_secs_f64(setup.scenario.planner.time_limit_s);
                let planner = CommandPlanner::new(command, limit);
                planner
                    .map(ReadyPlanner::Command)
                    .map_err(|reason| Failure::wrong(format!("the planner cannot be used: {reason}")))
            }
            Self::Reference => Ok(ReadyPlanner::Reference),
        }
    }
}

/// A planner that can be made for every case.
pub enum ReadyPlanner<'a> {
    /// The V-Net planner with these networks.
    Builtin(&'a Networks),
    /// A child process.
    Command(CommandPlanner),
    /// The planner that knows the truth.
    Reference,
}

impl ReadyPlanner<'_> {
    /// What a run's identity says of it.
    pub fn identity(&self) -> Result<PlannerIdentity, Failure> {
        match self {
            Self::Builtin(networks) => Ok(PlannerIdentity::Builtin { model: Some(networks.hash()) }),
            Self::Reference => Ok(PlannerIdentity::Reference),
            Self::Command(planner) => {
                let refused = |reason| Failure::wrong(format!("the planner cannot be used: {reason}"));
                let files = planner.files().map_err(refused)?.into_iter();
                let files = files.map(|NamedFile { name, blake3 }| ProgramFile { name, blake3 }).collect();
                Ok(PlannerIdentity::Command { command: planner.command().to_owned(), files })
            }
        }
    }

    /// The planner of a case.
    pub fn planner(&self, asked: PlannerCase<'_>) -> Box<dyn Planner> {
        match self {
            Self::Builtin(networks) => Box::new(networks.planner()),
            Self::Command(planner) => Box::new(planner.clone()),
            Self::Reference => Box::new(reference_planner(asked)),
        }
    }
}

/// Models by folder.
pub type Models = BTreeMap<PathBuf, Networks>;

/// Every model that a built-in planner needs, loaded once.
pub fn models(setups: &[ScenarioSetup], planners: &[PlannerUnderTest], device: Device) -> Result<Models, Failure> {
    let processor = device::processor(device)?;
    let mut models = Models::new();
    for (setup, planner) in setups.iter().zip(planners) {
        if let (PlannerUnderTest::Builtin, Some(folder)) = (planner, &setup.model_folder)
            && !models.contains_key(folder)
        {
            let networks = device::networks(folder, &processor, device)?;
            networks.warm_up();
            models.insert(folder.clone(), networks);
        }
    }
    Ok(models)
}
