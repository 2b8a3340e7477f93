//! Answers as a scenario file writes them: `QUESTION: words [status]`.
//!
//! `QUESTION` is a key such as `cardiac-device`, the words are the patient's, and the status is `safe`, `conditional`,
//! `unknown` or `unsafe`. Without a status a device is of unknown make.

use super::answer::{Answer, DeviceStatus};
use super::question::Question;

/// A line that is not an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{line}' is not an answer: expected {expected}")]
pub struct UnknownAnswer {
    /// The line.
    pub line: String,
    /// What was expected.
    pub expected: String,
}

/// Reads one line.
pub(super) fn read(line: &str) -> Result<(Question, Answer), UnknownAnswer> {
    let unknown = |expected: String| UnknownAnswer { line: line.to_owned(), expected };
    let keys = || Question::ALL.map(Question::key).join(", ");
    let (key, words) = line
        .split_once(':')
        .ok_or_else(|| unknown(format!("'QUESTION: words [status]' with a question of {}", keys())))?;
    let question = Question::ALL
        .into_iter()
        .find(|question| question.key() == key.trim())
        .ok_or_else(|| unknown(format!("a question of {}", keys())))?;
    let (words, status) = match words.trim().strip_suffix(']').and_then(|rest| rest.rsplit_once('[')) {
        Some((words, status)) => (words.trim(), Some(status.trim())),
        None => (words.trim(), None),
    };
    let status = match status {
        None => question.usual_status(),
        Some("safe") => DeviceStatus::Safe,
        Some("conditional") => DeviceStatus::Conditional,
        Some("unknown") => DeviceStatus::Unknown,
        Some("unsafe") => DeviceStatus::Unsafe,
        Some(_) => return Err(unknown("[safe], [conditional], [unknown] or [unsafe] at the end".to_owned())),
    };
    Ok(match words {
        "no" => (question, Answer::no()),
        _ => (question, Answer::yes(words, status)),
    })
}
