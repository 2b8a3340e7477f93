//! A recorded examination replays to the same bytes.

mod common;

use common::{Absent, examination, group, plan, protocol, registration, run};
use exam::automated::{run_to_end, scan_and_check};
use exam::{Command, Examination, PatientSetup, Recording, ReplayError, SeriesId, replay};
use geometry::PatientPosition;
use planner::{Planned, Planner, PlannerError, PlanningRequest, ScanPlan};

/// Plans the same two discs and a sagittal stack whatever it is shown, and takes another time every time.
struct Planning {
    asked: u32,
}

impl Planner for Planning {
    fn name(&self) -> String {
        "two discs".into()
    }

    fn plan(&mut self, _: &PlanningRequest<'_>) -> Result<Planned, PlannerError> {
        self.asked += 1;
        let [sagittal, ..] = scanner::localizer(&protocol());
        let groups = vec![sagittal, group("axial L3/L4", 0.1 + 0.2), group("axial L4/L5", -40.0 / 3.0)];
        let latency_ms = [("plan".to_owned(), f64::from(self.asked))].into();
        Ok(Planned { plan: ScanPlan { latency_ms, ..plan(groups) }, segmentation: None, warnings: vec!["slow".into()] })
    }
}

fn lines(exam: &Examination) -> String {
    exam.recording().map(Recording::to_json_lines).expect("it is recorded").expect("plain data")
}

/// The whole examination by the automated arm.
fn automated() -> String {
    let (mut exam, mut planner) = (examination().recorded(), Planning { asked: 0 });
    for command in [registration(PatientPosition::HeadFirstSupine), Command::ScanLocalizer, Command::ProposePlan] {
        run_to_end(&mut exam, command, &mut planner, &mut |_| {}).expect("in order");
    }
    scan_and_check(&mut exam, &mut planner, &mut |_| {}).expect("it can be scanned");
    assert!(exam.is_closed());
    lines(&exam)
}

/// What a person does at the console: a wrong registration, a stopped scan, a repeat, a moved group, a job that is lost.
fn by_hand() -> String {
    let (mut exam, mut planner) = (examination().recorded(), Planning { asked: 7 });
    let setup = PatientSetup { landmark_error_mm: 100.0 / 7.0, ..PatientSetup::default() };
    let first = [
        Command::PositionPatient(setup),
        registration(PatientPosition::FeetFirstSupine),
        Command::ScanLocalizer,
        Command::StopLocalizer { elapsed_s: 0.1 + 0.7 },
        Command::ScanLocalizer,
        Command::AdoptPlan(plan(vec![group("axial L3/L4", 0.3), group("axial L3/L4", -1.0 / 3.0)])),
        Command::Scan(SeriesId(1)),
        Command::Stop { series: SeriesId(1), elapsed_s: 2.0 / 3.0 },
    ];
    for command in first {
        run(&mut exam, command, &mut planner);
    }
    let job = exam.handle(Command::ScanNext).expect("waiting").job.expect("it takes time");
    assert!(exam.handle(Command::Close).is_err(), "what is refused is not recorded");
    run(&mut exam, Command::Abandon { job: job.id(), reason: "lost".into() }, &mut planner);
    for command in [Command::ScanNext, Command::Check, Command::ProposePlan, Command::Close] {
        run(&mut exam, command, &mut planner);
    }
    lines(&exam)
}

fn replayed(text: &str) -> String {
    let (mut exam, mut planner) = (examination().recorded(), Planning { asked: 100 });
    replay(&mut exam, text, &mut planner).expect("it was carried out before");
    lines(&exam)
}

#[test]
fn recordings_replay_to_the_same_bytes_on_any_number_of_threads() {
    for recorded in [automated(), by_hand()] {
        assert!(recorded.contains("\"checked\"") && !recorded.contains("\"plan\":1"), "{recorded}");
        assert_eq!(replayed(&recorded), recorded);
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            assert_eq!(pool.install(|| replayed(&recorded)), recorded, "on {threads} threads");
        }
    }
}

#[test]
fn a_recording_that_does_not_fit_names_its_line() {
    let refused = |text: &str| replay(&mut examination(), text, &mut Absent).expect_err("it cannot be replayed");
    let unregistered = refused("{\"step\":{\"command\":\"scan-localizer\"},\"events\":[]}\n");
    assert!(matches!(unregistered, ReplayError::Refused { line: 1, .. }), "{unregistered}");
    assert!(matches!(refused("{\"step\":{\"finish\":0},\"events\":[]}"), ReplayError::NoSuchJob { line: 1, .. }));
    assert!(
        refused("{\"step\":{\"command\":\"fly\"},\"events\":[]}").to_string().starts_with("line 1: unknown variant")
    );
}
