//! The rules that a series breaks, each with a suggestion that mends it.

use geometry::SliceGroup;
use scanner::SeriesProtocol;
use serde::{Deserialize, Serialize};

use super::Parameter;
use super::access::{ParameterRefused, set};
use super::remedy;
use super::rule::{Rule, State};

/// A rule that is broken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Conflict {
    /// Which rule.
    pub rule: Rule,
    /// The parameter to look at first.
    pub parameter: Parameter,
    /// What is wrong.
    pub message: String,
    /// What mends it; `None` if no parameter does.
    pub suggestion: Option<Suggestion>,
}

/// Changes that mend a conflict, chosen so that no other arises where that is possible.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Suggestion {
    /// The parameters with their new values, in the order in which they are set.
    pub changes: Vec<(Parameter, f64)>,
    /// The same in words: "TE 300 → 178.5 ms".
    pub message: String,
}

impl Suggestion {
    /// Sets the changed parameters.
    ///
    /// # Errors
    /// [`ParameterRefused`] if the series is another one than that for which it was made; what went before is then set.
    pub fn apply(&self, series: &mut SeriesProtocol, group: &mut SliceGroup) -> Result<(), ParameterRefused> {
        self.changes.iter().try_for_each(|&(parameter, value)| set(series, group, parameter, value))
    }
}

/// The rules that a series breaks; empty if it can be scanned. Suggestions are found by search: call this when a
/// parameter has changed, not in every frame.
pub fn conflicts(series: &SeriesProtocol, group: &SliceGroup, field_t: f64) -> Vec<Conflict> {
    // Without its names the series is cheap to copy.
    let state = State {
        series: SeriesProtocol { name: String::new(), ..series.clone() },
        group: SliceGroup { name: String::new(), ..group.clone() },
        field_t,
    };
    let broken = state.broken();
    let conflict = |&rule: &Rule| Conflict {
        rule,
        parameter: state.parameter(rule),
        message: state.message(rule),
        suggestion: remedy::find(&state, &broken, rule).map(|changes| suggestion(&state, changes)),
    };
    broken.iter().map(conflict).collect()
}

fn suggestion(state: &State, changes: Vec<(Parameter, f64)>) -> Suggestion {
    Suggestion { message: state.changes(&changes), changes }
}
