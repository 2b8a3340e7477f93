//! How much worse is accepted.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};

use crate::metrics::{self, Metric, MetricAt, Statistic, WIDER_MARGIN};
use diagnosis::Diagnosis;

/// Non-inferiority margins by metric, in the metric's unit; a metric that is not named keeps the margin of
/// the catalogue. One level alone and the 95th percentile are allowed twice the metric's margin, unless the level is named.
///
/// ```toml
/// format-version = 1
/// [margins]
/// "plan.disc_angle_deg" = 0.25
/// "plan.disc_angle_deg@L5/S1" = 0.5
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Margins {
    /// Version of this file format: 1.
    format_version: u32,
    /// Margins by name of metric, `METRIC` or `METRIC@LEVEL`, in quotes.
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
        read(path, &text).map_err(|mistake| {
            let Mistake { span, message, help } = mistake;
            Box::new(Diagnosis { file: path.to_owned(), text, span, message, help }).into()
        })
    }

    /// The margin of a statistic of a metric, at all levels or at one, in its unit.
    pub fn of(&self, at: MetricAt, statistic: Statistic) -> f64 {
        let named = |name: &str| self.margins.get(name).copied();
        let whole = named(at.metric.name).unwrap_or(at.metric.margin);
        match at.level {
            Some(_) => named(&at.to_string()).unwrap_or(WIDER_MARGIN * whole),
            None if statistic == Statistic::P95 => WIDER_MARGIN * whole,
            None => whole,
        }
    }

    /// True if the file names the metric, as a whole or at a level.
    pub(super) fn name(&self, metric: &Metric) -> bool {
        self.margins.keys().any(|name| name.split('@').next() == Some(metric.name))
    }
}

/// A mistake and where it stands, in bytes.
struct Mistake {
    span: Range<usize>,
    message: String,
    help: String,
}

/// What names of metrics look like in the file: the mistake that TOML invites is to leave the quotes out.
const QUOTED: &str = "names stand in quotes, such as \"plan.disc_angle_deg@L5/S1\" = 0.5";

fn read(path: &Path, text: &str) -> Result<Margins, Mistake> {
    let root = DeTable::parse(text).map_err(|error| {
        let Diagnosis { span, message, .. } = Diagnosis::of_toml(path, text, &error);
        // `@` and `/` are the reason if a level was named without quotes.
        let help = if line_at(text, span.start).contains('@') { QUOTED.to_owned() } else { String::new() };
        Mistake { span, message, help }
    })?;
    let mut read = Margins { format_version: 0, margins: BTreeMap::new() };
    for (key, value) in root.get_ref() {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("format-version", found) => match number(found) {
                Some(1.0) => read.format_version = 1,
                _ => {
                    return mistake(
                        value.span(),
                        format!("format-version is {}", as_written(text, value.span())),
                        "expected 1",
                    );
                }
            },
            ("margins", DeValue::Table(table)) => {
                for (key, value) in table {
                    let name = key.get_ref().as_ref();
                    let margin = margin_of(text, (name, key.span()), (value.get_ref(), value.span()))?;
                    read.margins.insert(name.to_owned(), margin);
                }
            }
            ("margins", _) => return mistake(value.span(), "margins is no table".to_owned(), "expected [margins]"),
            (name, _) => {
                let help = "expected format-version = 1 and a table [margins] with the names of metrics in quotes";
                return mistake(key.span(), format!("unknown key '{name}'"), help);
            }
        }
    }
    if read.format_version == 0 {
        return mistake(0..0, "format-version is missing".to_owned(), "expected format-version = 1");
    }
    Ok(read)
}

fn margin_of(
    text: &str,
    (name, key): (&str, Range<usize>),
    (value, place): (&DeValue<'_>, Range<usize>),
) -> Result<f64, Mistake> {
    if let DeValue::Table(_) = value {
        // `plan.disc_angle_deg = 0.1` is a table `plan` with a key `disc_angle_deg`.
        let mut dotted = vec![name.to_owned()];
        let mut within = value;
        while let DeValue::Table(table) = within
            && let Some((key, value)) = table.iter().next()
        {
            dotted.push(key.get_ref().to_string());
            within = value.get_ref();
        }
        let dotted = dotted.join(".");
        return mistake(key, format!("{dotted} stands without quotes"), &format!("write \"{dotted}\" = …; {QUOTED}"));
    }
    metrics::find_at(name).map_err(|unknown| Mistake { span: key, message: unknown.message, help: unknown.help })?;
    match number(value) {
        Some(margin) if margin.is_finite() && margin >= 0.0 => Ok(margin),
        _ => {
            let message = format!("the margin of {name} is {}", as_written(text, place.clone()));
            mistake(place, message, "expected a number from 0")
        }
    }
}

fn mistake<T>(span: Range<usize>, message: String, help: &str) -> Result<T, Mistake> {
    Err(Mistake { span, message, help: help.to_owned() })
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(|number| number as f64)
        }
        DeValue::Float(number) => number.as_str().parse().ok(),
        _ => None,
    }
}

fn as_written(text: &str, span: Range<usize>) -> &str {
    text.get(span).unwrap_or_default()
}

/// The line that a byte lies on.
fn line_at(text: &str, byte: usize) -> &str {
    let start = text.get(..byte).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(margins: &str) -> Result<Margins, String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("margins.toml");
        fs::write(&path, format!("format-version = 1\n[margins]\n{margins}\n")).expect("written");
        Margins::load(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn a_level_and_a_percentile_are_allowed_twice_the_margin_unless_they_are_named() {
        let at = |name: &str| metrics::find_at(name).expect("a metric");
        let margins = load("\"plan.disc_angle_deg\" = 0.25\n\"plan.disc_angle_deg@L5/S1\" = 0.125").expect("right");
        let of = |name: &str| margins.of(at(name), Statistic::Mean);
        assert_eq!(of("plan.disc_angle_deg"), 0.25);
        assert_eq!(of("plan.disc_angle_deg@L4/L5"), 0.5);
        assert_eq!(of("plan.disc_angle_deg@L5/S1"), 0.125);
        assert_eq!(margins.of(at("plan.disc_angle_deg"), Statistic::P95), 0.5);
        assert_eq!(of("plan.disc_centre_mm"), at("plan.disc_centre_mm").metric.margin);
    }

    #[test]
    fn mistakes_are_shown_on_their_own_line() {
        let good = "\"plan.disc_centre_mm\" = 1\n";
        for (wrong, shown) in [
            (
                "\"plan.disk_angle_deg\" = 0.1",
                "4:1: unknown metric 'plan.disk_angle_deg' (did you mean 'plan.disc_angle_deg'?)",
            ),
            (
                "\"plan.disc_angle_deg\" = -0.1",
                "4:25: the margin of plan.disc_angle_deg is -0.1 (expected a number from 0)",
            ),
            ("\"plan.disc_angle_deg\" = \"x\"", "4:25: the margin of plan.disc_angle_deg is \"x\""),
            (
                "plan.disc_angle_deg = 0.1",
                "plan.disc_angle_deg stands without quotes (write \"plan.disc_angle_deg\" = …",
            ),
            ("plan.disc_angle_deg@L5/S1 = 0.1", "names stand in quotes"),
            ("\"plan.disc_angle_deg@L9\" = 0.1", "4:1: 'L9' is no disc level"),
        ] {
            let error = load(&format!("{good}{wrong}")).expect_err(wrong);
            assert!(error.contains(shown) && error.contains(".toml:4:"), "{error}");
        }
    }
}
