//! The tables, by version.

use rusqlite::{Connection, TransactionBehavior};

/// "PLMB" in the file's header: what tells our files from other programs' databases.
pub(super) const APPLICATION_ID: u32 = 0x504C_4D42;

/// `STEPS[v]` leads from version v to v + 1. Never change a step that was released; add one.
const STEPS: [&str; 1] = [include_str!("version_1.sql")];

/// The version that this program writes, in the file's `user_version`.
pub(super) const VERSION: u32 = STEPS.len() as u32;

/// Every column that this version reads; a file in which one is missing is not ours, whatever its header says.
const COLUMNS: [&str; 5] = [
    "SELECT id, name FROM trainee",
    "SELECT id, trainee, title, scenario, mode, ended_at, ended_at_ms, duration_s, total, record FROM attempt",
    "SELECT attempt, subject, points, \"of\" FROM subject_score",
    "SELECT trainee, saved_at_ms FROM draft",
    "SELECT trainee, number, line FROM draft_line",
];

/// Brings an empty or older file to this version, all steps or none.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;

    for step in STEPS.iter().skip(found as usize) {
        transaction.execute_batch(step)?;
    }
    if found < VERSION {
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

/// What is wrong with the tables; `None` if nothing is.
pub(super) fn fault(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Ok(Some(verdict));
    }
    for columns in COLUMNS {
        match connection.prepare(columns) {
            Ok(_) => {}
            Err(rusqlite::Error::SqliteFailure(why, Some(message))) if why.code == rusqlite::ErrorCode::Unknown => {
                return Ok(Some(message));
            }
            Err(rusqlite::Error::SqlInputError { msg, .. }) => return Ok(Some(msg)),
            Err(other) => return Err(other),
        }
    }
    Ok(None)
}
