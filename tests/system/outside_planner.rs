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

/// A planner that is run by an interpreter is known by its script as well.
#[test]
fn a_changed_planner_continues_no_run_and_no_run_is_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = scenario(folder.path(), &SMALL.replacen("cases = 2", "cases = 1", 1));
    let script = folder.path().join("planner.sh");
    std::fs::write(&script, "exit 4").expect("written");
    let out = folder.path().join("out");
    let run = |options: &[&str]| {
        let planner = format!("cmd:sh {}", script.display());
        output(plumbline().arg("run").arg(&scenario).arg("--out").arg(&out).args(["--planner", &planner]).args(options))
    };
    run(&[]);
    let first = std::fs::read(out.join("run.json")).expect("a run");
    let refused = run(&[]);
    assert_eq!(refused.status.code(), Some(2), "a finished run is kept");
    assert!(complaint(&refused).contains("--replace"), "{}", complaint(&refused));

    std::fs::write(&script, "exit 5").expect("written");
    let refused = run(&["--resume"]);
    assert_eq!(refused.status.code(), Some(2), "another planner");
    let message = complaint(&refused).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(message.contains("planner's program: sh") && message.contains("→ sh"), "{message}");
    assert_eq!(std::fs::read(out.join("run.json")).expect("a run"), first);

    run(&["--replace"]);
    let replaced = run_store::open(&out).expect("a run").cases;
    let error = replaced[0].attempts[0].examination.error.as_deref().unwrap_or_default();
    assert!(error.contains("status: 5"), "{error}");
    let host = &run_store::open(&out).expect("a run").manifest.provenance.hosts[0];
    assert_eq!(host.executable.as_ref().map(String::len), Some(64));
}
