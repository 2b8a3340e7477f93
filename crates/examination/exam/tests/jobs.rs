//! What takes time is a job: it is run wherever the driver likes, and its end is a command.

mod common;

use common::{Absent, examination, group, plan, registration, run};
use exam::{Command, Event, Job, JobId, JobKind, Refused, SeriesId, SeriesState};
use geometry::PatientPosition;

fn started(exam: &mut exam::Examination, command: Command) -> Job {
    let response = exam.handle(command).expect("it can be done now");
    assert!(response.events.is_empty(), "nothing has happened yet: {:?}", response.events);
    response.job.expect("it takes time")
}

#[test]
fn a_job_runs_on_another_thread_while_the_examination_answers() {
    let mut exam = examination();
    run(&mut exam, registration(PatientPosition::HeadFirstSupine), &mut Absent);
    let job = started(&mut exam, Command::ScanLocalizer);
    assert_eq!(exam.job_in_progress(), Some(JobKind::ScanLocalizer));
    let end = std::thread::spawn(move || job.run(&mut Absent));

    let groups = vec![group("axial L3/L4", 0.0), group("axial L4/L5", -40.0)];
    run(&mut exam, Command::AdoptPlan(plan(groups)), &mut Absent);
    for command in
        [Command::ScanNext, Command::ProposePlan, Command::ScanLocalizer, Command::MovePatientOut, Command::Close]
    {
        assert_eq!(exam.handle(command).expect_err("busy"), Refused::Busy(JobKind::ScanLocalizer));
    }
    assert_eq!(exam.queue().len(), 2);

    let response = exam.handle(Command::Finish(end.join().expect("it runs"))).expect("it was in progress");
    assert!(matches!(response.events[..], [Event::LocalizerScanned { .. }]), "{:?}", response.events);
    assert_eq!((exam.job_in_progress(), exam.localizer().len()), (None, 3));
}

#[test]
fn a_job_ends_once_and_an_abandoned_one_leaves_its_series_waiting() {
    let mut exam = examination();
    run(&mut exam, registration(PatientPosition::HeadFirstSupine), &mut Absent);
    run(&mut exam, Command::AdoptPlan(plan(vec![group("axial L3/L4", 0.0)])), &mut Absent);
    let job = started(&mut exam, Command::ScanNext);
    assert_eq!((job.kind(), exam.queue()[0].state), (JobKind::Scan(SeriesId(0)), SeriesState::Scanning));
    let id = job.id();
    assert_eq!(exam.handle(Command::Remove(SeriesId(0))).expect_err("busy"), Refused::Busy(job.kind()));
    let other = Command::Abandon { job: JobId(id.0 + 1), reason: "lost".into() };
    assert_eq!(exam.handle(other).expect_err("another job"), Refused::NoSuchJob(JobId(id.0 + 1)));

    let abandoned = exam.handle(Command::Abandon { job: id, reason: "the thread ended".into() }).expect("in progress");
    assert_eq!(abandoned.events, [Event::JobFailed { reason: "the thread ended".into() }]);
    assert_eq!((exam.queue()[0].state, exam.scan_time_s()), (SeriesState::Waiting, 0.0));
    assert_eq!(exam.handle(Command::Finish(job.run(&mut Absent))).expect_err("given up"), Refused::NoSuchJob(id));
}

#[test]
fn a_series_that_leaves_the_plan_while_it_is_scanned_costs_its_time() {
    let mut exam = examination();
    run(&mut exam, registration(PatientPosition::HeadFirstSupine), &mut Absent);
    run(&mut exam, Command::AdoptPlan(plan(vec![group("axial L3/L4", 0.0)])), &mut Absent);
    let whole_s = exam.queue()[0].scan_time_s();
    let job = started(&mut exam, Command::ScanNext);
    run(&mut exam, Command::AdoptPlan(plan(Vec::new())), &mut Absent);
    assert!(exam.handle(Command::Finish(job.run(&mut Absent))).expect("in progress").job.is_none());
    assert_eq!((exam.queue().len(), exam.scan_time_s()), (0, whole_s));
    assert_eq!(exam.handle(Command::Check).expect_err("no images"), Refused::NothingToCheck);
}
