//! What the examination costs the patient and the technologist.

use super::NO_LIMIT;
use crate::metrics::{Better, Metric, Source};

/// Errors, repeats and simulated time.
pub(super) static EXAMINATION: [Metric; 4] = [
    Metric {
        name: "exam.error_rate",
        title: "Examinations without a usable plan",
        what: "Part of the attempts that ended in an error, or in which the planner left a question unanswered, also when it \
               was asked again during the scan: no plan, no slices, a crash, an answer too late, an \
               impossible prescription.",
        why: "The technologist is left with nothing.",
        limit: "0 (project choice).",
        better: Better::Lower,
        margin: 0.05,
        source: Source::AttemptRate(|attempt| Some(attempt.examination.error.is_some())),
    },
    Metric {
        name: "exam.repeats",
        title: "Repeated series and re-plans",
        what: "Series repeated and plans replaced until the checks accepted the examination.",
        why: "Each costs minutes of table time.",
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.1,
        source: Source::Attempt(|attempt| attempt.examination.repeats.map(f64::from)),
    },
    Metric {
        name: "exam.scan_time_s",
        title: "Scan time",
        what: "Simulated time on the scanner, all series.",
        why: "Patients move, and the next one waits.",
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 30.0,
        source: Source::Attempt(|attempt| attempt.examination.scan_time_s),
    },
    Metric {
        name: "exam.planning_time_s",
        title: "Planning time",
        what: "Simulated time that planning takes a technologist.",
        why: "60–120 s by hand (assumption); time saved is the first thing vendors claim.",
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 5.0,
        source: Source::Attempt(|attempt| attempt.examination.planning_time_s),
    },
];
