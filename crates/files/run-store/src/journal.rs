//! The journal of a run that goes on: one line per finished case, on the disk before the next begins.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::StoreError;
use results::CaseResult;
use results::identity::Identity;

/// Name of the journal in the run directory.
pub const JOURNAL: &str = "journal.jsonl";

/// A journal's first line.
#[derive(Serialize, Deserialize)]
struct Header<I> {
    /// Version of the lines that follow; the first did not say.
    #[serde(default = "first_version")]
    format_version: u32,
    /// The run that it belongs to.
    identity: I,
    /// The device that it is examined on.
    device: String,
}

fn first_version() -> u32 {
    1
}

/// Version of the journal: a line is a [`CaseResult`].
const FORMAT_VERSION: u32 = 2;

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
}

impl Journal {
    /// Starts a journal for a run on a device.
    ///
    /// # Errors
    /// [`StoreError::Io`] if it cannot be written.
    pub fn create(folder: &Path, identity: &Identity, device: &str) -> Result<Self, StoreError> {
        let path = folder.join(JOURNAL);
        let file = File::create(&path).map_err(StoreError::io("create", &path))?;
        let mut journal = Self { path, file };
        journal.append(&Header { format_version: FORMAT_VERSION, identity, device: device.to_owned() })?;
        Ok(journal)
    }

    /// Opens the journal of an interrupted run and gives back what it holds. A last line that the
    /// interruption tore is cut off: its case runs again.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if a line before the last cannot be read.
    pub fn reopen(folder: &Path) -> Result<(Self, Content), StoreError> {
        let content = Content::read(folder)?;
        let path = folder.join(JOURNAL);
        let file = OpenOptions::new().append(true).open(&path).map_err(StoreError::io("open", &path))?;
        file.set_len(content.whole_bytes).map_err(StoreError::io("write", &path))?;
        Ok((Self { path, file }, content))
    }

    /// Adds a line and waits until it is on the disk.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the disk is full or refuses; earlier lines stay readable.
    pub fn append(&mut self, entry: &impl Serialize) -> Result<(), StoreError> {
        let mut line = serde_json::to_vec(entry)
            .map_err(|error| StoreError::Encoding { what: JOURNAL, reason: error.to_string() })?;
        line.push(b'\n');
        let written = self.file.write_all(&line).and_then(|()| self.file.sync_data());
        written.map_err(StoreError::io("write", &self.path))
    }

    /// Removes the journal: what it held is in the finished files.
    ///
    /// # Errors
    /// [`StoreError::Io`] if it cannot be removed.
    pub fn remove(self) -> Result<(), StoreError> {
        drop(self.file);
        fs::remove_file(&self.path).map_err(StoreError::io("remove", &self.path))
    }
}

/// What a journal holds up to its last whole line.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// The run that it belongs to.
    pub identity: Identity,
    /// The device that it is examined on.
    pub device: String,
    /// The cases, in the order in which they finished.
    pub finished: Vec<CaseResult>,
    /// Length of the whole lines, bytes.
    pub whole_bytes: u64,
}

impl Content {
    /// Reads a journal and leaves it as it is: the run may still go on.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if a whole line cannot be read.
    pub fn read(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(JOURNAL);
        let text = fs::read(&path).map_err(StoreError::io("read", &path))?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let mut lines = text[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let damaged = |line: usize, error: serde_json::Error| StoreError::Damaged {
            path: path.clone(),
            reason: format!("line {line}: {error}"),
        };
        let header = lines.next().unwrap_or_default();
        let read = |error| match serde_json::from_slice::<Identity>(header) {
            Ok(_) => StoreError::Damaged {
                path: path.clone(),
                reason: "it is of an older build, which did not say on which device it ran".to_owned(),
            },
            Err(_) => damaged(1, error),
        };
        let Header { format_version, identity, device } = serde_json::from_slice(header).map_err(read)?;
        if format_version != FORMAT_VERSION {
            let reason = format!(
                "its format_version is {format_version}, expected {FORMAT_VERSION}: another version of plumbline wrote it; \
                 finish the run with that one, or begin it anew in another folder"
            );
            return Err(StoreError::Damaged { path, reason });
        }
        Ok(Self {
            identity,
            device,
            finished: lines
                .enumerate()
                .map(|(n, line)| serde_json::from_slice(line).map_err(|error| damaged(n + 2, error)))
                .collect::<Result<_, _>>()?,
            whole_bytes: whole as u64,
        })
    }
}
