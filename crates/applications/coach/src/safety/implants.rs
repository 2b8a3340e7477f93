//! What surgeons left in the spine, as the patient tells it.

use phantom::findings::Findings;

use super::answer::{Answer, DeviceStatus};

/// Screws, cages and prostheses of titanium are MR conditional; an operation that left nothing is told, too.
pub(super) fn of(findings: &Findings) -> Answer {
    let fusions = findings.fusions.iter().map(|fusion| {
        let cages = if fusion.cage { ", cages of plastic between" } else { "" };
        format!("pedicle screws and rods {}–{}, titanium{cages}", fusion.from, fusion.to)
    });
    let prostheses =
        findings.prostheses.iter().map(|prosthesis| format!("disc prosthesis {}, titanium", prosthesis.disc));
    let implants: Vec<String> = fusions.chain(prostheses).collect();
    let status = if implants.is_empty() { DeviceStatus::Safe } else { DeviceStatus::Conditional };
    let operations =
        findings.laminectomies.iter().map(|laminectomy| format!("operation at {}, no implant", laminectomy.vertebra));
    let told: Vec<String> = implants.into_iter().chain(operations).collect();
    if told.is_empty() { Answer::no() } else { Answer::yes(&told.join("; "), status) }
}
