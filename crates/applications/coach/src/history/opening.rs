//! Opening: what happens to a file that is new, ours, newer, foreign or damaged.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{BUSY_TIMEOUT, History, HistoryError, schema};

/// A history that is open, and what has to be said about it.
#[derive(Debug)]
pub struct Opened {
    /// The history.
    pub history: History,
    /// For the instructor: which file was set aside, and why.
    pub notice: Option<String>,
}

impl History {
    /// Opens the file, or begins it with its folders.
    ///
    /// A file that is damaged, or that is no history of ours, is renamed to `NAME.damaged-YYYYMMDD-HHMMSS` (UTC) with
    /// every byte it has, a new one is begun, and the notice says so. While it is decided, `NAME.lock` is locked, so
    /// that of two consoles one decides.
    ///
    /// # Errors
    /// A history of a later version (left untouched), a place that is read-only, or a file system that fails.
    pub fn open(path: &Path) -> Result<Opened, HistoryError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(file_error(folder, "make this folder"))?;
        }
        let _one_decides = lock(path)?;

        let mut notice = None;
        if let Some(fault) = inspect(path)? {
            notice = Some(set_aside(path, &fault)?);
        }
        let mut connection = connect(path).map_err(|error| read_only(path, error))?;
        if connection.is_readonly(rusqlite::MAIN_DB)? {
            return Err(HistoryError::ReadOnly { path: path.to_owned() });
        }
        schema::migrate(&mut connection).map_err(|error| read_only(path, error))?;
        Ok(Opened { history: Self { connection: Mutex::new(connection) }, notice })
    }
}

/// A connection with the rules that every one of ours keeps.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

/// Why the file cannot be used as it is; `None` if it is new or ours.
fn inspect(path: &Path) -> Result<Option<String>, HistoryError> {
    if !path.exists() {
        return Ok(None);
    }
    if beside(path, "-journal").exists() {
        // A console was killed in mid-write: reading lets SQLite undo what was half done, before the header counts.
        match recover(path) {
            Err(error) if is_damage(&error) => return Ok(Some(error.to_string())),
            other => other?,
        }
    }
    let Some(header) = Header::read(path)? else { return Ok(None) };
    match header {
        Header::NoDatabase => return Ok(Some("it is not an SQLite database".to_owned())),
        Header::Foreign => return Ok(Some("it is a database of another program".to_owned())),
        Header::Ours { version } if version > schema::VERSION => {
            return Err(HistoryError::Newer { path: path.to_owned(), found: version, known: schema::VERSION });
        }
        Header::Ours { version } if version < schema::VERSION => return Ok(None),
        Header::Ours { .. } => {}
    }

    match connect(path).and_then(|connection| schema::fault(&connection)) {
        Err(error) if is_damage(&error) => Ok(Some(error.to_string())),
        other => Ok(other?),
    }
}

/// Opens the file and reads its schema, which undoes a half-done write of a console that was killed.
fn recover(path: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
}

/// What the first hundred bytes say (SQLite's file format, §1.3).
enum Header {
    NoDatabase,
    Foreign,
    Ours { version: u32 },
}

impl Header {
    /// `None` for an empty file.
    fn read(path: &Path) -> Result<Option<Self>, HistoryError> {
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(file_error(path, "open this file"))?;
        file.take(100).read_to_end(&mut bytes).map_err(file_error(path, "read this file"))?;
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.len() < 100 || !bytes.starts_with(b"SQLite format 3\0") {
            return Ok(Some(Self::NoDatabase));
        }

        let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let (user_version, application_id) = (number(60), number(68));
        Ok(Some(if application_id == schema::APPLICATION_ID {
            Self::Ours { version: user_version }
        } else {
            Self::Foreign
        }))
    }
}

/// Renames the file and what SQLite keeps beside it; the notice that says so.
fn set_aside(path: &Path, fault: &str) -> Result<String, HistoryError> {
    let stamp = TimeZone::UTC.to_datetime(Timestamp::now()).strftime("%Y%m%d-%H%M%S").to_string();
    let target = (1..)
        .map(|n| if n == 1 { format!(".damaged-{stamp}") } else { format!(".damaged-{stamp}-{n}") })
        .map(|suffix| beside(path, &suffix))
        .find(|target| !target.exists())
        .expect("the numbers do not end");

    fs::rename(path, &target).map_err(file_error(path, "set this file aside"))?;
    for companion in ["-journal", "-wal", "-shm"] {
        let from = beside(path, companion);
        if from.exists() {
            fs::rename(&from, beside(&target, companion)).map_err(file_error(&from, "set this file aside"))?;
        }
    }
    Ok(format!(
        "The history of attempts in {} could not be used ({fault}). It was kept as {}, and a new one was begun.",
        path.display(),
        target.display()
    ))
}

/// The lock under which one console decides what becomes of the file; released when the file is dropped.
fn lock(path: &Path) -> Result<File, HistoryError> {
    let place = beside(path, ".lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&place).map_err(|error| match error
        .kind()
    {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            HistoryError::ReadOnly { path: path.to_owned() }
        }
        _ => file_error(&place, "make this file")(error),
    })?;

    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if began.elapsed() < BUSY_TIMEOUT => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => {
                let busy = io::Error::new(io::ErrorKind::TimedOut, "another console is still opening the history");
                return Err(file_error(&place, "lock this file")(busy));
            }
            // Some network drives know no locks; SQLite's own still keep the file whole.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(file_error(&place, "lock this file")(error)),
        }
    }
}

/// True if the file is to blame, and not a lock or the disk.
fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

fn read_only(path: &Path, error: rusqlite::Error) -> HistoryError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => HistoryError::ReadOnly { path: path.to_owned() },
        _ => HistoryError::Database(error),
    }
}

fn file_error(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> HistoryError {
    let path = path.to_owned();
    move |source| HistoryError::File { path, what, source }
}

/// The file with a suffix behind its whole name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
