//! Two runs are compared, and what comes of it stands in a folder.

use std::path::Path;

use crate::support::{SMALL, complaint, output, plumbline, scenario};
use geometry::Plane;
use results::DiscResult;

/// A plane of every disc in every attempt.
fn planes(run: &Path, plane: fn(&DiscResult) -> Option<Plane>) -> Vec<Option<Plane>> {
    let cases = run_store::open(run).expect("a run").cases;
    let discs = cases.iter().flat_map(|case| &case.attempts).flat_map(|attempt| &attempt.plan.discs);
    discs.map(plane).collect()
}

#[test]
fn the_same_patients_with_other_noise_are_compared_and_called_neither_worse_nor_other_patients() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = scenario(folder.path(), SMALL);
    let at = |name: &str| folder.path().join(name);
    for (name, options) in [("before", &[][..]), ("after", &["--noise-seed", "5"])] {
        let ran = output(plumbline().arg("run").arg(&scenario).arg("--out").arg(at(name)).args(options));
        // Whether two patients show what the scenario asks for is another matter.
        assert!(ran.status.code().is_some_and(|code| code <= 1), "{}", complaint(&ran));
    }
    let [before, after] = ["before", "after"].map(at);
    assert_eq!(planes(&before, |disc| disc.true_plane), planes(&after, |disc| disc.true_plane), "the same patients");
    let planned = |run: &Path| planes(run, |disc| disc.level_plane);
    assert_ne!(planned(&before), planned(&after), "measured again");

    let compared = output(plumbline().arg("compare").args([&before, &after]).arg("--out").arg(at("compared")));
    let told = String::from_utf8_lossy(&compared.stdout).into_owned();
    assert_eq!(compared.status.code(), Some(1), "two patients show nothing: {told}{}", complaint(&compared));
    assert!(told.contains("verdict: inconclusive: ") && told.contains("cases would settle it"), "{told}");
    let word = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
    assert!(told.lines().all(|line| word(line) != "worse"), "{told}");
    for file in ["compare.json", "compare.html", "compare.md"] {
        assert!(at("compared").join(file).exists(), "{file}");
    }

    std::fs::write(at("margins.toml"), "format-version = 1\n[margins]\nplan.disc_angle_deg = 0.1\n").expect("written");
    let refused = output(plumbline().arg("compare").args([&before, &after]).arg("--margin").arg(at("margins.toml")));
    assert_eq!(refused.status.code(), Some(2));
    let why = complaint(&refused);
    assert!(why.contains("margins.toml:3:") && why.contains("write \"plan.disc_angle_deg\""), "{why}");
}
