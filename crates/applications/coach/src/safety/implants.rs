//! Implants and operations of the spine, as the patient describes them.

use phantom::findings::Findings;

use super::answer::{Answer, DeviceStatus};
use crate::safety::text;

/// Screws, cages and prostheses of titanium are MR conditional; an operation without an implant is mentioned, too.
pub(super) fn of(findings: &Findings) -> Answer {
    let fusions = findings.fusions.iter().map(|fusion| text::fusion(&fusion.from, &fusion.to, fusion.cage));
    let prostheses = findings.prostheses.iter().map(|prosthesis| text::prosthesis(&prosthesis.disc));
    let implants: Vec<String> = fusions.chain(prostheses).collect();
    let status = if implants.is_empty() { DeviceStatus::Safe } else { DeviceStatus::Conditional };
    let operations = findings.laminectomies.iter().map(|laminectomy| text::laminectomy(&laminectomy.vertebra));
    let words: Vec<String> = implants.into_iter().chain(operations).collect();
    if words.is_empty() { Answer::no() } else { Answer::yes(&words.join("; "), status) }
}
