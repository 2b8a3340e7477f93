use std::collections::{BTreeMap, BTreeSet};

use geometry::{Direction, Disc, Plane, Point, Structure, Vector};
use phantom::Findings;
use phantom::findings::{Herniation, HerniationKind, Side, Zone};
use phantom::parameters::Sex;
use results::case_result::attempts_of;
use results::metrics::{self, Metric, Observations, Statistic};
use results::{
    AbsentLevel, Arm, AttemptResult, DiscResult, FirstPlan, GroupResult, PatientRecord, PlanFailure, SaturationResult,
    StackResult, StructureResult, Timings, fixture,
};

use scoring::positioning::{Failure, PlaneError};
use scoring::prescription::Deviation;

use super::*;
use crate::row::{dictionary, metric_of_structure};

/// A case with something in every field.
fn full_case() -> CaseResult {
    let l4_l5: Disc = "L4/L5".parse().expect("a disc");
    let plane = |tip: f64| Plane::new(Point::new(0.1 + 0.2, -1.0 / 3.0, 1.0e-300), Vector::new(0.1, -tip, 0.9));
    let group = GroupResult {
        in_plane_rotation_deg: -45.0,
        row_offset_mm: 40.0 + 1.0 / 3.0,
        column_offset_mm: -0.5,
        deviations: vec![Deviation::Thickness { found_mm: 12.0, expected_mm: 4.0 }, Deviation::PhaseEncoding],
    };
    let disc = DiscResult {
        true_plane: Some(plane(0.2)),
        level_plane: Some(plane(0.25)),
        group_plane: Some(plane(0.3)),
        identified: false,
        confidence: Some(0.1 + 0.7),
        sagittal_tilt_deg: Some(-1.0 / 7.0),
        coronal_tilt_deg: Some(2.0 / 7.0),
        centre_mm: Some(1.0 / 3.0),
        slice_offset_mm: Some(-1.0e-300),
        group: Some(group.clone()),
        coverage: 0.75,
        true_sagittal_tilt_deg: Some(11.0),
        planned_sagittal_tilt_deg: Some(12.0),
        planned_position_mm: Some(-3.0),
        ..fixture::disc("L4/L5", 0.1 + 0.2)
    };
    let mut attempt = fixture::attempt(Arm::Collaborative, "Ana", vec![disc, fixture::disc("L5/S1", 2.0)]);
    attempt.plan.absent_levels = vec![AbsentLevel { disc: l4_l5, level_plane: Some(plane(0.1)), confidence: 0.4 }];
    attempt.plan.sagittal_stack = StackResult {
        true_plane: Some(plane(0.0)),
        group_plane: Some(plane(0.1)),
        angle_deg: Some(1.5),
        turn_deg: Some(-1.2),
        coronal_tilt_deg: Some(0.9),
        slice_offset_mm: Some(-0.5),
        group: Some(group.clone()),
        coverage: 0.9,
    };
    attempt.plan.saturation = SaturationResult { bands: 2, asked: true, canal: 0.25, discs: 1.0 / 3.0 };
    attempt.plan.doubled_levels = vec![l4_l5];
    attempt.plan.flags = vec!["warning low-confidence L4/L5".into()];
    attempt.plan.failures = vec![PlanFailure { place: "L4/L5".into(), failure: Failure::DoubledLevel }];
    attempt.plan.flag_due = true;
    attempt.first_plan = Some(FirstPlan { worst_angle_deg: Some(8.5), worst_offset_mm: Some(0.1 + 0.2), failed: true });
    attempt.plan.flagged = true;
    attempt.structures = vec![StructureResult {
        structure: Structure::Canal,
        dice: 2.0 / 3.0,
        surface_p95_mm: Some(1.75),
        surface_mean_mm: None,
        calibration_error: Some(0.01),
    }];
    attempt.examination.repeats = Some(2);
    attempt.examination.scan_time_s = Some(412.5);
    attempt.examination.planning_time_s = Some(61.0);
    attempt.examination.error = Some("no answer within 30000 ms — \"späť\"".into());
    attempt.timings = Timings { loop_ms: Some(0.1 + 0.2), ..Timings::default() };
    let herniation = Herniation {
        disc: l4_l5,
        kind: HerniationKind::Extrusion,
        zone: Zone::Subarticular,
        side: Side::Left,
        depth_mm: 0.1 + 0.2,
        width_mm: 9.0,
        migration_mm: 0.0,
    };
    let patient = PatientRecord {
        sex: Sex::Female,
        age_years: 45.0 + 1.0 / 3.0,
        height_cm: 167.0,
        weight_kg: 70.5,
        lumbar_vertebrae: 5,
        findings: Findings { herniations: vec![herniation], ..Findings::default() },
    };
    CaseResult { patient: Some(patient), ..fixture::case_of(3, vec![attempt]) }
}

fn cases() -> Vec<CaseResult> {
    let mut case = fixture::case(0, 1.0);
    case.warnings.clear();
    vec![case, full_case()]
}

/// Columns by name, a value a row.
type Columns<T> = BTreeMap<String, Vec<T>>;

/// The table's columns of numbers and of yes and no, a value or nothing a row, and its columns of text.
fn columns(folder: &Path) -> (Columns<Option<f64>>, Columns<String>) {
    let file = File::open(folder.join(CASES)).expect("a table");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|builder| builder.build()).expect("Parquet");
    let (mut numbers, mut texts) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
    for batch in reader {
        let batch = batch.expect("rows");
        for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
            let array = array.as_any();
            let into = || field.name().clone();
            if let Some(values) = array.downcast_ref::<Float64Array>() {
                numbers.entry(into()).or_default().extend(values);
            } else if let Some(values) = array.downcast_ref::<BooleanArray>() {
                numbers.entry(into()).or_default().extend(values.iter().map(|value| value.map(f64::from)));
            } else if let Some(values) = array.downcast_ref::<UInt32Array>() {
                numbers.entry(into()).or_default().extend(values.iter().map(|value| value.map(f64::from)));
            } else if let Some(values) = array.downcast_ref::<StringArray>() {
                texts
                    .entry(into())
                    .or_default()
                    .extend(values.iter().map(|value| value.unwrap_or_default().to_owned()));
            }
        }
    }
    (numbers, texts)
}

#[test]
fn a_case_comes_back_bit_for_bit_from_table_and_journal() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), &cases()).expect("written");
    assert_eq!(read(folder.path()).expect("read"), cases());
    write(folder.path(), &[]).expect("written");
    assert_eq!(read(folder.path()).expect("read"), []);
    let line = serde_json::to_string(&full_case()).expect("JSON");
    assert_eq!(serde_json::from_str::<CaseResult>(&line).expect("read"), full_case());
}

#[test]
fn the_same_cases_give_the_same_bytes() {
    let first = encode(&cases()).expect("encoded");
    // Metadata are kept in hash maps, which have another order each time.
    assert!((0..20).all(|_| encode(&cases()).expect("encoded") == first));
}

#[test]
fn every_column_has_its_name_once_a_meaning_and_the_unit_of_its_name() {
    let names: BTreeSet<_> = COLUMNS.iter().map(|column| column.name).collect();
    assert_eq!(names.len(), COLUMNS.len());
    for Column { name, unit, meaning, .. } in &COLUMNS {
        assert!(!meaning.is_empty(), "{name}");
        let of_name = ["deg", "mm", "ms", "s", "cm", "kg"].into_iter().find(|unit| name.ends_with(&format!("_{unit}")));
        assert!(of_name.is_none_or(|of_name| of_name == *unit), "{name} in {unit}");
    }
    let schema = schema();
    assert_eq!(schema.metadata()["schema_version"], "3");
    let angle = schema.field_with_name("plan.disc_angle_deg").expect("a column");
    assert_eq!(angle.metadata()["unit"], "deg");
    assert!(angle.metadata()["meaning"].contains("Angle") || angle.metadata()["meaning"].contains("angle"));
}

#[test]
fn a_metric_that_bears_a_columns_name_is_that_columns_mean() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // All in one arm, so that the columns need no filter.
    let mut cases = cases();
    let attempts = cases.iter_mut().flat_map(|case| &mut case.attempts);
    attempts.for_each(|attempt: &mut AttemptResult| attempt.arm = Arm::Manual);
    write(folder.path(), &cases).expect("written");
    let (numbers, texts) = columns(folder.path());

    let mean = |values: &mut dyn Iterator<Item = f64>| {
        let values: Vec<f64> = values.collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    let same = |metric: &Metric, of_column: Option<f64>| {
        let of_metric = metric.observe(&attempts_of(&cases, Arm::Manual)).statistic(Statistic::Mean);
        let close = of_metric.zip(of_column).is_none_or(|(a, b)| (a - b).abs() < 1e-12);
        assert!(close && of_metric.is_some() == of_column.is_some(), "{}: {of_metric:?} {of_column:?}", metric.name);
    };
    let mut compared = BTreeSet::new();
    for (name, values) in &numbers {
        if let Some(metric) = metrics::find(name) {
            same(metric, mean(&mut values.iter().flatten().copied()));
            compared.insert(metric.name);
        }
        for structure in Structure::FOREGROUND {
            let Some(metric) = metrics::find(&metric_of_structure(name, structure)) else { continue };
            let rows = values.iter().zip(&texts["record"]).zip(&texts["structure"]);
            let of_structure = rows.filter(|((_, record), name)| *record == "structure" && *name == structure.name());
            same(metric, mean(&mut of_structure.filter_map(|((value, _), _)| *value)));
            compared.insert(metric.name);
        }
    }
    let indirect = metrics::all().iter().filter(|metric| !compared.contains(metric.name)).map(|metric| metric.name);
    assert_eq!(
        indirect.collect::<Vec<_>>(),
        [
            "plan.confidence_brier",
            "plan.sagittal_tilt_deg",
            "plan.coronal_tilt_deg",
            "plan.slice_centre_mm",
            "plan.sagittal_centre_mm",
            "plan.in_plane_rotation_deg",
            "plan.lateral_offset_mm",
            "plan.posterior_offset_mm",
            "plan.deviation_rate",
            "plan.saturated_anatomy",
            "plan.missing_band_rate",
            "plan.missed_flag_rate",
            "plan.unneeded_flag_rate",
            "plan.sagittal_tilt_bias_deg",
            "plan.coronal_tilt_bias_deg",
            "plan.slice_offset_bias_mm",
            "plan.sagittal_offset_bias_mm",
            "agreement.angle_sd_deg",
            "agreement.position_sd_mm",
            "agreement.icc",
        ]
    );
    for (column, size, bias) in [
        ("plan.signed_sagittal_tilt_deg", "plan.sagittal_tilt_deg", "plan.sagittal_tilt_bias_deg"),
        ("plan.signed_coronal_tilt_deg", "plan.coronal_tilt_deg", "plan.coronal_tilt_bias_deg"),
        ("plan.signed_slice_centre_mm", "plan.slice_centre_mm", "plan.slice_offset_bias_mm"),
        ("plan.signed_sagittal_centre_mm", "plan.sagittal_centre_mm", "plan.sagittal_offset_bias_mm"),
    ] {
        let values = || numbers[column].iter().flatten();
        same(metrics::find(size).expect("a metric"), mean(&mut values().map(|value| value.abs())));
        same(metrics::find(bias).expect("a metric"), mean(&mut values().copied()));
    }
}

/// Metric, number of values, mean.
const V1_FIGURES: [(&str, usize, f64); 22] = [
    ("dice.vertebra", 6, 0.911890503804084),
    ("surface.disc_mm", 6, 1.75),
    ("surface_mean.canal_mm", 6, 0.1921206173817913),
    ("calibration.sacrum", 6, 0.0218530303304318),
    ("plan.confidence_brier", 30, 0.0001207129083679459),
    ("label.identification_rate", 30, 1.0),
    ("plan.disc_angle_deg", 30, 0.7554579856047159),
    ("plan.sagittal_tilt_deg", 30, 0.7049199706616621),
    ("plan.disc_centre_mm", 30, 0.8129194707580473),
    ("plan.slice_centre_mm", 30, 0.23833022012521493),
    ("plan.sagittal_angle_deg", 6, 0.6482023431858558),
    ("plan.sagittal_centre_mm", 6, 0.24993318682836607),
    ("plan.coverage", 30, 1.0),
    ("plan.sagittal_coverage", 6, 1.0),
    ("plan.silent_failure_rate", 6, 0.0),
    ("plan.flagged_rate", 6, 0.0),
    ("exam.error_rate", 6, 0.0),
    ("exam.scan_time_s", 3, 1161.2824),
    ("exam.repeats", 3, 0.3333333333333333),
    ("latency.loop_ms", 6, 776.8355761666667),
    // Counted by patient, and without the levels' variance, which made it 0.99998 then.
    ("agreement.icc", 3, 0.9997617358332898),
    ("agreement.position_sd_mm", 3, 0.0696865287190251),
];

/// The run of the file was judged by the version that wrote it: these are figures of its `run.json`, agreement excepted.
#[test]
fn a_table_of_version_1_gives_the_figures_that_it_gave_then() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cases-version-1.parquet");
    std::fs::copy(data, folder.path().join(CASES)).expect("copied");
    let cases = read(folder.path()).expect("readable");
    assert_eq!(cases.len(), 3);
    assert!(cases.iter().all(|case| case.patient.is_none()));
    let observed = |name: &str, arm| metrics::find(name).expect("a metric").observe(&attempts_of(&cases, arm));
    let mean = |observations: Observations| observations.statistic(Statistic::Mean).expect("values");
    for (name, n, expected) in V1_FIGURES {
        let observations = observed(name, Arm::Automated);
        assert_eq!((observations.len(), mean(observations)), (n, expected), "{name}");
    }
    assert!(!observed("plan.disc_angle_deg", Arm::Manual).is_empty());
}

#[test]
fn a_later_version_and_a_damaged_file_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(CASES);
    let later = HashMap::from([("schema_version".to_owned(), "4".to_owned())]);
    let schema = Arc::new(Schema::new_with_metadata(vec![Field::new("case", DataType::UInt64, false)], later));
    let mut writer = ArrowWriter::try_new(File::create(&path).expect("a file"), schema, None).expect("a writer");
    writer.flush().expect("written");
    writer.close().expect("written");
    let error = read(folder.path()).expect_err("a later version").to_string();
    assert!(error.contains("its schema_version is 4, expected 1 to 3"), "{error}");

    let mut bytes = encode(&cases()).expect("encoded");
    bytes.truncate(bytes.len() / 2);
    std::fs::write(path, bytes).expect("written");
    let error = read(folder.path()).expect_err("half a file").to_string();
    assert!(error.contains("cases.parquet is damaged"), "{error}");
}

#[test]
fn a_table_that_other_tools_rewrote_is_read_or_its_compression_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), &cases()).expect("written");
    let own = read(folder.path()).expect("zstd");
    // pyarrow's default.
    for compression in [Compression::SNAPPY, Compression::UNCOMPRESSED] {
        std::fs::write(folder.path().join(CASES), encode_with(&cases(), compression).expect("encoded"))
            .expect("written");
        assert_eq!(read(folder.path()).expect("readable"), own, "{compression}");
    }
}

#[test]
fn the_column_dictionary_is_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/cases-parquet.md");
    let page = std::fs::read_to_string(path).expect("docs/cases-parquet.md");
    assert!(
        page == dictionary(),
        "docs/cases-parquet.md is out of date: plumbline explain columns > docs/cases-parquet.md"
    );
}

/// Errors of planes that are tipped and shifted in several ways, recomputed from the columns by plain vector algebra.
#[test]
fn every_error_of_a_plane_follows_from_the_centres_and_normals_of_its_row() {
    let left = Vector::new(1.0, 0.03, -0.02).normalize();
    let discs = (0..20).map(|n| {
        let tip = f64::from(n) * 0.02 - 0.15;
        let truth = Plane::new(Point::new(3.0, -5.0, 30.0 * f64::from(n)), Vector::new(-0.05, -0.3, 0.95));
        let shifted = truth.centre + Vector::new(0.4, -tip, 3.0 * tip);
        let level = Plane::new(shifted, Vector::new(0.02, -0.3 - tip, 0.95));
        let group = Plane::new(shifted + Vector::new(0.0, 0.5, -tip), Vector::new(tip, -0.28, 0.95 - tip));
        // Every third disc has no group: then the level's errors are reported.
        let group = (n % 3 != 0).then_some(group);
        let error = |plane: &Plane| PlaneError::between(plane, &truth, &Direction::new_unchecked(left));
        let scanned = error(group.as_ref().unwrap_or(&level));
        DiscResult {
            true_plane: Some(truth),
            level_plane: Some(level),
            group_plane: group,
            angle_deg: Some(scanned.angle_deg),
            sagittal_tilt_deg: Some(scanned.sagittal_tilt_deg),
            coronal_tilt_deg: Some(scanned.coronal_tilt_deg),
            centre_mm: Some(error(&level).centre_mm),
            slice_offset_mm: Some(scanned.slice_offset_mm),
            ..fixture::disc("L4/L5", 0.0)
        }
    });
    let attempt = fixture::attempt(Arm::Automated, "repeat-0", discs.collect());
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), &[fixture::case_of(0, vec![attempt])]).expect("written");

    let (numbers, texts) = columns(folder.path());
    let at = |row: usize, name: &str| numbers[name][row];
    let xyz = |row: usize, what: &str, unit: &str| -> Option<[f64; 3]> {
        let [x, y, z] = ["x", "y", "z"].map(|axis| at(row, &format!("{what}_{axis}{unit}")));
        Some([x?, y?, z?])
    };
    let dot = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let cross =
        |a: [f64; 3], b: [f64; 3]| [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    let minus = |a: [f64; 3], b: [f64; 3]| [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    let unit = |a: [f64; 3]| a.map(|x| x / dot(a, a).sqrt());
    let mut rows = 0;
    for row in (0..texts["record"].len()).filter(|row| texts["record"][*row] == "disc") {
        let (centre, head) =
            (xyz(row, "truth.centre", "_mm").expect("true"), xyz(row, "truth.normal", "").expect("true"));
        let level = xyz(row, "level.centre", "_mm").expect("planned");
        let planned = xyz(row, "group.centre", "_mm").unwrap_or(level);
        let normal = xyz(row, "group.normal", "").or(xyz(row, "level.normal", "")).expect("planned");
        let back = unit(cross(head, left.into()));
        let expected = [
            ("plan.disc_angle_deg", dot(normal, head).abs().min(1.0).acos().to_degrees()),
            ("plan.signed_sagittal_tilt_deg", (-dot(normal, back)).atan2(dot(normal, head)).to_degrees()),
            ("plan.signed_coronal_tilt_deg", dot(normal, cross(back, head)).atan2(dot(normal, head)).to_degrees()),
            ("plan.disc_centre_mm", dot(minus(level, centre), minus(level, centre)).sqrt()),
            ("plan.signed_slice_centre_mm", dot(minus(planned, centre), head)),
        ];
        for (name, value) in expected {
            let stored = at(row, name).expect("an error");
            assert!((stored - value).abs() < 1e-5, "{name}: {stored} in the column, {value} recomputed");
        }
        rows += 1;
    }
    assert_eq!(rows, 20);
}
