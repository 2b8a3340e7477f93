//! Protocols: the series of an examination at one field strength, read from TOML files.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Coil, Faults, Scanner, SeriesError, SeriesProtocol, StackGeometry};

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
    /// Further series of the examination, on the same stacks.
    #[serde(default)]
    pub further: Vec<FurtherSeries>,
}

/// A series in addition to the two T2-weighted ones that are planned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FurtherSeries {
    /// On which stack: the sagittal one, or the axial group of each disc.
    pub stack: StackRole,
    /// Its parameters.
    pub series: SeriesProtocol,
}

/// One of a protocol's stacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum StackRole {
    Sagittal,
    Axial,
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
        let [sagittal, _, axial] = crate::localizer(self);
        let sized = |stack: &StackGeometry, like: geometry::SliceGroup| {
            stack.at(&like.name, like.role, like.centre, like.row, like.column)
        };
        let (sagittal, axial) = (sized(&self.sagittal_stack, sagittal), sized(&self.axial_stack, axial));
        let possible = |series: &SeriesProtocol, group: &geometry::SliceGroup| {
            series.check(group).and_then(|()| series.check_exposure(group, self.field_t))
        };
        possible(&self.sagittal_t2, &sagittal).map_err(impossible("sagittal-t2".into()))?;
        possible(&self.axial_t2, &axial).map_err(impossible("axial-t2".into()))?;
        self.further.iter().try_for_each(|further| {
            let group = if further.stack == StackRole::Sagittal { &sagittal } else { &axial };
            possible(&further.series, group).map_err(impossible(further.series.name.clone()))
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
