//! The plane of the slices that a network reads, and what it tells apart in them.

use geometry::{CoronalStructure, Structure};
use nalgebra::Vector3;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the slices lie that a network reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SlicePlane {
    /// Sagittal slices, left to right; the classes are [`Structure`]'s.
    #[default]
    Sagittal,
    /// Coronal slices, front to back; the classes are [`CoronalStructure`]'s.
    Coronal,
}

impl SlicePlane {
    /// The structures' names in order of their labels.
    pub fn labels(self) -> [&'static str; Structure::COUNT] {
        match self {
            Self::Sagittal => Structure::ALL.map(Structure::name),
            Self::Coronal => CoronalStructure::ALL.map(CoronalStructure::name),
        }
    }

    /// The names of so many classes: those of the structures and, in the sagittal plane, of a part of one; `None` if
    /// no network of this plane tells so many apart.
    pub(crate) fn class_names(self, classes: usize) -> Option<Vec<&'static str>> {
        let mut names = self.labels().to_vec();
        match (self, classes.checked_sub(Structure::COUNT)?) {
            (_, 0) => {}
            (Self::Sagittal, 1) => names.push("body cortex"),
            _ => return None,
        }
        Some(names)
    }

    /// The array axis that runs from left to right, along which a patient may be mirrored.
    pub(crate) fn mirrored_axis(self) -> usize {
        match self {
            Self::Sagittal => 0,
            Self::Coronal => 2,
        }
    }

    /// The default goes unsaid, so that files from before there was a choice keep their hash.
    pub(crate) fn is_sagittal(&self) -> bool {
        *self == Self::Sagittal
    }

    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sagittal => "sagittal",
            Self::Coronal => "coronal",
        }
    }

    /// Where columns, rows and slices run to, and what the first two axes are called.
    pub(crate) fn axes(self) -> ([Vector3<f64>; 3], [&'static str; 2]) {
        match self {
            Self::Sagittal => ([Vector3::y(), -Vector3::z(), -Vector3::x()], ["front-to-back", "head-to-feet"]),
            Self::Coronal => ([Vector3::x(), -Vector3::z(), Vector3::y()], ["right-to-left", "head-to-feet"]),
        }
    }
}
