//! The table: the patient's position, coils, laser, landmark, and the way into the bore.
//!
//! The laser's plane stands still at the bore's mouth; the table carries the patient under it. A landmark remembers
//! where the table stood when the light fell on the chosen place; the isocentre lies [`LASER_TO_ISOCENTRE_MM`] further in.

use exam::{CoilChoice, PatientSetup};
use geometry::PatientPosition;
use serde::{Deserialize, Serialize};

/// From the laser's plane to the isocentre, mm: about half the length of a 1.7 m magnet (choice).
pub const LASER_TO_ISOCENTRE_MM: f64 = 850.0;
/// Travel of the table from fully out to fully in, mm (choice: the feet of a tall patient reach the isocentre).
pub const TABLE_TRAVEL_MM: f64 = 2300.0;
/// The centre of the L3 body below the top of the head, as a part of body height: the iliac crests stand at about
/// 0.59 of the height above the floor, L4/L5 is level with them, and L3 lies 5 cm higher (lumbar-numbers §1; choice).
const HEAD_TO_L3: f64 = 0.38;
/// The centre of the L3 body above the soles, as a part of body height.
const SOLES_TO_L3: f64 = 1.0 - HEAD_TO_L3;
/// How far the patient's leading end lies behind the laser with the table fully out, mm (choice).
const LEAD_MM: f64 = 100.0;
/// The iliac crests are this far below the centre of the L3 body, mm (level with L4/L5; choice).
pub const CREST_BELOW_L3_MM: f64 = 55.0;
/// Further than this from the isocentre no localizer shows the lumbar spine, mm (half the homogeneous field).
const OUT_OF_BORE_MM: f64 = 250.0;

/// The table with its patient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Table {
    /// How the patient lies.
    pub position: PatientPosition,
    /// A cushion under the knees.
    pub knee_cushion: bool,
    /// What receives.
    pub coil: CoilChoice,
    /// Middle of the switched-on elements, from the L3 body to the head, mm.
    pub coil_centre_mm: f64,
    /// The light is on.
    pub laser_on: bool,
    /// Travel into the bore, mm; 0 is fully out.
    pub travel_mm: f64,
    /// Travel at which the landmark was set.
    pub landmark_mm: Option<f64>,
    height_cm: f64,
}

/// Why the table cannot do what is asked.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum TableRefused {
    /// The light is off.
    #[error("switch the laser on: a landmark is set where its light falls")]
    LaserOff,
    /// No landmark.
    #[error("set a landmark first: the table does not know where the isocentre lies in the patient")]
    NoLandmark,
    /// Beyond the rails.
    #[error("the table moves from 0 to {TABLE_TRAVEL_MM} mm, not to {0} mm")]
    BeyondRails(f64),
    /// The landmark was set so that its place cannot reach the isocentre.
    #[error("the table cannot move that far in: the landmark was set too near the far end")]
    OutOfReach,
    /// The patient is in the bore.
    #[error("move the table out first: nobody is repositioned inside the bore")]
    InTheBore,
    /// The patient is not at the isocentre.
    #[error("the patient is not at the isocentre: move the table in")]
    NotAtIsocentre,
}

impl Table {
    /// A patient of a height, supine and head first, the table fully out, nothing else done.
    pub fn new(height_cm: f64) -> Self {
        Self {
            position: PatientPosition::HeadFirstSupine,
            knee_cushion: false,
            coil: CoilChoice::SpineArray,
            coil_centre_mm: 0.0,
            laser_on: false,
            travel_mm: 0.0,
            landmark_mm: None,
            height_cm,
        }
    }

    /// Where the light falls on the patient, from the centre of the L3 body towards the head, mm.
    pub fn laser_on_patient_mm(&self) -> f64 {
        let under_l3 = self.travel_with_l3_under_laser_mm();
        if self.position.head_first() { under_l3 - self.travel_mm } else { self.travel_mm - under_l3 }
    }

    /// Travel at which the light falls on the middle of L3, mm.
    pub fn travel_with_l3_under_laser_mm(&self) -> f64 {
        let part = if self.position.head_first() { HEAD_TO_L3 } else { SOLES_TO_L3 };
        LEAD_MM + part * self.height_cm * 10.0
    }

    /// Where the L3 body lies, from the isocentre towards the patient's head, mm.
    pub fn l3_from_isocentre_mm(&self) -> f64 {
        let beyond = self.travel_mm - self.travel_with_l3_under_laser_mm() - LASER_TO_ISOCENTRE_MM;
        if self.position.head_first() { beyond } else { -beyond }
    }

    /// True while the patient's trunk is inside the magnet: nobody can be repositioned there.
    pub fn in_bore(&self) -> bool {
        self.l3_from_isocentre_mm().abs() < LASER_TO_ISOCENTRE_MM / 2.0
    }

    /// Repositions the patient; the landmark is lost.
    ///
    /// # Errors
    /// [`TableRefused::InTheBore`].
    pub fn lay(&mut self, position: PatientPosition) -> Result<(), TableRefused> {
        self.out_of_bore()?;
        self.position = position;
        self.landmark_mm = None;
        Ok(())
    }

    /// Puts the cushion under the knees or takes it away.
    ///
    /// # Errors
    /// [`TableRefused::InTheBore`].
    pub fn cushion(&mut self, on: bool) -> Result<(), TableRefused> {
        self.out_of_bore()?;
        self.knee_cushion = on;
        Ok(())
    }

    /// Chooses coils; arrays are plugged in outside the bore.
    ///
    /// # Errors
    /// [`TableRefused::InTheBore`].
    pub fn plug(&mut self, coil: CoilChoice, centre_mm: f64) -> Result<(), TableRefused> {
        self.out_of_bore()?;
        self.coil = coil;
        self.coil_centre_mm = centre_mm.clamp(-400.0, 400.0);
        Ok(())
    }

    fn out_of_bore(&self) -> Result<(), TableRefused> {
        if self.in_bore() { Err(TableRefused::InTheBore) } else { Ok(()) }
    }

    /// Moves the table to a travel.
    ///
    /// # Errors
    /// [`TableRefused::BeyondRails`].
    pub fn move_to(&mut self, travel_mm: f64) -> Result<(), TableRefused> {
        if !(0.0..=TABLE_TRAVEL_MM).contains(&travel_mm) {
            return Err(TableRefused::BeyondRails(travel_mm));
        }
        self.travel_mm = travel_mm;
        Ok(())
    }

    /// Sets the landmark where the light falls.
    ///
    /// # Errors
    /// [`TableRefused::LaserOff`].
    pub fn set_landmark(&mut self) -> Result<(), TableRefused> {
        if !self.laser_on {
            return Err(TableRefused::LaserOff);
        }
        self.landmark_mm = Some(self.travel_mm);
        Ok(())
    }

    /// Moves the landmark's place to the isocentre; the laser goes out, as its light would fall on the magnet.
    ///
    /// # Errors
    /// Without a landmark, or if the rails end before.
    pub fn to_isocentre(&mut self) -> Result<(), TableRefused> {
        let landmark = self.landmark_mm.ok_or(TableRefused::NoLandmark)?;
        let travel_mm = landmark + LASER_TO_ISOCENTRE_MM;
        self.move_to(travel_mm).map_err(|_| TableRefused::OutOfReach)?;
        self.laser_on = false;
        Ok(())
    }

    /// How the patient is positioned when a scan begins.
    ///
    /// # Errors
    /// Without a landmark, or with the patient out of the bore.
    pub fn patient_setup(&self) -> Result<PatientSetup, TableRefused> {
        self.landmark_mm.ok_or(TableRefused::NoLandmark)?;
        let l3_mm = self.l3_from_isocentre_mm();
        if l3_mm.abs() > OUT_OF_BORE_MM {
            return Err(TableRefused::NotAtIsocentre);
        }
        Ok(PatientSetup {
            position: self.position,
            knee_cushion: self.knee_cushion,
            coil: self.coil,
            coil_centre_mm: l3_mm + self.coil_centre_mm,
            landmark_error_mm: l3_mm,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_under_the_light_comes_to_the_isocentre_whichever_end_goes_first() {
        for position in PatientPosition::ALL {
            for miss_mm in [-60.0, 0.0, 35.0] {
                let mut table = Table::new(172.0);
                table.lay(position).expect("the table is out");
                assert_eq!(table.set_landmark(), Err(TableRefused::LaserOff));
                table.laser_on = true;
                let ahead = if position.head_first() { -miss_mm } else { miss_mm };
                table.move_to(table.travel_with_l3_under_laser_mm() + ahead).expect("within the rails");
                assert!((table.laser_on_patient_mm() - miss_mm).abs() < 1e-9);
                assert_eq!(table.patient_setup(), Err(TableRefused::NoLandmark));
                table.set_landmark().expect("the light is on");
                assert_eq!(table.patient_setup(), Err(TableRefused::NotAtIsocentre));
                table.to_isocentre().expect("within the rails");
                // Light above L3 (towards the head) leaves L3 below the isocentre.
                let setup = table.patient_setup().expect("in the bore");
                assert!((setup.landmark_error_mm + miss_mm).abs() < 1e-9, "{position:?}");
                assert_eq!(table.lay(position), Err(TableRefused::InTheBore));
            }
        }
    }
}
