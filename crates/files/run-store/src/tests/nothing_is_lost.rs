//! A run never overwrites another, and no interruption is a dead end.

use super::*;
use crate::folder::{Holds, next_free, to_continue};
use crate::journal::JOURNAL;
use crate::replacement::Replacement;
use results::host::Host;
use results::identity::ProgramFile;

const ORDER: [u64; 6] = [0, 1, 2, 3, 4, 5];

fn all() -> results::Identity {
    identity(CASES, Selection::All)
}

#[test]
fn a_finished_run_is_not_overwritten_and_the_message_says_how() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), Selection::All, &ORDER);
    let before = fs::read(folder.path().join("run.json")).expect("read");
    let refused = RunWriter::create(folder.path(), all(), machine("cpu")).expect_err("a finished run");
    let message = refused.to_string();
    assert!(refused.is_wrong_input() && message.contains("--out") && message.contains("--replace"), "{message}");
    let part = write(&folder.path().join("part"), Selection::Shard { index: 0, count: 2 }, &ORDER);
    assert!(merge(&[part], folder.path()).is_err_and(|error| error.to_string().contains("finished run")));
    assert_eq!(fs::read(folder.path().join("run.json")).expect("read"), before);
}

#[test]
fn the_next_free_number_is_taken_and_the_last_unfinished_run_continued() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let base = root.path().join("smoke");
    assert_eq!(next_free(&base).expect("readable"), base);
    assert_eq!(to_continue(&base, &all()).expect("readable"), base, "nothing to continue");
    write(&base, Selection::All, &ORDER);
    let second = root.path().join("smoke-2");
    assert_eq!(next_free(&base).expect("readable"), second);
    drop(RunWriter::create(&second, all(), machine("cpu")).expect("a new run"));
    write(&root.path().join("smoke-4"), Selection::All, &ORDER);
    // What is called alike and is no number does not count.
    fs::create_dir(root.path().join("smoke-case-7")).expect("a folder");
    assert_eq!(next_free(&base).expect("readable"), root.path().join("smoke-5"));
    assert_eq!(to_continue(&base, &all()).expect("readable"), second);
}

#[test]
fn a_replacement_is_whole_before_it_takes_the_place() {
    let root = tempfile::tempdir().expect("a temporary folder");
    let folder = root.path().join("gate");
    assert_eq!(Replacement::of(&folder, Selection::All).expect("free"), None);
    write(&folder, Selection::All, &ORDER);
    let former = fs::read(folder.join("run.json")).expect("read");

    let part = Replacement::of(&folder, Selection::Case(3)).expect_err("a part of what is there");
    assert!(part.is_wrong_input() && part.to_string().contains("case 3"), "{part}");
    let replacement = Replacement::of(&folder, Selection::All).expect("a finished run").expect("something to replace");
    let mut other = all();
    other.scenarios[0].seed = 8;
    let mut writer = RunWriter::create(replacement.staging(), other, machine("cpu")).expect("beside it");
    ORDER.iter().for_each(|number| writer.record(case(*number, 1.0)).expect("recorded"));
    assert_eq!(fs::read(folder.join("run.json")).expect("read"), former, "until the new one is whole");
    writer.finish(wall_clock()).expect("finished");
    replacement.complete().expect("in its place");

    assert_eq!(open(&folder).expect("readable").manifest.provenance.identity.scenarios[0].seed, 8);
    assert_eq!(names(root.path()), ["gate"], "nothing is left beside it");
}

#[test]
fn a_journal_without_a_first_line_is_no_dead_end() {
    for text in ["", "[\"0123456789abcdef\",{\"format_ver"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join(JOURNAL), text).expect("written");
        fs::write(folder.path().join(".part-17-case.png"), "half a picture").expect("written");
        assert_eq!(Holds::of(folder.path()).expect("readable"), Holds::Nothing);
        assert!(open(folder.path()).is_err());
        drop(RunWriter::create(folder.path(), all(), machine("cpu")).expect("begun anew"));
        assert_eq!(names(folder.path()), [JOURNAL], "what was never whole is removed");

        fs::write(folder.path().join(JOURNAL), text).expect("written");
        let writer = RunWriter::resume(folder.path(), all(), machine("cpu")).expect("nothing to continue: begun");
        assert!(!writer.has("s", 0));
    }
}

#[test]
fn a_second_process_in_the_folder_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut writer = RunWriter::create(folder.path(), all(), machine("cpu")).expect("a new run");
    writer.record(case(0, 1.0)).expect("recorded");
    for second in [RunWriter::create, RunWriter::resume] {
        let refused = second(folder.path(), all(), machine("cpu")).expect_err("in use");
        assert!(refused.is_wrong_input() && refused.to_string().contains("another process runs here"), "{refused}");
    }
    assert_eq!(open(folder.path()).expect("who only looks may").cases.len(), 1);
    drop(writer);
    assert!(RunWriter::resume(folder.path(), all(), machine("cpu")).expect("free again").has("s", 0));
}

#[test]
fn a_case_that_is_in_the_journal_twice_counts_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut writer = RunWriter::create(folder.path(), all(), machine("cpu")).expect("a new run");
    (0..2).for_each(|number| writer.record(case(number, 1.0)).expect("recorded"));
    drop(writer);
    let path = folder.path().join(JOURNAL);
    let mut text = fs::read_to_string(&path).expect("a journal");
    let last = text.lines().last().expect("a case").to_owned() + "\n";
    text.push_str(&last);
    fs::write(&path, text).expect("written");

    let mut writer = RunWriter::resume(folder.path(), all(), machine("cpu")).expect("continued");
    ORDER[2..].iter().for_each(|number| writer.record(case(*number, 1.0)).expect("recorded"));
    assert_eq!(writer.finish(wall_clock()).expect("finished").cases.len(), 6);
}

#[test]
fn a_changed_byte_in_the_journal_is_noticed_and_its_line_can_go() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut writer = RunWriter::create(folder.path(), all(), machine("cpu")).expect("a new run");
    (0..2).for_each(|number| writer.record(case(number, 1.0)).expect("recorded"));
    drop(writer);
    let path = folder.path().join(JOURNAL);
    let text = fs::read_to_string(&path).expect("a journal");
    fs::write(&path, text.replacen("\"case\":0,", "\"case\":4,", 1)).expect("written");
    let resumed = || RunWriter::resume(folder.path(), all(), machine("cpu"));
    let message = resumed().expect_err("changed").to_string();
    assert!(message.contains("line 2: its checksum is") && message.contains("without this line"), "{message}");
    let kept: String = text.lines().enumerate().filter(|(n, _)| *n != 1).map(|(_, line)| format!("{line}\n")).collect();
    fs::write(&path, kept).expect("written");
    let writer = resumed().expect("continued without it");
    assert!(!writer.has("s", 0) && writer.has("s", 1));
}

#[test]
fn another_program_does_not_continue_a_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let of = |hash: &str| {
        let files = vec![ProgramFile { name: "planner.py".into(), blake3: hash.into() }];
        let planners = vec![PlannerIdentity::Command { command: "python planner.py".into(), files }];
        results::Identity { planners, ..all() }
    };
    drop(RunWriter::create(folder.path(), of("aaaa"), machine("cpu")).expect("a new run"));
    let refused = RunWriter::resume(folder.path(), of("bbbb"), machine("cpu")).expect_err("the script was changed");
    let message = refused.to_string();
    assert!(message.contains("(before → now): planner's program: planner.py aaaa → planner.py bbbb"), "{message}");
    assert!(refused.is_wrong_input());
}

#[test]
fn every_host_of_a_run_is_recorded() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let on = |name: &str| Machine { host: Host { name: name.into(), ..host() }, device: "cpu".into() };
    let mut writer = RunWriter::create(folder.path(), all(), on("b")).expect("a new run");
    writer.record(case(0, 1.0)).expect("recorded");
    drop(writer);
    let mut writer = RunWriter::resume(folder.path(), all(), on("a")).expect("figures do not depend on the host");
    ORDER[1..].iter().for_each(|number| writer.record(case(*number, 1.0)).expect("recorded"));
    let run = writer.finish(wall_clock()).expect("finished");
    let names: Vec<_> = run.manifest.provenance.hosts.iter().map(|host| host.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn a_run_of_a_later_version_is_refused_by_its_number() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), Selection::All, &ORDER);
    let path = folder.path().join("run.json");
    let text = fs::read_to_string(&path).expect("read");
    let known = format!("\"format_version\": {}", results::manifest::FORMAT_VERSION);
    fs::write(&path, text.replacen(&known, "\"format_version\": 99", 1)).expect("written");
    let opened = open(folder.path()).expect_err("a later version");
    assert!(opened.is_wrong_input() && opened.to_string().contains("format_version is 99, expected 1"), "{opened}");
    assert!(RunWriter::resume(folder.path(), all(), machine("cpu")).is_err_and(|error| error.is_wrong_input()));
}
