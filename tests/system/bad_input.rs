//! Wrong input ends with exit status 2 and a message that has its place and what was expected; nothing is written.

use std::path::Path;

use geometry::{Grid, Point, Volume};

use crate::support::{SMALL, complaint, output, plumbline, scenario};

/// Runs an invalid scenario and returns the error message.
fn refused(folder: &Path, text: &str) -> String {
    let path = scenario(folder, text);
    let out = folder.join("out");
    let output = output(plumbline().arg("run").arg(&path).arg("--out").arg(&out));
    let complaint = complaint(&output);
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert!(!out.exists(), "no run directory is created");
    complaint
}

#[test]
fn mistakes_in_a_scenario_are_reported_with_line_and_column() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases = [
        ("seed = 4711", "sead = 4711", "small.toml:5:1", "did you mean 'seed'?"),
        ("\"adult-lumbar\"", "\"adult-lumber\"", "small.toml:9:14", "did you mean 'adult-lumbar'?"),
        ("cases = 2", "cases = \"two\"", "small.toml:6:9", "a whole number, 0 or more"),
        ("cases = 2", "cases = -2", "small.toml:6:9", "a whole number, 0 or more"),
        ("identification_rate", "identification_rat", "small.toml:16:10", "did you mean 'label.identification_rate'?"),
        ("at-least = 0.5", "at-least = 0.5\nat-most = 0.9", "small.toml", "at-most"),
    ];
    for (right, wrong, place, expected) in cases {
        let text = SMALL.replacen(right, wrong, 1);
        assert_ne!(text, SMALL, "'{right}' is in the scenario");
        let complaint = refused(folder.path(), &text);
        let flat: String = complaint.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert!(
            flat.contains(place) && flat.contains(expected),
            "for {wrong}: expected {place} and {expected} in\n{complaint}"
        );
    }
}

#[test]
fn a_negative_thickness_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let stack = "slices = 5\nthickness-mm = -4.0\ngap-mm = 0.4\nfov-mm = [180.0, 180.0]\nmatrix = [256, 256]\n";
    let text = format!(
        "{SMALL}\n[prescription]\nsat-band-thickness-mm = 60.0\nsat-band-clearance-mm = 5.0\n[prescription.sagittal]\n{}\n[prescription.axial]\n{stack}",
        stack.replace("-4.0", "4.0")
    );
    let complaint = refused(folder.path(), &text);
    assert!(complaint.contains("thickness") && complaint.contains("-4"), "{complaint}");
}

#[test]
fn missing_files_damaged_models_and_output_folders_with_other_files_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = output(plumbline().args(["run", "scenarios/absent.toml"]));
    assert_eq!(missing.status.code(), Some(2));
    assert!(complaint(&missing).contains("scenarios/absent.toml"));

    std::fs::create_dir_all(folder.path().join("phantoms")).expect("made");
    let model = folder.path().join("models/lumbar-vnet");
    std::fs::create_dir_all(&model).expect("made");
    let mut bytes = std::fs::read("models/lumbar-vnet/weights.safetensors").expect("the shipped weights");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
    std::fs::write(model.join("weights.safetensors"), &bytes).expect("written");
    let complaint_of = refused(folder.path(), SMALL);
    assert!(complaint_of.contains("weights.safetensors"), "{complaint_of}");

    let other = folder.path().join("other");
    std::fs::create_dir_all(&other).expect("made");
    std::fs::write(other.join("letter.txt"), "dear all").expect("written");
    let output = output(plumbline().args(["run", "scenarios/smoke.toml", "--out"]).arg(&other));
    assert_eq!(output.status.code(), Some(2), "{}", complaint(&output));
    assert_eq!(std::fs::read_dir(&other).expect("there").count(), 1, "nothing was added");
}

#[test]
fn files_that_are_not_images_and_conflicting_options_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = folder.path().join("image.nii");
    std::fs::write(&text, "not an image").expect("written");
    for (verb, name) in [("plan", "plan.json"), ("segment", "labels.nii.gz")] {
        let out = folder.path().join(name);
        let output = output(plumbline().arg(verb).arg(&text).arg("--out").arg(&out));
        assert_eq!(output.status.code(), Some(2), "{verb}");
        assert!(complaint(&output).contains("image.nii") && !out.exists());
    }
    let itself = output(plumbline().arg("segment").arg(&text).arg("--out").arg(&text));
    assert_eq!(itself.status.code(), Some(2));
    assert!(complaint(&itself).contains("is also an input"), "{}", complaint(&itself));
    assert_eq!(std::fs::read_to_string(&text).expect("still there"), "not an image");
    for arguments in [&["run", "scenarios/smoke.toml"][..], &["train", "models/lumbar-vnet/training.toml"]] {
        let refused = output(plumbline().args(arguments).arg("--out").arg(&text));
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}: {}", complaint(&refused));
        assert!(complaint(&refused).contains("is a file, expected a folder"), "{}", complaint(&refused));
    }
    // A valid file that cannot be prepared for the network.
    let black = folder.path().join("black.nii");
    let grid = Grid::axis_aligned(Point::origin(), [3.0; 3], [32, 64, 64]);
    imaging_io::write_nifti(&black, &Volume::filled(grid, 0.0f32)).expect("written");
    let refused = output(plumbline().arg("segment").arg(&black).arg("--out").arg(folder.path().join("new/labels.nii")));
    assert_eq!(refused.status.code(), Some(2));
    assert!(complaint(&refused).contains("the image is empty"), "{}", complaint(&refused));
    assert!(!folder.path().join("new").exists(), "no folder is created for a refused image");
    let wrong_extension = folder.path().join("labels.txt");
    let refused = output(plumbline().arg("segment").arg(&text).arg("--out").arg(&wrong_extension));
    assert_eq!(refused.status.code(), Some(2));
    assert!(complaint(&refused).contains("labels.txt: expected a name that ends in .nii"), "{}", complaint(&refused));
    for options in [
        &["--case", "0", "--shard", "0/2"][..],
        &["--case", "99"],
        &["--device", "quantum"],
        &["--shard", "2/2"],
        &["--planner", "oracle"],
        &["--planner", "cmd:no-such-program-here"],
        &["--jobs", "0"],
    ] {
        let output = output(
            plumbline().args(["run", "scenarios/smoke.toml", "--out"]).arg(folder.path().join("out")).args(options),
        );
        assert_eq!(output.status.code(), Some(2), "{options:?}: {}", complaint(&output));
        assert!(!folder.path().join("out").exists());
    }
}

#[test]
fn mistakes_in_a_training_file_are_reported_with_line_and_column() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = std::fs::read_to_string("models/lumbar-vnet/training.toml").expect("it ships");
    let steps = text.lines().position(|line| line.starts_with("steps = ")).expect("a line") + 1;
    let wrong: String = text
        .lines()
        .map(|line| if line.starts_with("steps = ") { "steps = 0\n".to_owned() } else { format!("{line}\n") })
        .collect();
    let path = folder.path().join("t.toml");
    std::fs::write(&path, wrong).expect("written");
    let out = folder.path().join("out");
    let output = output(plumbline().arg("train").arg(&path).arg("--out").arg(&out));
    let complaint = complaint(&output);
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert!(complaint.contains(&format!("t.toml:{steps}:9")) && complaint.contains("start-from"), "{complaint}");
    assert!(!out.exists(), "no training folder is created");
}

#[test]
fn a_model_card_is_not_overwritten_by_an_evaluation_that_lacks_some_of_its_populations() {
    let folder = tempfile::tempdir().expect("a folder");
    let card = folder.path().join("README.md");
    let shipped = std::fs::read("models/lumbar-vnet/README.md").expect("the shipped card");
    std::fs::write(&card, &shipped).expect("written");
    let command = ["eval", "models/lumbar-vnet", "scenarios/lumbar-routine.toml", "--cases", "1", "--card"];
    let output = output(plumbline().args(command).arg(&card));
    let complaint = complaint(&output);
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert!(complaint.contains("scoliosis") && !complaint.contains("lumbar-routine"), "{complaint}");
    assert_eq!(std::fs::read(&card).expect("still there"), shipped);
}
