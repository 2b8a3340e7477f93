//! `cases.parquet`: the table of a run's cases ([`crate::row`]) as a file, each column with its unit and meaning.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray, UInt32Array, UInt64Array};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use results::CaseResult;

use crate::StoreError;
use crate::files::write_whole;
use crate::row::{Access, COLUMNS, Column, Row, SCHEMA_VERSION, flatten, unflatten};
use crate::version_1;

/// Name of the file in the run directory.
pub const CASES: &str = "cases.parquet";

/// Key of the table's version in the schema's metadata; tables of version 1 have none.
const VERSION_KEY: &str = "schema_version";

impl Access {
    fn data_type(&self) -> (DataType, bool) {
        match self {
            Self::Text(..) => (DataType::Utf8, false),
            Self::OptionalText(..) => (DataType::Utf8, true),
            Self::Number(..) => (DataType::UInt64, false),
            Self::Count(..) => (DataType::UInt32, true),
            Self::Real(..) => (DataType::Float64, true),
            Self::YesNo(..) => (DataType::Boolean, true),
        }
    }

    fn gather(&self, rows: &[Row]) -> ArrayRef {
        match self {
            Self::Text(get, _) => Arc::new(StringArray::from_iter_values(rows.iter().map(get))),
            Self::OptionalText(get, _) => Arc::new(rows.iter().map(get).collect::<StringArray>()),
            Self::Number(get, _) => Arc::new(UInt64Array::from_iter_values(rows.iter().map(get))),
            Self::Count(get, _) => Arc::new(rows.iter().map(get).collect::<UInt32Array>()),
            Self::Real(get, _) => Arc::new(rows.iter().map(get).collect::<Float64Array>()),
            Self::YesNo(get, _) => Arc::new(rows.iter().map(get).collect::<BooleanArray>()),
        }
    }

    /// Puts an array's values into the rows; `None` if it is of another type or has gaps where none may be.
    fn scatter(&self, array: &dyn Array, rows: &mut [Row]) -> Option<()> {
        let array = array.as_any();
        match self {
            Self::Text(_, set) => {
                let values = array.downcast_ref::<StringArray>()?;
                for (row, value) in rows.iter_mut().zip(values) {
                    set(row, value?.to_owned());
                }
            }
            Self::OptionalText(_, set) => {
                let values = array.downcast_ref::<StringArray>()?;
                rows.iter_mut().zip(values).for_each(|(row, value)| set(row, value.map(str::to_owned)));
            }
            Self::Number(_, set) => {
                let values = array.downcast_ref::<UInt64Array>()?;
                for (row, value) in rows.iter_mut().zip(values) {
                    set(row, value?);
                }
            }
            Self::Count(_, set) => {
                let values = array.downcast_ref::<UInt32Array>()?;
                rows.iter_mut().zip(values).for_each(|(row, value)| set(row, value));
            }
            Self::Real(_, set) => {
                let values = array.downcast_ref::<Float64Array>()?;
                rows.iter_mut().zip(values).for_each(|(row, value)| set(row, value));
            }
            Self::YesNo(_, set) => {
                let values = array.downcast_ref::<BooleanArray>()?;
                rows.iter_mut().zip(values).for_each(|(row, value)| set(row, value));
            }
        }
        Some(())
    }
}

impl Column {
    fn field(&self) -> Field {
        let (data_type, nullable) = self.access.data_type();
        let metadata = [("unit", self.unit), ("meaning", self.meaning)];
        let metadata = metadata.map(|(key, text)| (key.to_owned(), text.to_owned()));
        Field::new(self.name, data_type, nullable).with_metadata(HashMap::from(metadata))
    }
}

/// The table's schema, with its version, and units and meanings of its columns.
fn schema() -> Schema {
    let version = HashMap::from([(VERSION_KEY.to_owned(), SCHEMA_VERSION.to_string())]);
    Schema::new_with_metadata(COLUMNS.iter().map(Column::field).collect::<Vec<_>>(), version)
}

/// The file's bytes: the same cases give the same bytes.
///
/// # Errors
/// [`StoreError::Encoding`] if the encoder refuses.
pub fn encode(cases: &[CaseResult]) -> Result<Vec<u8>, StoreError> {
    // Level 3 is zstd's own default.
    let level =
        ZstdLevel::try_new(3).map_err(|error| StoreError::Encoding { what: CASES, reason: error.to_string() })?;
    encode_with(cases, Compression::ZSTD(level))
}

fn encode_with(cases: &[CaseResult], compression: Compression) -> Result<Vec<u8>, StoreError> {
    let refused = |error: &dyn std::fmt::Display| StoreError::Encoding { what: CASES, reason: error.to_string() };
    let rows = flatten(cases).map_err(|error| refused(&error))?;
    let arrays = COLUMNS.iter().map(|column| column.access.gather(&rows)).collect();
    let schema = Arc::new(schema());
    let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(|error| refused(&error))?;

    // The writer's name is fixed, so that an updated library changes no byte of it.
    let properties =
        WriterProperties::builder().set_compression(compression).set_created_by("plumbline".to_owned()).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties)).map_err(|error| refused(&error))?;
    writer.write(&batch).map_err(|error| refused(&error))?;
    writer.close().map_err(|error| refused(&error))?;
    Ok(bytes)
}

/// Writes cases as `cases.parquet` into a folder.
///
/// # Errors
/// [`StoreError`] if the encoder or the disk refuses.
pub fn write(folder: &Path, cases: &[CaseResult]) -> Result<(), StoreError> {
    write_whole(&folder.join(CASES), &encode(cases)?)
}

/// Reads the cases of `cases.parquet`, also of a table of an earlier version: what that did not know is empty. Warnings are not in
/// the table.
///
/// # Errors
/// [`StoreError::Io`] if it is not there, [`StoreError::Damaged`] if it holds something else, or is of a later version.
pub fn read(folder: &Path) -> Result<Vec<CaseResult>, StoreError> {
    let path = folder.join(CASES);
    let file = File::open(&path).map_err(StoreError::io("read", &path))?;
    decode(file).map_err(|reason| StoreError::Damaged { path, reason })
}

fn decode(file: File) -> Result<Vec<CaseResult>, String> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error.to_string())?;
    let version = builder.schema().metadata().get(VERSION_KEY).map_or("1", String::as_str).to_owned();
    if !(1..=SCHEMA_VERSION).any(|known| known.to_string() == version) {
        return Err(format!(
            "its {VERSION_KEY} is {version}, expected 1 to {SCHEMA_VERSION}: a later plumbline wrote it"
        ));
    }
    let columns = builder.metadata().row_groups().iter().flat_map(|group| group.columns());
    let readable = |compression: &Compression| {
        matches!(compression, Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::ZSTD(_))
    };
    if let Some(found) = columns.map(|column| column.compression()).find(|compression| !readable(compression)) {
        return Err(format!("its compression is {found}, expected zstd, snappy or none: rewrite it with one of these"));
    }
    let former = version == "1";
    let mut rows = Vec::new();
    for batch in builder.build().map_err(|error| error.to_string())? {
        rows.append(&mut rows_of(&batch.map_err(|error| error.to_string())?, former)?);
    }
    if former {
        version_1::complete(&mut rows);
    }
    unflatten(&rows)
}

/// `former`: whether the columns have the names of version 1.
fn rows_of(batch: &RecordBatch, former: bool) -> Result<Vec<Row>, String> {
    let mut rows = vec![Row::default(); batch.num_rows()];
    for Column { name, access, .. } in &COLUMNS {
        let latency = version_1::former_latency(name);
        let in_file = if former { version_1::former_name(name).or(latency.as_deref()) } else { Some(*name) };
        let (expected, may_be_empty) = access.data_type();
        match in_file.and_then(|name| batch.column_by_name(name)) {
            Some(array) => access
                .scatter(array, &mut rows)
                .ok_or_else(|| format!("column '{name}' is {}, expected {expected}", array.data_type()))?,
            // Version 1 grew columns without counting; what may be empty is, where it was written before.
            None if may_be_empty || in_file.is_none() => {}
            None => return Err(format!("column '{name}' is missing")),
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests;
