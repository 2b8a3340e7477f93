//! `plumbline run`.

use std::path::Path;
use std::sync::atomic::Ordering;

use assessment::PlantedFault;
use assessment::planted_fault::UnknownFault;
use diagnosis::did_you_mean;
use results::identity::{ScenarioIdentity, Selection};
use results::{Identity, Manifest, PatternKind, Run, Verdict};
use run_store::journal::Machine;
use runner::{self, PlannerCase, RunEvent, RunOptions};
use scenario::ScenarioSetup;
use scenario::attempts;

use crate::arguments::RunArguments;
use crate::exit_status::ExitStatus;
use crate::failure::{Failure, store_failure};
use crate::planner_under_test::{PlannerUnderTest, ReadyPlanner, models};
use crate::progress::{Progress, summary_line};
use crate::run_folder::RunFolder;
use crate::{host, interrupt, output, resources, table};

/// Examines all cases, evaluates the criteria and writes the report.
pub fn run(arguments: &RunArguments) -> Result<ExitStatus, Failure> {
    if arguments.jobs == Some(0) {
        return Err(Failure::wrong("--jobs is 0, expected 1 or more"));
    }
    let chosen = arguments.planner.as_deref().map(PlannerUnderTest::from_argument).transpose()?;
    let fault = arguments.fault.as_deref().map(planted_fault).transpose()?;
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
        fault: fault.map(|fault| fault.to_string()),
    };
    let place = RunFolder::choose(arguments, &setups, &identity)?;
    resources::ensure_folder(place.folder())?;
    let options = RunOptions {
        jobs: arguments.jobs.unwrap_or(1),
        resume: arguments.resume,
        dicom: arguments.dicom,
        fault,
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
    let make_planner = |asked: PlannerCase<'_>| ready[asked.number].planner(asked);
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
    for line in table::patterns(&run.manifest) {
        output::result(line);
    }
    output::result(format!("verdict: {}", run.manifest.verdict.word()));
    if run.manifest.verdict == Verdict::Incomplete {
        output::result(what_is_missing(&run.manifest, stopped));
    }
    output::result(format!("report:  {}", page.display()));
}

/// A fault to plant, by its name.
pub(super) fn planted_fault(text: &str) -> Result<PlantedFault, Failure> {
    text.parse().map_err(|unknown: UnknownFault| {
        let names = PatternKind::ALL.iter().map(|kind| kind.name());
        let near = did_you_mean(text.split(':').next().unwrap_or_default(), names);
        Failure::wrong(if near.is_empty() { unknown.to_string() } else { format!("{unknown} ({near})") })
    })
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
