//! The ladder of crates: arrows point down only (ARCHITECTURE.md has the picture).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// Direct normal dependencies of every workspace crate, by package name.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let text = |value: &serde_json::Value| value.as_str().expect("a string").to_owned();
    let mut crates = BTreeMap::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let needs = package["dependencies"].as_array().expect("dependencies").iter();
        let normal = needs.filter(|d| d["kind"].is_null()).map(|d| text(&d["name"])).collect();
        crates.insert(text(&package["name"]), normal);
    }
    crates
}

/// Everything a crate reaches through the workspace's own crates.
fn reach(crates: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut next = vec![from.to_owned()];
    while let Some(name) = next.pop() {
        for needed in crates.get(&name).into_iter().flatten() {
            if seen.insert(needed.clone()) {
                next.push(needed.clone());
            }
        }
    }
    seen
}

#[test]
fn truth_never_reaches_a_planner() {
    let crates = dependencies();
    for blind in ["plumbline-planner", "plumbline-vnet", "plumbline-scoring", "plumbline-observer"] {
        for seeing in ["plumbline-phantom", "plumbline-scanner"] {
            assert!(!reach(&crates, blind).contains(seeing), "{blind} reaches {seeing}");
        }
    }
}

#[test]
fn candle_lives_in_vnet_train_and_bevy_in_the_console() {
    for (name, needs) in dependencies() {
        for need in needs {
            assert!(!need.starts_with("candle") || name == "plumbline-vnet-train", "{name} depends on {need}");
            let draws = need.starts_with("bevy") || need.starts_with("egui") || need == "winit";
            assert!(!draws || name == "plumbline-console", "{name} depends on {need}");
        }
    }
}

#[test]
fn geometry_stands_on_the_ground() {
    let crates = dependencies();
    assert!(crates["plumbline-geometry"].iter().all(|need| !need.starts_with("plumbline-")));
}

#[test]
fn only_training_data_and_the_command_line_depend_on_training() {
    for (name, needs) in dependencies() {
        let trains = ["plumbline-training-data", "plumbline-cli"].contains(&name.as_str());
        assert!(trains || !needs.contains("plumbline-vnet-train"), "{name} depends on plumbline-vnet-train");
    }
}

#[test]
fn unsafe_code_is_in_the_kernels_the_allocator_and_the_start_of_the_program() {
    let allowed = ["crates/vision/vnet-kernels/", "crates/foundation/memory/", "crates/applications/cli/src/main.rs"];
    let mut folders = vec![Path::new("crates").to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the repository") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") && !allowed.iter().any(|a| path.starts_with(a)) {
                let text = std::fs::read_to_string(&path).expect("a source file");
                let found = ["unsafe {", "unsafe fn", "unsafe impl"].into_iter().find(|word| text.contains(word));
                assert_eq!(found, None, "{}", path.display());
            }
        }
    }
}
