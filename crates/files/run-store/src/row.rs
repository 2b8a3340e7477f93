//! The table of `cases.parquet`: its columns, how the tree of a case becomes rows, and how rows become the tree again.
//!
//! A row is about one record of an attempt: its plan as a whole (`attempt`), one disc of the patient (`disc`), one planned
//! level that the patient does not have (`absent-level`), the sagittal stack (`sagittal-stack`) or one structure of the
//! segmentation (`structure`). Every row repeats the case, its patient and the attempt, so that no join is needed; columns
//! that do not apply to a record are empty.
//!
//! A column that a metric reads as it stands bears the metric's name: the metric's mean is the column's mean. The metric
//! of a structure is the column's name with the structure put in before the unit: `surface_mm` of the discs is
//! `surface.disc_mm` ([`metric_of_structure`]). Metrics that take the size of an error read the column `…signed_…`.

use geometry::{Direction, Plane, Point, Structure, Vector};
use results::patient_record::PatientRecord;
use results::{
    AbsentLevel, AttemptResult, CaseResult, DiscResult, ExaminationResult, FirstPlan, GroupResult, PlanResult,
    SaturationResult, StackResult, StructureResult, Timings,
};

/// Version of the table's columns.
pub const SCHEMA_VERSION: u32 = 3;

/// One row; what a column holds is in [`COLUMNS`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Row {
    pub scenario: String,
    pub case: u64,
    pub arm: String,
    pub observer: String,
    pub record: String,
    pub structure: String,
    sex: Option<String>,
    age_years: Option<f64>,
    height_cm: Option<f64>,
    weight_kg: Option<f64>,
    lumbar_vertebrae: Option<u32>,
    findings: Option<String>,
    pub identified: Option<bool>,
    confidence: Option<f64>,
    pub angle_deg: Option<f64>,
    sagittal_tilt_deg: Option<f64>,
    coronal_tilt_deg: Option<f64>,
    centre_mm: Option<f64>,
    pub slice_offset_mm: Option<f64>,
    pub coverage: Option<f64>,
    true_sagittal_tilt_deg: Option<f64>,
    level_sagittal_tilt_deg: Option<f64>,
    level_position_mm: Option<f64>,
    pub stack_angle_deg: Option<f64>,
    pub stack_offset_mm: Option<f64>,
    pub stack_coverage: Option<f64>,
    stack_turn_deg: Option<f64>,
    stack_coronal_tilt_deg: Option<f64>,
    in_plane_rotation_deg: Option<f64>,
    row_offset_mm: Option<f64>,
    column_offset_mm: Option<f64>,
    deviations: Option<String>,
    bands: Option<u32>,
    band_asked: Option<bool>,
    saturated_canal: Option<f64>,
    saturated_discs: Option<f64>,
    doubled_levels: Option<String>,
    flags: Option<String>,
    failures: Option<String>,
    flag_due: Option<bool>,
    replanned: Option<bool>,
    first_angle_deg: Option<f64>,
    first_offset_mm: Option<f64>,
    first_failed: Option<bool>,
    true_plane: PlaneColumns,
    level_plane: PlaneColumns,
    group_plane: PlaneColumns,
    dice: Option<f64>,
    surface_p95_mm: Option<f64>,
    surface_mean_mm: Option<f64>,
    calibration_error: Option<f64>,
    flagged: Option<bool>,
    silent_failure: Option<bool>,
    failed: Option<bool>,
    error: Option<String>,
    repeats: Option<u32>,
    scan_time_s: Option<f64>,
    planning_time_s: Option<f64>,
    timings: Timings,
}

/// Centre x, y, z and normal x, y, z.
type PlaneColumns = [Option<f64>; 6];

/// What a row is about.
pub(crate) mod record {
    pub const ATTEMPT: &str = "attempt";
    pub const DISC: &str = "disc";
    pub const ABSENT_LEVEL: &str = "absent-level";
    pub const SAGITTAL_STACK: &str = "sagittal-stack";
    pub const STRUCTURE: &str = "structure";
}

/// How a field of a row is written into a column and read from it.
pub(crate) enum Access {
    Text(fn(&Row) -> &str, fn(&mut Row, String)),
    OptionalText(fn(&Row) -> Option<&str>, fn(&mut Row, Option<String>)),
    Number(fn(&Row) -> u64, fn(&mut Row, u64)),
    Count(fn(&Row) -> Option<u32>, fn(&mut Row, Option<u32>)),
    Real(fn(&Row) -> Option<f64>, fn(&mut Row, Option<f64>)),
    YesNo(fn(&Row) -> Option<bool>, fn(&mut Row, Option<bool>)),
}

/// One column of the table.
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its unit; empty for text, yes or no, counts and pure numbers.
    pub unit: &'static str,
    /// What it holds, in a line.
    pub meaning: &'static str,
    pub(crate) access: Access,
}

macro_rules! columns {
    ($($kind:ident $place:tt $name:literal [$unit:literal] $meaning:literal,)*) => {
        [$(Column { name: $name, unit: $unit, meaning: $meaning, access: columns!(@ $kind $place) }),*]
    };
    (@ Text ($field:ident)) => { Access::Text(|row| &row.$field, |row, value| row.$field = value) };
    (@ OptionalText ($field:ident)) => {
        Access::OptionalText(|row| row.$field.as_deref(), |row, value| row.$field = value)
    };
    (@ Real ($field:ident [$index:literal])) => {
        Access::Real(|row| row.$field[$index], |row, value| row.$field[$index] = value)
    };
    (@ $kind:ident ($field:ident $(. $inner:ident)?)) => {
        Access::$kind(|row| row.$field$(.$inner)?, |row, value| row.$field$(.$inner)? = value)
    };
}

/// The columns, in the order of the file; those of the wall clock (`latency.…`) come last.
pub static COLUMNS: [Column; 81] = columns![
    Text (scenario) "scenario" [""] "Name of the scenario.",
    Number (case) "case" [""] "Case number within the scenario, from 0.",
    Text (arm) "arm" [""] "Who planned: automated, collaborative or manual.",
    Text (observer) "observer" [""] "The observer's name; for the automated arm repeat-0, repeat-1…: planned anew on a new localizer.",
    Text (record) "record" [""] "What the row is about: attempt, disc, absent-level (planned, but no disc of the patient), sagittal-stack or structure.",
    Text (structure) "structure" [""] "Which one: the disc (L4/L5), the structure (vertebra, disc, sacrum, canal), sagittal, or case for the attempt as a whole.",
    OptionalText (sex) "patient.sex" [""] "The patient's sex: female or male.",
    Real (age_years) "patient.age_years" ["years"] "The patient's age.",
    Real (height_cm) "patient.height_cm" ["cm"] "The patient's height.",
    Real (weight_kg) "patient.weight_kg" ["kg"] "The patient's weight.",
    Count (lumbar_vertebrae) "patient.lumbar_vertebrae" [""] "Number of the patient's lumbar vertebrae: 5, or 4 or 6 as a variant.",
    OptionalText (findings) "patient.findings" [""] "The patient's findings as JSON, in the terms of a phantom file; {} for none.",
    YesNo (identified) "label.identification_rate" [""] "Disc: true if a level carries its label within 8 mm of its true centre.",
    Real (confidence) "plan.confidence" [""] "Disc, absent level: confidence that the planner gave to the level, 0 to 1.",
    Real (angle_deg) "plan.disc_angle_deg" ["deg"] "Disc: angle between the prescribed and the true plane (of the slice group; of the level where there is no group).",
    Real (sagittal_tilt_deg) "plan.signed_sagittal_tilt_deg" ["deg"] "Disc: the angle's component in the spine's sagittal view; positive if the prescribed normal is tipped forwards.",
    Real (coronal_tilt_deg) "plan.signed_coronal_tilt_deg" ["deg"] "Disc: the angle's component in the spine's coronal view; positive if the prescribed normal is tipped to the patient's left.",
    Real (centre_mm) "plan.disc_centre_mm" ["mm"] "Disc: distance of the level's centre from the true one.",
    Real (slice_offset_mm) "plan.signed_slice_centre_mm" ["mm"] "Disc: offset of the middle slice along the true normal; positive towards the head.",
    Real (coverage) "plan.coverage" [""] "Disc: part of the disc and of the canal beside it that the group covers, 0 to 1.",
    Real (true_sagittal_tilt_deg) "truth.sagittal_tilt_deg" ["deg"] "Disc: true tilt in the scanner's sagittal view.",
    Real (level_sagittal_tilt_deg) "level.sagittal_tilt_deg" ["deg"] "Disc: the level's tilt in the scanner's sagittal view; what agreement.angle_sd_deg and agreement.icc compare.",
    Real (level_position_mm) "level.position_mm" ["mm"] "Disc: the level's position along the table; what agreement.position_sd_mm compares.",
    Real (stack_angle_deg) "plan.sagittal_angle_deg" ["deg"] "Sagittal stack: angle between its normal and that of the true mid-sagittal plane.",
    Real (stack_offset_mm) "plan.signed_sagittal_centre_mm" ["mm"] "Sagittal stack: offset of its middle slice along the true normal; positive to the patient's left.",
    Real (stack_coverage) "plan.sagittal_coverage" [""] "Sagittal stack: part of the foramina's outer borders that it covers, 0 to 1.",
    Real (stack_turn_deg) "plan.signed_sagittal_turn_deg" ["deg"] "Sagittal stack: the angle's component about the body's long axis; positive if the normal to the left is turned to the back.",
    Real (stack_coronal_tilt_deg) "plan.signed_sagittal_coronal_tilt_deg" ["deg"] "Sagittal stack: the angle's component in the coronal view; positive if the normal to the left is tipped to the head.",
    Real (in_plane_rotation_deg) "plan.signed_in_plane_rotation_deg" ["deg"] "Disc, sagittal stack: turn of the group in its plane; positive from the expected row towards the expected column (clockwise on the screen).",
    Real (row_offset_mm) "plan.signed_row_offset_mm" ["mm"] "Disc, sagittal stack: offset of the group's middle along the expected row: of axial slices to the left, of sagittal ones to the back.",
    Real (column_offset_mm) "plan.signed_column_offset_mm" ["mm"] "Disc, sagittal stack: the same along the expected column: of axial slices to the back, of sagittal ones to the feet.",
    OptionalText (deviations) "plan.deviations" [""] "Disc, sagittal stack: what of the group is not as prescribed, as JSON; [] for nothing.",
    Count (bands) "plan.saturation_bands" [""] "Attempt: number of saturation bands in the plan.",
    YesNo (band_asked) "plan.saturation_band_asked" [""] "Attempt: true if the protocol asks for one.",
    Real (saturated_canal) "plan.saturated_canal" [""] "Attempt: part of the canal at the discs that lies in a saturation band, 0 to 1.",
    Real (saturated_discs) "plan.saturated_discs" [""] "Attempt: part of the discs that lies in a saturation band, 0 to 1.",
    OptionalText (doubled_levels) "plan.doubled_levels" [""] "Attempt: levels that the plan has more than once, as JSON.",
    OptionalText (flags) "plan.flags" [""] "Attempt: the planner's flags as JSON, each as severity, code and discs.",
    OptionalText (failures) "plan.failures" [""] "Attempt: everything that is beyond the limits of a usable plan, as JSON; [] if the plan is usable.",
    YesNo (flag_due) "plan.flag_due" [""] "Attempt: true if a warning was due: the plan is wrong, or the patient has not five lumbar vertebrae.",
    YesNo (replanned) "plan.replanned" [""] "Attempt: true if another plan took the proposal's place during the scan; what is judged is what was scanned.",
    Real (first_angle_deg) "first_plan.worst_angle_deg" ["deg"] "Attempt: greatest angle error of a proposal that was replaced.",
    Real (first_offset_mm) "first_plan.worst_offset_mm" ["mm"] "Attempt: greatest offset of a middle slice in a proposal that was replaced.",
    YesNo (first_failed) "first_plan.failed" [""] "Attempt: true if the proposal that was replaced was wrong.",
    Real (true_plane [0]) "truth.centre_x_mm" ["mm"] "Disc, sagittal stack: centre of the true plane, to the patient's left (LPS).",
    Real (true_plane [1]) "truth.centre_y_mm" ["mm"] "The same to the back.",
    Real (true_plane [2]) "truth.centre_z_mm" ["mm"] "The same to the head.",
    Real (true_plane [3]) "truth.normal_x" [""] "Disc, sagittal stack: unit normal of the true plane (of a disc to the head, of the mid-sagittal plane to the left), component to the patient's left.",
    Real (true_plane [4]) "truth.normal_y" [""] "The same to the back.",
    Real (true_plane [5]) "truth.normal_z" [""] "The same to the head.",
    Real (level_plane [0]) "level.centre_x_mm" ["mm"] "Disc, absent level: centre of the planned level, to the patient's left (LPS).",
    Real (level_plane [1]) "level.centre_y_mm" ["mm"] "The same to the back.",
    Real (level_plane [2]) "level.centre_z_mm" ["mm"] "The same to the head.",
    Real (level_plane [3]) "level.normal_x" [""] "Disc, absent level: unit normal of the planned level, component to the patient's left.",
    Real (level_plane [4]) "level.normal_y" [""] "The same to the back.",
    Real (level_plane [5]) "level.normal_z" [""] "The same to the head.",
    Real (group_plane [0]) "group.centre_x_mm" ["mm"] "Disc, sagittal stack: centre of the slice group's middle slice, to the patient's left (LPS).",
    Real (group_plane [1]) "group.centre_y_mm" ["mm"] "The same to the back.",
    Real (group_plane [2]) "group.centre_z_mm" ["mm"] "The same to the head.",
    Real (group_plane [3]) "group.normal_x" [""] "Disc, sagittal stack: unit normal of the slice group, component to the patient's left.",
    Real (group_plane [4]) "group.normal_y" [""] "The same to the back.",
    Real (group_plane [5]) "group.normal_z" [""] "The same to the head.",
    Real (dice) "dice" [""] "Structure: Dice overlap of segmentation and truth, 0 to 1.",
    Real (surface_p95_mm) "surface_mm" ["mm"] "Structure: 95th percentile of the symmetric surface distance (HD95).",
    Real (surface_mean_mm) "surface_mean_mm" ["mm"] "Structure: mean symmetric surface distance (ASSD).",
    Real (calibration_error) "calibration" [""] "Structure: expected calibration error of its probability, 0 to 1.",
    YesNo (flagged) "plan.flagged_rate" [""] "Attempt: true if the plan carried a warning or worse.",
    YesNo (silent_failure) "plan.silent_failure_rate" [""] "Attempt: true if the plan was wrong and not flagged.",
    YesNo (failed) "exam.error_rate" [""] "Attempt: true if an error ended the examination early.",
    OptionalText (error) "exam.error" [""] "Attempt: that error.",
    Count (repeats) "exam.repeats" [""] "Attempt: re-plans and repeated series until acceptance.",
    Real (scan_time_s) "exam.scan_time_s" ["s"] "Attempt: simulated scan time.",
    Real (planning_time_s) "exam.planning_time_s" ["s"] "Attempt: time that planning took a technologist.",
    Real (timings.synthesize_ms) "latency.synthesize_ms" ["ms"] "Attempt, wall clock: phantom synthesis.",
    Real (timings.acquire_ms) "latency.acquire_ms" ["ms"] "Attempt, wall clock: localizer acquisition.",
    Real (timings.segment_ms) "latency.segment_ms" ["ms"] "Attempt, wall clock: segmentation.",
    Real (timings.label_ms) "latency.label_ms" ["ms"] "Attempt, wall clock: segmentation to labelled discs.",
    Real (timings.count_ms) "latency.count_ms" ["ms"] "Attempt, wall clock: counting the lumbar vertebrae by the ribs.",
    Real (timings.plan_ms) "latency.plan_ms" ["ms"] "Attempt, wall clock: labelled discs to slice groups.",
    Real (timings.check_ms) "latency.check_ms" ["ms"] "Attempt, wall clock: image checks after the planned series.",
    Real (timings.loop_ms) "latency.loop_ms" ["ms"] "Attempt, wall clock: localizer complete to plan ready.",
];

/// The metric that is read from a column's rows about one structure: `surface_mm` of the discs is `surface.disc_mm`.
pub fn metric_of_structure(column: &str, structure: Structure) -> String {
    let (family, unit) = column.strip_suffix("_mm").map_or((column, ""), |family| (family, "_mm"));
    format!("{family}.{}{unit}", structure.name())
}

/// The column dictionary as Markdown: `plumbline explain columns`, and `docs/cases-parquet.md`.
pub fn dictionary() -> String {
    let mut text = format!(
        "# Columns of `cases.parquet`\n\n\
         Schema version {SCHEMA_VERSION}. A row is about one record of an attempt: its plan as a whole (`attempt`), one disc\n\
         of the patient (`disc`), one planned level that the patient does not have (`absent-level`), the sagittal stack\n\
         (`sagittal-stack`) or one structure of the segmentation (`structure`). Columns that do not apply to a record are empty.\n\
         Coordinates are DICOM patient coordinates (LPS).\n\n\
         A column that a metric reads as it stands bears the metric's name: the metric's mean is the column's mean, and a\n\
         rate is the share of `true`. The metric of one structure is the column's name with the structure put in before the\n\
         unit: `surface_mm` in the rows of `disc` is `surface.disc_mm`. Metrics that take the size of an error read the column\n\
         whose name has `signed_` in it. Figures of the wall clock (`latency.…`) differ from run to run, no others do.\n\n\
         Each column of the file carries its unit and its meaning as metadata, and the file its `schema_version`.\n\
         This page is what `plumbline explain columns` prints.\n\n\
         | column | unit | meaning |\n| --- | --- | --- |\n"
    );
    for Column { name, unit, meaning, .. } in &COLUMNS {
        text += &format!("| `{name}` | {unit} | {meaning} |\n");
    }
    text
}

/// The rows of cases, in order.
///
/// # Errors
/// The reason if findings have no JSON form.
pub(crate) fn flatten(cases: &[CaseResult]) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for case in cases {
        let of_case = row_of_case(case)?;
        for attempt in &case.attempts {
            let of_attempt =
                Row { arm: attempt.arm.name().to_owned(), observer: attempt.observer.clone(), ..of_case.clone() };
            let about =
                |record: &str, structure: String| Row { record: record.to_owned(), structure, ..of_attempt.clone() };
            rows.push(row_of_attempt(attempt, about(record::ATTEMPT, "case".to_owned()))?);
            for disc in &attempt.plan.discs {
                rows.push(row_of_disc(disc, about(record::DISC, disc.disc.to_string()))?);
            }
            rows.extend(attempt.plan.absent_levels.iter().map(|level| Row {
                confidence: Some(level.confidence),
                level_plane: plane_columns(level.level_plane),
                ..about(record::ABSENT_LEVEL, level.disc.to_string())
            }));
            let stack = &attempt.plan.sagittal_stack;
            rows.push(row_of_stack(stack, about(record::SAGITTAL_STACK, "sagittal".to_owned()))?);
            rows.extend(attempt.structures.iter().map(|result| Row {
                dice: Some(result.dice),
                surface_p95_mm: result.surface_p95_mm,
                surface_mean_mm: result.surface_mean_mm,
                calibration_error: result.calibration_error,
                ..about(record::STRUCTURE, result.structure.name().to_owned())
            }));
        }
    }
    Ok(rows)
}

fn row_of_case(case: &CaseResult) -> Result<Row, String> {
    let row = Row { scenario: case.scenario.clone(), case: case.case, ..Row::default() };
    let Some(patient) = &case.patient else { return Ok(row) };
    let findings = match &patient.findings {
        none if none.is_empty() => "{}".to_owned(),
        findings => serde_json::to_string(findings).map_err(|error| error.to_string())?,
    };
    Ok(Row {
        sex: Some(patient.sex.name().to_owned()),
        age_years: Some(patient.age_years),
        height_cm: Some(patient.height_cm),
        weight_kg: Some(patient.weight_kg),
        lumbar_vertebrae: Some(patient.lumbar_vertebrae),
        findings: Some(findings),
        ..row
    })
}

fn json(value: &impl serde::Serialize) -> Result<Option<String>, String> {
    serde_json::to_string(value).map(Some).map_err(|error| error.to_string())
}

/// What a column of JSON holds; nothing where it is empty, as in tables of before version 3.
fn of_json<T: serde::de::DeserializeOwned + Default>(text: Option<&str>, column: &str) -> Result<T, String> {
    text.map_or_else(
        || Ok(T::default()),
        |text| serde_json::from_str(text).map_err(|error| format!("{column}: {error}")),
    )
}

fn row_of_attempt(attempt: &AttemptResult, row: Row) -> Result<Row, String> {
    let (examination, plan) = (&attempt.examination, &attempt.plan);
    let first = attempt.first_plan.as_ref();
    Ok(Row {
        bands: Some(plan.saturation.bands),
        band_asked: Some(plan.saturation.asked),
        saturated_canal: Some(plan.saturation.canal),
        saturated_discs: Some(plan.saturation.discs),
        doubled_levels: json(&plan.doubled_levels)?,
        flags: json(&plan.flags)?,
        failures: json(&plan.failures)?,
        flag_due: Some(plan.flag_due),
        replanned: Some(first.is_some()),
        first_angle_deg: first.and_then(|first| first.worst_angle_deg),
        first_offset_mm: first.and_then(|first| first.worst_offset_mm),
        first_failed: first.map(|first| first.failed),
        flagged: Some(attempt.plan.flagged),
        silent_failure: Some(attempt.plan.silent_failure),
        failed: Some(examination.error.is_some()),
        error: examination.error.clone(),
        repeats: examination.repeats,
        scan_time_s: examination.scan_time_s,
        planning_time_s: examination.planning_time_s,
        timings: attempt.timings,
        ..row
    })
}

fn row_of_group(group: Option<&GroupResult>, row: Row) -> Result<Row, String> {
    let Some(group) = group else { return Ok(row) };
    Ok(Row {
        in_plane_rotation_deg: Some(group.in_plane_rotation_deg),
        row_offset_mm: Some(group.row_offset_mm),
        column_offset_mm: Some(group.column_offset_mm),
        deviations: json(&group.deviations)?,
        ..row
    })
}

fn row_of_disc(disc: &DiscResult, row: Row) -> Result<Row, String> {
    Ok(Row {
        true_plane: plane_columns(disc.true_plane),
        level_plane: plane_columns(disc.level_plane),
        group_plane: plane_columns(disc.group_plane),
        identified: Some(disc.identified),
        confidence: disc.confidence,
        angle_deg: disc.angle_deg,
        sagittal_tilt_deg: disc.sagittal_tilt_deg,
        coronal_tilt_deg: disc.coronal_tilt_deg,
        centre_mm: disc.centre_mm,
        slice_offset_mm: disc.slice_offset_mm,
        coverage: Some(disc.coverage),
        true_sagittal_tilt_deg: disc.true_sagittal_tilt_deg,
        level_sagittal_tilt_deg: disc.planned_sagittal_tilt_deg,
        level_position_mm: disc.planned_position_mm,
        ..row_of_group(disc.group.as_ref(), row)?
    })
}

fn row_of_stack(stack: &StackResult, row: Row) -> Result<Row, String> {
    Ok(Row {
        stack_turn_deg: stack.turn_deg,
        stack_coronal_tilt_deg: stack.coronal_tilt_deg,
        true_plane: plane_columns(stack.true_plane),
        group_plane: plane_columns(stack.group_plane),
        stack_angle_deg: stack.angle_deg,
        stack_offset_mm: stack.slice_offset_mm,
        stack_coverage: Some(stack.coverage),
        ..row_of_group(stack.group.as_ref(), row)?
    })
}

/// The cases of rows in any order; warnings are not in the table.
///
/// # Errors
/// What the row says and what was expected.
pub(crate) fn unflatten(rows: &[Row]) -> Result<Vec<CaseResult>, String> {
    let mut cases: Vec<CaseResult> = Vec::new();
    let same_case = |a: &Row, b: &Row| (&a.scenario, a.case) == (&b.scenario, b.case);
    let same_attempt = |a: &Row, b: &Row| (&a.arm, &a.observer) == (&b.arm, &b.observer);
    for of_case in rows.chunk_by(same_case) {
        let attempts = of_case.chunk_by(same_attempt).map(attempt);
        cases.push(CaseResult {
            scenario: of_case[0].scenario.clone(),
            case: of_case[0].case,
            patient: patient(&of_case[0])?,
            attempts: attempts.collect::<Result<_, _>>()?,
            warnings: Vec::new(),
        });
    }
    Ok(cases)
}

fn patient(row: &Row) -> Result<Option<PatientRecord>, String> {
    let Some(sex) = &row.sex else { return Ok(None) };
    let findings = row.findings.as_deref().unwrap_or("{}");
    Ok(Some(PatientRecord {
        sex: sex.parse().map_err(|error| format!("patient.sex: {error}"))?,
        age_years: needed(row.age_years, "patient.age_years")?,
        height_cm: needed(row.height_cm, "patient.height_cm")?,
        weight_kg: needed(row.weight_kg, "patient.weight_kg")?,
        lumbar_vertebrae: needed(row.lumbar_vertebrae, "patient.lumbar_vertebrae")?,
        findings: serde_json::from_str(findings).map_err(|error| format!("patient.findings: {error}"))?,
    }))
}

/// The attempt of its rows, one or more.
fn attempt(rows: &[Row]) -> Result<AttemptResult, String> {
    let arm = rows[0].arm.parse().map_err(|error| format!("arm: {error}"))?;
    let mut plan = PlanResult::default();
    let mut examination = ExaminationResult::default();
    let (mut structures, mut timings, mut first_plan) = (Vec::new(), Timings::default(), None);
    for row in rows {
        match row.record.as_str() {
            record::ATTEMPT => {
                plan.flagged = needed(row.flagged, "plan.flagged_rate")?;
                plan.silent_failure = needed(row.silent_failure, "plan.silent_failure_rate")?;
                plan.saturation = SaturationResult {
                    bands: row.bands.unwrap_or_default(),
                    asked: row.band_asked.unwrap_or_default(),
                    canal: row.saturated_canal.unwrap_or_default(),
                    discs: row.saturated_discs.unwrap_or_default(),
                };
                plan.doubled_levels = of_json(row.doubled_levels.as_deref(), "plan.doubled_levels")?;
                plan.flags = of_json(row.flags.as_deref(), "plan.flags")?;
                plan.failures = of_json(row.failures.as_deref(), "plan.failures")?;
                plan.flag_due = row.flag_due.unwrap_or_default();
                first_plan = row.replanned.unwrap_or_default().then(|| FirstPlan {
                    worst_angle_deg: row.first_angle_deg,
                    worst_offset_mm: row.first_offset_mm,
                    failed: row.first_failed.unwrap_or_default(),
                });
                examination = ExaminationResult {
                    repeats: row.repeats,
                    scan_time_s: row.scan_time_s,
                    planning_time_s: row.planning_time_s,
                    error: row.error.clone(),
                };
                timings = row.timings;
            }
            record::DISC => plan.discs.push(disc(row)?),
            record::ABSENT_LEVEL => plan.absent_levels.push(AbsentLevel {
                disc: named(row)?,
                level_plane: plane(&row.level_plane),
                confidence: needed(row.confidence, "plan.confidence")?,
            }),
            record::SAGITTAL_STACK => {
                plan.sagittal_stack = StackResult {
                    true_plane: plane(&row.true_plane),
                    group_plane: plane(&row.group_plane),
                    angle_deg: row.stack_angle_deg,
                    slice_offset_mm: row.stack_offset_mm,
                    turn_deg: row.stack_turn_deg,
                    coronal_tilt_deg: row.stack_coronal_tilt_deg,
                    group: group(row)?,
                    coverage: needed(row.stack_coverage, "plan.sagittal_coverage")?,
                }
            }
            record::STRUCTURE => structures.push(StructureResult {
                structure: structure(&row.structure)?,
                dice: needed(row.dice, "dice")?,
                surface_p95_mm: row.surface_p95_mm,
                surface_mean_mm: row.surface_mean_mm,
                calibration_error: row.calibration_error,
            }),
            other => return Err(format!("a row's record is '{other}', expected {}, …", record::ATTEMPT)),
        }
    }
    Ok(AttemptResult { arm, observer: rows[0].observer.clone(), plan, first_plan, structures, examination, timings })
}

/// The placement of a group; `None` where there is no group, and in tables of before version 3.
fn group(row: &Row) -> Result<Option<GroupResult>, String> {
    let Some(in_plane_rotation_deg) = row.in_plane_rotation_deg else { return Ok(None) };
    Ok(Some(GroupResult {
        in_plane_rotation_deg,
        row_offset_mm: needed(row.row_offset_mm, "plan.signed_row_offset_mm")?,
        column_offset_mm: needed(row.column_offset_mm, "plan.signed_column_offset_mm")?,
        deviations: of_json(row.deviations.as_deref(), "plan.deviations")?,
    }))
}

fn disc(row: &Row) -> Result<DiscResult, String> {
    Ok(DiscResult {
        disc: named(row)?,
        true_plane: plane(&row.true_plane),
        level_plane: plane(&row.level_plane),
        group_plane: plane(&row.group_plane),
        identified: needed(row.identified, "label.identification_rate")?,
        confidence: row.confidence,
        angle_deg: row.angle_deg,
        sagittal_tilt_deg: row.sagittal_tilt_deg,
        coronal_tilt_deg: row.coronal_tilt_deg,
        centre_mm: row.centre_mm,
        slice_offset_mm: row.slice_offset_mm,
        group: group(row)?,
        coverage: needed(row.coverage, "plan.coverage")?,
        true_sagittal_tilt_deg: row.true_sagittal_tilt_deg,
        planned_sagittal_tilt_deg: row.level_sagittal_tilt_deg,
        planned_position_mm: row.level_position_mm,
    })
}

fn needed<T>(value: Option<T>, column: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("column '{column}' is empty where it must not be"))
}

fn named(row: &Row) -> Result<geometry::Disc, String> {
    row.structure.parse().map_err(|error| format!("structure: {error}"))
}

/// The structure of a name that is not the background's.
pub(crate) fn structure(name: &str) -> Result<Structure, String> {
    let known = Structure::FOREGROUND.into_iter().find(|structure| structure.name() == name);
    known.ok_or_else(|| format!("structure: '{name}' is none, expected vertebra, disc, sacrum or canal"))
}

fn plane_columns(plane: Option<Plane>) -> PlaneColumns {
    let Some(Plane { centre, normal }) = plane else { return PlaneColumns::default() };
    [centre.x, centre.y, centre.z, normal.x, normal.y, normal.z].map(Some)
}

fn plane(columns: &PlaneColumns) -> Option<Plane> {
    let [Some(x), Some(y), Some(z), Some(i), Some(j), Some(k)] = *columns else { return None };
    // Written by this program: dividing by the length again would change the last digit.
    Some(Plane { centre: Point::new(x, y, z), normal: Direction::new_unchecked(Vector::new(i, j, k)) })
}
