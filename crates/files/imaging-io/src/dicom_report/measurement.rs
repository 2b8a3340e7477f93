//! The measurements of a report.

use geometry::Disc;

use crate::anatomy_codes::disc_code;
use crate::dicom_element::Code;

/// A report on one series.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasurementReport {
    /// Device Observer Name: the name of the method.
    pub observer: String,
    /// Series Description (0008,103E).
    pub description: String,
    /// One group per finding site.
    pub groups: Vec<MeasurementGroup>,
}

/// The measurements at one finding site.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasurementGroup {
    /// Tracking Identifier, such as "L4/L5".
    pub tracking_id: String,
    /// Finding Site.
    pub site: Code,
    /// The measurements.
    pub measurements: Vec<Measurement>,
}

/// One measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// What was measured.
    pub name: Code,
    /// The value, in the unit.
    pub value: f64,
    /// A UCUM unit.
    pub unit: Code,
}

impl MeasurementGroup {
    /// The group of a disc.
    pub fn of_disc(disc: Disc, measurements: Vec<Measurement>) -> Self {
        Self { tracking_id: disc.to_string(), site: disc_code(disc), measurements }
    }
}

impl Measurement {
    /// A length or coordinate, mm.
    pub const fn mm(name: Code, value: f64) -> Self {
        Self { name, value, unit: Code::unit("mm", "mm") }
    }

    /// An angle, degrees.
    pub const fn degrees(name: Code, value: f64) -> Self {
        Self { name, value, unit: Code::unit("deg", "degree") }
    }

    /// A fraction or probability, 0…1.
    pub const fn fraction(name: Code, value: f64) -> Self {
        Self { name, value, unit: Code::unit("1", "no units") }
    }
}
