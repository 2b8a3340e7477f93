//! Adding, listing, reading and exporting attempts.

use std::fmt;
use std::io::Write;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, TransactionBehavior, params};
use serde::de::IntoDeserializer;
use serde::{Deserialize, Serialize};

use super::{History, HistoryError, name_of, trainee_row};
use crate::record::{Mode, SessionRecord};
use crate::score::Subject;

/// The number of an attempt in its history; never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttemptId(pub i64);

impl fmt::Display for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which attempts; by default all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this trainee only.
    pub trainee: Option<String>,
    /// Of this scenario only (its name, not the exercise's title).
    pub scenario: Option<String>,
}

impl Filter {
    /// All attempts of one trainee.
    pub fn trainee(name: &str) -> Self {
        Self { trainee: Some(name.to_owned()), scenario: None }
    }
}

/// An attempt in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Its number.
    pub id: AttemptId,
    /// Who sat at the console.
    pub trainee: String,
    /// Title of the exercise.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// How it was taken.
    pub mode: Mode,
    /// When it ended, RFC 3339 in UTC.
    pub ended_at: String,
    /// Points out of 100.
    pub total: f64,
    /// Time at the console, s.
    pub duration_s: f64,
}

impl History {
    /// Keeps an attempt: all of it, or nothing if the console is killed meanwhile.
    ///
    /// # Errors
    /// A blank name, a time that is none, a figure that is not finite, or a database that fails.
    pub fn add(&self, record: &SessionRecord) -> Result<AttemptId, HistoryError> {
        let name = name_of(&record.trainee)?;
        let ended_at: Timestamp =
            record.ended_at.parse().map_err(|source| HistoryError::Time { found: record.ended_at.clone(), source })?;
        let json = serde_json::to_string(record).map_err(HistoryError::Unwritable)?;
        // JSON has no infinities: what does not come back as it went would be a damaged record for ever.
        if serde_json::from_str::<SessionRecord>(&json).ok().as_ref() != Some(record) {
            return Err(HistoryError::NotFinite { trainee: name.to_owned() });
        }

        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let trainee = trainee_row(&transaction, name)?;
        transaction.execute(
            "INSERT INTO attempt (trainee, title, scenario, mode, ended_at, ended_at_ms, duration_s, total, record)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                trainee,
                record.title,
                record.attempt.scenario,
                word(&record.mode),
                record.ended_at,
                ended_at.as_millisecond(),
                record.duration_s,
                record.score.total(),
                json
            ],
        )?;
        let id = transaction.last_insert_rowid();
        for subject in subjects(record) {
            let (points, of) = record.score.of(subject).expect("the subject is that of an item");
            transaction.execute(
                "INSERT INTO subject_score (attempt, subject, points, \"of\") VALUES (?1, ?2, ?3, ?4)",
                params![id, word(&subject), points, of],
            )?;
        }
        transaction.commit()?;
        Ok(AttemptId(id))
    }

    /// The attempts that the filter lets through, the latest first.
    ///
    /// # Errors
    /// A database that fails.
    pub fn attempts(&self, filter: &Filter) -> Result<Vec<Summary>, HistoryError> {
        let connection = self.connection();
        select(
            &connection,
            "attempt.id, name, title, scenario, mode, ended_at, total, duration_s",
            filter,
            "ended_at_ms DESC, attempt.id DESC",
            |row| {
                Ok(Summary {
                    id: AttemptId(row.get(0)?),
                    trainee: row.get(1)?,
                    title: row.get(2)?,
                    scenario: row.get(3)?,
                    mode: from_word(row, 4)?,
                    ended_at: row.get(5)?,
                    total: row.get(6)?,
                    duration_s: row.get(7)?,
                })
            },
        )
    }

    /// One attempt, as it was added.
    ///
    /// # Errors
    /// No such attempt, a row that cannot be read, or a database that fails.
    pub fn attempt(&self, id: AttemptId) -> Result<SessionRecord, HistoryError> {
        let json: Option<String> = self
            .connection()
            .query_row("SELECT record FROM attempt WHERE id = ?1", [id.0], |row| row.get(0))
            .optional()?;
        let json = json.ok_or(HistoryError::NoAttempt(id.0))?;
        serde_json::from_str(&json).map_err(|source| HistoryError::Row { id: id.0, source })
    }

    /// Everyone who has an attempt or an unfinished lesson, by name.
    ///
    /// # Errors
    /// A database that fails.
    pub fn trainees(&self) -> Result<Vec<String>, HistoryError> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT name FROM trainee ORDER BY name")?;
        let names = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(names)
    }

    /// Writes the plans of the attempts in the order in which they ended, with their marks, a line of JSON each, as
    /// `plumbline run --attempts` reads them; how many there were. An examination that was called off has no plan and is
    /// left out.
    ///
    /// # Errors
    /// A writer or a database that fails, a row that cannot be read.
    pub fn export_jsonl(&self, filter: &Filter, writer: &mut dyn Write) -> Result<usize, HistoryError> {
        let ids: Vec<i64> = {
            let connection = self.connection();
            select(&connection, "attempt.id", filter, "ended_at_ms, attempt.id", |row| row.get(0))?
        };
        let mut written = 0;
        for &id in &ids {
            let record = self.attempt(AttemptId(id))?;
            if record.attempt.called_off {
                continue;
            }
            let line = serde_json::to_string(&record.exported()).map_err(HistoryError::Unwritable)?;
            writeln!(writer, "{line}").map_err(HistoryError::Export)?;
            written += 1;
        }
        writer.flush().map_err(HistoryError::Export)?;
        Ok(written)
    }
}

/// Rows of the attempts that the filter lets through.
fn select<T>(
    connection: &Connection,
    columns: &str,
    filter: &Filter,
    order: &str,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, HistoryError> {
    let trainee = filter.trainee.as_deref().map(str::trim);
    let values: [&dyn ToSql; 2] = [&trainee, &filter.scenario];
    let mut statement = connection.prepare(&format!(
        "SELECT {columns} FROM attempt JOIN trainee ON trainee.id = attempt.trainee
         WHERE (?1 IS NULL OR name = ?1) AND (?2 IS NULL OR scenario = ?2) ORDER BY {order}"
    ))?;
    let rows = statement.query_map(values, read)?.collect::<Result<_, _>>()?;
    Ok(rows)
}

/// The subjects in which something was marked, each once.
fn subjects(record: &SessionRecord) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = record.score.items.iter().map(|item| item.subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    subjects
}

/// A mode or a subject as its JSON has it.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("modes and subjects are written as words, not {other:?}"),
    }
}

/// The mode or subject of a column.
pub(super) fn from_word<T: for<'de> Deserialize<'de>>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let word: String = row.get(column)?;
    T::deserialize(word.into_deserializer()).map_err(|error: serde::de::value::Error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}
