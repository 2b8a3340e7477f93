//! DICOM files (PS3.10): written atomically, opened if their pixels are not compressed.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read as _};
use std::path::Path;

use dicom_dictionary_std::uids;
use dicom_object::{DefaultDicomObject, FileMetaTable, FileMetaTableBuilder, InMemDicomObject, OpenFileOptions};
use dicom_parser::dataset::{DataSetReader, DataToken};
use dicom_transfer_syntax_registry::{TransferSyntaxIndex as _, TransferSyntaxRegistry};

use crate::error::FileError;
use crate::whole_file::write_whole;

/// Largest nesting depth of sequences, because the parser is recursive; reports have a depth of about ten.
const MAX_DEPTH: usize = 64;

/// Writes a data set atomically as a file, explicit VR little endian.
pub(crate) fn save(path: &Path, object: InMemDicomObject) -> Result<(), FileError> {
    let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    let file = object.with_meta(meta).map_err(FileError::unreadable(path))?;
    let mut bytes = Vec::new();
    file.write_all(&mut bytes).map_err(FileError::unreadable(path))?;
    write_whole(path, &bytes).map_err(FileError::unreadable(path))
}

/// True if a file has the DICOM prefix.
pub fn is_dicom(path: &Path) -> bool {
    let mut start = [0; 132];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && &start[128..] == b"DICM"
}

/// Opens a file whose values are uncompressed and little endian.
pub(crate) fn open(path: &Path) -> Result<DefaultDicomObject, FileError> {
    if !is_dicom(path) {
        return Err(FileError::unsuitable(path, "no DICOM prefix", "a complete DICOM file (PS3.10)"));
    }
    let mut file = BufReader::new(File::open(path).map_err(FileError::unreadable(path))?);
    let mut preamble = [0; 128];
    file.read_exact(&mut preamble).map_err(FileError::unreadable(path))?;
    let meta = FileMetaTable::from_reader(&mut file).map_err(|error| cut_or_damaged(path, &error))?;
    let syntax = meta.transfer_syntax();
    if ![uids::EXPLICIT_VR_LITTLE_ENDIAN, uids::IMPLICIT_VR_LITTLE_ENDIAN].contains(&syntax) {
        let name = TransferSyntaxRegistry.get(syntax).map_or("unknown", |known| known.name());
        let found = format!("transfer syntax {syntax} ({name})");
        return Err(FileError::unsuitable(path, found, "uncompressed little endian pixels"));
    }
    check_depth(path, file, syntax)?;
    OpenFileOptions::new().open_file(path).map_err(|error| cut_or_damaged(path, &error))
}

/// Refuses a data set whose sequences are nested too deeply for the recursive parser.
fn check_depth(path: &Path, data_set: BufReader<File>, syntax: &str) -> Result<(), FileError> {
    let syntax = TransferSyntaxRegistry.get(syntax).expect("both accepted transfer syntaxes are registered");
    let tokens = DataSetReader::new_with_ts(data_set, syntax).map_err(|error| cut_or_damaged(path, &error))?;
    let mut depth = 0usize;
    for token in tokens {
        match token.map_err(|error| cut_or_damaged(path, &error))? {
            DataToken::SequenceStart { .. } => depth += 1,
            DataToken::SequenceEnd => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            let found = format!("more than {MAX_DEPTH} nested sequences");
            return Err(FileError::unsuitable(path, found, "a standard data set"));
        }
    }
    Ok(())
}

/// The parser's error, or a clear message if the file ends too early.
fn cut_or_damaged(path: &Path, error: &(dyn std::error::Error + 'static)) -> FileError {
    let mut reason = error.to_string();
    let mut inner = Some(error);
    while let Some(error) = inner {
        reason = error.to_string();
        if error.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == ErrorKind::UnexpectedEof) {
            return FileError::unsuitable(
                path,
                "a file that ends in the middle of an element",
                "a complete DICOM file",
            );
        }
        inner = error.source();
    }
    FileError::Unreadable { path: path.to_owned(), reason: format!("damaged DICOM data set: {reason}") }
}
