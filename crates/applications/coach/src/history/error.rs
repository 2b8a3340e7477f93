//! Why the history cannot do what it was asked.

use std::io;
use std::path::PathBuf;

/// Why the history cannot be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The folder or the file cannot be made, read or renamed.
    #[error("{path}: cannot {what}")]
    File {
        /// Which file or folder.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file, or its folder, may only be read.
    #[error("{path}: the history of attempts is read-only here; expected a place where the console may write")]
    ReadOnly {
        /// Which file.
        path: PathBuf,
    },
    /// The file was written by a later version of the program; it is left as it is.
    #[error(
        "{path}: this history has format {found}, this program knows formats up to {known}; \
         the file was left as it is: use the newer program, or name another file"
    )]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format that this program knows.
        known: u32,
    },
    /// A trainee without a name.
    #[error("a trainee's name is blank: expected at least one character")]
    NoName,
    /// A time that cannot be put in order.
    #[error("ended-at is '{found}': expected a time as RFC 3339 has it, such as 2026-05-04T10:30:00Z")]
    Time {
        /// What was found.
        found: String,
        /// Why it is no time.
        #[source]
        source: jiff::Error,
    },
    /// A figure of the record is not a finite number, which the file cannot hold.
    #[error("the record of {trainee} cannot be kept: a figure in it is infinite or not a number")]
    NotFinite {
        /// Whose record.
        trainee: String,
    },
    /// There is no such attempt.
    #[error("there is no attempt {0} in this history")]
    NoAttempt(i64),
    /// A row that cannot be understood.
    #[error("attempt {id}: what is stored cannot be read")]
    Row {
        /// The attempt.
        id: i64,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The record cannot be written as JSON.
    #[error("the record cannot be written")]
    Unwritable(#[source] serde_json::Error),
    /// The export's target failed.
    #[error("the export cannot be written")]
    Export(#[source] io::Error),
    /// The database failed.
    #[error("the history of attempts failed")]
    Database(#[from] rusqlite::Error),
}
