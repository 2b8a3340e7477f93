//! A planner behind a command: a plan that is one is taken; a crash, a hang or nonsense costs the case alone.
#![cfg(unix)]

use std::time::{Duration, Instant};

use geometry::{Grid, Orientation, PatientPosition, Point, PrescriptionRules, Volume};
use planner::{CommandPlanner, Planned, Planner, PlannerError, PlanningRequest, ScanPlan};

fn ask(command: &str, limit_ms: u64) -> Result<Planned, PlannerError> {
    let grid = Grid::axis_aligned(Point::origin(), [1.0; 3], [64, 64, 64]); // more than a pipe holds
    let image = Volume::filled(grid, 1.0f32);
    let request = PlanningRequest {
        images: &[(Orientation::Sagittal, &image)],
        position: PatientPosition::HeadFirstSupine,
        rules: &PrescriptionRules::default(),
    };
    CommandPlanner::new(command, Duration::from_millis(limit_ms)).expect("a program").plan(&request)
}

/// A script in a folder that outlives the call.
fn script(folder: &tempfile::TempDir, text: &str) -> String {
    let path = folder.path().join("planner.sh");
    std::fs::write(&path, text).expect("written");
    format!("sh {}", path.display())
}

#[test]
fn a_plan_on_standard_output_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = serde_json::to_string(&ScanPlan::default()).expect("JSON");
    // Header and voxels arrive: one line and 64³ floats.
    let text = format!(
        "read header\ncase \"$header\" in *'\"position\":\"HFS\"'*) ;; *) exit 4;; esac\n[ $(wc -c) -eq 1048576 ] || exit 5\necho '{plan}'\n"
    );
    let planned = ask(&script(&folder, &text), 20_000).expect("a plan");
    assert_eq!(planned.plan, ScanPlan::default());
    let deaf = script(&folder, &format!("echo '{plan}'\n"));
    assert!(ask(&deaf, 20_000).is_ok(), "a planner need not read");
}

#[test]
fn crashes_hangs_and_malformed_answers_are_different_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(matches!(ask("false", 20_000), Err(PlannerError::Ended(_))));
    let complaining = script(&folder, "echo Traceback: no coil >&2\nexit 5\n");
    assert!(matches!(ask(&complaining, 20_000), Err(PlannerError::Ended(said)) if said.contains("Traceback: no coil")));
    assert!(matches!(ask("head -c 100", 20_000), Err(PlannerError::Malformed(_))));
    let level = r#"{"frame":"patient-lps-mm","levels":[{"label":"L4/L5","centre":[0,0,0],"normal":[0,0,0],"confidence":1}],"groups":[]}"#;
    let flat = script(&folder, &format!("echo '{level}'\n"));
    assert!(matches!(ask(&flat, 20_000), Err(PlannerError::Malformed(reason)) if reason.to_string().contains("L4/L5")));
    let begin = Instant::now();
    assert!(matches!(ask("sleep 30", 150), Err(PlannerError::Timeout(150))));
    let child = script(&folder, "sleep 30 &\n");
    assert!(matches!(ask(&child, 300), Err(PlannerError::Timeout(300))), "its own child holds the pipe");
    assert!(begin.elapsed() < Duration::from_secs(20), "nobody waits for it");
}

/// True while a process with this number runs.
fn runs(process: &str) -> bool {
    std::process::Command::new("kill")
        .args(["-0", process])
        .stderr(std::process::Stdio::null())
        .status()
        .expect("kill")
        .success()
}

#[test]
fn what_a_planner_started_ends_with_it_and_the_terminal_interrupts_neither() {
    let folder = tempfile::tempdir().expect("a folder");
    let noted = folder.path().join("process");
    for (text, limit_ms) in [("sleep 600 & echo $! > NOTED; wait", 700), ("sleep 600 & echo $! > NOTED; exit 0", 700)] {
        let text = text.replace("NOTED", noted.to_str().expect("text"));
        assert!(matches!(ask(&script(&folder, &text), limit_ms), Err(PlannerError::Timeout(_))));
        let process = std::fs::read_to_string(&noted).expect("started").trim().to_owned();
        let ended = (0..100).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            !runs(&process)
        });
        assert!(ended, "process {process} is left: {text}");
    }
    // Ctrl-C goes to the terminal's group; the planner is in another.
    let groups = script(&folder, "[ $(ps -o pgid= -p $$) -eq $$ ] || exit 7; printf '\\033]0;title\\007' >&2; exit 8");
    let Err(PlannerError::Ended(said)) = ask(&groups, 20_000) else { panic!("status 8") };
    assert!(said.contains("status: 8") && !said.contains('\u{1b}') && said.contains("title"), "{said:?}");
}

#[test]
fn a_command_that_cannot_run_is_refused_before_anybody_is_asked() {
    let refused = |command: &str| CommandPlanner::new(command, Duration::from_secs(1)).expect_err("refused");
    assert!(refused("no-such-program-here --fast").contains("no-such-program-here"));
    assert!(refused("/no/such/program").contains("/no/such/program"));
    assert!(refused("sh 'planner.sh").contains("quotation"));
    assert!(refused("  ").contains("no command"));
}

#[test]
fn words_are_grouped_as_in_a_shell() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = serde_json::to_string(&ScanPlan::default()).expect("JSON");
    let text = format!("[ \"$1\" = 'two words' ] || exit 4\necho '{plan}'\n");
    assert!(ask(&format!("{} 'two words'", script(&folder, &text)), 20_000).is_ok());
}

#[test]
fn an_axial_group_that_states_no_disc_is_warned_of() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = |head: &str, what_it_is_for: &str| {
        let text = format!(
            r#"{{{head}"frame":"patient-lps-mm","levels":[],"groups":[{{{what_it_is_for},"centre":[0,0,0],"row":[1,0,0],"column":[0,1,0],"slices":5,"thickness_mm":4,"gap_mm":0,"fov_mm":[180,180],"matrix":[256,256],"phase_encoding":"row"}}]}}"#
        );
        ask(&script(&folder, &format!("echo '{text}'\n")), 20_000).expect("a plan").warnings
    };
    assert_eq!(plan("", r#""name":"axial L4/L5","role":"axial-disc""#), Vec::<String>::new());
    assert!(plan("", r#""name":"T2 L4/L5","role":"axial-disc""#)[0].contains("'T2 L4/L5' states no disc"));
    let version_2 = r#""format_version":2,"#;
    assert_eq!(plan(version_2, r#""name":"T2","target":{"disc":"L4/L5"}"#), Vec::<String>::new());
    assert!(plan(version_2, r#""name":"axial L4/L5","target":{"block":[]}"#)[0].contains("states no disc"));
}
