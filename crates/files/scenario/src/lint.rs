//! All mistakes of a scenario file at once, and requirements of a prescription that none of its criteria watches.

use std::path::Path;

use diagnosis::Diagnosis;

use crate::check::mistakes;
use crate::library::Library;
use crate::setup::{ScenarioSetup, not_found, person_mistake};
use crate::{PlannerKind, Scenario, ScenarioError};

/// More mistakes of one file are not looked for.
const MOST_MISTAKES: usize = 100;

/// What a planner must get right, and the metrics of which any watches it.
const REQUIREMENTS: [(&str, &[&str]); 11] = [
    ("the levels' labels", &["label.identification_rate"]),
    ("the tilt of the axial slices", &["plan.disc_angle_deg", "plan.sagittal_tilt_deg", "plan.coronal_tilt_deg"]),
    ("the place of the axial slices along the spine", &["plan.slice_centre_mm", "plan.coverage"]),
    ("the turn of the slices in their plane", &["plan.in_plane_rotation_deg"]),
    ("the place of the axial slices in their plane", &["plan.lateral_offset_mm", "plan.posterior_offset_mm"]),
    ("the angle of the sagittal stack", &["plan.sagittal_angle_deg"]),
    ("the place of the sagittal stack", &["plan.sagittal_centre_mm", "plan.sagittal_coverage"]),
    ("number, thickness and gap of the slices, field of view, matrix and phase direction", &["plan.deviation_rate"]),
    ("saturation bands", &["plan.saturated_anatomy", "plan.missing_band_rate"]),
    ("wrong plans without a warning", &["plan.silent_failure_rate"]),
    ("warnings that are not due", &["plan.unneeded_flag_rate", "plan.flagged_rate"]),
];

/// What a look at a scenario file found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// What is wrong, in the order of the file.
    pub mistakes: Vec<Diagnosis>,
    /// What is allowed and hardly meant.
    pub warnings: Vec<Diagnosis>,
}

/// Looks at a scenario's text; `file` is where it comes from.
pub fn lint(file: &Path, text: &str, library: &Library) -> Findings {
    let mut findings = Findings::default();
    let Some(scenario) = read(file, text, &mut findings.mistakes) else { return findings };
    let at = |path: &str, message: String, help: String| Diagnosis::at(file, text, path, message, help);
    findings.mistakes.extend(mistakes(&scenario).into_iter().map(|wrong| at(&wrong.at, wrong.message, wrong.help)));
    findings.mistakes.extend(wrong_names(file, text, &scenario, library));
    findings.mistakes.sort_by_key(|mistake| mistake.span.start);
    findings.mistakes.dedup();
    findings.warnings = warnings(&scenario).into_iter().map(|(path, message, help)| at(&path, message, help)).collect();
    findings
}

/// Reads what can be read: where the text does not fit, its line is left out and the rest read once more.
fn read(file: &Path, text: &str, mistakes: &mut Vec<Diagnosis>) -> Option<Scenario> {
    let mut rest = text.to_owned();
    for _ in 0..MOST_MISTAKES {
        let error = match toml::from_str::<Scenario>(&rest) {
            Ok(scenario) => return Some(scenario),
            Err(error) => error,
        };
        let found = Diagnosis::of_toml(file, text, &error);
        // What is missing because its line was left out has been told.
        let left_out = error.message().starts_with("missing field") && !mistakes.is_empty();
        let span = found.span.clone();
        if !left_out {
            mistakes.push(found);
        }
        if left_out || !(put_another(&mut rest, &span, &error) || leave_out(&mut rest, span)) {
            return None;
        }
    }
    None
}

/// Puts a value of another type in place of one of the wrong type, so that a field that is needed is there; false if that
/// does not help.
fn put_another(text: &mut String, span: &std::ops::Range<usize>, error: &toml::de::Error) -> bool {
    if !error.message().starts_with("invalid type") {
        return false;
    }
    for value in ["1", "1.0", "\"x\"", "true", "[]", "{}"] {
        let Some(room) = span.len().checked_sub(value.len()) else { continue };
        let mut other = text.clone();
        other.replace_range(span.clone(), &format!("{value}{}", " ".repeat(room)));
        let still_wrong =
            toml::from_str::<Scenario>(&other).is_err_and(|next| next.span().is_some_and(|at| at.start == span.start));
        if !still_wrong {
            *text = other;
            return true;
        }
    }
    false
}

/// Puts spaces in place of the lines of a span, so that all others keep their places; false if there is nothing to leave out.
fn leave_out(text: &mut String, span: std::ops::Range<usize>) -> bool {
    let begin = text[..span.start.min(text.len())].rfind('\n').map_or(0, |newline| newline + 1);
    let end = span.end.max(begin).min(text.len());
    let end = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
    let lines = text[begin..end].to_owned();
    // A table that is wrong as a whole cannot be left out without what stands in it.
    if lines.trim().is_empty() || lines.trim_start().starts_with('[') {
        return false;
    }
    let blank: String =
        lines.chars().map(|c| if c == '\n' { "\n".to_owned() } else { " ".repeat(c.len_utf8()) }).collect();
    text.replace_range(begin..end, &blank);
    true
}

/// Names that lead nowhere, or to a file that is wrong.
fn wrong_names(file: &Path, text: &str, scenario: &Scenario, library: &Library) -> Vec<Diagnosis> {
    let mut found = Vec::new();
    let mut note = |error: Option<ScenarioError>| {
        found.extend(error.and_then(|error| error.diagnosis().cloned()));
    };
    match library.cohort(&scenario.patients.population, file) {
        Ok(cohort) => note(person_mistake(file, text, &scenario.patients.population, &cohort.content)),
        Err(error) => note(Some(not_found(file, text, "patients.population", error))),
    }
    match library.protocol(&scenario.scanner.protocol, file) {
        Ok(protocol) => {
            let prescription = scenario.prescription.applied_to(&protocol.content.prescription());
            let refused = protocol.content.check_prescription(&prescription).err();
            note(refused.map(|error| {
                ScenarioError::Wrong(Box::new(Diagnosis::at(file, text, "prescription", error.to_string(), "")))
            }));
        }
        Err(error) => note(Some(not_found(file, text, "scanner.protocol", error))),
    }
    note(library.panel(&scenario.arms.panel, file).err().map(|error| not_found(file, text, "arms.panel", error)));
    if scenario.planner.kind == PlannerKind::Builtin && library.model_folder(&scenario.planner.model).is_none() {
        let error = library.unknown_model(&scenario.planner.model);
        note(Some(not_found(file, text, "planner.model", error)));
    }
    found
}

/// Path, message and help of what is allowed and hardly meant.
fn warnings(scenario: &Scenario) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    if scenario.criteria.is_empty() {
        let help = "without [[criteria]] nothing is shown and the verdict is 'not shown'";
        return vec![("name".into(), "the scenario names no criterion".into(), help.into())];
    }
    let watched = |metrics: &[&str]| {
        scenario
            .criteria
            .iter()
            .any(|criterion| metrics.contains(&criterion.metric.split('@').next().unwrap_or_default()))
    };
    for (what, metrics) in REQUIREMENTS.iter().filter(|(_, metrics)| !watched(metrics)) {
        let help = format!("a criterion on {} would", metrics.join(" or "));
        found.push(("criteria".into(), format!("no criterion watches {what}"), help));
    }
    for (n, criterion) in scenario.criteria.iter().enumerate() {
        let by_point = criterion.judged_by.unwrap_or(scenario.judged_by) == results::criterion::JudgedBy::Point;
        let is_rate = results::metrics::find_at(&criterion.metric).is_ok_and(|at| at.metric.is_rate());
        let Some((bound, limit)) = criterion.bound().filter(|_| is_rate && !by_point) else { continue };
        // As if every patient were right.
        let share = if bound == results::criterion::Bound::AtMost { limit } else { 1.0 - limit };
        let never = share <= 0.0;
        let needed = if never { f64::INFINITY } else { (0.05_f64.ln() / (1.0 - share).ln()).ceil() };
        if needed > scenario.cases as f64 {
            let help = if never {
                "no number of patients shows it by the interval: allow for more, or set judged-by = \"point\""
                    .to_owned()
            } else {
                format!("expected cases = {needed} or more, a wider limit, or judged-by = \"point\"")
            };
            let message =
                format!("{} patients cannot show {} {} {limit}", scenario.cases, criterion.metric, bound.sign());
            found.push((format!("criteria.{n}"), message, help));
        }
    }
    found
}

impl ScenarioSetup {
    /// All mistakes and warnings of a scenario file.
    ///
    /// # Errors
    /// [`ScenarioError::Unreadable`] if it cannot be read.
    pub fn lint(file: &Path) -> Result<Findings, ScenarioError> {
        let text = std::fs::read_to_string(file)
            .map_err(|source| ScenarioError::Unreadable { path: file.to_owned(), source })?;
        Ok(lint(file, &text, &Library::near(file)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_mistakes_are_told_at_once_in_the_order_of_the_file() {
        let text = r#"format-version = 1
name = "Acceptance Of Acme"
seed = "seven"
cases = 0
color = "red"
[patients]
population = "adult-lumber"
[planner]
kind = "command"
command = "acme"
time-limit-s = -1.0
[[criteria]]
metric = "plan.disc_angle_degg"
statistic = "median"
at-most = 2.0
[[criteria]]
metric = "plan.coverage"
statistic = "mean"
at-least = 95
"#;
        let found = lint(Path::new("acme.toml"), text, &Library::default());
        let lines: Vec<usize> = found.mistakes.iter().map(|mistake| mistake.line_and_column().0).collect();
        assert_eq!(lines, [2, 3, 4, 5, 7, 11, 13, 19], "{:?}", found.mistakes);
    }

    #[test]
    fn requirements_that_no_criterion_watches_are_named() {
        let text = r#"format-version = 1
name = "acme"
seed = 7
cases = 24
[patients]
population = "adult-lumbar"
[planner]
kind = "command"
command = "acme"
[[criteria]]
metric = "plan.disc_angle_deg@L5/S1"
statistic = "median"
at-most = 2.0
[[criteria]]
metric = "plan.silent_failure_rate"
statistic = "rate"
at-most = 0.0
[[criteria]]
metric = "label.identification_rate"
statistic = "rate"
at-least = 0.95
"#;
        let found = lint(Path::new("acme.toml"), text, &Library::default());
        assert_eq!(found.mistakes, []);
        let told: Vec<&str> = found.warnings.iter().map(|warning| warning.message.as_str()).collect();
        assert_eq!(told.len(), REQUIREMENTS.len() - 3 + 2, "{told:?}");
        assert!(told.contains(&"no criterion watches saturation bands"), "{told:?}");
        assert!(told.contains(&"24 patients cannot show plan.silent_failure_rate ≤ 0"), "{told:?}");
        let identification =
            found.warnings.iter().find(|warning| warning.message.contains("identification")).expect("told");
        assert!(identification.help.contains("cases = 59"), "{}", identification.help);
    }
}
