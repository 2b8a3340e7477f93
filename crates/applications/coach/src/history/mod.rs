//! Attempts of all trainees, in an SQLite file.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! use coach::history::{Filter, History};
//!
//! let opened = History::open(&folder.path().join("history.sqlite"))?;
//! assert_eq!(opened.notice, None); // or what was set aside
//! opened.history.save_draft("Ada", &["{\"land\":{}}".to_owned()])?; // the window may close now
//! assert_eq!(opened.history.draft("Ada")?.map(|draft| draft.journal.len()), Some(1));
//! assert!(opened.history.attempts(&Filter::default())?.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | `opening` | what happens to a file that is new, ours, newer, foreign or damaged |
//! | `schema` | the tables, by version |
//! | `attempts` | adding, listing, reading and exporting attempts |
//! | `progress` | the learning curve of a trainee and the overview of a class |
//! | `drafts` | lessons that were not finished |
//!
//! Nothing here deletes an attempt. The file keeps a rollback journal, not a write-ahead log, because a class often
//! shares it over a network drive, where a write-ahead log is not safe; several consoles may have it open, and each
//! waits [`BUSY_TIMEOUT`] for the others.

mod attempts;
mod drafts;
mod error;
#[cfg(test)]
pub(crate) mod fixture;
mod opening;
mod progress;
mod schema;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

pub use attempts::{AttemptId, Filter, Summary};
pub use drafts::Draft;
pub use error::HistoryError;
pub use opening::Opened;
pub use progress::{CurvePoint, TraineeOverview};

/// How long a console waits for another that is writing: a write takes milliseconds, on a slow network drive a second.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The attempts of all trainees. Shareable between threads; one statement at a time.
#[derive(Debug)]
pub struct History {
    connection: Mutex<Connection>,
}

impl History {
    /// The connection, for one call. A thread that panicked here left no half-done transaction: dropping one undoes it.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A name as it is stored: without blanks around it.
fn name_of(trainee: &str) -> Result<&str, HistoryError> {
    let name = trainee.trim();
    if name.is_empty() { Err(HistoryError::NoName) } else { Ok(name) }
}

/// The trainee's row, made if there is none.
fn trainee_row(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.execute("INSERT OR IGNORE INTO trainee (name) VALUES (?1)", [name])?;
    connection.query_row("SELECT id FROM trainee WHERE name = ?1", [name], |row| row.get(0))
}
