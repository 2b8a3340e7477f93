//! Lessons that were not finished: closing the window in mid-scan loses nothing.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, TransactionBehavior, params};

use super::{History, HistoryError, name_of, trainee_row};

/// A lesson that was not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// When it was last saved, RFC 3339 in UTC.
    pub saved_at: String,
    /// Every intent so far, with its time: lines of a script, from which the session is replayed.
    pub journal: Vec<String>,
}

impl History {
    /// Keeps the journal of a trainee's unfinished lesson in place of the one kept before. Only the lines that differ
    /// are written, so that it may be called after every intent.
    ///
    /// # Errors
    /// A blank name, or a database that fails.
    pub fn save_draft(&self, trainee: &str, journal: &[String]) -> Result<(), HistoryError> {
        let name = name_of(trainee)?;
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let trainee = trainee_row(&transaction, name)?;
        transaction.execute(
            "INSERT INTO draft (trainee, saved_at_ms) VALUES (?1, ?2)
             ON CONFLICT (trainee) DO UPDATE SET saved_at_ms = excluded.saved_at_ms",
            params![trainee, Timestamp::now().as_millisecond()],
        )?;

        let kept = {
            let mut statement =
                transaction.prepare("SELECT line FROM draft_line WHERE trainee = ?1 ORDER BY number")?;
            let mut rows = statement.query([trainee])?;
            let mut kept = 0;
            while let (Some(row), Some(line)) = (rows.next()?, journal.get(kept)) {
                if row.get_ref(0)?.as_str().is_ok_and(|stored| stored == line) {
                    kept += 1;
                } else {
                    break;
                }
            }
            kept
        };
        transaction
            .execute("DELETE FROM draft_line WHERE trainee = ?1 AND number >= ?2", params![trainee, kept as i64])?;
        for (number, line) in journal.iter().enumerate().skip(kept) {
            transaction.execute(
                "INSERT INTO draft_line (trainee, number, line) VALUES (?1, ?2, ?3)",
                params![trainee, number as i64, line],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// The unfinished lesson of a trainee.
    ///
    /// # Errors
    /// A database that fails.
    pub fn draft(&self, trainee: &str) -> Result<Option<Draft>, HistoryError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?; // time and lines of one moment
        let found: Option<(i64, i64)> = transaction
            .query_row(
                "SELECT trainee.id, saved_at_ms FROM draft JOIN trainee ON trainee.id = draft.trainee WHERE name = ?1",
                [trainee.trim()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let Some((trainee, saved_at_ms)) = found else { return Ok(None) };

        let mut statement = transaction.prepare("SELECT line FROM draft_line WHERE trainee = ?1 ORDER BY number")?;
        let journal = statement.query_map([trainee], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let saved_at = Timestamp::from_millisecond(saved_at_ms).unwrap_or(Timestamp::UNIX_EPOCH).to_string();
        Ok(Some(Draft { saved_at, journal }))
    }

    /// Forgets the unfinished lesson of a trainee, because it was finished or given up.
    ///
    /// # Errors
    /// A database that fails.
    pub fn clear_draft(&self, trainee: &str) -> Result<(), HistoryError> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for table in ["draft_line", "draft"] {
            transaction.execute(
                &format!("DELETE FROM {table} WHERE trainee = (SELECT id FROM trainee WHERE name = ?1)"),
                [trainee.trim()],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }
}
