//! The instrument's own acceptance test: every known fault between a planner and the instrument is found and named, with its
//! size; none is in a planner that knows the truth.

use serde_json::Value;

use crate::support::{complaint, output, plumbline};

#[test]
fn every_planted_fault_is_named_with_its_size() {
    let output = output(plumbline().args(["fault", "suite", "--json"]));
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).expect("rows");
    let missed: Vec<&Value> = rows.iter().filter(|row| row["named"] != true).collect();
    assert!(missed.is_empty(), "{missed:#?}");
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
    assert_eq!(rows[0]["found"], serde_json::json!([]), "a planner without a fault");
    assert!(rows.len() > 24, "{} faults", rows.len() - 1);
    for row in &rows[1..] {
        let text = row["planted"].as_str().expect("a fault");
        let kind = text.split(':').next().expect("a name");
        let found = row["found"].as_array().expect("patterns").iter().find(|pattern| pattern["kind"] == kind);
        let measured = found.expect("named")["size"].as_f64();
        // How late an answer was is not a size of the plan.
        let planted = row["planted_size"].as_f64().filter(|_| kind != "late");
        if let Some(planted) = planted {
            let measured = measured.expect("a size");
            assert!((measured - planted).abs() <= 0.1, "{text}: {measured}");
        }
    }
}

#[test]
fn a_fault_is_named_in_a_run_and_fails_it_and_another_one_does_not_continue_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("run");
    let run = |fault: &str, more: &[&str]| {
        let scenario = "scenarios/instrument/planted-faults.toml";
        let planner = ["--planner", "reference", "--fault", fault];
        output(plumbline().args(["run", scenario]).args(planner).arg("--out").arg(&out).args(more))
    };
    let told = run("shifted-left:40", &[]);
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(text.contains("consistent with axial slices shifted to the patient's left: +40.0 mm"), "{text}");
    let page = std::fs::read_to_string(out.join("report.html")).expect("a report");
    assert!(
        page.contains("axial slices shifted to the patient&#39;s left: +40.0 mm")
            || page.contains("shifted to the patient's left: +40.0 mm")
    );
    let refused = run("shifted-left:20", &["--resume"]);
    assert_eq!(refused.status.code(), Some(2), "{}", complaint(&refused));
    assert!(complaint(&refused).contains("planted fault"), "{}", complaint(&refused));
    let unknown = run("shifted-leftt", &[]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(complaint(&unknown).contains("did you mean 'shifted-left'?"), "{}", complaint(&unknown));
}

#[test]
fn all_mistakes_of_a_file_are_told_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("acme.toml");
    let text = "format-version = 1\nname = 'Acme'\nseed = 7\ncases = 0\n[patients]\npopulation = 'adult-lumber'\n";
    std::fs::write(&file, text).expect("written");
    let told = output(plumbline().arg("check").arg(&file));
    assert_eq!(told.status.code(), Some(2));
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    assert_eq!(text.lines().filter(|line| line.starts_with("error: ")).count(), 3, "{text}");
    assert!(text.contains("acme.toml:4:9: cases is 0") && text.contains("names no criterion"), "{text}");
    let right = output(plumbline().args(["check", "scenarios/lumbar-routine.toml"]));
    assert_eq!(
        (right.status.code(), String::from_utf8_lossy(&right.stdout).contains("nothing to report")),
        (Some(0), true)
    );
}
