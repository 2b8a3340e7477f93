//! Structures, vertebral levels and discs, with the label values that every segmentation carries.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The tissue classes that the network tells apart; the discriminant is the label value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Structure {
    /// Everything else.
    Background = 0,
    /// Body and posterior elements of any lumbar or thoracic vertebra.
    Vertebra = 1,
    /// Intervertebral disc, nucleus and annulus.
    Disc = 2,
    /// Sacrum, all segments.
    Sacrum = 3,
    /// Spinal canal: the thecal sac with what it holds.
    Canal = 4,
}

impl Structure {
    /// Number of classes, background included.
    pub const COUNT: usize = 5;
    /// All classes in label order.
    pub const ALL: [Self; Self::COUNT] = [Self::Background, Self::Vertebra, Self::Disc, Self::Sacrum, Self::Canal];
    /// The classes that are scored.
    pub const FOREGROUND: [Self; 4] = [Self::Vertebra, Self::Disc, Self::Sacrum, Self::Canal];

    /// The value written in label volumes.
    pub const fn label(self) -> u8 {
        self as u8
    }

    /// The structure of a label value, if it is one.
    pub fn from_label(label: u8) -> Option<Self> {
        Self::ALL.get(usize::from(label)).copied()
    }

    /// Lower-case name, as in metric names (`dice.vertebra`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Background => "background",
            Self::Vertebra => "vertebra",
            Self::Disc => "disc",
            Self::Sacrum => "sacrum",
            Self::Canal => "canal",
        }
    }
}

/// The classes that the network tells apart on coronal slices, where ribs show which vertebrae are thoracic; the
/// discriminant is the label value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum CoronalStructure {
    /// Everything else.
    Background = 0,
    /// A vertebra without ribs.
    LumbarVertebra = 1,
    /// Intervertebral disc.
    Disc = 2,
    /// Sacrum.
    Sacrum = 3,
    /// A vertebra with ribs.
    ThoracicVertebra = 4,
}

impl CoronalStructure {
    /// All classes in label order.
    pub const ALL: [Self; Structure::COUNT] =
        [Self::Background, Self::LumbarVertebra, Self::Disc, Self::Sacrum, Self::ThoracicVertebra];

    /// The value written in label volumes.
    pub const fn label(self) -> u8 {
        self as u8
    }

    /// Lower-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Background => "background",
            Self::LumbarVertebra => "lumbar vertebra",
            Self::Disc => "disc",
            Self::Sacrum => "sacrum",
            Self::ThoracicVertebra => "thoracic vertebra",
        }
    }

    /// The class of a voxel whose structure and instance label are known.
    pub fn of(structure: Structure, instance: u8) -> Self {
        match structure {
            Structure::Background | Structure::Canal => Self::Background,
            Structure::Vertebra if instance < Vertebra::L1.instance_label() => Self::ThoracicVertebra,
            Structure::Vertebra => Self::LumbarVertebra,
            Structure::Disc => Self::Disc,
            Structure::Sacrum => Self::Sacrum,
        }
    }
}

/// A vertebra from T10 down to the sacrum, in cranio-caudal order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the anatomy's own")]
pub enum Vertebra {
    T10,
    T11,
    T12,
    L1,
    L2,
    L3,
    L4,
    L5,
    L6,
    S1,
}

impl Vertebra {
    /// Cranio-caudal order.
    pub const ALL: [Self; 10] =
        [Self::T10, Self::T11, Self::T12, Self::L1, Self::L2, Self::L3, Self::L4, Self::L5, Self::L6, Self::S1];

    /// The value in instance label volumes: 20 + n for lumbar Ln, 19 and 18 and 17 for T12, T11, T10,
    /// 27 for the sacrum.
    pub const fn instance_label(self) -> u8 {
        match self {
            Self::T10 => 17,
            Self::T11 => 18,
            Self::T12 => 19,
            Self::L1 => 21,
            Self::L2 => 22,
            Self::L3 => 23,
            Self::L4 => 24,
            Self::L5 => 25,
            Self::L6 => 26,
            Self::S1 => 27,
        }
    }

    /// The vertebra with an instance label value, if it is one.
    pub fn from_instance_label(label: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.instance_label() == label)
    }

    /// Short name ("L4").
    pub const fn name(self) -> &'static str {
        match self {
            Self::T10 => "T10",
            Self::T11 => "T11",
            Self::T12 => "T12",
            Self::L1 => "L1",
            Self::L2 => "L2",
            Self::L3 => "L3",
            Self::L4 => "L4",
            Self::L5 => "L5",
            Self::L6 => "L6",
            Self::S1 => "S1",
        }
    }
}

impl fmt::Display for Vertebra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A disc, named by the vertebrae it joins ("L4/L5"; "L5/S1", or "L6/S1" and "L4/S1" with variant counts).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Disc {
    /// The vertebra above.
    pub upper: Vertebra,
    /// The vertebra below.
    pub lower: Vertebra,
}

impl Disc {
    /// The disc between two vertebrae.
    pub const fn between(upper: Vertebra, lower: Vertebra) -> Self {
        Self { upper, lower }
    }

    /// The value in instance label volumes: 100 + the upper vertebra's value.
    pub const fn instance_label(self) -> u8 {
        100 + self.upper.instance_label()
    }
}

impl fmt::Display for Disc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.upper, self.lower)
    }
}

/// A level name that is not one of ours.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("'{0}' is no level: expected a vertebra such as \"L4\" or a disc such as \"L4/L5\"")]
pub struct UnknownLevel(String);

impl FromStr for Vertebra {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|v| v.name() == text).ok_or_else(|| UnknownLevel(text.to_owned()))
    }
}

impl FromStr for Disc {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownLevel(text.to_owned());
        let (upper, lower) = text.split_once('/').ok_or_else(unknown)?;
        let disc = Self { upper: upper.parse().map_err(|_| unknown())?, lower: lower.parse().map_err(|_| unknown())? };
        if disc.upper < disc.lower { Ok(disc) } else { Err(unknown()) }
    }
}

macro_rules! serde_by_name {
    ($type:ty, $pattern:literal, $meaning:literal) => {
        impl Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern, "description": $meaning })
            }
        }
    };
}
serde_by_name!(Vertebra, "^[TLS][0-9]+$", "A vertebra: \"T12\", \"L4\", \"S1\".");
serde_by_name!(
    Disc,
    "^[TLS][0-9]+/[TLS][0-9]+$",
    "A disc by its neighbours: \"T12/L1\", \"L4/L5\"; \"L5/S1\", or \"L4/S1\" where there are four lumbar vertebrae."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_labels_round_trip() {
        for v in Vertebra::ALL {
            assert_eq!(v.name().parse(), Ok(v));
            assert_eq!(Vertebra::from_instance_label(v.instance_label()), Some(v));
        }
        let disc = Disc::between(Vertebra::L4, Vertebra::L5);
        assert_eq!(disc.to_string().parse(), Ok(disc));
        assert_eq!(disc.instance_label(), 124);
        assert!("L5/L4".parse::<Disc>().is_err());
        assert!("L7".parse::<Vertebra>().is_err());
    }
}
