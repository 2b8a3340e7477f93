//! The journal of an attempt: a line of JSON for each intent, with the session's time. A journal is a script, and a
//! script is a journal that somebody wrote, with a few lines for whoever plays it.
//!
//! ```text
//! # comments and empty lines are skipped
//! {"at-s": 0.0, "do": {"open": {"exercise": "first-examination"}}}
//! {"at-s": 4.5, "do": "scan-localizer"}
//! {"wait": "idle"}
//! {"picture": "planning"}
//! ```

use serde::{Deserialize, Serialize};

use crate::intent::Intent;

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Line {
    /// The session's time, s; at once if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_s: Option<f64>,
    /// What the trainee does.
    #[serde(rename = "do", default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// A job of the examination ended: a journal's own line, so that a replay goes on at the same time. Journals of
    /// earlier versions call it `delivered`.
    #[serde(alias = "delivered", default, skip_serializing_if = "std::ops::Not::not")]
    pub job_finished: bool,
    /// Wait until nothing is being scanned or planned any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// Take a picture of the window, of this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// What a script can wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// Until nothing is being scanned or planned any more.
    Idle,
}

/// A line that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct JournalError {
    /// Its number, from 1.
    pub line: usize,
    /// What was found and expected.
    pub reason: String,
}

impl Line {
    /// An empty line.
    pub const fn nothing() -> Self {
        Self { at_s: None, intent: None, job_finished: false, wait: None, picture: None }
    }

    /// An intent at a time.
    pub fn intent(at_s: f64, intent: Intent) -> Self {
        Self { at_s: Some(at_s), intent: Some(intent), ..Self::nothing() }
    }

    /// The end of a job at a time.
    pub fn job_finished(at_s: f64) -> Self {
        Self { at_s: Some(at_s), job_finished: true, ..Self::nothing() }
    }
}

/// Reads a journal or a script.
///
/// # Errors
/// [`JournalError`] with the line that is wrong; times must not run backwards.
pub fn read(text: &str) -> Result<Vec<Line>, JournalError> {
    let mut lines = Vec::new();
    let mut now_s = 0.0;
    for (number, line) in text.lines().enumerate() {
        let wrong = |reason: String| JournalError { line: number + 1, reason };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line: Line = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        if let Some(at_s) = line.at_s {
            if !at_s.is_finite() || at_s < now_s {
                return Err(wrong(format!("at-s is {at_s}, expected {now_s} or later")));
            }
            now_s = at_s;
        }
        lines.push(line);
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read_line_by_line_and_a_mistake_names_its_line() {
        let text = "# first\n\n{\"at-s\": 1.5, \"do\": \"scan-localizer\"}\n{\"wait\": \"idle\"}\n{\"picture\": \"a\"}";
        let lines = read(text).expect("a script");
        assert_eq!(lines[0], Line::intent(1.5, Intent::ScanLocalizer));
        assert_eq!((lines[1].wait, lines[2].picture.as_deref()), (Some(Wait::Idle), Some("a")));
        let error = read("{\"wait\": \"idle\"}\n{\"do\": \"fly\"}").expect_err("no such intent");
        assert!(error.to_string().starts_with("line 2: unknown variant `fly`"), "{error}");
        assert!(read("{\"at-s\": 2.0}\n{\"at-s\": 1.0}").expect_err("backwards").to_string().contains("at-s is 1"));
    }

    #[test]
    fn series_are_named_by_number_or_by_name_and_earlier_journals_are_read() {
        let text = "{\"do\": {\"scan\": 3}}\n{\"do\": {\"scan\": \"sagittal\"}}\n{\"at-s\": 2.0, \"delivered\": true}";
        let lines = read(text).expect("a script");
        assert_eq!(lines[0].intent, Some(Intent::Scan(exam::SeriesId(3).into())));
        assert_eq!(lines[1].intent, Some(Intent::Scan("sagittal".into())));
        assert_eq!(lines[2], Line::job_finished(2.0));
        let error = read("{\"do\": {\"scan\": -1}}").expect_err("no number").to_string();
        assert!(error.contains("the number or the name of a series"), "{error}");
    }

    #[test]
    fn what_is_written_is_read() {
        let line = Line::intent(3.25, Intent::MoveTable(640.0));
        let text = serde_json::to_string(&line).expect("plain data");
        assert_eq!(read(&text).expect("a script"), vec![line]);
    }
}
