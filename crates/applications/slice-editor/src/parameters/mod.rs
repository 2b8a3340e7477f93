//! The parameters of a series as its tabs show them: values with their ranges, what they cost, and conflicts with
//! suggestions that mend them.
//!
//! ```
//! use slice_editor::parameters::{Parameter, Summary, conflicts, set, value};
//! use scanner::{Protocol, localizer};
//!
//! let protocol = Protocol::builtin("lumbar-1.5t").expect("ships with the crate");
//! let (own, [group, ..]) = (protocol.sagittal_t2.clone(), localizer(&protocol));
//! let (mut series, mut changed) = (own.clone(), group.clone());
//!
//! set(&mut series, &mut changed, Parameter::Averages, 4.0).expect("four averages are allowed");
//! let summary = Summary::of((&series, &changed), (&own, &group), protocol.field_t);
//! assert!((summary.relative_snr - 2.0).abs() < 1e-9, "four averages double it");
//!
//! set(&mut series, &mut changed, Parameter::Te, 300.0).expect("within the range, whatever the rest");
//! let conflict = &conflicts(&series, &changed, protocol.field_t)[0];
//! conflict.suggestion.as_ref().expect("one parameter mends it").apply(&mut series, &mut changed).expect("allowed");
//! assert!(conflicts(&series, &changed, protocol.field_t).is_empty());
//! # assert!(value(&series, &changed, Parameter::Te).is_some());
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | `parameter` | the parameters, their tabs and ranges |
//! | `access` | reading and setting one |
//! | `summary` | scan time, voxel, signal-to-noise ratio, SAR |
//! | `rule` | what must hold before a scan |
//! | `conflict` | the rules that are broken, with suggestions |
//! | `remedy` | how a suggestion is found |
//! | `text` | labels, units and messages |

mod access;
mod conflict;
mod parameter;
mod remedy;
mod rule;
mod summary;
mod text;

pub use access::{ParameterRefused, set, value};
pub use conflict::{Conflict, Suggestion, conflicts};
pub use parameter::{Parameter, Range, Tab};
pub use rule::Rule;
pub use summary::Summary;

#[cfg(test)]
mod tests;
