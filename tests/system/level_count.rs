//! Four or six lumbar vertebrae look like five on sagittal slices: a plan is confident of its levels only if ribs were
//! counted.

use std::path::Path;

use planner::{FlagCode, ScanPlan};

use crate::support::{complaint, output, plumbline};

fn scan(phantom: &str, seed: &str, format: &str, out: &Path) {
    let output = output(plumbline().args(["scan", phantom, "--seed", seed, "--format", format, "--out"]).arg(out));
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
}

/// The plan for a sagittal image, and the printed text.
fn planned(folder: &Path, sagittal: &Path, coronal: Option<&Path>) -> (ScanPlan, String) {
    let out = folder.join("plan.json");
    let mut command = plumbline();
    command.arg("plan").arg(sagittal).arg("--out").arg(&out);
    if let Some(coronal) = coronal {
        command.arg("--coronal").arg(coronal);
    }
    let output = output(&mut command);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
    let plan = ScanPlan::from_json(&std::fs::read(&out).expect("a plan")).expect("a plan");
    (plan, String::from_utf8(output.stdout).expect("text"))
}

fn has(plan: &ScanPlan, code: FlagCode) -> bool {
    plan.is_flagged() && plan.flags.iter().any(|flag| flag.code == code)
}

fn lowest(plan: &ScanPlan) -> (String, f64) {
    let level = plan.levels.last().expect("levels");
    (level.label.to_string(), level.confidence)
}

#[test]
fn without_coronal_slices_five_lumbar_vertebrae_are_assumed_and_flagged() {
    let folder = tempfile::tempdir().expect("a folder");
    scan("adult-lumbar", "7", "nifti", folder.path());
    let [sagittal, coronal] =
        ["localizer-sagittal", "localizer-coronal"].map(|name| folder.path().join(format!("{name}.nii.gz")));

    let (assumed, printed) = planned(folder.path(), &sagittal, None);
    assert!(has(&assumed, FlagCode::AssumedCount), "{:?}", assumed.flags);
    assert!(printed.contains("warning: ") && printed.contains("five lumbar vertebrae are assumed"), "{printed}");
    assert!(!assumed.latency_ms.contains_key("count"));

    let (counted, printed) = planned(folder.path(), &sagittal, Some(&coronal));
    assert!(!counted.is_flagged(), "{:?}", counted.flags);
    assert!(!printed.contains("assumed"), "{printed}");
    assert!(counted.latency_ms["count"] > 0.0);
    let ((assumed, without_count), (counted, with_count)) = (lowest(&assumed), lowest(&counted));
    assert_eq!((assumed.as_str(), counted.as_str()), ("L5/S1", "L5/S1"));
    assert!(without_count < with_count, "confidence {without_count} if assumed, {with_count} if counted");
}

#[test]
fn with_coronal_slices_six_lumbar_vertebrae_are_counted_and_flagged() {
    let folder = tempfile::tempdir().expect("a folder");
    scan("six-lumbar", "1", "nifti", folder.path());
    let [sagittal, coronal] =
        ["localizer-sagittal", "localizer-coronal"].map(|name| folder.path().join(format!("{name}.nii.gz")));

    let (assumed, _) = planned(folder.path(), &sagittal, None);
    assert_eq!(lowest(&assumed).0, "L5/S1", "sagittal slices do not show the count");
    assert!(has(&assumed, FlagCode::AssumedCount), "{:?}", assumed.flags);

    let (counted, _) = planned(folder.path(), &sagittal, Some(&coronal));
    assert_eq!(lowest(&counted).0, "L6/S1");
    assert!(has(&counted, FlagCode::AmbiguousCount), "{:?}", counted.flags);
}

#[test]
fn an_image_that_cannot_show_this_patients_ribs_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    scan("adult-lumbar", "7", "dicom", &at("one"));
    scan("adult-lumbar", "8", "dicom", &at("other"));
    let sagittal = at("one/localizer-sagittal");
    for (coronal, reason) in [
        (&sagittal, "expected coronal slices"),
        (&at("other/localizer-coronal"), "frame of reference"),
        (&at("nowhere"), "does not exist"),
    ] {
        let refused = output(
            plumbline().arg("plan").arg(&sagittal).arg("--coronal").arg(coronal).arg("--out").arg(at("plan.json")),
        );
        assert_eq!(refused.status.code(), Some(2), "{}", complaint(&refused));
        let complaint = complaint(&refused).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(complaint.contains(reason), "{complaint}");
    }
    assert!(!at("plan.json").exists());
    let (counted, _) = planned(folder.path(), &sagittal, Some(&at("one/localizer-coronal")));
    assert!(!has(&counted, FlagCode::AssumedCount), "{:?}", counted.flags);
}
