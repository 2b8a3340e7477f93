//! The floors of the architecture: arrows point down only, and ARCHITECTURE.md draws every one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::support::cargo;

/// The folders under `crates/` and how high they lie; floors of one height do not see each other.
const FLOORS: [(&str, usize); 7] = [
    ("foundation", 0),
    ("patient", 1),
    ("vision", 1),
    ("examination", 2),
    ("judgement", 3),
    ("files", 4),
    ("applications", 5),
];

/// Crates that work on images as a scanner's AI gets them, and on its plans: they must not reach a phantom's truth.
const BLIND: [&str; 6] = ["planner", "vnet-kernels", "vnet", "vnet-train", "scoring", "observer"];

/// A crate of the workspace, named by its folder.
#[derive(Debug, Default)]
struct Crate {
    floor: String,
    /// Normal dependencies on crates of the workspace.
    uses: BTreeSet<String>,
    /// Normal dependencies on other packages.
    foreign: BTreeSet<String>,
}

/// The crates under `crates/`, by folder.
fn crates() -> BTreeMap<String, Crate> {
    let metadata = cargo(&["metadata", "--format-version", "1", "--no-deps"]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).expect("cargo metadata is JSON");
    let text = |value: &serde_json::Value| value.as_str().expect("a string").to_owned();
    let mut crates = BTreeMap::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let manifest = text(&package["manifest_path"]).replace('\\', "/");
        let Some((_, place)) = manifest.rsplit_once("/crates/") else { continue };
        let mut folders = place.split('/').map(str::to_owned);
        let (floor, name) = (folders.next().expect("a floor"), folders.next().expect("a crate's folder"));
        assert_eq!(text(&package["name"]), format!("plumbline-{name}"), "the package is named after its folder");
        let mut found = Crate { floor, ..Crate::default() };
        let dependencies = package["dependencies"].as_array().expect("dependencies").iter();
        for dependency in dependencies.filter(|dependency| dependency["kind"].is_null()) {
            let needed = text(&dependency["name"]);
            match needed.strip_prefix("plumbline-") {
                Some(own) => found.uses.insert(own.to_owned()),
                None => found.foreign.insert(needed),
            };
        }
        crates.insert(name, found);
    }
    crates
}

/// The table of ARCHITECTURE.md: what each crate may use.
fn drawn() -> BTreeMap<String, BTreeSet<String>> {
    let text = include_str!("../../ARCHITECTURE.md");
    let rows = text.lines().skip_while(|line| !line.starts_with("| crate |")).skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [name, _, uses] = cells[..] else { panic!("expected | crate | what it does | uses |, found {line}") };
            let uses = uses.split(", ").filter(|used| *used != "–").map(str::to_owned).collect();
            (name.trim_matches('`').to_owned(), uses)
        })
        .collect()
}

/// Everything that a crate reaches through the workspace's own crates.
fn reach(crates: &BTreeMap<String, Crate>, from: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut next = vec![from.to_owned()];
    while let Some(name) = next.pop() {
        for used in crates.get(&name).iter().flat_map(|found| &found.uses) {
            if seen.insert(used.clone()) {
                next.push(used.clone());
            }
        }
    }
    seen
}

#[test]
fn architecture_md_draws_every_arrow_and_no_other() {
    let (crates, drawn) = (crates(), drawn());
    for (name, found) in &crates {
        let uses = found.uses.iter().cloned().collect::<Vec<_>>().join(", ");
        assert_eq!(drawn.get(name), Some(&found.uses), "the row of `{name}` in ARCHITECTURE.md must end: {uses}");
    }
    let gone: Vec<&String> = drawn.keys().filter(|name| !crates.contains_key(*name)).collect();
    assert!(gone.is_empty(), "ARCHITECTURE.md describes crates that are not there: {gone:?}");
}

#[test]
fn a_crate_uses_its_own_floor_and_those_below() {
    let crates = crates();
    let height = |floor: &str| {
        let found = FLOORS.iter().find(|(name, _)| *name == floor);
        found.unwrap_or_else(|| panic!("crates/{floor} is none of the floors {FLOORS:?}")).1
    };
    for (name, found) in &crates {
        for used in &found.uses {
            let (from, to) = (&found.floor, &crates[used].floor);
            assert!(from == to || height(to) < height(from), "{from}/{name} must not use {to}/{used}");
        }
    }
}

#[test]
fn truth_never_reaches_a_planner() {
    let crates = crates();
    for blind in BLIND.iter().filter(|name| crates.contains_key(**name)) {
        for truth in ["phantom", "scanner", "test-object"] {
            assert!(!reach(&crates, blind).contains(truth), "{blind} reaches {truth}");
        }
    }
}

#[test]
fn candle_is_for_training_alone_and_bevy_for_the_console() {
    for (name, found) in crates() {
        for needed in found.foreign {
            let trains = needed.starts_with("candle");
            assert!(!trains || name == "vnet-train", "{name} depends on {needed}");
            let draws = needed.starts_with("bevy") || needed.starts_with("egui") || needed == "winit";
            assert!(!draws || name == "console", "{name} depends on {needed}");
        }
    }
}

#[test]
fn unsafe_code_is_in_the_kernels_the_allocator_and_the_start_of_the_program() {
    let allowed = ["crates/vision/vnet-kernels", "crates/foundation/memory", "crates/applications/cli/src/main.rs"];
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
