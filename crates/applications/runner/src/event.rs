//! What a run reports while it goes on. Only sinks, such as the command line's progress, make text of it.

use results::CaseSummary;

/// Progress of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum RunEvent {
    /// Cases are about to be examined.
    Started {
        /// How many.
        cases: u64,
    },
    /// A case is done and kept.
    CaseDone {
        /// Name of its scenario.
        scenario: String,
        /// Its number.
        case: u64,
        /// What came of the planner's first attempt.
        summary: CaseSummary,
        /// What a reader of the results should know.
        warnings: Vec<String>,
    },
}
