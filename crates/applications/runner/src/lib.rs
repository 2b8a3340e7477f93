//! Running scenarios: every case is examined by itself, results are kept as they come.

mod case;
mod case_files;
pub mod dicom;
mod event;
pub mod fault_suite;
pub mod pictures;

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use assessment::PlantedFault;
use planner::Planner;

pub use case::{CaseOutcome, plan_only, reference_planner};
pub use event::RunEvent;

use results::manifest::WallClock;
use results::{CaseSummary, Identity, Run};
use run_store::journal::Machine;
use run_store::{RunWriter, StoreError};
use scenario::ScenarioSetup;

/// Makes the planner of a case. It cannot fail: whoever builds a factory checks programs and models first, so that a planner
/// that cannot be used costs no run directory.
pub type PlannerFactory<'a> = dyn Fn(PlannerCase<'_>) -> Box<dyn Planner> + Sync + 'a;

/// The case that a planner is made for.
#[derive(Clone, Copy)]
pub struct PlannerCase<'a> {
    /// Place of its scenario in the list.
    pub number: usize,
    /// The scenario.
    pub setup: &'a ScenarioSetup,
    /// Seed of the scenario's cases.
    pub seed: u64,
    /// Case number.
    pub case: u64,
}

/// How a run is carried out; none of it but a fault changes a figure.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Cases at the same time.
    pub jobs: usize,
    /// Continue what is in the folder.
    pub resume: bool,
    /// Also write every case's images as DICOM.
    pub dicom: bool,
    /// What is planted between the planner and the instrument.
    pub fault: Option<PlantedFault>,
    /// What the cases are examined with, for the record.
    pub machine: Machine,
}

/// Runs the selected cases of all scenarios and writes the run directory. When `stop` is set, no further
/// case begins and what is done is kept.
///
/// # Errors
/// [`StoreError`] if the run directory cannot be written or continued.
pub fn run(
    setups: &[ScenarioSetup],
    identity: Identity,
    folder: &Path,
    options: &RunOptions,
    make_planner: &PlannerFactory<'_>,
    stop: &AtomicBool,
    sink: &(dyn Fn(RunEvent) + Sync),
) -> Result<Run, StoreError> {
    if options.resume
        && let Some(run) = RunWriter::finished(folder, &identity)?
    {
        return Ok(run);
    }
    let begin = Instant::now();
    let started_at = now();
    let writer = if options.resume {
        RunWriter::resume(folder, identity.clone(), options.machine.clone())?
    } else {
        RunWriter::create(folder, identity.clone(), options.machine.clone())?
    };

    let tasks: Vec<(usize, u64)> = setups
        .iter()
        .enumerate()
        .flat_map(|(number, setup)| (0..identity.scenarios[number].cases).map(move |case| (number, setup, case)))
        .filter(|(_, setup, case)| identity.selection.contains(*case) && !writer.has(&setup.scenario.name, *case))
        .map(|(number, _, case)| (number, case))
        .collect();
    sink(RunEvent::Started { cases: tasks.len() as u64 });
    let writer = Mutex::new(writer);
    let next = AtomicU64::new(0);
    let failure: Mutex<Option<StoreError>> = Mutex::new(None);

    std::thread::scope(|scope| {
        for _ in 0..options.jobs.clamp(1, tasks.len().max(1)) {
            scope.spawn(|| {
                let fail = |error| {
                    stop.store(true, Ordering::Relaxed);
                    failure.lock().expect("no worker panics holding it").get_or_insert(error);
                };
                while !stop.load(Ordering::Relaxed) {
                    let Some(&(number, case)) = tasks.get(next.fetch_add(1, Ordering::Relaxed) as usize) else { break };
                    let (setup, scenario) = (&setups[number], &identity.scenarios[number]);
                    let asked = PlannerCase { number, setup, seed: scenario.seed, case };
                    let mut planner = match options.fault {
                        Some(fault) => case::with_fault(asked, fault, make_planner),
                        None => make_planner(asked),
                    };
                    let outcome = case::examine(setup, scenario, case, planner.as_mut());
                    let of_scenario = identity.of_scenario(number);
                    let kept = keep(&writer, folder, options, setup, &of_scenario, (scenario.seed, case), &outcome);
                    if let Err(error) = kept {
                        return fail(error);
                    }
                    let result = outcome.result;
                    sink(RunEvent::CaseDone {
                        summary: CaseSummary::of_first_attempt(&result),
                        scenario: result.scenario,
                        case,
                        warnings: result.warnings,
                    });
                }
            });
        }
    });
    if let Some(error) = failure.into_inner().expect("the workers are done") {
        return Err(error);
    }

    let wall_clock = WallClock { started_at, finished_at: now(), elapsed_s: begin.elapsed().as_secs_f64() };
    let writer = writer.into_inner().expect("the workers are done");
    writer.finish(wall_clock)
}

fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// Pictures, plans and images first: a case that is in the journal has everything. The case is named by the seed that it was
/// drawn from and its number.
fn keep(
    writer: &Mutex<RunWriter>,
    folder: &Path,
    options: &RunOptions,
    setup: &ScenarioSetup,
    identity: &Identity,
    (seed, case): (u64, u64),
    outcome: &CaseOutcome,
) -> Result<(), StoreError> {
    pictures::write(folder, &setup.scenario.name, case, outcome)?;
    case_files::write(folder, &setup.scenario.name, (seed, case), outcome)?;
    if options.dicom {
        pictures::write_dicom(folder, setup, identity, (seed, case), outcome)?;
    }
    writer.lock().expect("no worker panics holding it").record(outcome.result.clone())
}
