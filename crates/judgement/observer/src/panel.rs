//! A panel of technologists, from a TOML file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::technologist::Technologist;

/// The technologists of one file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Panel {
    /// Version of the file's layout; 1.
    pub format_version: u32,
    /// Who plans.
    pub technologists: Vec<Technologist>,
}

/// Why a panel file is refused.
#[derive(Debug, thiserror::Error)]
pub enum PanelError {
    /// It is no TOML, or a field is missing, unknown or of another type.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// A layout of another time.
    #[error("format-version is {0}, expected 1")]
    Version(u32),
    /// Nobody.
    #[error("no technologists, expected at least one [[technologists]]")]
    Empty,
    /// Two of one name could not be told apart in the results.
    #[error("two technologists are named '{0}', expected one name each")]
    SameName(String),
    /// A number that makes no sense.
    #[error("technologist '{technologist}': {field} is {value}, expected {low} to {high}")]
    OutOfRange {
        /// Whose.
        technologist: String,
        /// Which field.
        field: &'static str,
        /// What it says.
        value: f64,
        /// Least value that makes sense.
        low: f64,
        /// Greatest value that makes sense.
        high: f64,
    },
}

impl Panel {
    /// Reads and checks a panel file.
    ///
    /// # Errors
    /// [`PanelError`] says what was found and what was expected.
    pub fn from_toml(text: &str) -> Result<Self, PanelError> {
        let panel: Self = toml::from_str(text)?;
        panel.check()?;
        Ok(panel)
    }

    /// Six technologists whose plans show the variability assumed in lumbar-numbers §2c.
    pub fn default_panel() -> Self {
        Self::from_toml(include_str!("../panels/default.toml")).expect("a test reads the embedded panel")
    }

    fn check(&self) -> Result<(), PanelError> {
        if self.format_version != 1 {
            return Err(PanelError::Version(self.format_version));
        }
        if self.technologists.is_empty() {
            return Err(PanelError::Empty);
        }
        for (index, technologist) in self.technologists.iter().enumerate() {
            if self.technologists[..index].iter().any(|other| other.name == technologist.name) {
                return Err(PanelError::SameName(technologist.name.clone()));
            }
            for (field, value, [low, high]) in technologist.ranges() {
                if !(low..=high).contains(&value) {
                    let technologist = technologist.name.clone();
                    return Err(PanelError::OutOfRange { technologist, field, value, low, high });
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../panels/default.toml");

    fn refusal(from: &str, to: &str) -> String {
        assert!(TEXT.contains(from), "{from}");
        Panel::from_toml(&TEXT.replacen(from, to, 1)).expect_err("a mistake").to_string()
    }

    #[test]
    fn the_embedded_panel_reads_and_round_trips() {
        let panel = Panel::default_panel();
        let written = toml::to_string(&panel).expect("a panel is TOML");
        assert_eq!(Panel::from_toml(&written).expect("and reads back"), panel);
    }

    #[test]
    fn mistakes_say_what_was_expected() {
        let negative = refusal("edge-sd-mm = 0.80", "edge-sd-mm = -0.80");
        assert_eq!(negative, "technologist 'Amara': perception.edge-sd-mm is -0.8, expected 0 to 20");
        assert!(refusal("attention = 0.95", "attention = nan").contains("care.attention is NaN"));
        assert!(refusal("drag-sd-mm", "drag-sd-cm").contains("unknown field `drag-sd-cm`"));
        assert!(refusal("\"Bruno\"", "\"Amara\"").contains("two technologists are named 'Amara'"));
        assert!(refusal("format-version = 1", "format-version = 2").contains("expected 1"));
        let nobody = Panel::from_toml("format-version = 1\ntechnologists = []").expect_err("nobody");
        assert!(nobody.to_string().contains("no technologists"));
    }
}
