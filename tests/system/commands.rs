//! Every verb does what its help states.

use std::path::Path;

use crate::support::{complaint, output, plumbline};

fn succeeds(arguments: &[&str], paths: &[&Path]) -> String {
    let output = output(plumbline().args(arguments).args(paths));
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", complaint(&output));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_phantom_is_synthesized_scanned_segmented_and_planned() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    assert!(succeeds(&["phantom", "list"], &[]).contains("adult-lumbar"));

    succeeds(&["phantom", "synth", "adult-lumbar", "--seed", "7", "--voxel-mm", "4", "--out"], &[&at("phantom")]);
    let truth: serde_json::Value =
        serde_json::from_slice(&std::fs::read(at("phantom/truth.json")).expect("a truth")).expect("JSON");
    assert_eq!(truth["truth"]["discs"].as_array().map(Vec::len), Some(8), "T10/T11 to L5/S1");
    assert!(at("phantom/tissue.nii.gz").exists() && at("phantom/instances.nii.gz").exists());

    succeeds(&["scan", "adult-lumbar", "--seed", "7", "--out"], &[&at("scan")]);
    let localizer = at("scan/localizer-sagittal.nii.gz");
    let labels = succeeds(&["segment", "--out"], &[&at("labels.nii.gz"), &localizer]);
    assert!(labels.contains("disc") && labels.contains("lumbar-vnet (weights ") && at("labels.nii.gz").exists());

    succeeds(&["plan", "--out"], &[&at("plan.json"), &localizer]);
    let plan: serde_json::Value =
        serde_json::from_slice(&std::fs::read(at("plan.json")).expect("a plan")).expect("JSON");
    assert_eq!(plan["frame"], "patient-lps-mm");
    let lowest = plan["levels"].as_array().and_then(|levels| levels.last()).expect("levels");
    assert_eq!(lowest["label"], "L5/S1");
    // Compared with the truth of the same patient.
    let true_disc = truth["truth"]["discs"].as_array().and_then(|discs| discs.last()).expect("discs");
    let distance: f64 = (0..3)
        .map(|axis| {
            let planned = lowest["centre"][axis].as_f64().expect("a number");
            (planned - true_disc["plane"]["centre"][axis].as_f64().expect("a number")).powi(2)
        })
        .sum::<f64>()
        .sqrt();
    assert!(distance < 4.0, "L5/S1 is {distance:.1} mm off");

    succeeds(&["phantom", "show", "adult-lumbar", "--seed", "7", "--out"], &[&at("sheet.png")]);
    assert!(std::fs::read(at("sheet.png")).expect("a picture").starts_with(b"\x89PNG"));
}

#[test]
fn dicom_input_gives_dicom_output_of_the_same_study() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let scan = ["scan", "adult-lumbar", "--seed", "7", "--position", "FFDL", "--format"];
    succeeds(&[&scan[..], &["dicom", "--out"]].concat(), &[&at("classic")]);
    succeeds(&[&scan[..], &["dicom-enhanced", "--out"]].concat(), &[&at("enhanced")]);
    let classic = imaging_io::read_image(&at("classic/localizer-sagittal")).expect("a series");
    let enhanced = imaging_io::read_image(&at("enhanced/localizer-sagittal.dcm")).expect("a file");
    assert_eq!(classic.position.map(geometry::PatientPosition::code), Some("FFDL"));
    assert_eq!((&classic.volume, classic.position), (&enhanced.volume, enhanced.position));

    let localizer = at("classic/localizer-sagittal");
    succeeds(&["segment", "--out"], &[&at("seg.dcm"), &localizer]);
    succeeds(&["plan", "--report"], &[&at("report.dcm"), Path::new("--out"), &at("plan.json"), &localizer]);
    for (name, class) in [("seg.dcm", "Segmentation Storage"), ("report.dcm", "Comprehensive 3D SR Storage")] {
        let message = imaging_io::read_image(&at(name)).expect_err("not an image").to_string();
        assert!(message.contains(class), "{message}");
    }

    imaging_io::write_nifti(&at("copy.nii.gz"), &classic.volume).expect("written");
    let refused = output(plumbline().args(["segment", "--out"]).args([at("copy.dcm"), at("copy.nii.gz")]));
    assert_eq!(refused.status.code(), Some(2));
    assert!(complaint(&refused).contains("copy.nii.gz") && !at("copy.dcm").exists(), "{}", complaint(&refused));
}

#[test]
fn schemas_and_explanations_are_printed() {
    for file in ["scenario", "phantom", "plan", "attempt", "run", "margins"] {
        let schema: serde_json::Value = serde_json::from_str(&succeeds(&["schema", file], &[])).expect("JSON");
        assert!(schema["properties"].is_object() || schema["$ref"].is_string(), "{file}");
    }
    assert!(succeeds(&["explain", "plan.disc_angle_deg"], &[]).contains("[°]"));
    assert!(succeeds(&["explain"], &[]).contains("dice.vertebra"));
    let unknown = output(plumbline().args(["explain", "plan.disc_angel_deg"]));
    assert_eq!(unknown.status.code(), Some(2));
    assert!(complaint(&unknown).contains("plan.disc_angle_deg"));
}

#[test]
fn runs_of_older_versions_can_be_read() {
    // The sample was made before some of the current columns existed.
    let sample = Path::new("reports/sample");
    let compared = output(plumbline().arg("compare").args([sample, sample]));
    // The same plans, but of three patients: too few to exclude what happens to one in twenty.
    assert_eq!(compared.status.code(), Some(1));
    let told = String::from_utf8_lossy(&compared.stdout);
    assert!(told.contains("verdict: inconclusive: 59 cases would settle it"), "{told}");
}

#[test]
fn the_help_of_every_verb_has_an_example() {
    for verb in [
        "run", "console", "compare", "merge", "report", "phantom", "scan", "segment", "plan", "train", "eval",
        "schema", "explain",
    ] {
        assert!(succeeds(&[verb, "--help"], &[]).contains(&format!("plumbline {verb}")), "{verb}");
    }
}

/// Study, series and first SOP instance of a ball scanned with these options.
fn identifiers(options: &[&str]) -> [String; 3] {
    let out = tempfile::tempdir().expect("a folder");
    succeeds(&[&["scan", "ball", "--format", "dicom"], options, &["--out"]].concat(), &[out.path()]);
    let series = std::fs::read_dir(out.path()).expect("a folder").next().expect("a series").expect("readable").path();
    let image = imaging_io::read_series(&series).expect("a series");
    let source = image.source.expect("the series can be referred to");
    [source.study_uid.clone(), source.series_uid.clone(), source.images[0].sop_instance.clone()]
}

#[test]
fn no_two_scans_that_differ_share_an_identifier() {
    let folder = tempfile::tempdir().expect("a folder");
    let faults = folder.path().join("faults.toml");
    std::fs::write(&faults, "ghost = 0.05\n").expect("written");
    let faults = faults.to_str().expect("text");
    let plain = identifiers(&["--seed", "1"]);
    assert_eq!(identifiers(&["--seed=1"]), plain, "the same scan twice");
    for options in [["--faults", faults], ["--date", "2026-04-01"]] {
        let other = identifiers(&options);
        assert!(other.iter().zip(&plain).all(|(a, b)| a != b), "{options:?}");
    }
}
