//! `plumbline fault`.

use std::sync::Mutex;

use assessment::PlantedFault;
use runner::PlannerCase;
use runner::fault_suite::{SuiteRow, fault_suite};
use scenario::ScenarioSetup;

use crate::arguments::{FaultVerb, SuiteArguments};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::output;
use crate::planner_under_test::{PlannerUnderTest, models};
use crate::progress::Progress;
use crate::table::Align::{Left, Right};
use crate::table::Table;

/// Lists faults, or plants them all.
pub fn fault(verb: &FaultVerb) -> Result<ExitStatus, Failure> {
    match verb {
        FaultVerb::List => {
            list();
            Ok(ExitStatus::Success)
        }
        FaultVerb::Suite(arguments) => suite(arguments),
    }
}

fn list() {
    let mut table = Table::new([Left, Right, Left]).with_header(["fault", "usual size", "what it does"]);
    for fault in PlantedFault::all() {
        let unit = if fault.kind == results::PatternKind::Late { "ms" } else { fault.kind.unit() };
        let size = if fault.size == 0.0 { String::new() } else { with_unit(fault.size, unit) };
        table.push([fault.kind.name().to_owned(), size, fault.kind.describe().to_owned()]);
    }
    table.lines().iter().for_each(output::result);
}

fn with_unit(size: f64, unit: &str) -> String {
    let space = if matches!(unit, "°" | "") { "" } else { " " };
    format!("{size:+}{space}{unit}")
}

fn suite(arguments: &SuiteArguments) -> Result<ExitStatus, Failure> {
    let planner = PlannerUnderTest::from_argument(&arguments.planner)?;
    let setup = ScenarioSetup::load(&arguments.scenario)?;
    let (setups, planners) = ([setup], [planner]);
    let models = models(&setups, &planners, arguments.device)?;
    let ready = planners[0].ready(&setups[0], &models)?;
    let cases = arguments.cases.unwrap_or(setups[0].scenario.cases);
    if !(2..=setups[0].scenario.cases).contains(&cases) {
        return Err(Failure::wrong(format!(
            "--cases is {cases}, expected 2 to {}: one patient shows no pattern",
            setups[0].scenario.cases
        )));
    }
    let make_planner = |asked: PlannerCase<'_>| ready.planner(asked);
    let progress = Mutex::new(Progress::new(0, PlantedFault::all().count() as u64 + 1));
    let sink = |row: &SuiteRow| {
        let progress = progress.lock().expect("nobody panics holding it");
        progress.step(&format!("{}: {}", planted(row), found(row)));
    };
    let rows = fault_suite(&setups[0], setups[0].scenario.seed, cases, &make_planner, &sink);
    progress.lock().expect("nobody panics holding it").finish();

    let right = rows.iter().filter(|row| row.is_right()).count();
    if arguments.json {
        output::json(&rows.iter().map(json).collect::<Vec<_>>());
    } else {
        let mut table = Table::new([Left, Left, Left, Right, Right]).with_header([
            "",
            "planted",
            "consistent with",
            "silent",
            "errors",
        ]);
        for row in &rows {
            let mark = if row.is_right() { "named" } else { "MISSED" };
            let of = |number: usize| format!("{number}/{}", row.plans);
            table.push([mark.to_owned(), planted(row), found(row), of(row.silent_failures), of(row.errors)]);
        }
        table.lines().iter().for_each(output::result);
        output::result(format!(
            "{} of {} planted faults named; {} patients, planner {}",
            right - usize::from(rows[0].is_right()),
            rows.len() - 1,
            cases,
            arguments.planner
        ));
        if !rows[0].is_right() {
            output::result("a fault is named in the planner as it is: its own errors are systematic");
        }
    }
    Ok(if right == rows.len() { ExitStatus::Success } else { ExitStatus::CriterionFailed })
}

fn planted(row: &SuiteRow) -> String {
    row.planted.map_or_else(|| "nothing".to_owned(), |fault| fault.to_string())
}

/// The pattern that names what was planted; where it was missed, everything that was found.
fn found(row: &SuiteRow) -> String {
    match row.named() {
        Some(pattern) => pattern.to_string(),
        None if row.found.is_empty() => "nothing".to_owned(),
        None => row.found.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
    }
}

fn json(row: &SuiteRow) -> serde_json::Value {
    serde_json::json!({
        "planted": row.planted.map(|fault| fault.to_string()),
        "planted_size": row.planted.map(|fault| fault.size).filter(|size| *size != 0.0),
        "named": row.is_right(),
        "found": row.found,
        "plans": row.plans,
        "silent_failures": row.silent_failures,
        "errors": row.errors,
    })
}
