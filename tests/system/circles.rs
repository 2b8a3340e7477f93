//! No circle between the modules of a crate: each file can be understood with those that it refers to, and no more.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

/// A module by its path inside the crate: `["findings", "disc"]`; the crate's root is empty.
type Module = Vec<String>;

/// The Rust files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of sources");
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

/// The module that a file holds.
fn module(source: &Path, file: &Path) -> Module {
    let inside = file.strip_prefix(source).expect("below the source folder").with_extension("");
    let mut path: Module = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if path.last().is_some_and(|last| last == "mod") || path == ["lib"] || path == ["main"] {
        path.pop();
    }
    path
}

/// A file without its comments and its test module.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    let lines = text[..end].lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The paths of a use tree such as `a::{b, c::d}`, and what follows the tree.
fn use_tree<'a>(prefix: &[String], mut rest: &'a str, paths: &mut Vec<Module>) -> &'a str {
    let mut path = prefix.to_vec();
    loop {
        rest = rest.trim_start();
        if let Some(mut group) = rest.strip_prefix('{') {
            loop {
                // What may still stand before the comma: a `*`, or `as` and a name.
                group = use_tree(&path, group, paths).trim_start_matches(|c| c != ',' && c != '}');
                match group.strip_prefix(',') {
                    Some(next) => group = next,
                    None => return group.strip_prefix('}').unwrap_or(group),
                }
            }
        }
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if length == 0 {
            break;
        }
        path.push(rest[..length].to_owned());
        rest = &rest[length..];
        match rest.strip_prefix("::") {
            Some(next) => rest = next,
            None => break,
        }
    }
    paths.push(path);
    rest
}

/// What a module refers to by `crate::` and `super::`, as paths from the crate's root.
fn references(own: &Module, text: &str) -> Vec<Module> {
    let mut paths = Vec::new();
    for (start, word) in text.match_indices("crate::").chain(text.match_indices("super::")) {
        let before = text[..start].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let mut rest = &text[start..];
        let mut prefix = own.clone();
        if word == "crate::" {
            prefix.clear();
            rest = &rest[word.len()..];
        }
        while let Some(next) = rest.strip_prefix("super::") {
            prefix.pop();
            rest = next;
        }
        use_tree(&prefix, rest, &mut paths);
    }
    paths
}

/// Which modules each module refers to; a module and what it contains count as one.
fn graph(source: &Path) -> BTreeMap<Module, BTreeSet<Module>> {
    let texts: BTreeMap<Module, String> = files(source)
        .into_iter()
        .map(|file| (module(source, &file), code(&std::fs::read_to_string(&file).expect("UTF-8"))))
        .filter(|(module, _)| !module.iter().any(|part| part == "tests"))
        .collect();
    let nearest = |path: &Module| (1..=path.len()).rev().map(|n| path[..n].to_vec()).find(|m| texts.contains_key(m));
    let mut graph = BTreeMap::new();
    for (own, text) in &texts {
        let referred = references(own, text).into_iter().filter_map(|path| nearest(&path));
        graph.insert(own.clone(), referred.filter(|m| !m.starts_with(own) && !own.starts_with(m)).collect());
    }
    graph
}

/// The shortest way from a module back to itself.
fn circle(graph: &BTreeMap<Module, BTreeSet<Module>>, start: &Module) -> Option<Vec<String>> {
    let mut from: BTreeMap<&Module, &Module> = BTreeMap::new();
    let mut next = VecDeque::from([start]);
    while let Some(at) = next.pop_front() {
        for to in &graph[at] {
            if to == start {
                let mut way = vec![start.join("::"), at.join("::")];
                let mut at = at;
                while let Some(before) = from.get(at) {
                    way.push(before.join("::"));
                    at = before;
                }
                way.reverse();
                return Some(way);
            }
            if !from.contains_key(to) {
                from.insert(to, at);
                next.push_back(to);
            }
        }
    }
    None
}

#[test]
fn modules_of_a_crate_form_no_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    let folders = |path: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(path).expect("a folder").map(|entry| entry.expect("an entry").path());
        entries.filter(|path| path.is_dir()).collect()
    };
    let mut found = BTreeSet::new();
    for folder in folders(&root).iter().flat_map(|floor| folders(floor)) {
        let name = folder.file_name().expect("a crate's folder").to_string_lossy().into_owned();
        let graph = graph(&folder.join("src"));
        // Every circle once: named from its first module.
        let circles = graph.keys().filter_map(|module| circle(&graph, module));
        let first = circles.filter(|way| way.iter().min() == way.first());
        found.extend(first.map(|way| format!("{name}: {}", way.join(" → "))));
    }
    assert!(found.is_empty(), "circles between modules:\n  {}", found.into_iter().collect::<Vec<_>>().join("\n  "));
}

#[test]
fn use_trees_are_followed_into_their_groups() {
    let own = vec!["a".to_owned(), "b".to_owned()];
    let text = "use super::{c as x, d::{e, f}};\nuse crate::g::H;\nlet x = super::super::i::J;";
    let paths: Vec<String> = references(&own, text).into_iter().map(|path| path.join("::")).collect();
    assert_eq!(paths, ["g::H", "a::c", "a::d::e", "a::d::f", "i::J"]);
}
