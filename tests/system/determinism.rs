//! The same scenario, seed and model give the same results for any number of threads, any shards and any order.

use std::path::Path;

use crate::support::{SMALL, complaint, output, plumbline, scenario};
use results::CaseRow;

/// A run's rows without measured times.
fn rows(folder: &Path) -> Vec<CaseRow> {
    let mut rows = run_store::open(folder).expect("a run").rows;
    for row in &mut rows {
        row.latency_synthesize_ms = None;
        row.latency_acquire_ms = None;
        row.latency_segment_ms = None;
        row.latency_label_ms = None;
        row.latency_count_ms = None;
        row.latency_plan_ms = None;
        row.latency_check_ms = None;
        row.latency_loop_ms = None;
    }
    rows
}

fn run(scenario: &Path, out: &Path, threads: &str, options: &[&str]) {
    let mut command = plumbline();
    command.env("RAYON_NUM_THREADS", threads).arg("run").arg(scenario).arg("--out").arg(out).args(options);
    let output = output(&mut command);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
}

#[test]
fn threads_jobs_shards_and_single_cases_give_the_same_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = scenario(folder.path(), SMALL);
    let at = |name: &str| folder.path().join(name);

    run(&scenario, &at("one"), "1", &["--jobs", "1"]);
    run(&scenario, &at("two"), "2", &["--jobs", "2"]);
    let whole = rows(&at("one"));
    assert!(whole.iter().filter(|row| row.angle_deg.is_some()).count() >= 10, "planes were planned");
    assert_eq!(rows(&at("two")), whole, "two threads and two cases at a time give the rows of one thread");

    run(&scenario, &at("case"), "2", &["--case", "1"]);
    let of_case: Vec<CaseRow> = whole.iter().filter(|row| row.case == 1).cloned().collect();
    assert_eq!(rows(&at("case")), of_case, "a single case");

    run(&scenario, &at("half"), "2", &["--shard", "0/2"]);
    run(&scenario, &at("other"), "2", &["--shard", "1/2"]);
    let merged = output(plumbline().arg("merge").args([at("other"), at("half")]).arg("--out").arg(at("merged")));
    assert_eq!(merged.status.code(), Some(0), "{}", complaint(&merged));
    assert_eq!(rows(&at("merged")), whole, "merge of two shards");

    let png = |name: &str| std::fs::read(at(name).join("pictures/small/case-000001.png")).expect("a picture");
    assert_eq!(png("one"), png("case"), "the pictures are identical");
}
