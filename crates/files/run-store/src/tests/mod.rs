mod nothing_is_lost;

use std::fs;
use std::path::Path;

use super::*;
use crate::journal::Machine;
use crate::merge::{MergeError, merge};
use results::Run;
use results::Verdict;
use results::fixture::{case, host, identity, wall_clock};
use results::identity::{PlannerIdentity, Selection};

const CASES: u64 = 6;

fn machine(device: &str) -> Machine {
    Machine { device: device.into(), host: host() }
}

/// Writes the cases of a selection in the given order.
fn write(folder: &Path, selection: Selection, order: &[u64]) -> Run {
    let mut writer = RunWriter::create(folder, identity(CASES, selection), machine("cpu")).expect("a new run");
    for number in order.iter().filter(|number| selection.contains(**number)) {
        writer.record(case(*number, 1.0)).expect("recorded");
    }
    writer.finish(wall_clock()).expect("finished")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> = entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_run_is_read_back_as_it_was_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = write(folder.path(), Selection::All, &[3, 1, 0, 5, 4, 2]);
    assert_eq!(names(folder.path()), ["cases.parquet", "junit.xml", "run.json"]);
    assert_eq!(open(folder.path()).expect("readable"), run);
    assert_eq!(run.manifest.verdict, Verdict::Pass);
    assert_eq!(run.manifest.scenarios[0].cases_done, CASES);
    assert!(run.manifest.by_arm["manual"].contains_key("plan.disc_angle_deg"));
    assert_eq!(run.manifest.metrics["plan.disc_angle_deg"].n, 6 * 2 * 3, "the automated arm alone");
}

#[test]
fn the_order_in_which_cases_finish_leaves_no_trace() {
    let (a, b) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    write(a.path(), Selection::All, &[0, 1, 2, 3, 4, 5]);
    write(b.path(), Selection::All, &[5, 3, 1, 0, 2, 4]);
    for name in names(a.path()) {
        assert_eq!(
            fs::read(a.path().join(&name)).expect("read"),
            fs::read(b.path().join(&name)).expect("read"),
            "{name}"
        );
    }
}

#[test]
fn joined_shards_have_the_bytes_of_the_whole() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| root.path().join(name);
    let order = [0, 1, 2, 3, 4, 5];
    write(&at("whole"), Selection::All, &order);
    let shards: Vec<_> = (0..3)
        .map(|index| write(&at(&format!("part-{index}")), Selection::Shard { index, count: 3 }, &order))
        .collect();
    assert_eq!(shards[0].manifest.verdict, Verdict::Incomplete, "a part cannot stand for the cohort");
    fs::create_dir(at("part-1").join("pictures")).expect("a folder");
    fs::write(at("part-1/pictures/case-000001.png"), "a picture").expect("written");

    let merged = merge(&[shards[2].clone(), shards[0].clone(), shards[1].clone()], &at("merged")).expect("joined");

    assert_eq!(merged.manifest.verdict, Verdict::Pass);
    for name in ["cases.parquet", "junit.xml"] {
        assert_eq!(
            fs::read(at("whole").join(name)).expect("read"),
            fs::read(at("merged").join(name)).expect("read"),
            "{name}"
        );
    }
    // Time adds up; everything else in run.json is the same.
    let text = |name: &str| fs::read_to_string(at(name).join("run.json")).expect("read");
    assert_eq!(text("merged").replace("\"elapsed_s\": 180.0", "\"elapsed_s\": 60.0"), text("whole"));
    assert!(at("merged/pictures/case-000001.png").is_file());
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let part = write(&root.path().join("a"), Selection::Shard { index: 0, count: 2 }, &[0, 2, 4]);
    let mut same = part.clone();
    same.folder = root.path().join("copy of a");
    let target = root.path().join("target");
    let twice = merge(&[part.clone(), same.clone()], &target).expect_err("the same cases");
    assert!(matches!(twice, MergeError::CaseTwice { case: 0, .. }), "{twice}");
    same.manifest.provenance.identity.scenarios[0].seed = 99;
    let other = merge(&[part.clone(), same], &target).expect_err("another seed").to_string();
    assert!(other.contains("s with seed 7") && other.contains("s with seed 99"), "{other}");
    assert!(!target.exists(), "nothing is written");
    let onto = merge(std::slice::from_ref(&part), &part.folder).expect_err("its own folder");
    assert!(matches!(onto, MergeError::OntoItself(_)), "{onto}");
}

#[test]
fn an_interrupted_run_goes_on_after_a_torn_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut writer =
        RunWriter::create(folder.path(), identity(CASES, Selection::All), machine("cpu")).expect("a new run");
    for number in [0, 1, 2] {
        writer.record(case(number, 1.0)).expect("recorded");
    }
    drop(writer);
    let path = folder.path().join(journal::JOURNAL);
    let text = fs::read(&path).expect("a journal");
    fs::write(&path, &text[..text.len() - 40]).expect("torn");

    let stopped = open(folder.path()).expect("what is done stays readable");
    assert_eq!((stopped.manifest.verdict, stopped.manifest.scenarios[0].cases_done), (Verdict::Incomplete, 2));
    assert_eq!(fs::read(&path).expect("a journal").len(), text.len() - 40, "looking changes nothing");

    let refused = RunWriter::create(folder.path(), identity(CASES, Selection::All), machine("cpu"))
        .expect_err("not without --resume");
    assert!(refused.is_wrong_input() && refused.to_string().contains("--resume"), "{refused}");
    let mut writer =
        RunWriter::resume(folder.path(), identity(CASES, Selection::All), machine("cpu")).expect("continued");
    assert!(writer.has("s", 0) && writer.has("s", 1) && !writer.has("s", 2));
    for number in 2..CASES {
        writer.record(case(number, 1.0)).expect("recorded");
    }
    writer.finish(wall_clock()).expect("finished");

    let straight = tempfile::tempdir().expect("a temporary folder");
    write(straight.path(), Selection::All, &[0, 1, 2, 3, 4, 5]);
    for name in ["cases.parquet", "run.json"] {
        let read = |folder: &Path| fs::read(folder.join(name)).expect("read");
        assert_eq!(read(folder.path()), read(straight.path()), "{name}");
    }
}

#[test]
fn another_run_is_not_continued_and_a_finished_one_is_done() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), Selection::All, &[0, 1, 2, 3, 4, 5]);
    let mut other = identity(CASES, Selection::All);
    other.planners = vec![PlannerIdentity::Command { command: "another".into(), files: Vec::new() }];
    let error = RunWriter::resume(folder.path(), other, machine("cpu")).expect_err("another planner").to_string();
    assert!(error.contains("(before → now): planner: cmd:made-up → cmd:another"), "{error}");
    let writer = RunWriter::resume(folder.path(), identity(CASES, Selection::All), machine("cpu")).expect("the same");
    assert!((0..CASES).all(|number| writer.has("s", number)));
}

#[test]
fn another_device_does_not_continue_a_run_and_time_adds_up() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), Selection::All, &[0, 1]);
    let resumed = |device: &str| RunWriter::resume(folder.path(), identity(CASES, Selection::All), machine(device));
    // Nor one that was killed, which leaves a journal and no results.
    let manifest = fs::read(folder.path().join("run.json")).expect("read");
    fs::remove_file(folder.path().join("run.json")).expect("removed");
    assert!(resumed("cpu-bf16").expect_err("another device").to_string().contains("device: cpu → cpu-bf16"));
    fs::write(folder.path().join("run.json"), manifest).expect("written");
    let refused = resumed("cpu-bf16").expect_err("another device").to_string();
    assert!(refused.contains("(before → now): device: cpu → cpu-bf16"), "{refused}");
    let mut writer = resumed("cpu").expect("continued");
    (2..CASES).for_each(|number| writer.record(case(number, 1.0)).expect("recorded"));
    let run = writer.finish(wall_clock()).expect("finished");
    assert_eq!(run.manifest.provenance.wall_clock.map(|clock| clock.elapsed_s), Some(120.0));
    let same = identity(CASES, Selection::All);
    assert_eq!(RunWriter::finished(folder.path(), &same).expect("readable").map(|run| run.cases), Some(run.cases));
}

#[test]
fn what_a_planner_does_not_tell_counts_for_nothing() {
    let verdict = |planner: PlannerIdentity| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut identity = identity(CASES, Selection::All);
        identity.planners = vec![planner];
        identity.scenarios[0].criteria[1].metric = "dice.disc".into();
        identity.scenarios[0].criteria[1].statistic = results::metrics::Statistic::Mean;
        let mut writer = RunWriter::create(folder.path(), identity, machine("cpu")).expect("a new run");
        (0..CASES).for_each(|number| writer.record(case(number, 1.0)).expect("recorded"));
        let run = writer.finish(wall_clock()).expect("finished");
        let junit = fs::read_to_string(folder.path().join("junit.xml")).expect("read");
        (run.manifest.verdict, run.manifest.scenarios[0].criteria[1].word(), junit.contains("<skipped"))
    };
    // The command holds what joins names of planners elsewhere.
    let command = PlannerIdentity::Command { command: "theirs --levels \"L1, L2\"".into(), files: Vec::new() };
    assert_eq!(verdict(command), (Verdict::Pass, "n/a", true));
    assert_eq!(verdict(PlannerIdentity::Builtin { model: None }), (Verdict::Incomplete, "not measured", false));
}

#[test]
fn an_interruption_that_can_still_write_keeps_the_journal() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = write(folder.path(), Selection::All, &[0, 1]);
    assert_eq!(run.manifest.verdict, Verdict::Incomplete);
    assert!(names(folder.path()).contains(&journal::JOURNAL.to_owned()));
    assert!(fs::read_to_string(folder.path().join("junit.xml")).expect("read").contains("2 of 6 cases have results"));
}

#[test]
fn folders_of_other_things_are_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("thesis.tex"), "years of work").expect("written");
    let error = RunWriter::create(folder.path(), identity(CASES, Selection::All), machine("cpu")).expect_err("no run");
    assert!(matches!(error, StoreError::NotARun { .. }), "{error}");
    assert_eq!(names(folder.path()), ["thesis.tex"]);

    let unwritable = folder.path().join("thesis.tex").join("run");
    let error = RunWriter::create(&unwritable, identity(CASES, Selection::All), machine("cpu"))
        .expect_err("a file is no folder");
    assert!(!error.is_wrong_input(), "{error}");
}

/// `/dev/full` refuses every byte as a full disk does.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_costs_no_finished_case() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut writer =
        RunWriter::create(folder.path(), identity(CASES, Selection::All), machine("cpu")).expect("a new run");
    (0..4).for_each(|number| writer.record(case(number, 1.0)).expect("recorded"));
    // The name under which the file grows.
    let part = format!(".part-{}-cases.parquet", std::process::id());
    std::os::unix::fs::symlink("/dev/full", folder.path().join(part)).expect("a link");

    let error = writer.finish(wall_clock()).expect_err("the disk is full");

    assert!(!error.is_wrong_input() && error.to_string().contains("No space left"), "{error}");
    assert_eq!(names(folder.path()), [journal::JOURNAL], "no partial file is left");
    assert_eq!(open(folder.path()).expect("readable").manifest.scenarios[0].cases_done, 4);
    let writer = RunWriter::resume(folder.path(), identity(CASES, Selection::All), machine("cpu")).expect("continued");
    assert!(writer.has("s", 3));
}

#[test]
fn a_journal_of_another_version_is_refused_by_its_number() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(journal::JOURNAL);
    // The first version did not say which it was; neither had checksums.
    for (version, found) in [("", 1), ("\"format_version\":2,", 2)] {
        let text = format!("{{{version}\"identity\":{{}},\"device\":\"cpu\"}}\n");
        fs::write(&path, text).expect("written");
        let error = RunWriter::resume(folder.path(), identity(CASES, Selection::All), machine("cpu"));
        let error = error.expect_err("another version").to_string();
        assert!(error.contains(&format!("its format_version is {found}, expected 3")), "{error}");
    }
}
