//! Ctrl-C and a full disk lose no finished case; `--resume` gives the results of an uninterrupted run.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{SMALL, complaint, output, plumbline, scenario};
use results::Verdict;

fn angles(folder: &Path) -> Vec<Option<f64>> {
    let cases = run_store::open(folder).expect("a run").cases;
    let attempts = cases.iter().flat_map(|case| &case.attempts);
    attempts.flat_map(|attempt| &attempt.plan.discs).map(|disc| disc.angle_deg).collect()
}

#[test]
fn an_interrupted_run_keeps_its_cases_and_resumes() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = scenario(folder.path(), &SMALL.replacen("cases = 2", "cases = 3", 1));
    let (cut, whole) = (folder.path().join("cut"), folder.path().join("whole"));

    let mut child = plumbline()
        .arg("run")
        .arg(&scenario)
        .arg("--out")
        .arg(&cut)
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("started");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let first = lines.find(|line| line.as_ref().is_ok_and(|line| line.starts_with("1/3")));
    assert!(first.is_some(), "the first case is reported");
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is installed");
    assert!(sent.success());
    lines.for_each(drop);
    assert_eq!(child.wait().expect("ended").code(), Some(3));

    let run = run_store::open(&cut).expect("what is done is readable");
    assert_eq!(run.manifest.verdict, Verdict::Incomplete);
    let done = run.manifest.scenarios[0].cases_done;
    assert!((1..3).contains(&done), "{done} cases are stored");

    let again = output(plumbline().arg("run").arg(&scenario).arg("--out").arg(&cut));
    assert_eq!(again.status.code(), Some(2), "refused without --resume");
    let resumed = output(plumbline().arg("run").arg(&scenario).arg("--out").arg(&cut).arg("--resume"));
    assert_eq!(resumed.status.code(), Some(0), "{}", complaint(&resumed));
    output(plumbline().arg("run").arg(&scenario).arg("--out").arg(&whole));
    assert_eq!(angles(&cut), angles(&whole));
}

#[test]
fn a_full_disk_ends_the_run_with_status_3_and_it_can_be_resumed() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = scenario(folder.path(), SMALL);
    let out = folder.path().join("out");
    // Files are limited to 100 blocks, which the first case's pictures exceed.
    let script = "trap '' XFSZ; ulimit -f 100; exec \"$0\" \"$@\"";
    let full = output(
        Command::new("sh")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["-c", script, env!("CARGO_BIN_EXE_plumbline"), "run"])
            .arg(&scenario)
            .arg("--out")
            .arg(&out),
    );
    assert_eq!(full.status.code(), Some(3), "{}", complaint(&full));
    assert!(complaint(&full).contains("cannot write"), "{}", complaint(&full));
    let resumed = output(plumbline().arg("run").arg(&scenario).arg("--out").arg(&out).arg("--resume"));
    assert_eq!(resumed.status.code(), Some(0), "{}", complaint(&resumed));
    assert_eq!(run_store::open(&out).expect("a run").manifest.verdict, Verdict::Pass);
}
