//! The command and the console ask for the same features of the packages they share: cargo then compiles each once.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::cargo;

/// The sets of features that a program's build compiles a package with, by name and version.
fn features(program: &str) -> BTreeMap<String, BTreeSet<String>> {
    let tree =
        cargo(&["tree", "-p", program, "-e", "normal", "--no-dedupe", "--prefix", "none", "--format", "{p}|{f}"]);
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in tree.lines() {
        let (package, features) = line.split_once('|').expect("package|features");
        let name: Vec<&str> = package.split_whitespace().take(2).collect();
        found.entry(name.join(" ")).or_default().insert(features.to_owned());
    }
    found
}

#[test]
fn shared_packages_are_compiled_once() {
    let (command, console) = (features("plumbline"), features("plumbline-console"));
    // A package that only procedural macros use on one side is compiled for them in any case.
    let apart = command.iter().filter_map(|(package, sets)| {
        let other = console.get(package)?;
        sets.is_disjoint(other).then(|| format!("{package}: command {sets:?}, console {other:?}"))
    });
    let apart: Vec<String> = apart.collect();
    assert!(
        apart.is_empty(),
        "add the missing features to crates/foundation/dependency-features:\n  {}",
        apart.join("\n  ")
    );
}
