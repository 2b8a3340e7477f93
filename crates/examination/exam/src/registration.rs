//! What the console knows of the patient.

use geometry::PatientPosition;
use serde::{Deserialize, Serialize};

/// The patient's registration: what a planner may see besides the images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// Patient ID (DICOM 0010,0020).
    pub patient_id: String,
    /// Age, years.
    pub age_years: f64,
    /// Weight, kg.
    pub weight_kg: f64,
    /// Height, cm.
    pub height_cm: f64,
    /// The position that was entered at the console; images are labelled by it, right or wrong.
    pub position: PatientPosition,
}
