//! Tables of schema version 1, which said by the text in `structure` what a row is about.

use crate::row::{Row, record, structure};

/// The column of version 1 that holds what a column of today holds; `None` if there was none.
pub(crate) fn former_name(column: &str) -> Option<&str> {
    const RENAMED: [(&str, &str); 20] = [
        ("label.identification_rate", "identified"),
        ("plan.confidence", "confidence"),
        ("plan.disc_angle_deg", "angle_deg"),
        ("plan.signed_sagittal_tilt_deg", "sagittal_tilt_deg"),
        ("plan.signed_coronal_tilt_deg", "coronal_tilt_deg"),
        ("plan.disc_centre_mm", "centre_mm"),
        ("plan.signed_slice_centre_mm", "slice_offset_mm"),
        ("plan.coverage", "coverage"),
        ("truth.sagittal_tilt_deg", "true_sagittal_tilt_deg"),
        ("level.sagittal_tilt_deg", "planned_sagittal_tilt_deg"),
        ("level.position_mm", "planned_position_mm"),
        ("surface_mm", "hd95_mm"),
        ("surface_mean_mm", "assd_mm"),
        ("calibration", "calibration_error"),
        ("plan.flagged_rate", "flagged"),
        ("plan.silent_failure_rate", "silent_failure"),
        ("exam.error", "error"),
        ("exam.repeats", "repeats"),
        ("exam.scan_time_s", "scan_time_s"),
        ("exam.planning_time_s", "planning_time_s"),
    ];
    const KEPT: [&str; 6] = ["scenario", "case", "arm", "observer", "structure", "dice"];
    let renamed = RENAMED.iter().find(|(today, _)| *today == column).map(|(_, then)| *then);
    renamed.or_else(|| KEPT.contains(&column).then_some(column))
}

/// Wall-clock columns had an underscore for the dot.
pub(crate) fn former_latency(column: &str) -> Option<String> {
    column.strip_prefix("latency.").map(|stage| format!("latency_{stage}"))
}

/// Says what each row is about, which version 1 left to the reader, and puts the stack's figures where they now stand.
pub(crate) fn complete(rows: &mut [Row]) {
    for row in rows {
        row.record = match row.structure.as_str() {
            "case" => record::ATTEMPT,
            "sagittal" => record::SAGITTAL_STACK,
            name if structure(name).is_ok() => record::STRUCTURE,
            // Discs of the patient always said whether they were identified.
            _ if row.identified.is_some() => record::DISC,
            _ => record::ABSENT_LEVEL,
        }
        .to_owned();
        if row.record == record::SAGITTAL_STACK {
            row.stack_angle_deg = row.angle_deg.take();
            row.stack_offset_mm = row.slice_offset_mm.take();
            row.stack_coverage = row.coverage.take();
        }
    }
}
