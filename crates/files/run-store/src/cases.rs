//! `cases.parquet`: one typed column for each field of a [`CaseRow`].

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray, UInt32Array, UInt64Array};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::StoreError;
use crate::files::write_whole;
use results::record::CaseRow;

/// Name of the file in the run directory.
pub const CASES: &str = "cases.parquet";

/// How a field of a row becomes a column and back.
enum Column {
    Text(fn(&CaseRow) -> &str, fn(&mut CaseRow, String)),
    OptionalText(fn(&CaseRow) -> Option<&str>, fn(&mut CaseRow, Option<String>)),
    Number(fn(&CaseRow) -> u64, fn(&mut CaseRow, u64)),
    Count(fn(&CaseRow) -> Option<u32>, fn(&mut CaseRow, Option<u32>)),
    Real(fn(&CaseRow) -> Option<f64>, fn(&mut CaseRow, Option<f64>)),
    YesNo(fn(&CaseRow) -> Option<bool>, fn(&mut CaseRow, Option<bool>)),
}

macro_rules! columns {
    ($($kind:ident $field:ident),* $(,)?) => { [$((stringify!($field), columns!(@ $kind $field))),*] };
    (@ Text $field:ident) => { Column::Text(|row| &row.$field, |row, value| row.$field = value) };
    (@ OptionalText $field:ident) => {
        Column::OptionalText(|row| row.$field.as_deref(), |row, value| row.$field = value)
    };
    (@ $kind:ident $field:ident) => { Column::$kind(|row| row.$field, |row, value| row.$field = value) };
}

/// The columns, in the order of the file; wall-clock columns (`latency_…`) come last.
static COLUMNS: [(&str, Column); 34] = columns![
    Text scenario,
    Number case,
    Text arm,
    Text observer,
    Text structure,
    Real dice,
    Real hd95_mm,
    Real assd_mm,
    Real calibration_error,
    YesNo identified,
    Real confidence,
    Real angle_deg,
    Real sagittal_tilt_deg,
    Real coronal_tilt_deg,
    Real centre_mm,
    Real slice_offset_mm,
    Real coverage,
    Real true_sagittal_tilt_deg,
    Real planned_sagittal_tilt_deg,
    Real planned_position_mm,
    YesNo flagged,
    YesNo silent_failure,
    Count repeats,
    Real scan_time_s,
    Real planning_time_s,
    OptionalText error,
    Real latency_synthesize_ms,
    Real latency_acquire_ms,
    Real latency_segment_ms,
    Real latency_label_ms,
    Real latency_count_ms,
    Real latency_plan_ms,
    Real latency_check_ms,
    Real latency_loop_ms,
];

impl Column {
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

    fn gather(&self, rows: &[CaseRow]) -> ArrayRef {
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
    fn scatter(&self, array: &dyn Array, rows: &mut [CaseRow]) -> Option<()> {
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

/// The file's bytes: the same rows give the same bytes.
///
/// # Errors
/// [`StoreError::Encoding`] if the encoder refuses.
pub fn encode(rows: &[CaseRow]) -> Result<Vec<u8>, StoreError> {
    let fields = COLUMNS.iter().map(|(name, column)| {
        let (data_type, nullable) = column.data_type();
        Field::new(*name, data_type, nullable)
    });
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let refused = |error: &dyn std::fmt::Display| StoreError::Encoding { what: CASES, reason: error.to_string() };
    let arrays = COLUMNS.iter().map(|(_, column)| column.gather(rows)).collect();
    let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(|error| refused(&error))?;

    // Level 3 is zstd's own default. The writer's name is fixed, so that an updated library changes no byte of it.
    let level = ZstdLevel::try_new(3).map_err(|error| refused(&error))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_created_by("plumbline".to_owned())
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties)).map_err(|error| refused(&error))?;
    writer.write(&batch).map_err(|error| refused(&error))?;
    writer.close().map_err(|error| refused(&error))?;
    Ok(bytes)
}

/// Writes the rows as `cases.parquet` into a folder.
///
/// # Errors
/// [`StoreError`] if the encoder or the disk refuses.
pub fn write(folder: &Path, rows: &[CaseRow]) -> Result<(), StoreError> {
    write_whole(&folder.join(CASES), &encode(rows)?)
}

/// Reads the rows of `cases.parquet`, also of a version that did not yet know a column: what may be empty is.
///
/// # Errors
/// [`StoreError::Io`] if it is not there, [`StoreError::Damaged`] if it holds something else.
pub fn read(folder: &Path) -> Result<Vec<CaseRow>, StoreError> {
    let path = folder.join(CASES);
    let file = File::open(&path).map_err(StoreError::io("read", &path))?;
    decode(file).map_err(|reason| StoreError::Damaged { path, reason })
}

fn decode(file: File) -> Result<Vec<CaseRow>, String> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(|error| error.to_string())?;
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| error.to_string())?;
        let mut batch_rows = vec![CaseRow::default(); batch.num_rows()];
        for (name, column) in &COLUMNS {
            let Some(array) = batch.column_by_name(name) else {
                let (_, may_be_empty) = column.data_type();
                if may_be_empty {
                    continue;
                }
                return Err(format!("column '{name}' is missing"));
            };
            let unlike = || format!("column '{name}' is {}, expected {}", array.data_type(), column.data_type().0);
            column.scatter(array, &mut batch_rows).ok_or_else(unlike)?;
        }
        rows.append(&mut batch_rows);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<CaseRow> {
        let disc = CaseRow {
            scenario: "s".into(),
            case: 3,
            arm: "manual".into(),
            observer: "Ana".into(),
            structure: "L4/L5".into(),
            identified: Some(false),
            angle_deg: Some(0.1 + 0.2),
            slice_offset_mm: Some(-1.0e-300),
            ..CaseRow::default()
        };
        let case = CaseRow {
            scenario: "s".into(),
            structure: "case".into(),
            repeats: Some(2),
            error: Some("no answer within 30000 ms — \"späť\"".into()),
            latency_loop_ms: Some(412.5),
            ..CaseRow::default()
        };
        vec![disc, case]
    }

    #[test]
    fn rows_come_back_bit_for_bit() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        write(folder.path(), &rows()).expect("written");
        assert_eq!(read(folder.path()).expect("read"), rows());
        assert_eq!(encode(&rows()).expect("encoded"), encode(&rows()).expect("encoded"));
        write(folder.path(), &[]).expect("written");
        assert_eq!(read(folder.path()).expect("read"), []);
    }

    #[test]
    fn every_field_of_a_row_is_a_column() {
        let row = serde_json::to_value(CaseRow::default()).expect("a row is JSON");
        let mut fields: Vec<_> = row.as_object().expect("an object").keys().cloned().collect();
        let mut columns: Vec<_> = COLUMNS.iter().map(|(name, _)| (*name).to_owned()).collect();
        fields.sort();
        columns.sort();
        assert_eq!(fields, columns);
    }

    #[test]
    fn an_older_run_lacks_what_it_did_not_know_and_nothing_else() {
        let without = |columns: &[&str]| -> Result<Vec<CaseRow>, String> {
            let folder = tempfile::tempdir().expect("a temporary folder");
            write(folder.path(), &rows()).expect("written");
            let path = folder.path().join(CASES);
            let file = File::open(&path).expect("written");
            let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|builder| builder.build());
            let batch = reader.expect("a file").next().expect("a batch").expect("rows");
            let kept: Vec<usize> = (0..COLUMNS.len()).filter(|index| !columns.contains(&COLUMNS[*index].0)).collect();
            let older = batch.project(&kept).expect("columns that are there");
            let mut writer =
                ArrowWriter::try_new(File::create(&path).expect("a file"), older.schema(), None).expect("ok");
            writer.write(&older).expect("written");
            writer.close().expect("written");
            read(folder.path()).map_err(|error| error.to_string())
        };
        let mut expected = rows();
        expected[1].latency_loop_ms = None;
        assert_eq!(without(&["latency_loop_ms", "calibration_error"]), Ok(expected));
        let error = without(&["structure"]).expect_err("a row is about something");
        assert!(error.contains("column 'structure' is missing"), "{error}");
    }

    #[test]
    fn a_damaged_file_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut bytes = encode(&rows()).expect("encoded");
        bytes.truncate(bytes.len() / 2);
        std::fs::write(folder.path().join(CASES), bytes).expect("written");
        let error = read(folder.path()).expect_err("half a file").to_string();
        assert!(error.contains("cases.parquet is damaged"), "{error}");
    }
}
