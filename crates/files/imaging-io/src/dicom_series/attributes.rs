//! The attributes of a series besides its pixels.

use geometry::{PatientPosition, PhaseEncoding};

/// What was scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// A person's lumbar spine.
    LumbarSpine,
    /// A QA phantom, which has no age.
    QaPhantom,
}

/// Patient, study, series and sequence of one series.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesHeader {
    /// What was scanned: determines Study Description (0008,1030), anatomic region, and for a person Patient's Age and Body
    /// Part Examined (0018,0015).
    pub scanned: Scanned,
    /// Patient's Name (0010,0010), `Family^Given`.
    pub patient_name: String,
    /// Patient ID (0010,0020).
    pub patient_id: String,
    /// Patient's Birth Date (0010,0030), `YYYYMMDD` or empty.
    pub birth_date: String,
    /// Patient's Sex (0010,0040): `F`, `M`, `O` or empty.
    pub sex: String,
    /// Patient's Age (0010,1010), years.
    pub age_years: f64,
    /// Patient's Size (0010,1020), m.
    pub height_m: f64,
    /// Patient's Weight (0010,1030), kg.
    pub weight_kg: f64,
    /// Patient Position (0018,5100).
    pub position: PatientPosition,
    /// Study Date (0008,0020), `YYYYMMDD`.
    pub study_date: String,
    /// Study Time (0008,0030), `HHMMSS`.
    pub study_time: String,
    /// Text from which the UIDs of study, frame of reference and series are derived.
    pub study_key: String,
    /// Series Number (0020,0011).
    pub series_number: u32,
    /// Series Description (0008,103E).
    pub description: String,
    /// Protocol Name (0018,1030).
    pub protocol: String,
    /// Sequence parameters.
    pub sequence: SequenceParameters,
}

/// Sequence parameters of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct SequenceParameters {
    /// Scanning Sequence (0018,0020): `SE`, `GR`, `IR`.
    pub scanning_sequence: String,
    /// Sequence Variant (0018,0021): `SK`, `SP`, `SS`, `NONE`.
    pub variant: String,
    /// Repetition Time (0018,0080), ms.
    pub repetition_time_ms: f64,
    /// Echo Time (0018,0081), ms.
    pub echo_time_ms: f64,
    /// Inversion Time (0018,0082), ms; only for `IR`.
    pub inversion_time_ms: Option<f64>,
    /// Flip Angle (0018,1314), degrees.
    pub flip_deg: f64,
    /// Echo Train Length (0018,0091).
    pub echo_train_length: u32,
    /// Number of Averages (0018,0083).
    pub averages: f64,
    /// Pixel Bandwidth (0018,0095), Hz per pixel.
    pub bandwidth_hz_per_px: f64,
    /// SAR (0018,1316), whole body, W/kg.
    pub sar_w_per_kg: f64,
    /// In-plane Phase Encoding Direction (0018,1312).
    pub phase_encoding: PhaseEncoding,
    /// Magnetic Field Strength (0018,0087), T.
    pub field_t: f64,
    /// Slice Thickness (0018,0050), mm; the slice spacing is that of the volume.
    pub thickness_mm: f64,
}

impl SequenceParameters {
    /// The value of In-plane Phase Encoding Direction (0018,1312) in a classic image.
    pub(crate) fn phase_encoding_code(&self) -> &'static str {
        match self.phase_encoding {
            PhaseEncoding::Row => "ROW",
            PhaseEncoding::Column => "COL",
        }
    }
}
