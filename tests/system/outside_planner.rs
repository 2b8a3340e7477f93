//! A vendor's planner behind a command is scored like ours; if it crashes, the run goes on.

use results::Verdict;

use crate::support::{SMALL, complaint, output, plumbline, scenario};

#[test]
fn a_planner_that_crashes_fails_the_scenario_and_the_report_has_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = scenario(folder.path(), SMALL);
    let out = folder.path().join("out");
    let output = output(plumbline().arg("run").arg(&scenario).arg("--out").arg(&out).args(["--planner", "cmd:false"]));
    assert_eq!(output.status.code(), Some(1), "{}", complaint(&output));
    let run = run_store::open(&out).expect("a run");
    assert_eq!(run.manifest.verdict, Verdict::Fail);
    assert_eq!(run.manifest.provenance.identity.planner(), "cmd:false");
    let page = std::fs::read_to_string(out.join("report.html")).expect("a report");
    assert!(page.contains("the planner ended early"));
}
