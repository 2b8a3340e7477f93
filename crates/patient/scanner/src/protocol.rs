//! Protocols: the series of an examination at one field strength, read from TOML files.

use geometry::{Orientation, PrescriptionRules, SliceTarget, StackGeometry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Coil, Faults, Scanner, SeriesError, SeriesProtocol};

/// The series of a lumbar examination.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Protocol {
    /// Name by which scenarios refer to it.
    pub name: String,
    /// Field strength, T.
    pub field_t: f64,
    /// The receive coils; the usual arrays if omitted.
    #[serde(default)]
    pub coil: Coil,
    /// Faults of the scanner; none if omitted.
    #[serde(default)]
    pub faults: Faults,
    /// The three-plane localizer.
    pub localizer: LocalizerProtocol,
    /// The sagittal T2-weighted series.
    pub sagittal_t2: SeriesProtocol,
    /// Size of the sagittal stack.
    pub sagittal_stack: StackGeometry,
    /// The axial T2-weighted series.
    pub axial_t2: SeriesProtocol,
    /// Size of the axial slice group of each disc.
    pub axial_stack: StackGeometry,
    /// The anterior saturation band; the default band if omitted.
    #[serde(default)]
    pub saturation_band: SaturationBandRule,
    /// Further series of the examination, on the same stacks.
    #[serde(default)]
    pub further: Vec<FurtherSeries>,
}

/// A series in addition to the two T2-weighted ones that are planned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FurtherSeries {
    /// On which stack: `sagittal`, or `axial` for the group of each disc.
    pub stack: Orientation,
    /// Its parameters.
    pub series: SeriesProtocol,
}

/// The anterior saturation band of a protocol.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SaturationBandRule {
    /// Its thickness, mm; 0: no band.
    pub thickness_mm: f64,
    /// Minimum distance from the vertebral bodies, mm.
    pub clearance_mm: f64,
}

impl Default for SaturationBandRule {
    /// 60 mm thick (40 to 80 mm are usual, lumbar-numbers §5b), 5 mm in front of the bodies.
    fn default() -> Self {
        Self { thickness_mm: 60.0, clearance_mm: 5.0 }
    }
}

/// The three-plane localizer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LocalizerProtocol {
    /// The parameters of its series.
    pub series: SeriesProtocol,
    /// The sagittal stack.
    pub sagittal: StackGeometry,
    /// The coronal stack.
    pub coronal: StackGeometry,
    /// The axial stack.
    pub axial: StackGeometry,
}

impl Protocol {
    /// The protocols that ship with the program.
    pub const BUILTIN_NAMES: &'static [&'static str] = &[
        "lumbar-1.5t",
        "lumbar-3t",
        "lumbar-fast-1.5t",
        "lumbar-postoperative-1.5t",
        "lumbar-trauma-1.5t",
        "lumbar-paediatric-1.5t",
        "lumbar-volume-3t",
    ];

    /// A protocol that ships with the program.
    pub fn builtin(name: &str) -> Option<Self> {
        let text = match name {
            "lumbar-1.5t" => include_str!("../protocols/lumbar-1.5t.toml"),
            "lumbar-3t" => include_str!("../protocols/lumbar-3t.toml"),
            "lumbar-fast-1.5t" => include_str!("../protocols/lumbar-fast-1.5t.toml"),
            "lumbar-postoperative-1.5t" => include_str!("../protocols/lumbar-postoperative-1.5t.toml"),
            "lumbar-trauma-1.5t" => include_str!("../protocols/lumbar-trauma-1.5t.toml"),
            "lumbar-paediatric-1.5t" => include_str!("../protocols/lumbar-paediatric-1.5t.toml"),
            "lumbar-volume-3t" => include_str!("../protocols/lumbar-volume-3t.toml"),
            _ => return None,
        };
        Some(Self::from_toml(text).expect("a test reads every protocol that ships"))
    }

    /// Reads and checks a protocol file.
    ///
    /// # Errors
    /// [`ProtocolError`] with the place in the file, the value or the series that is wrong.
    pub fn from_toml(text: &str) -> Result<Self, ProtocolError> {
        let protocol: Self = toml::from_str(text).map_err(|error| ProtocolError::Syntax(Box::new(error)))?;
        protocol.check()?;
        Ok(protocol)
    }

    /// What the protocol prescribes: the size of every stack, and the saturation band.
    pub const fn prescription(&self) -> PrescriptionRules {
        PrescriptionRules {
            sagittal: self.sagittal_stack,
            axial: self.axial_stack,
            sat_band_thickness_mm: self.saturation_band.thickness_mm,
            sat_band_clearance_mm: self.saturation_band.clearance_mm,
        }
    }

    /// The series with which a planned slice group is scanned; coronal groups use the sagittal series.
    pub const fn series_for(&self, target: &SliceTarget) -> &SeriesProtocol {
        match target.orientation() {
            Orientation::Sagittal | Orientation::Coronal => &self.sagittal_t2,
            Orientation::Axial => &self.axial_t2,
        }
    }

    /// Every series by its name on the console, with the stack that it is scanned on: the two that are planned, then the
    /// further ones.
    pub fn series_names(&self) -> Vec<(&str, Orientation)> {
        let planned = [(&self.sagittal_t2, Orientation::Sagittal), (&self.axial_t2, Orientation::Axial)];
        let planned = planned.map(|(series, stack)| (series.name.as_str(), stack)).into_iter();
        planned.chain(self.further.iter().map(|further| (further.series.name.as_str(), further.stack))).collect()
    }

    /// A further series by its name on the console.
    pub fn further(&self, name: &str) -> Option<&FurtherSeries> {
        self.further.iter().find(|further| further.series.name == name)
    }

    /// The scanner that the protocol is written for.
    pub fn scanner(&self) -> Scanner {
        Scanner { field_t: self.field_t, coil: self.coil, faults: self.faults.clone() }
    }

    fn check(&self) -> Result<(), ProtocolError> {
        if !(self.field_t.is_finite() && (0.2..=7.0).contains(&self.field_t)) {
            return Err(ProtocolError::Field(self.field_t));
        }
        self.coil.check().map_err(|(field, value, [low, high])| ProtocolError::Coil { field, value, low, high })?;
        self.faults.check().map_err(|(field, value, [low, high])| ProtocolError::Fault { field, value, low, high })?;
        let impossible = |series: String| move |source| ProtocolError::Impossible { series, source };
        for group in crate::localizer(self) {
            self.localizer.series.check(&group).map_err(impossible("localizer".into()))?;
        }
        for (field, found) in
            [("thickness-mm", self.saturation_band.thickness_mm), ("clearance-mm", self.saturation_band.clearance_mm)]
        {
            if !(found.is_finite() && found >= 0.0) {
                return Err(ProtocolError::SaturationBand { field, value: found });
            }
        }
        self.check_prescription(&self.prescription())
    }

    /// Refuses stacks that no scanner could acquire with the protocol's series.
    ///
    /// # Errors
    /// [`ProtocolError`]: which series, and why.
    pub fn check_prescription(&self, prescription: &PrescriptionRules) -> Result<(), ProtocolError> {
        let [sagittal, _, axial] = crate::localizer(self);
        let (sagittal, axial) = (prescription.sagittal.applied_to(&sagittal), prescription.axial.applied_to(&axial));
        let possible = |name: &str, series: &SeriesProtocol, group: &geometry::SliceGroup| {
            let checked = series.check(group).and_then(|()| series.check_exposure(group, self.field_t));
            checked.map_err(|source| ProtocolError::Impossible { series: name.to_owned(), source })
        };
        possible("sagittal-t2", &self.sagittal_t2, &sagittal)?;
        possible("axial-t2", &self.axial_t2, &axial)?;
        self.further.iter().try_for_each(|further| {
            let name = &further.series.name;
            match further.stack {
                Orientation::Sagittal => possible(name, &further.series, &sagittal),
                Orientation::Axial => possible(name, &further.series, &axial),
                Orientation::Coronal => Err(ProtocolError::Stack { series: name.clone(), found: further.stack }),
            }
        })
    }
}

/// Why a protocol cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ProtocolError {
    /// Invalid TOML, or unknown or missing fields; the error has the place.
    #[error(transparent)]
    Syntax(Box<toml::de::Error>),
    /// A field strength that no scanner has.
    #[error("field-t is {0}, expected 0.2 to 7 T")]
    Field(f64),
    /// A coil that no scanner has.
    #[error("coil.{field} is {value}, expected {low} to {high}")]
    Coil {
        /// The field.
        field: &'static str,
        /// What it was.
        value: f64,
        /// The least it may be.
        low: f64,
        /// The most it may be.
        high: f64,
    },
    /// A fault outside its limits.
    #[error("faults.{field} is {value}, expected {low} to {high}")]
    Fault {
        /// The field.
        field: &'static str,
        /// What it was.
        value: f64,
        /// The least it may be.
        low: f64,
        /// The most it may be.
        high: f64,
    },
    /// A saturation band whose thickness or clearance is negative or not finite.
    #[error("saturation-band.{field} is {value}, expected 0 or more")]
    SaturationBand {
        /// The field.
        field: &'static str,
        /// What it was.
        value: f64,
    },
    /// A further series on a stack that the examination does not plan.
    #[error("series '{series}': stack is {found}, expected sagittal or axial")]
    Stack {
        /// Which series.
        series: String,
        /// Its stack.
        found: Orientation,
    },
    /// A series that no scanner could acquire.
    #[error("series '{series}': {source}")]
    Impossible {
        /// Which series.
        series: String,
        /// Why.
        source: SeriesError,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_protocol_is_valid_and_has_its_name() {
        for name in Protocol::BUILTIN_NAMES {
            assert_eq!(Protocol::builtin(name).expect("listed").name, *name);
        }
        assert_eq!(Protocol::builtin("knee"), None);
    }

    #[test]
    fn the_default_prescription_is_that_of_the_routine_protocol() {
        let routine = Protocol::builtin("lumbar-1.5t").expect("ships");
        assert_eq!(routine.prescription(), PrescriptionRules::default());
    }

    #[test]
    fn the_saturation_band_is_optional_and_further_series_need_a_planned_stack() {
        let good = include_str!("../protocols/lumbar-1.5t.toml");
        let without =
            good.replacen("[saturation-band]\nthickness-mm = 60.0", "[saturation-band]\nthickness-mm = 0.0", 1);
        assert_eq!(Protocol::from_toml(&without).expect("right").prescription().sat_band_thickness_mm, 0.0);
        let usual = good.replacen("[saturation-band]\nthickness-mm = 60.0\nclearance-mm = 5.0\n", "", 1);
        assert_eq!(Protocol::from_toml(&usual).expect("right"), Protocol::from_toml(good).expect("right"));
        let message = |text: &str| Protocol::from_toml(text).expect_err("wrong").to_string();
        assert!(
            message(&without.replace("thickness-mm = 0.0\n", "thickness-mm = -1.0\n"))
                .contains("saturation-band.thickness-mm is -1")
        );
        let coronal = good.replacen("stack = \"sagittal\"", "stack = \"coronal\"", 1);
        assert!(message(&coronal).contains("'T1 TSE sagittal': stack is coronal, expected sagittal or axial"));
    }

    #[test]
    fn mistakes_are_reported_with_field_and_value() {
        let good = include_str!("../protocols/lumbar-1.5t.toml");
        let typo = Protocol::from_toml(&good.replacen("averages", "avrages", 1)).expect_err("typo");
        assert!(matches!(&typo, ProtocolError::Syntax(error) if error.span().is_some()), "{typo}");
        let negative = good.replacen("thickness-mm = 5.0", "thickness-mm = -5.0", 1);
        let message = Protocol::from_toml(&negative).expect_err("negative").to_string();
        assert!(message.contains("localizer") && message.contains("thickness_mm is -5"), "{message}");
        let coil = good.replacen("[localizer.series]", "[coil]\nupper-array = 2.0\n\n[localizer.series]", 1);
        let message = Protocol::from_toml(&coil).expect_err("no such coil").to_string();
        assert_eq!(message, "coil.upper-array is 2, expected 0 to 1");
    }
}
