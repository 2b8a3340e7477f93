//! `junit.xml`: a scenario is a test suite with a test case for each criterion and each patient, so that any CI shows the
//! verdict. Its failures say what the exit status says: a patient's test fails only where the criterion that watches such
//! patients does.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use crate::StoreError;
use crate::files::sheet_path;
use results::criterion::CriterionResult;
use results::manifest::ScenarioResult;
use results::{AttemptResult, CaseResult, CaseSummary, CriterionState, Run, Verdict};

/// Name of the file in the run directory.
pub const JUNIT: &str = "junit.xml";

/// The file's text. Times are those of the wall clock; all else is the same for the same figures.
///
/// # Errors
/// [`StoreError::Encoding`] if a name cannot be written as XML.
pub fn render(run: &Run) -> Result<String, StoreError> {
    let mut report = Report::new("plumbline");
    for scenario in &run.manifest.scenarios {
        let mut suite = TestSuite::new(scenario.name.as_str());
        suite.add_property(Property::new("verdict", scenario.verdict.word()));
        suite.add_property(Property::new("cases", scenario.cases.to_string()));
        suite.add_property(Property::new("cases_done", scenario.cases_done.to_string()));
        suite.add_test_cases(scenario.criteria.iter().map(|result| criterion_test(result, &scenario.name)));
        suite.add_test_cases(missing(scenario));
        let cases = run.cases.iter().filter(|case| case.scenario == scenario.name);
        suite.add_test_cases(cases.map(|case| patient_test(case, scenario)));
        report.add_test_suite(suite);
    }
    report.to_string().map_err(|error| StoreError::Encoding { what: JUNIT, reason: error.to_string() })
}

fn test(name: impl Into<quick_junit::XmlString>, status: TestCaseStatus, scenario: &str) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(scenario);
    case
}

fn failed(kind: NonSuccessKind, message: impl Into<quick_junit::XmlString>) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message);
    status
}

fn criterion_test(result: &CriterionResult, scenario: &str) -> TestCase {
    let limit = format!("{} {}", result.bound.sign(), result.limit);
    let measured = || {
        let value = result.value.map_or_else(|| "nothing".to_owned(), |value| format!("{value:.4}"));
        format!("{} of {} is {value}, expected {limit}", result.statistic.name(), result.metric)
    };
    let status = match result.applied() {
        None => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message("the planner answers without a segmentation");
            skipped
        }
        Some(CriterionState::Fail) => failed(NonSuccessKind::Failure, measured()),
        Some(CriterionState::NotShown) => {
            let why = result.remedy().unwrap_or_default();
            failed(NonSuccessKind::Failure, format!("not shown: {}: {why}", measured()))
        }
        Some(CriterionState::NotMeasured) => failed(NonSuccessKind::Error, format!("no value of {}", result.metric)),
        Some(CriterionState::Pass | CriterionState::Warn) => TestCaseStatus::success(),
    };
    let name = format!("{} {} {} {limit}", result.arm.name(), result.metric, result.statistic.name());
    let mut case = test(name, status, scenario);
    case.add_property(Property::new("state", result.word()));
    if let Some(value) = result.value {
        case.add_property(Property::new("value", format!("{value:.6}")));
    }
    if let Some([low, high]) = result.ci95 {
        case.add_property(Property::new("ci95", format!("{low:.6} {high:.6}")));
    }
    case.add_property(Property::new("n", result.n.to_string()));
    case.add_property(Property::new("patients", result.patients.to_string()));
    case
}

/// What keeps a scenario from its verdict that no criterion of its own says.
fn missing(scenario: &ScenarioResult) -> Option<TestCase> {
    let (name, message) = if scenario.cases_done < scenario.cases {
        ("all cases are there", format!("{} of {} cases have results", scenario.cases_done, scenario.cases))
    } else if scenario.criteria.iter().all(|criterion| criterion.implied) {
        ("the scenario has criteria", "it names none: nothing is shown".to_owned())
    } else if scenario.criteria.iter().all(|criterion| criterion.implied || criterion.not_applicable) {
        ("a criterion applies", "none applies to a planner that answers without a segmentation".to_owned())
    } else {
        return None;
    };
    let kind = if scenario.verdict == Verdict::NotShown { NonSuccessKind::Failure } else { NonSuccessKind::Error };
    Some(test(name, failed(kind, message), &scenario.name))
}

fn patient_test(case: &CaseResult, scenario: &ScenarioResult) -> TestCase {
    let first: Vec<&AttemptResult> = case.attempts.iter().filter(|attempt| attempt.is_first_automated()).collect();
    let summary = CaseSummary::of(first.iter().copied());
    let failing = |metric: &str| {
        let criteria = || scenario.criteria.iter().filter(|criterion| criterion.metric == metric);
        criteria().any(|criterion| criterion.applied() == Some(CriterionState::Fail))
    };
    let status = match &summary.error {
        Some(error) if failing("exam.error_rate") => failed(NonSuccessKind::Error, error.as_str()),
        None if summary.silent_failure && failing("plan.silent_failure_rate") => {
            failed(NonSuccessKind::Failure, "the plan is wrong and carries no warning")
        }
        _ => TestCaseStatus::success(),
    };
    let mut test = test(format!("case {}", case.case), status, &case.scenario);
    let clock = first.iter().map(|attempt| &attempt.timings);
    let spent = clock.flat_map(|t| [t.synthesize_ms, t.acquire_ms, t.loop_ms, t.check_ms]).flatten().sum::<f64>();
    test.set_time(Duration::try_from_secs_f64(spent / 1e3).unwrap_or_default());
    if let Some((disc, angle_deg)) = summary.worst_disc {
        test.add_property(Property::new("worst_disc", format!("{disc} {angle_deg:.2} deg")));
    }
    test.add_property(Property::new("missed_levels", summary.missed_levels.to_string()));
    test.add_property(Property::new("flagged", summary.flagged.to_string()));
    test.add_property(Property::new("silent_failure", summary.silent_failure.to_string()));
    if let Some(error) = &summary.error {
        test.add_property(Property::new("error", error.as_str()));
    }
    let picture = sheet_path("".as_ref(), &case.scenario, case.case);
    test.add_property(Property::new("picture", picture.display().to_string()));
    // How several CI systems are told of a file that belongs to a test.
    test.set_system_out(format!("[[ATTACHMENT|{}]]", picture.display()));
    test
}
