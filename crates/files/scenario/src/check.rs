//! What a scenario must be beyond its types: numbers in range, names that exist.

use crate::document::{FORMAT_VERSION, PlannerKind, Scenario};
use crate::mistake::{Mistake, mistake};
use results::Arm;
use results::criterion::Criterion;
use results::metrics::{self, Statistic};

/// Most cases of one scenario: what a rack of machines does in a day (a case takes a few seconds).
const MOST_CASES: u64 = 1_000_000;

/// All mistakes; of each part of the file and of each criterion the first.
pub(crate) fn mistakes(scenario: &Scenario) -> Vec<Mistake> {
    let parts = [
        check_version(scenario),
        check_name(scenario),
        check_cases(scenario),
        check_positioning(scenario),
        check_faults(scenario),
        scenario.prescription.check(),
        check_planner(scenario),
        check_arms(scenario),
        scenario.lesson.iter().try_for_each(|lesson| lesson.check(scenario.cases)),
    ];
    let criteria = scenario.criteria.iter().enumerate().map(|(n, criterion)| check_criterion(n, criterion, scenario));
    parts.into_iter().chain(criteria).filter_map(Result::err).collect()
}

fn check_version(scenario: &Scenario) -> Result<(), Mistake> {
    if scenario.format_version != FORMAT_VERSION {
        let message = format!("format-version is {}", scenario.format_version);
        return mistake("format-version", message, format!("this program reads version {FORMAT_VERSION}"));
    }
    Ok(())
}

fn check_name(scenario: &Scenario) -> Result<(), Mistake> {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '_');
    if !scenario.name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        || !scenario.name.chars().all(letter)
    {
        let message = format!("'{}' is no name for a scenario", scenario.name);
        return mistake("name", message, "expected small letters, digits and hyphens, such as lumbar-routine");
    }
    Ok(())
}

fn check_cases(scenario: &Scenario) -> Result<(), Mistake> {
    if !(1..=MOST_CASES).contains(&scenario.cases) {
        let message = format!("cases is {}", scenario.cases);
        return mistake("cases", message, format!("expected 1 to {MOST_CASES} patients"));
    }
    Ok(())
}

fn check_positioning(scenario: &Scenario) -> Result<(), Mistake> {
    let Err(error) = scenario.patients.positioning.check() else { return Ok(()) };
    mistake(format!("patients.positioning.{}", error.field()), error.to_string(), "")
}

fn check_faults(scenario: &Scenario) -> Result<(), Mistake> {
    scenario.scanner.faults.iter().try_for_each(scanner::Faults::check).or_else(|(field, value, [low, high])| {
        mistake(format!("scanner.faults.{field}"), format!("{field} is {value}"), format!("expected {low} to {high}"))
    })
}

fn check_planner(scenario: &Scenario) -> Result<(), Mistake> {
    let planner = &scenario.planner;
    if !(planner.time_limit_s.is_finite() && planner.time_limit_s > 0.0) {
        let message = format!("time-limit-s is {}", planner.time_limit_s);
        return mistake("planner.time-limit-s", message, "expected seconds above 0");
    }
    match (planner.kind, planner.command.trim().is_empty()) {
        (PlannerKind::Command, true) => {
            mistake("planner.command", "no command is given", "a planner of kind 'command' needs the program to start")
        }
        (PlannerKind::Builtin, false) => {
            mistake("planner.command", "the built-in planner has no command", "expected kind = \"command\" beside it")
        }
        _ => Ok(()),
    }
}

fn check_arms(scenario: &Scenario) -> Result<(), Mistake> {
    let arms = &scenario.arms;
    for (n, arm) in arms.arms.iter().enumerate() {
        if arms.arms[..n].contains(arm) {
            return mistake(
                format!("arms.arms.{n}"),
                format!("arm '{}' stands twice", arm.name()),
                "expected each once",
            );
        }
    }
    if !arms.arms.contains(&Arm::Automated) {
        return mistake(
            "arms.arms",
            "the automated arm is missing",
            "it is the planner under test, and the others build on it",
        );
    }
    if !(1..=100).contains(&arms.automated_repeats) {
        let message = format!("automated-repeats is {}", arms.automated_repeats);
        return mistake("arms.automated-repeats", message, "expected 1 to 100");
    }
    Ok(())
}

fn check_criterion(n: usize, criterion: &Criterion, scenario: &Scenario) -> Result<(), Mistake> {
    let at = |field: &str| format!("criteria.{n}.{field}");
    let metric = match metrics::find_at(&criterion.metric) {
        Ok(found) => found.metric,
        Err(unknown) if unknown.help.is_empty() => {
            return mistake(at("metric"), unknown.message, "'plumbline explain' lists the metrics");
        }
        Err(unknown) => return mistake(at("metric"), unknown.message, unknown.help),
    };
    if criterion.statistic == Statistic::Rate && !metric.is_rate() {
        let message = format!("{} has no rate: its values are not yes or no", metric.name);
        return mistake(at("statistic"), message, "expected mean, median, p95, min or max");
    }
    let Some((bound, limit)) = criterion.bound() else {
        let found = if criterion.at_least.is_some() { "both at-least and at-most are" } else { "no limit is" };
        return mistake(at("at-most"), format!("{found} given"), "expected one of at-least and at-most");
    };
    let field = if criterion.at_least.is_some() { "at-least" } else { "at-most" };
    // No metric of the catalogue can be below zero except the ICC, for which such a limit would be no limit.
    if !limit.is_finite() || limit < 0.0 {
        return mistake(at(field), format!("{field} is {limit}"), "expected a number from 0");
    }
    let (action_field, action, other_field, other) = match criterion.at_least {
        Some(_) => ("action-at-least", criterion.action_at_least, "action-at-most", criterion.action_at_most),
        None => ("action-at-most", criterion.action_at_most, "action-at-least", criterion.action_at_least),
    };
    if other.is_some() {
        return mistake(at(other_field), format!("{other_field} beside {field}"), format!("expected {action_field}"));
    }
    if let Some(action) = action
        && !(action.is_finite() && bound.holds(action, limit))
    {
        let help = format!("an action level warns before the limit of {limit} is reached");
        return mistake(at(action_field), format!("{action_field} is {action}"), help);
    }
    let share = metric.is_rate()
        || metric.name.starts_with("dice.")
        || matches!(metric.name, "plan.coverage" | "plan.sagittal_coverage" | "agreement.icc");
    if share && limit > 1.0 {
        let help = format!("{} lies between 0 and 1; 90 % is 0.90", metric.name);
        return mistake(at(field), format!("{field} is {limit}"), help);
    }
    let arm = criterion.arm.unwrap_or(Arm::Automated);
    if !scenario.arms.arms.contains(&arm) {
        return mistake(at("arm"), format!("the {} arm is not run", arm.name()), "expected one of those in [arms]");
    }
    if metric.is_agreement() && arm == Arm::Automated && scenario.arms.automated_repeats < 2 {
        let help = "expected automated-repeats = 2 or more in [arms]";
        return mistake(at("metric"), format!("{} needs plans on repeated localizers", metric.name), help);
    }
    Ok(())
}
