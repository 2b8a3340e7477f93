//! A network is trained, evaluated and exported as the help states.

use std::path::Path;

use crate::support::{complaint, output, plumbline};

/// Three steps of a network that is too small to learn anything.
const TRAINING: &str = r#"
format-version = 1

[examples]
population = "adult-lumbar"
protocols = ["lumbar-1.5t"]
seed = 5
validation-seed = 6
contrasts = { localizer = 1.0, sagittal-t2 = 0.0, free = 0.0 }

[examples.positioning]

[training]
steps = 3
checkpoint-every = 2
validation-examples = 1
crop = [4, 32, 32]

[training.network]
classes = 5
levels = [
  { width = 4, kernel = [1, 3, 3], stride = [1, 1, 1], convolutions = 1 },
  { width = 8, kernel = [3, 3, 3], stride = [2, 2, 2], convolutions = 1 },
]
"#;

#[test]
fn training_gives_usable_weights_and_resumes_only_with_the_same_examples() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let train = |text: &str| {
        std::fs::write(at("t.toml"), text).expect("written");
        let export = at("model");
        output(plumbline().arg("train").arg(at("t.toml")).arg("--out").arg(at("out")).arg("--export").arg(export))
    };
    let trained = train(TRAINING);
    assert_eq!(trained.status.code(), Some(0), "{}", complaint(&trained));
    let printed = String::from_utf8(trained.stdout).expect("text");
    assert!(printed.contains("validation Dice: vertebra") && printed.contains("3 steps in"), "{printed}");
    for name in ["checkpoint.safetensors", "weights.safetensors", "log.jsonl", "curve.svg"] {
        assert!(at("out").join(name).exists(), "{name}");
    }
    let weights = std::fs::read(at("model/weights.safetensors")).expect("exported");

    // A finished training has nothing left to do; a training with other examples is refused.
    assert_eq!(train(TRAINING).status.code(), Some(0));
    assert!(std::fs::read(at("model/weights.safetensors")).expect("exported") == weights);
    let other = train(&TRAINING.replace("seed = 5", "seed = 7"));
    assert_eq!(other.status.code(), Some(2));
    assert!(complaint(&other).contains("made with other examples"), "{}", complaint(&other));

    // A new training does not overwrite a model.
    let before = std::fs::read(at("model/weights.safetensors")).expect("exported");
    let over = output(plumbline().arg("train").arg(at("t.toml")).arg("--out").arg(at("model")));
    assert_eq!(over.status.code(), Some(2));
    assert!(complaint(&over).contains("a model is there already"), "{}", complaint(&over));
    assert!(std::fs::read(at("model/weights.safetensors")).expect("exported") == before);

    let scan = output(plumbline().args(["scan", "adult-lumbar", "--seed", "7", "--out"]).arg(at("scan")));
    assert_eq!(scan.status.code(), Some(0), "{}", complaint(&scan));
    let image = at("scan/localizer-sagittal.nii.gz");
    let labels = at("labels.nii.gz");
    let segment = |outline: &str| {
        let model = at("model");
        output(
            plumbline()
                .arg("segment")
                .arg(&image)
                .args(["--outline", outline, "--model"])
                .arg(model)
                .arg("--out")
                .arg(&labels),
        )
    };
    let segmented = segment("readers");
    assert_eq!(segmented.status.code(), Some(0), "{}", complaint(&segmented));
    assert!(complaint(&segmented).contains("has no class for the cortex"), "{}", complaint(&segmented));
    assert!(String::from_utf8_lossy(&segmented.stdout).contains("vertebrae with their cortex"));
}

#[test]
fn an_evaluation_prints_figures_and_writes_them_into_a_model_card() {
    let folder = tempfile::tempdir().expect("a folder");
    let (scenario, card) = (folder.path().join("small.toml"), folder.path().join("card.md"));
    std::fs::write(&scenario, crate::support::SMALL).expect("written");
    std::fs::write(&card, "# card\n<!-- figures by plumbline eval -->\n<!-- end of figures -->\nthe end\n")
        .expect("written");
    let eval = |options: &[&str]| {
        let arguments = ["eval", "models/lumbar-vnet", "--device", "cpu", "--cases", "1"];
        output(plumbline().args(arguments).arg(&scenario).args(options))
    };
    let plain = eval(&[]);
    assert_eq!(plain.status.code(), Some(0), "{}", complaint(&plain));
    let printed = String::from_utf8(plain.stdout).expect("text");
    assert!(printed.contains("small, 1 patient\n") && printed.contains("dice.disc"), "{printed}");

    let json = eval(&["--json", "--card", &card.to_string_lossy()]);
    assert_eq!(json.status.code(), Some(0), "{}", complaint(&json));
    let figures: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let disc = figures["dice.disc"]["mean"].as_f64().expect("a number");
    assert!(disc > 0.85, "{disc}");
    let card = std::fs::read_to_string(card).expect("a card");
    assert!(card.starts_with("# card\n") && card.ends_with("the end\n"), "{card}");
    assert!(card.contains("| small | 1 |") && card.contains(&format!("{disc:.3}")), "{card}");
}

#[test]
fn no_verb_overwrites_its_input_images() {
    let folder = tempfile::tempdir().expect("a folder");
    let series = folder.path().join("series");
    std::fs::create_dir(&series).expect("made");
    let image = series.join("IM1.dcm");
    std::fs::write(&image, "an image").expect("written");
    let (inside, outside) = (series.join("new.dcm"), folder.path().join("out.dcm"));
    let refused = |verb: &str, read: &Path, options: &[(&str, &Path)], expected: &str| {
        let mut command = plumbline();
        command.arg(verb).arg(read);
        options.iter().for_each(|(option, path)| {
            command.arg(option).arg(path);
        });
        let output = output(&mut command);
        assert_eq!(output.status.code(), Some(2), "{verb} {options:?}: {}", complaint(&output));
        assert!(complaint(&output).contains(expected), "{verb} {options:?}: {}", complaint(&output));
        assert_eq!(std::fs::read_to_string(&image).expect("still there"), "an image");
    };
    refused("plan", &image, &[("--out", &image)], "is also an input");
    refused("plan", &image, &[("--out", &outside), ("--report", &image)], "is also an input");
    refused("plan", &outside, &[("--coronal", &image), ("--out", &image)], "is also an input");
    refused("plan", &image, &[("--out", &outside), ("--report", &outside)], "is named twice");
    refused("segment", &series, &[("--out", &image)], "is in a folder of input images");
    refused("plan", &image, &[("--out", folder.path())], "is a folder, expected a file");
    refused("plan", &image, &[("--out", &image.join("plan.json"))], "is a file, expected a folder");
    refused("segment", &series, &[("--out", &inside)], "is in a folder of input images");
}
