//! Files of attempts, the plans that people made at the console: a line of JSON each; blank lines and lines that start with `#` are skipped.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::ScenarioSetup;
use crate::patient::patient_of_case;
use assessment::attempt::{ATTEMPT_FORMAT_VERSION, RecordedAttempt, Scored};
use diagnosis::did_you_mean;
use results::Arm;

#[cfg(test)]
mod tests;

/// Longest time that an attempt may claim, s: a week.
const LONGEST_S: f64 = 7.0 * 24.0 * 3600.0;

/// An attempt with the line that it stands on.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptLine {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The attempt.
    pub attempt: RecordedAttempt,
}

/// Why attempts are refused.
#[derive(Debug, thiserror::Error)]
pub enum AttemptsError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A line is no attempt.
    #[error("{}:{line}:{column}: {reason}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What was found, and what was expected.
        reason: String,
    },
    /// A field holds what it cannot.
    #[error("{}:{line}: {field} is {found}, expected {expected}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The field.
        field: &'static str,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
}

/// Reads files of attempts, in order.
///
/// # Errors
/// [`AttemptsError`] with file, line and field.
pub fn read(paths: &[PathBuf]) -> Result<Vec<AttemptLine>, AttemptsError> {
    let mut lines = Vec::new();
    for path in paths {
        let unreadable = |source| AttemptsError::Unreadable { path: path.clone(), source };
        lines.extend(parse(path, &fs::read_to_string(path).map_err(unreadable)?)?);
    }
    Ok(lines)
}

/// The attempts of a file's text.
fn parse(path: &Path, text: &str) -> Result<Vec<AttemptLine>, AttemptsError> {
    let written = text.lines().enumerate().filter(|(_, line)| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with('#')
    });
    let parsed = written.map(|(number, text)| {
        let line = number + 1;
        let attempt: RecordedAttempt = serde_json::from_str(text).map_err(|error| AttemptsError::Syntax {
            path: path.to_owned(),
            line,
            column: error.column(),
            // The place is told already; within a line it is always line 1.
            reason: error.to_string().split(" at line ").next().unwrap_or_default().to_owned(),
        })?;
        let line = AttemptLine { file: path.to_owned(), line, attempt };
        check(&line)?;
        Ok(line)
    });
    parsed.collect()
}

impl AttemptLine {
    fn wrong(&self, field: &'static str, found: impl ToString, expected: impl Into<String>) -> AttemptsError {
        AttemptsError::Wrong {
            path: self.file.clone(),
            line: self.line,
            field,
            found: found.to_string(),
            expected: expected.into(),
        }
    }
}

/// What must hold of an attempt, whatever the run.
fn check(line: &AttemptLine) -> Result<(), AttemptsError> {
    let attempt = &line.attempt;
    if attempt.format_version != ATTEMPT_FORMAT_VERSION {
        return Err(line.wrong("format-version", attempt.format_version, ATTEMPT_FORMAT_VERSION.to_string()));
    }
    if attempt.arm == Arm::Automated {
        return Err(line.wrong("arm", attempt.arm.name(), "manual or collaborative: a person planned"));
    }
    if attempt.called_off {
        return Err(line.wrong("called-off", "true", "an attempt with a plan: leave this line out"));
    }
    if let Some(proposal) = attempt.proposal.filter(|proposal| proposal.arm() != attempt.arm) {
        let expected = format!("{}, as the AI's proposal was {}", proposal.arm().name(), proposal.name());
        return Err(line.wrong("arm", attempt.arm.name(), expected));
    }
    if attempt.observer.trim().is_empty() {
        return Err(line.wrong("observer", "empty", "a name"));
    }
    for (field, seconds) in [("planning-time-s", attempt.planning_time_s), ("scan-time-s", attempt.scan_time_s)] {
        if !(0.0..=LONGEST_S).contains(&seconds) {
            return Err(line.wrong(field, seconds, format!("seconds from 0 to {LONGEST_S}")));
        }
    }
    attempt
        .landing
        .check()
        .map_err(|refused| line.wrong("landing", refused, "a patient set-up that a table allows"))?;
    attempt.plan.check().map_err(|reason| line.wrong("plan", reason, "a plan that can be scanned"))
}

/// Gives every scenario the attempts for it. An observer's further attempts at one case count as further observers,
/// "name #2" and so on, for each of them is a plan of its own.
///
/// # Errors
/// [`AttemptsError::Wrong`] for a scenario, seed or case that is not of this run, and for a person with the name of a
/// simulated technologist. `seed` is the command line's in place of the scenarios'.
pub fn assign(setups: &mut [ScenarioSetup], lines: Vec<AttemptLine>, seed: Option<u64>) -> Result<(), AttemptsError> {
    for line in lines {
        let attempt = &line.attempt;
        let names: Vec<String> = setups.iter().map(|setup| setup.scenario.name.clone()).collect();
        let Some(number) = names.iter().position(|name| *name == attempt.scenario) else {
            let near = did_you_mean(&attempt.scenario, names.iter().map(String::as_str));
            let near = if near.is_empty() { near } else { format!(" ({near})") };
            let expected = format!("a scenario of this run: {}{near}", names.join(", "));
            return Err(line.wrong("scenario", format!("'{}'", attempt.scenario), expected));
        };
        let setup = &mut setups[number];
        let expected = seed.unwrap_or(setup.scenario.seed);
        if attempt.seed != expected {
            let expected = format!("{expected}, the seed of '{}' in this run", attempt.scenario);
            return Err(line.wrong("seed", attempt.seed, expected));
        }
        if attempt.case >= setup.scenario.cases {
            let last = setup.scenario.cases - 1;
            let expected = format!("a case of '{}', 0 to {last}", attempt.scenario);
            return Err(line.wrong("case", attempt.case, expected));
        }
        if setup.panel.technologists.iter().any(|technologist| technologist.name == attempt.observer) {
            let found = format!("'{}'", attempt.observer);
            return Err(line.wrong("observer", found, "a name that no simulated technologist of the panel has"));
        }
        let mut attempt = line.attempt;
        attempt.observer = distinct(&setup.attempts, &attempt);
        setup.attempts.push(attempt);
    }
    Ok(())
}

/// The observer's name, numbered if it is taken for this case.
fn distinct(taken: &[RecordedAttempt], attempt: &RecordedAttempt) -> String {
    let is_taken = |name: &str| {
        taken.iter().any(|other| {
            (other.case, other.seed, other.arm) == (attempt.case, attempt.seed, attempt.arm) && other.observer == name
        })
    };
    let numbered = (2..).map(|number| format!("{} #{number}", attempt.observer));
    std::iter::once(attempt.observer.clone())
        .chain(numbered)
        .find(|name| !is_taken(name))
        .expect("the numbers do not end")
}

/// BLAKE3 of all attempts of a run, hexadecimal; `None` without any. Comments and spaces do not count.
pub fn hash(setups: &[ScenarioSetup]) -> Option<String> {
    let attempts: Vec<_> = setups.iter().flat_map(|setup| &setup.attempts).collect();
    if attempts.is_empty() {
        return None;
    }
    let mut hasher = blake3::Hasher::new();
    for attempt in attempts {
        hasher.update(&serde_json::to_vec(attempt).expect("an attempt was read from JSON")).update(b"\n");
    }
    Some(hasher.finalize().to_hex().to_string())
}

/// An attempt held against the patient of its case.
pub fn scored(setup: &ScenarioSetup, attempt: &RecordedAttempt) -> Scored {
    let (drawn, _) = patient_of_case(setup, attempt.seed, attempt.case);
    assessment::attempt::scored(&drawn, attempt, &setup.prescription)
}
