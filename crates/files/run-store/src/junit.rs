//! `junit.xml`: a scenario is a test suite, a criterion a test case, so that any CI shows the verdict.

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use crate::StoreError;
use results::criterion::{CriterionResult, Verdict};
use results::manifest::Manifest;

/// Name of the file in the run directory.
pub const JUNIT: &str = "junit.xml";

/// The file's text; no times, so that the same figures give the same bytes.
///
/// # Errors
/// [`StoreError::Encoding`] if a name cannot be written as XML.
pub fn render(manifest: &Manifest) -> Result<String, StoreError> {
    let mut report = Report::new("plumbline");
    for scenario in &manifest.scenarios {
        let mut suite = TestSuite::new(scenario.name.as_str());
        suite.add_property(Property::new("cases", scenario.cases.to_string()));
        suite.add_property(Property::new("cases_done", scenario.cases_done.to_string()));
        suite.add_test_cases(scenario.criteria.iter().map(|result| test_case(result, &scenario.name)));
        if scenario.cases_done < scenario.cases {
            let mut missing = TestCaseStatus::non_success(NonSuccessKind::Error);
            missing.set_message(format!("{} of {} cases have results", scenario.cases_done, scenario.cases));
            let mut case = TestCase::new("all cases are there", missing);
            case.set_classname(scenario.name.as_str());
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    report.to_string().map_err(|error| StoreError::Encoding { what: JUNIT, reason: error.to_string() })
}

fn test_case(result: &CriterionResult, scenario: &str) -> TestCase {
    let limit = format!("{} {}", result.bound.sign(), result.limit);
    let status = match (result.verdict(), result.value) {
        (None, _) => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message("the planner answers without a segmentation");
            skipped
        }
        (Some(Verdict::Fail), Some(value)) => {
            let mut failure = TestCaseStatus::non_success(NonSuccessKind::Failure);
            failure.set_message(format!(
                "{} of {} is {value:.4}, expected {limit}",
                result.statistic.name(),
                result.metric
            ));
            failure
        }
        (_, None) => {
            let mut missing = TestCaseStatus::non_success(NonSuccessKind::Error);
            missing.set_message(format!("no value of {}", result.metric));
            missing
        }
        (_, Some(_)) => TestCaseStatus::success(),
    };
    let name = format!("{} {} {} {limit}", result.arm.name(), result.metric, result.statistic.name());
    let mut case = TestCase::new(name, status);
    case.set_classname(scenario);
    if let Some(value) = result.value {
        case.add_property(Property::new("value", format!("{value:.6}")));
    }
    if let Some([low, high]) = result.ci95 {
        case.add_property(Property::new("ci95", format!("{low:.6} {high:.6}")));
    }
    case.add_property(Property::new("n", result.n.to_string()));
    case
}
