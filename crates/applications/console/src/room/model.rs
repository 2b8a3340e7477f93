//! What the room shows; whoever owns the examination fills it, the room only draws it.

use std::sync::Arc;

use bevy::prelude::Resource;
use exam::CoilChoice;
use geometry::{PatientPosition, Point, SatBand, SliceGroup};

/// The patient's build.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PatientShape {
    /// Height, cm.
    pub height_cm: f64,
    /// Weight, kg.
    pub weight_kg: f64,
}

impl PatientShape {
    /// Body mass index, kg/m².
    pub fn index(&self) -> f64 {
        self.weight_kg / (self.height_cm / 100.0).powi(2)
    }
}

impl Default for PatientShape {
    /// A person of middle height and weight.
    fn default() -> Self {
        Self { height_cm: 172.0, weight_kg: 74.0 }
    }
}

/// A slice group as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownGroup {
    /// Where its slices lie; LPS mm, the isocentre as origin.
    pub group: SliceGroup,
    /// Its colour, sRGB.
    pub colour: [u8; 3],
    /// True if handles are on it.
    pub selected: bool,
}

/// An image at its place in the patient.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownPicture {
    /// Outer corners of the image, LPS mm: top left, top right, bottom right, bottom left as the image is displayed.
    pub corners: [Point; 4],
    /// Number of columns and of rows.
    pub size: [u32; 2],
    /// Pixels, row by row from the top, four bytes each (sRGB and opacity).
    pub rgba: Arc<[u8]>,
}

/// What stands, lies and shines in the scanner's room.
#[derive(Resource, Clone, Debug, PartialEq)]
pub struct RoomModel {
    /// How the patient lies.
    pub position: PatientPosition,
    /// The patient's build.
    pub patient: PatientShape,
    /// False while the table is empty.
    pub patient_on_table: bool,
    /// True with a cushion under the knees.
    pub knee_cushion: bool,
    /// What receives.
    pub coil: CoilChoice,
    /// Middle of the switched-on elements, from the L3 body towards the head, mm.
    pub coil_centre_mm: f64,
    /// Travel of the table into the bore, mm; 0 is fully out.
    pub table_mm: f64,
    /// True while the light of the landmark is on.
    pub laser_on: bool,
    /// Where the laser's plane at the bore's mouth meets the patient, from the L3 body towards the head, mm. It is this
    /// number that says where on the table the patient lies, whether the light is on or not.
    pub laser_mm: f64,
    /// True once the landmark is set.
    pub landmark_set: bool,
    /// True while the scanner is scanning.
    pub scanning: bool,
    /// Slice groups; drawn while the patient is in the bore.
    pub groups: Vec<ShownGroup>,
    /// Saturation bands, LPS mm; drawn while the patient is in the bore.
    pub sat_bands: Vec<SatBand>,
    /// Slices of the localizer at their places; drawn while the patient is in the bore.
    pub pictures: Vec<ShownPicture>,
}

impl Default for RoomModel {
    /// An empty table, fully out.
    fn default() -> Self {
        Self {
            position: PatientPosition::HeadFirstSupine,
            patient: PatientShape::default(),
            patient_on_table: false,
            knee_cushion: false,
            coil: CoilChoice::SpineArray,
            coil_centre_mm: 0.0,
            table_mm: 0.0,
            laser_on: false,
            laser_mm: 0.0,
            landmark_set: false,
            scanning: false,
            groups: Vec::new(),
            sat_bands: Vec::new(),
            pictures: Vec::new(),
        }
    }
}

impl RoomModel {
    /// Where the L3 body lies, from the isocentre towards the bore's far end, mm.
    pub fn l3_in_table_mm(&self) -> f64 {
        super::frames::l3_in_table_mm(self.position, self.laser_mm)
    }

    /// True while the patient's L3 body is inside the magnet.
    pub fn in_bore(&self) -> bool {
        self.patient_on_table && self.l3_in_table_mm().abs() < super::frames::LASER_TO_ISOCENTRE_MM / 2.0
    }
}
