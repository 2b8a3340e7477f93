//! The record of a session, as the history keeps it.

use assessment::attempt::{AttemptMarks, RecordedAttempt};
use serde::{Deserialize, Serialize};

use crate::score::Score;

/// How an exercise is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// With hints and the AI.
    #[default]
    Practice,
    /// Without hints; the score is shown at the end.
    Exam,
}

/// One finished session: who, which exercise, the score, and the attempt as `plumbline run --attempts` reads it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SessionRecord {
    /// Who sat at the console.
    pub trainee: String,
    /// Title of the exercise.
    pub title: String,
    /// How it was taken.
    pub mode: Mode,
    /// When it ended, RFC 3339 in UTC.
    pub ended_at: String,
    /// Time at the console, s.
    pub duration_s: f64,
    /// Its score.
    pub score: Score,
    /// The attempt: the plan and how it came about, with scenario, seed and case.
    pub attempt: RecordedAttempt,
    /// Every intent with its time: the attempt can be replayed from it (lines of a script).
    pub journal: Vec<String>,
}

impl SessionRecord {
    /// The attempt as a file for `plumbline run --attempts` has it: with what it was worth.
    pub fn exported(&self) -> RecordedAttempt {
        let marks = AttemptMarks {
            title: self.title.clone(),
            ended_at: self.ended_at.clone(),
            points: self.score.total(),
            pass_mark: self.score.pass_mark,
            passed: self.score.is_passed(),
            failures: self.score.failures.clone(),
        };
        RecordedAttempt { marks: Some(marks), ..self.attempt.clone() }
    }
}
