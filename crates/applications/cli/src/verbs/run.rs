//! `plumbline run`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use planner::{CommandPlanner, NamedFile, Networks, Planner};
use results::identity::{ProgramFile, ScenarioIdentity, Selection};
use results::{Identity, Manifest, PlannerIdentity, Run, Verdict};
use run_store::journal::Machine;
use runner::{self, RunEvent, RunOptions};
use scenario::PlannerKind;
use scenario::ScenarioSetup;
use scenario::attempts;

use crate::arguments::{Device, RunArguments};
use crate::device;
use crate::exit_status::ExitStatus;
use crate::failure::{Failure, store_failure};
use crate::progress::{Progress, summary_line};
use crate::run_folder::RunFolder;
use crate::{host, interrupt, output, resources, table};

/// Examines all cases, evaluates the criteria and writes the report.
pub fn run(arguments: &RunArguments) -> Result<ExitStatus, Failure> {
    if arguments.jobs == Some(0) {
        return Err(Failure::wrong("--jobs is 0, expected 1 or more"));
    }
    let chosen = arguments.planner.as_deref().map(PlannerUnderTest::from_argument).transpose()?;
    let mut setups = ScenarioSetup::load_all(&arguments.scenarios)?;
    let people = attempts::read(&arguments.attempts).map_err(Failure::input)?;
    attempts::assign(&mut setups, people, arguments.seed).map_err(Failure::input)?;
    let selection = selection(arguments, &setups)?;
    let planners: Vec<PlannerUnderTest> =
        setups.iter().map(|setup| chosen.clone().unwrap_or_else(|| PlannerUnderTest::of(setup))).collect();
    let models = models(&setups, &planners, arguments.device)?;
    let ready: Vec<ReadyPlanner<'_>> =
        setups.iter().zip(&planners).map(|(setup, planner)| planner.ready(setup, &models)).collect::<Result<_, _>>()?;
    let identity = Identity {
        version: env!("CARGO_PKG_VERSION").into(),
        planners: ready.iter().map(ReadyPlanner::identity).collect::<Result<_, _>>()?,
        scenarios: setups
            .iter()
            .map(|setup| ScenarioIdentity { noise_seed: arguments.noise_seed, ..setup.identity(arguments.seed) })
            .collect(),
        selection,
        attempts: attempts::hash(&setups),
    };
    let place = RunFolder::choose(arguments, &setups, &identity)?;
    resources::ensure_folder(place.folder())?;
    let options = RunOptions {
        jobs: arguments.jobs.unwrap_or(1),
        resume: arguments.resume,
        dicom: arguments.dicom,
        machine: Machine {
            device: models.values().next().map_or("cpu", |networks| networks.sagittal.processor()).to_owned(),
            host: host::here(),
        },
    };

    if options.machine.device != "cpu" {
        output::note(format!("the networks run on {}", options.machine.device));
    }
    let stop = interrupt::flag();
    let progress = std::sync::OnceLock::new();
    let sink = |event: RunEvent| match event {
        RunEvent::Started { cases } => {
            progress.get_or_init(|| Progress::new(0, cases));
        }
        // Warnings stand in the report.
        RunEvent::CaseDone { scenario, case, summary, warnings: _ } => {
            if let Some(progress) = progress.get() {
                progress.step(&format!("{scenario} case {case}: {}", summary_line(&summary)));
            }
        }
    };
    let make_planner = |number: usize| ready[number].planner();
    let outcome = runner::run(&setups, identity, place.folder(), &options, &make_planner, &stop, &sink);
    if let Some(progress) = progress.get() {
        progress.finish();
    }
    let run = outcome.map_err(store_failure)?;
    let page = report::write(&run).map_err(Failure::unfinished)?;

    let stopped = stop.load(Ordering::Relaxed);
    let page = place.keep(&page, stopped)?;
    if arguments.json {
        output::json(&run.manifest);
    } else {
        print(&run, &page, stopped);
    }
    Ok(status(&run, selection, stopped))
}

fn print(run: &Run, page: &Path, stopped: bool) {
    for line in table::summary(&run.manifest) {
        output::result(line);
    }
    if let Some(clock) = &run.manifest.provenance.wall_clock {
        let cases: u64 = run.manifest.scenarios.iter().map(|scenario| scenario.cases_done).sum();
        let each = clock.elapsed_s / cases.max(1) as f64;
        let noun = if cases == 1 { "case" } else { "cases" };
        output::result(format!("{cases} {noun} in {:.1} s ({each:.2} s each)", clock.elapsed_s));
    }
    output::result(format!("verdict: {}", run.manifest.verdict.word()));
    if run.manifest.verdict == Verdict::Incomplete {
        output::result(what_is_missing(&run.manifest, stopped));
    }
    output::result(format!("report:  {}", page.display()));
}

/// Why there is no verdict, and how to get one.
fn what_is_missing(manifest: &Manifest, stopped: bool) -> &'static str {
    match manifest.provenance.identity.selection {
        _ if stopped => "         finished cases are kept; the same command with --resume continues",
        Selection::All => "         a criterion has nothing to measure",
        Selection::Case(_) | Selection::Shard { .. } => {
            "         these are not all cases; `plumbline merge` joins the parts and evaluates the criteria"
        }
    }
}

/// A finished part (`--case`, `--shard`) has no verdict until it is merged, and is no failure.
fn status(run: &Run, selection: Selection, stopped: bool) -> ExitStatus {
    match run.manifest.verdict {
        Verdict::Incomplete if selection != Selection::All && !stopped => ExitStatus::Success,
        verdict => verdict.into(),
    }
}

fn selection(arguments: &RunArguments, setups: &[ScenarioSetup]) -> Result<Selection, Failure> {
    let most = setups.iter().map(|setup| setup.scenario.cases).max().unwrap_or(0);
    match (arguments.case, arguments.shard) {
        (Some(_), Some(_)) => Err(Failure::wrong("--case and --shard are mutually exclusive")),
        (Some(case), None) if case >= most => {
            Err(Failure::wrong(format!("there is no case {case}: the scenario has {most}, numbered from 0")))
        }
        (Some(case), None) => Ok(Selection::Case(case)),
        (None, Some(shard)) => Ok(Selection::Shard { index: shard.index, count: shard.count }),
        (None, None) => Ok(Selection::All),
    }
}

/// The planner under test.
#[derive(Clone, Debug, PartialEq, Eq)]
enum PlannerUnderTest {
    /// The V-Net planner with the scenario's model.
    Builtin,
    /// A child process.
    Command(String),
}

impl PlannerUnderTest {
    fn from_argument(text: &str) -> Result<Self, Failure> {
        match text.strip_prefix("cmd:") {
            _ if text == "builtin" => Ok(Self::Builtin),
            Some(command) if !command.trim().is_empty() => Ok(Self::Command(command.to_owned())),
            _ => Err(Failure::wrong(format!("unknown planner '{text}': expected builtin or cmd:PROGRAM"))),
        }
    }

    fn of(setup: &ScenarioSetup) -> Self {
        match setup.scenario.planner.kind {
            PlannerKind::Builtin => Self::Builtin,
            PlannerKind::Command => Self::Command(setup.scenario.planner.command.clone()),
        }
    }

    /// The planner with what it needs, checked before anything is written.
    fn ready<'a>(&self, setup: &ScenarioSetup, models: &'a Models) -> Result<ReadyPlanner<'a>, Failure> {
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
        }
    }
}

/// A planner that can be made for every case.
enum ReadyPlanner<'a> {
    Builtin(&'a Networks),
    Command(CommandPlanner),
}

impl ReadyPlanner<'_> {
    /// What a run's identity says of it.
    fn identity(&self) -> Result<PlannerIdentity, Failure> {
        match self {
            Self::Builtin(networks) => Ok(PlannerIdentity::Builtin { model: Some(networks.hash()) }),
            Self::Command(planner) => {
                let refused = |reason| Failure::wrong(format!("the planner cannot be used: {reason}"));
                let files = planner.files().map_err(refused)?.into_iter();
                let files = files.map(|NamedFile { name, blake3 }| ProgramFile { name, blake3 }).collect();
                Ok(PlannerIdentity::Command { command: planner.command().to_owned(), files })
            }
        }
    }

    fn planner(&self) -> Box<dyn Planner> {
        match self {
            Self::Builtin(networks) => Box::new(networks.planner()),
            Self::Command(planner) => Box::new(planner.clone()),
        }
    }
}

/// Models by folder.
type Models = BTreeMap<PathBuf, Networks>;

/// Every model that a built-in planner needs, loaded once.
fn models(setups: &[ScenarioSetup], planners: &[PlannerUnderTest], device: Device) -> Result<Models, Failure> {
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
