//! The journal of a run that goes on: one line per finished case, on the disk before the next begins. Whoever writes it
//! holds its lock.
//!
//! A line is a JSON list of a checksum and of what it is the checksum of: `["0123456789abcdef",{…}]`. The first line says
//! which run it is, each other holds a case.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::StoreError;
use results::CaseResult;
use results::host::Host;
use results::identity::Identity;

/// Name of the journal in the run directory.
pub const JOURNAL: &str = "journal.jsonl";

/// What cases are examined with; a run has one device and may move between hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The device that the network runs on.
    pub device: String,
    /// The machine and the build.
    pub host: Host,
}

/// A journal's first line.
#[derive(Serialize, Deserialize)]
struct Header<I> {
    /// Version of the lines that follow.
    format_version: u32,
    /// The run that it belongs to.
    identity: I,
    /// Where it began.
    machine: Machine,
}

/// Version of the journal: a line is a checksum with a [`CaseResult`].
const FORMAT_VERSION: u32 = 3;

/// An open journal; nobody else writes it.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Starts a journal. One that was cut off within its first line holds no case and is started anew.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if another process writes it, [`StoreError::Interrupted`] if it is that of another run,
    /// [`StoreError::Io`] if it cannot be written; then none is left behind.
    pub fn begin(folder: &Path, identity: &Identity, machine: &Machine) -> Result<Self, StoreError> {
        let mut journal = Self::lock(folder)?;
        if is_begun(folder)? {
            return Err(StoreError::Interrupted { path: folder.to_owned() });
        }
        let header = Header { format_version: FORMAT_VERSION, identity, machine: machine.clone() };
        let emptied = journal.file.set_len(0).map_err(StoreError::io("write", &journal.path));
        let written = emptied.and_then(|()| journal.append(&header));
        if let Err(error) = written {
            // The first error is the one to tell.
            drop(fs::remove_file(&journal.path));
            return Err(error);
        }
        Ok(journal)
    }

    /// Opens the journal of an interrupted run and gives back what it holds. A last line that the
    /// interruption tore is cut off: its case runs again.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if another process writes it, [`StoreError::Damaged`] if a whole line cannot be read.
    pub fn reopen(folder: &Path) -> Result<(Self, Content), StoreError> {
        let journal = Self::lock(folder)?;
        let content = Content::read(folder)?;
        journal.file.set_len(content.whole_bytes).map_err(StoreError::io("write", &journal.path))?;
        Ok((journal, content))
    }

    /// Opens the file, which is made if there is none, and keeps other processes from writing it until it is closed.
    fn lock(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(JOURNAL);
        let options = OpenOptions::new().create(true).append(true).open(&path);
        let file = options.map_err(StoreError::io("open", &path))?;
        let in_use = || StoreError::InUse { path: folder.to_owned() };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(in_use()),
            // A file system without locks cannot tell of another process.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        // Its writer may have finished, and removed it, since it was opened.
        if path.exists() { Ok(Self { path, file }) } else { Err(in_use()) }
    }

    /// Adds a line and waits until it is on the disk.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the disk is full or refuses; earlier lines stay readable.
    pub fn append(&mut self, entry: &impl Serialize) -> Result<(), StoreError> {
        let body = serde_json::to_string(entry)
            .map_err(|error| StoreError::Encoding { what: JOURNAL, reason: error.to_string() })?;
        let line = format!("[\"{}\",{body}]\n", checksum(body.as_bytes()));
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(StoreError::io("write", &self.path))
    }

    /// Removes the journal: what it held is in the finished files.
    ///
    /// # Errors
    /// [`StoreError::Io`] if it cannot be removed.
    pub fn remove(self) -> Result<(), StoreError> {
        fs::remove_file(&self.path).map_err(StoreError::io("remove", &self.path))
    }
}

/// True if a folder holds a journal whose first line is whole: a run was begun there and is not finished.
///
/// # Errors
/// [`StoreError::Io`] if it cannot be read.
pub fn is_begun(folder: &Path) -> Result<bool, StoreError> {
    let path = folder.join(JOURNAL);
    if !path.exists() {
        return Ok(false);
    }
    let text = fs::read(&path).map_err(StoreError::io("read", &path))?;
    Ok(text.contains(&b'\n'))
}

/// Hexadecimal digits of a line's checksum.
const CHECKSUM_DIGITS: usize = 16;

/// The beginning of the BLAKE3 of a line's content.
fn checksum(body: &[u8]) -> String {
    blake3::hash(body).to_hex()[..CHECKSUM_DIGITS].to_owned()
}

/// What a line holds, if it is as it was written.
fn checked(line: &[u8]) -> Result<&[u8], String> {
    let parts = line.strip_prefix(b"[\"").and_then(|rest| rest.split_at_checked(CHECKSUM_DIGITS));
    let body = parts.and_then(|(sum, rest)| Some((sum, rest.strip_prefix(b"\",")?.strip_suffix(b"]")?)));
    let (found, body) = body.ok_or("it has no checksum")?;
    let expected = checksum(body);
    if found != expected.as_bytes() {
        let found = String::from_utf8_lossy(found);
        return Err(format!(
            "its checksum is {found}, that of its content {expected}: it was changed after it was written"
        ));
    }
    Ok(body)
}

/// What a journal holds up to its last whole line.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// The run that it belongs to.
    pub identity: Identity,
    /// Where it began.
    pub machine: Machine,
    /// The cases, in the order in which they finished, each once.
    pub finished: Vec<CaseResult>,
    /// Length of the whole lines, bytes.
    pub whole_bytes: u64,
}

impl Content {
    /// Reads a journal and leaves it as it is: the run may still go on.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if a whole line cannot be read, or if none is whole.
    pub fn read(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(JOURNAL);
        let text = fs::read(&path).map_err(StoreError::io("read", &path))?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let mut lines = text[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let damaged = |reason: String| StoreError::Damaged { path: path.clone(), reason };
        let header =
            lines.next().ok_or_else(|| damaged("it ends within its first line: no case was finished".into()))?;
        let Header { identity, machine, .. } = read_header(header).map_err(damaged)?;

        let mut finished: Vec<CaseResult> = Vec::new();
        let mut known = BTreeSet::new();
        for (n, line) in lines.enumerate() {
            let read = checked(line).and_then(|body| serde_json::from_slice(body).map_err(|error| error.to_string()));
            let case: CaseResult = read.map_err(|reason| {
                damaged(format!("line {}: {reason}; without this line, --resume examines its case again", n + 2))
            })?;
            // A case counts once, also if two processes wrote it on a file system without locks.
            if known.insert((case.scenario.clone(), case.case)) {
                finished.push(case);
            }
        }
        Ok(Self { identity, machine, finished, whole_bytes: whole as u64 })
    }
}

fn read_header(line: &[u8]) -> Result<Header<Identity>, String> {
    #[derive(Deserialize)]
    struct Version {
        format_version: Option<u32>,
    }
    // Versions 1 and 2 had no checksums.
    let body =
        if line.starts_with(b"{") { line } else { checked(line).map_err(|reason| format!("line 1: {reason}"))? };
    let unreadable = |error: serde_json::Error| format!("line 1: {error}");
    let Version { format_version } = serde_json::from_slice(body).map_err(unreadable)?;
    match format_version.unwrap_or(1) {
        FORMAT_VERSION => serde_json::from_slice(body).map_err(unreadable),
        found => Err(format!(
            "its format_version is {found}, expected {FORMAT_VERSION}: another version of plumbline wrote it; \
             finish the run with that one, or begin it anew in another folder"
        )),
    }
}
