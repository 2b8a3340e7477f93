//! Who was examined, as far as it is recorded.

use phantom::Findings;
use phantom::parameters::Sex;
use serde::{Deserialize, Serialize};

/// A patient's demographics and findings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PatientRecord {
    /// Sex.
    pub sex: Sex,
    /// Age, years.
    pub age_years: f64,
    /// Body height, cm.
    pub height_cm: f64,
    /// Body weight, kg.
    pub weight_kg: f64,
    /// Number of lumbar vertebrae: five, or four or six as a variant.
    pub lumbar_vertebrae: u32,
    /// What a radiologist would report.
    pub findings: Findings,
}

impl PatientRecord {
    /// The record of the person that a spine was built for.
    pub fn of(parameters: &phantom::SpineParameters) -> Self {
        let person = &parameters.person;
        Self {
            sex: person.sex,
            age_years: person.age_years,
            height_cm: person.height_cm,
            weight_kg: person.weight_kg,
            lumbar_vertebrae: parameters.lumbar_vertebrae() as u32,
            findings: parameters.findings.clone(),
        }
    }
}
