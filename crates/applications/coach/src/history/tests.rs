//! What a trainee or an instructor would miss.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::time::Duration;

use assessment::RecordedAttempt;
use rusqlite::Connection;

use super::fixture::record;
use super::opening::{beside, connect};
use super::*;
use crate::record::SessionRecord;
use crate::score::Subject;

fn open(path: &Path) -> History {
    let opened = History::open(path).expect("it opens");
    assert_eq!(opened.notice, None);
    opened.history
}

/// The files in the folder whose names have `part`.
fn named(folder: &Path, part: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("readable").path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.to_string_lossy().contains(part)).collect();
    found.sort();
    found
}

#[test]
fn an_attempt_comes_back_bit_for_bit_after_reopening() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("class/2026/history.sqlite");
    let attempt = record("Ada Lovelace", "2026-05-04T10:30:00.125Z", 6.2);
    let id = open(&path).add(&attempt).expect("it is kept");

    let history = open(&path);
    assert_eq!(history.attempt(id).expect("it is there"), attempt);
    let summary = &history.attempts(&Filter::default()).expect("listed")[0];
    assert_eq!((summary.id, summary.trainee.as_str(), summary.mode), (id, "Ada Lovelace", attempt.mode));
    assert_eq!((summary.scenario.as_str(), summary.title.as_str()), ("lumbar-routine", attempt.title.as_str()));
    assert_eq!((summary.total, summary.duration_s), (attempt.score.total(), attempt.duration_s));
    assert!(matches!(history.attempt(AttemptId(99)), Err(HistoryError::NoAttempt(99))));
}

#[test]
fn an_attempt_with_a_plan_of_version_1_still_opens() {
    const STORED: &str = r#"{"trainee": "Ada", "title": "Routine lumbar spine, supine", "mode": "exam",
        "ended-at": "2026-05-04T10:30:00Z", "duration-s": 333.25, "score": {"items": [{"subject": "angle", "disc": "L4/L5",
        "points": 9.0, "of": 10.0, "measured": 1.5, "explanation": "L4/L5 is 1.5° off"}]}, "attempt": {"format-version": 1,
        "scenario": "lumbar-routine", "seed": 1, "case": 3, "arm": "collaborative", "observer": "Ada", "landing": {"position":
        "HFS", "knee-cushion": true, "coil": "spine-and-body-array", "landmark-error-mm": -0.5}, "registered-position": "HFS",
        "plan": {"frame": "patient-lps-mm", "levels": [{"label": "L4/L5", "centre": [0.0, -7.0, -20.0], "normal": [0.0, 0.0,
        1.0], "confidence": 1.0}], "groups": [{"name": "axial L4/L5", "role": "axial-disc", "centre": [0.0, 10.0, -20.0],
        "row": [1.0, 0.0, 0.0], "column": [0.0, 1.0, 0.0], "normal": [0.0, 0.0, 1.0], "slices": 5, "thickness_mm": 4.0,
        "gap_mm": 0.4, "fov_mm": [180.0, 180.0], "matrix": [256, 256], "phase_encoding": "row"}], "sat_bands": [],
        "flags": [], "latency_ms": {}}, "planning-time-s": 100.0, "scan-time-s": 200.0, "repeats": 0}, "journal": []}"#;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.sqlite");
    let id = open(&path).add(&record("Ada", "2026-05-04T10:30:00Z", 1.5)).expect("kept");
    let connection = Connection::open(&path).expect("ours");
    connection.execute("UPDATE attempt SET record = ?1", [STORED]).expect("as an earlier program wrote it");

    let stored = open(&path).attempt(id).expect("it opens");
    let plan = &stored.attempt.plan;
    assert!(plan.disc_group("L4/L5".parse().expect("a disc")).is_some(), "{plan:?}");
    assert_eq!((stored.score.total(), stored.attempt.landing.knee_cushion), (90.0, true));
}

#[test]
fn lists_are_filtered_and_the_latest_comes_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let history = open(&folder.path().join("history.sqlite"));
    for (trainee, day) in [("Ada", 3), ("Grace", 2), ("Ada", 1)] {
        history.add(&record(trainee, &format!("2026-05-0{day}T08:00:00Z"), 0.0)).expect("kept");
    }
    let mut surgery = record("Grace", "2026-05-04T08:00:00Z", 0.0);
    surgery.attempt.scenario = "surgery".to_owned();
    history.add(&surgery).expect("kept");

    let days = |filter: &Filter| -> Vec<String> {
        history.attempts(filter).expect("listed").iter().map(|summary| summary.ended_at[8..10].to_owned()).collect()
    };
    assert_eq!(days(&Filter::default()), ["04", "03", "02", "01"]);
    assert_eq!(days(&Filter::trainee(" Ada ")), ["03", "01"]);
    assert_eq!(days(&Filter { trainee: Some("Grace".to_owned()), scenario: Some("surgery".to_owned()) }), ["04"]);
    assert_eq!(days(&Filter::trainee("Nobody")), [""; 0]);
    assert_eq!(history.trainees().expect("named"), ["Ada", "Grace"]);
}

#[test]
fn a_learning_curve_runs_in_time_whatever_the_order_of_entry_and_the_fractions_of_a_second() {
    let folder = tempfile::tempdir().expect("a folder");
    let history = open(&folder.path().join("history.sqlite"));
    for (ended_at, tilt_deg) in
        [("2026-05-01T09:00:00.5Z", 4.0), ("2026-05-01T09:00:00Z", 8.0), ("2026-05-02T00:30:00+02:00", 0.0)]
    {
        history.add(&record("Ada", ended_at, tilt_deg)).expect("kept");
    }

    let curve = history.learning_curve("Ada").expect("a curve");
    let angles: Vec<f64> = curve.iter().map(|point| point.by_subject[&Subject::Angle]).collect();
    // 9.1 of 10 at L4/L5, and 2, 6, 10 of 10 at L5/S1.
    assert_eq!(angles.iter().map(|angle| angle.round()).collect::<Vec<_>>(), [56.0, 76.0, 96.0]);
    assert!(curve.windows(2).all(|pair| pair[0].total < pair[1].total));
    assert!(history.learning_curve("Grace").expect("empty").is_empty());
}

#[test]
fn the_class_overview_names_the_best_the_latest_and_the_weakest_subject() {
    let folder = tempfile::tempdir().expect("a folder");
    let history = open(&folder.path().join("history.sqlite"));
    let (good, poor) = (record("Ada", "2026-05-01T09:00:00Z", 1.0), record("Ada", "2026-05-02T09:00:00Z", 9.0));
    history.add(&good).expect("kept");
    history.add(&poor).expect("kept");
    let mut unmarked = record("Grace", "2026-05-01T09:00:00Z", 0.0);
    unmarked.score.items.clear();
    history.add(&unmarked).expect("kept");
    history.save_draft("Mary", &["a".to_owned()]).expect("kept");

    let class = history.class_overview().expect("a class");
    assert_eq!(class.iter().map(|row| row.trainee.as_str()).collect::<Vec<_>>(), ["Ada", "Grace"]);
    assert_eq!((class[0].attempts, class[0].best, class[0].latest), (2, good.score.total(), poor.score.total()));
    assert_eq!(class[0].latest_at, poor.ended_at);
    assert_eq!(class[0].mean_by_subject[&Subject::Angle], (90.5 + 50.5) / 2.0);
    assert_eq!(class[0].weakest, Some(Subject::Angle));
    assert_eq!((class[1].weakest, class[1].latest), (None, 0.0));
}

#[test]
fn the_export_has_a_line_for_each_plan() {
    let folder = tempfile::tempdir().expect("a folder");
    let history = open(&folder.path().join("history.sqlite"));
    let attempts = [record("Ada", "2026-05-02T09:00:00Z", 1.0), record("Ada", "2026-05-01T09:00:00Z", 2.0)];
    for attempt in attempts.iter().chain([&record("Grace", "2026-05-01T09:00:00Z", 3.0)]) {
        history.add(attempt).expect("kept");
    }

    let mut written = Vec::new();
    assert_eq!(history.export_jsonl(&Filter::trainee("Ada"), &mut written).expect("written"), 2);
    let text = String::from_utf8(written).expect("UTF-8");
    let lines: Vec<RecordedAttempt> =
        text.lines().map(|line| serde_json::from_str(line).expect("the observers' format")).collect();
    assert_eq!(lines, [attempts[1].exported(), attempts[0].exported()]);
    let marks = lines[0].marks.as_ref().expect("what it was worth");
    assert_eq!((marks.points, &marks.title), (attempts[1].score.total(), &attempts[1].title));
}

#[test]
fn what_cannot_be_kept_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let history = open(&folder.path().join("history.sqlite"));
    let refused = |change: &dyn Fn(&mut SessionRecord)| {
        let mut attempt = record("Ada", "2026-05-01T09:00:00Z", 1.0);
        change(&mut attempt);
        history.add(&attempt).expect_err("refused")
    };

    assert!(matches!(refused(&|attempt| attempt.trainee = "  ".to_owned()), HistoryError::NoName));
    assert!(matches!(refused(&|attempt| attempt.ended_at = "today".to_owned()), HistoryError::Time { .. }));
    assert!(matches!(refused(&|attempt| attempt.duration_s = f64::INFINITY), HistoryError::NotFinite { .. }));
    let not_a_number = refused(&|attempt| attempt.score.items[0].measured = Some(f64::NAN));
    assert!(matches!(not_a_number, HistoryError::NotFinite { .. }));
    assert!(history.trainees().expect("none").is_empty());
}

#[test]
fn a_draft_survives_the_window_and_follows_the_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.sqlite");
    let lines = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
    let history = open(&path);
    history.save_draft("Ada", &lines("register land scan")).expect("kept");
    history.save_draft("Grace", &lines("register")).expect("kept");
    history.save_draft("Ada", &lines("register land scan prescribe")).expect("kept");
    drop(history);

    let history = open(&path);
    let journal = |trainee| history.draft(trainee).expect("readable").map(|draft| draft.journal);
    assert_eq!(journal("Ada"), Some(lines("register land scan prescribe")));
    history.save_draft("Ada", &lines("register emergency")).expect("kept"); // begun anew
    assert_eq!(journal("Ada"), Some(lines("register emergency")));
    history.save_draft("Ada", &[]).expect("kept");
    assert_eq!(journal("Ada"), Some(Vec::new()));
    history.clear_draft("Ada").expect("cleared");
    assert_eq!((journal("Ada"), journal("Grace"), journal("Mary")), (None, Some(lines("register")), None));
}

#[test]
fn a_damaged_file_is_set_aside_with_its_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.sqlite");
    let history = open(&path);
    for day in 1..=9 {
        history.add(&record("Ada", &format!("2026-05-0{day}T09:00:00Z"), 1.0)).expect("kept");
    }
    drop(history);
    let mut bytes = fs::read(&path).expect("the file");
    bytes[4096..].fill(0xA5); // the header is whole, the tables are not
    fs::write(&path, &bytes).expect("written");

    let opened = History::open(&path).expect("a new one is begun");
    let aside = named(folder.path(), ".damaged-");
    assert_eq!(aside.len(), 1);
    assert_eq!(fs::read(&aside[0]).expect("kept"), bytes);
    let notice = opened.notice.expect("it is said");
    assert!(notice.contains(aside[0].to_str().expect("UTF-8")), "{notice}");
    let stamp = aside[0].to_str().expect("UTF-8").rsplit_once(".damaged-").expect("named so").1;
    assert!(stamp.len() == 15 && stamp.as_bytes()[8] == b'-', "{stamp}");

    opened.history.add(&record("Ada", "2026-05-10T09:00:00Z", 1.0)).expect("the new one works");
    drop(opened.history);
    assert_eq!(open(&path).attempts(&Filter::default()).expect("listed").len(), 1);
}

#[test]
fn foreign_files_are_set_aside_one_after_the_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.sqlite");
    let foreign = |write: &dyn Fn()| {
        let _ = fs::remove_file(&path);
        write();
        let bytes = fs::read(&path).expect("written");
        assert!(History::open(&path).expect("a new one is begun").notice.is_some());
        let aside = named(folder.path(), ".damaged-");
        assert!(aside.iter().any(|file| fs::read(file).expect("kept") == bytes));
        aside.len()
    };

    assert_eq!(foreign(&|| fs::write(&path, "a letter to a friend").expect("written")), 1);
    let other_program = || {
        let connection = Connection::open(&path).expect("made");
        connection.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE recipe (name TEXT)").expect("made");
    };
    assert_eq!(foreign(&other_program), 2);
    let no_table = || {
        let connection = Connection::open(&path).expect("made");
        connection.pragma_update(None, "application_id", schema::APPLICATION_ID).expect("set");
        connection.pragma_update(None, "user_version", schema::VERSION).expect("set");
    };
    assert_eq!(foreign(&no_table), 3);
}

#[test]
fn an_empty_file_is_begun_without_a_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.sqlite");
    fs::write(&path, "").expect("written");
    open(&path).add(&record("Ada", "2026-05-01T09:00:00Z", 1.0)).expect("kept");
    assert!(named(folder.path(), ".damaged-").is_empty());
}

#[test]
fn a_newer_file_is_refused_and_untouched() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.sqlite");
    drop(open(&path));
    connect(&path).expect("open").pragma_update(None, "user_version", schema::VERSION + 1).expect("set");
    let bytes = fs::read(&path).expect("the file");

    let error = History::open(&path).expect_err("refused");
    assert!(matches!(error, HistoryError::Newer { found, known, .. } if found == known + 1), "{error}");
    assert_eq!(fs::read(&path).expect("the file"), bytes);
    assert!(named(folder.path(), ".damaged-").is_empty());
}

#[test]
fn a_place_without_room_is_an_error_with_its_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("written");
    let error = History::open(&file.join("history.sqlite")).expect_err("a file is no folder");
    assert!(error.to_string().contains("file"), "{error}");

    if cfg!(target_os = "linux") {
        assert!(History::open(Path::new("/proc/history.sqlite")).is_err());
    }
}

#[test]
#[cfg(unix)]
fn a_read_only_file_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.sqlite");
    drop(open(&path));
    let mut permissions = fs::metadata(&path).expect("there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).expect("set");

    let all_powerful = fs::OpenOptions::new().append(true).open(&path).is_ok(); // root may write nevertheless
    match History::open(&path) {
        Err(HistoryError::ReadOnly { .. }) => assert!(!all_powerful),
        Err(other) => panic!("{other}"),
        Ok(_) => assert!(all_powerful),
    }
}

#[test]
fn consoles_that_write_at_once_lose_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.sqlite");
    let start = Barrier::new(4);
    std::thread::scope(|scope| {
        for console in 0..4 {
            let (path, start) = (&path, &start);
            scope.spawn(move || {
                start.wait();
                let history = open(path); // the file is begun by whoever comes first
                for minute in 0..10 {
                    let ended_at = format!("2026-05-01T0{console}:1{minute}:00Z");
                    history.add(&record(&format!("Trainee {console}"), &ended_at, 1.0)).expect("kept");
                    history.save_draft("shared", &[ended_at]).expect("kept");
                }
            });
        }
    });

    let history = open(&path);
    let attempts = history.attempts(&Filter::default()).expect("listed");
    assert_eq!(attempts.len(), 40);
    for summary in attempts {
        assert_eq!(history.attempt(summary.id).expect("whole").ended_at, summary.ended_at);
    }
    assert_eq!(history.draft("shared").expect("readable").map(|draft| draft.journal.len()), Some(1));
}

#[test]
fn a_console_that_waits_too_long_says_so_and_the_other_keeps_its_work() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.sqlite");
    let history = open(&path);
    history.connection().busy_timeout(Duration::from_millis(50)).expect("set");
    let other = connect(&path).expect("open");
    other.execute_batch("BEGIN IMMEDIATE; INSERT INTO trainee (name) VALUES ('Grace')").expect("locked");

    assert!(matches!(history.add(&record("Ada", "2026-05-01T09:00:00Z", 1.0)), Err(HistoryError::Database(_))));
    other.execute_batch("COMMIT").expect("kept");
    history.add(&record("Ada", "2026-05-01T09:00:00Z", 1.0)).expect("now it goes");
    assert_eq!(history.trainees().expect("named"), ["Ada", "Grace"]);
}

/// The files as they lie on the disk when a console is killed in mid-write: half the new pages in the database, the old
/// ones in the journal.
#[test]
fn a_kill_in_mid_write_loses_only_what_was_being_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("history.sqlite");
    let history = open(&path);
    let attempt = record("Ada", "2026-05-01T09:00:00Z", 1.0);
    let id = history.add(&attempt).expect("kept");
    let before = fs::read(&path).expect("the file");

    let (killed_folder, writer) = (tempfile::tempdir().expect("a folder"), connect(&path).expect("open"));
    writer.execute_batch("PRAGMA cache_size = 4; BEGIN IMMEDIATE; DELETE FROM subject_score").expect("begun");
    for day in 1..=200 {
        writer
            .execute(
                "INSERT INTO attempt (trainee, title, scenario, mode, ended_at, ended_at_ms, duration_s, total, record)
                 VALUES (1, 'half', 'half', 'exam', '', ?1, 0, 0, ?2)",
                rusqlite::params![day, "x".repeat(5000)],
            )
            .expect("written");
    }
    let killed = killed_folder.path().join("history.sqlite");
    fs::copy(&path, &killed).expect("copied");
    fs::copy(beside(&path, "-journal"), beside(&killed, "-journal")).expect("a journal is there");
    assert_ne!(fs::read(&killed).expect("copied"), before, "the test must catch the writer at work");
    drop(writer); // the transaction is undone

    for survivor in [open(&killed), open(&path)] {
        let attempts = survivor.attempts(&Filter::default()).expect("listed");
        assert_eq!(attempts.iter().map(|summary| summary.id).collect::<Vec<_>>(), [id]);
        assert_eq!(survivor.attempt(id).expect("whole"), attempt);
        assert_eq!(survivor.learning_curve("Ada").expect("a curve")[0].by_subject.len(), 7);
    }
}
