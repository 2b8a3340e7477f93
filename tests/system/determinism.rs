//! The same scenario, seed and model give the same results for any number of threads, any shards and any order.

use std::path::Path;

use crate::support::{SMALL, complaint, output, plumbline, scenario};
use results::{CaseResult, Timings};

/// A run's cases without measured times.
fn cases(folder: &Path) -> Vec<CaseResult> {
    let mut cases = run_store::open(folder).expect("a run").cases;
    cases.iter_mut().flat_map(|case| &mut case.attempts).for_each(|attempt| attempt.timings = Timings::default());
    cases
}

fn run(scenario: &Path, out: &Path, threads: &str, options: &[&str]) {
    let mut command = plumbline();
    command.env("RAYON_NUM_THREADS", threads).arg("run").arg(scenario).arg("--out").arg(out).args(options);
    let output = output(&mut command);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
}

#[test]
fn threads_jobs_shards_and_single_cases_give_the_same_results() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = scenario(folder.path(), SMALL);
    let at = |name: &str| folder.path().join(name);

    run(&scenario, &at("one"), "1", &["--jobs", "1"]);
    run(&scenario, &at("two"), "2", &["--jobs", "2"]);
    let whole = cases(&at("one"));
    let discs = whole.iter().flat_map(|case| &case.attempts).flat_map(|attempt| &attempt.plan.discs);
    assert!(discs.filter(|disc| disc.angle_deg.is_some()).count() >= 10, "planes were planned");
    assert!(whole.iter().all(|case| case.patient.is_some()), "patients are recorded");
    assert_eq!(cases(&at("two")), whole, "two threads and two cases at a time give the results of one thread");

    run(&scenario, &at("case"), "2", &["--case", "1"]);
    let of_case: Vec<CaseResult> = whole.iter().filter(|case| case.case == 1).cloned().collect();
    assert_eq!(cases(&at("case")), of_case, "a single case");

    run(&scenario, &at("half"), "2", &["--shard", "0/2"]);
    run(&scenario, &at("other"), "2", &["--shard", "1/2"]);
    let merged = output(plumbline().arg("merge").args([at("other"), at("half")]).arg("--out").arg(at("merged")));
    assert_eq!(merged.status.code(), Some(0), "{}", complaint(&merged));
    assert_eq!(cases(&at("merged")), whole, "merge of two shards");

    let file = |run: &str, name: &str| std::fs::read(at(run).join("pictures/small").join(name)).expect(name);
    for name in ["case-000001.png", "case-000001/plan.json", "case-000001/truth.json"] {
        assert_eq!(file("one", name), file("case", name), "{name}");
        assert_eq!(file("one", name), file("merged", name), "{name}");
    }
    let plan = planner::ScanPlan::from_json(&file("one", "case-000001/plan.json")).expect("the plan that was scanned");
    assert!(plan.disc_groups().count() >= 5);
}
