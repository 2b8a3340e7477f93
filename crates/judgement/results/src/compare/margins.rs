//! How much worse still counts as the same.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::metrics::{self, Metric};
use diagnosis::{Diagnosis, did_you_mean};

/// Non-inferiority margins by metric, in the metric's unit; a metric that is not named keeps the margin of
/// the catalogue.
///
/// ```toml
/// format-version = 1
/// [margins]
/// "plan.disc_angle_deg" = 0.25
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Margins {
    /// Version of this file format: 1.
    format_version: u32,
    /// Margins by name of metric.
    margins: BTreeMap<String, f64>,
}

impl Default for Margins {
    fn default() -> Self {
        Self { format_version: 1, margins: BTreeMap::new() }
    }
}

/// Why a file of margins is refused.
#[derive(Debug, thiserror::Error)]
pub enum MarginsError {
    /// It cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// It is wrong.
    #[error(transparent)]
    Wrong(#[from] Box<Diagnosis>),
}

impl Margins {
    /// Reads a file of margins.
    ///
    /// # Errors
    /// [`MarginsError`] with file, line, column and what was expected.
    pub fn load(path: &Path) -> Result<Self, MarginsError> {
        let text =
            fs::read_to_string(path).map_err(|source| MarginsError::Unreadable { path: path.to_owned(), source })?;
        let read: Self = toml::from_str(&text).map_err(|error| Box::new(Diagnosis::of_toml(path, &text, &error)))?;
        let wrong = |at: &str, message: String, help: String| Box::new(Diagnosis::at(path, &text, at, message, help));
        if read.format_version != 1 {
            let message = format!("format-version is {}", read.format_version);
            return Err(wrong("format-version", message, "expected 1".to_owned()).into());
        }
        for (name, margin) in &read.margins {
            if metrics::find(name).is_none() {
                let help = did_you_mean(name, metrics::all().iter().map(|metric| metric.name));
                return Err(wrong("margins", format!("unknown metric '{name}'"), help).into());
            }
            if !(margin.is_finite() && *margin >= 0.0) {
                let message = format!("the margin of {name} is {margin}");
                return Err(wrong("margins", message, "expected a number from 0".to_owned()).into());
            }
        }
        Ok(read)
    }

    /// The margin of a metric, in its unit.
    pub fn of(&self, metric: &Metric) -> f64 {
        self.margins.get(metric.name).copied().unwrap_or(metric.margin)
    }
}
