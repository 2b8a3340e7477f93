//! What a run tells while it goes on.

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
        /// One line for people.
        summary: String,
    },
}
