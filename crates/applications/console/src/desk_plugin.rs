//! The desk inside the application: what the user asks for, ends of jobs, time.

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use bevy::winit::{EventLoopProxy, EventLoopProxyWrapper, WinitUserEvent};
use coach::desk::Desk;
use coach::intent::Intent;
use coach::session::Session;
use coach::worklist::Entry;

use crate::job_thread::JobThread;
use crate::screen::Screen;

/// The order of a frame.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConsoleSystems {
    /// Keyboard, script and ends of jobs come in.
    Input,
    /// The desk does what was asked for.
    Apply,
    /// Time passes.
    Simulate,
    /// The desk is shown: the 3-D scene, the history.
    Project,
}

/// What the user asks for; mouse, keyboard and script write it alike.
#[derive(Message, Clone, Debug)]
pub struct UserCommand(pub Intent);

/// The desk, and the thread that runs the examination's jobs.
#[derive(Resource)]
pub struct Console {
    /// The desk.
    pub desk: Desk,
    /// Runs the examination's jobs; `None` until the window's loop can be woken.
    pub jobs: Option<JobThread>,
    /// True if a script says when time passes.
    pub scripted: bool,
    /// True while an earlier attempt is replayed: it is no new attempt.
    pub replay: bool,
}

/// The window's own state.
#[derive(Resource, Default)]
pub struct ScreenState(pub Screen);

/// The desk's systems.
pub struct DeskPlugin;

impl Plugin for DeskPlugin {
    fn build(&self, app: &mut App) {
        use ConsoleSystems::{Apply, Input, Project, Simulate};
        app.add_message::<UserCommand>()
            .init_resource::<ScreenState>()
            .configure_sets(Update, (Input, Apply, Simulate, Project).chain())
            .add_systems(Startup, start_job_thread)
            .add_systems(
                Update,
                (
                    (keys, receive).in_set(Input),
                    apply.in_set(Apply),
                    (advance, pass_jobs).chain().in_set(Simulate),
                    keep_drawing.in_set(Project),
                ),
            );
    }
}

fn start_job_thread(mut console: ResMut<Console>, proxy: Option<Res<EventLoopProxyWrapper>>) -> Result {
    let proxy: Option<EventLoopProxy<WinitUserEvent>> = proxy.map(|proxy| (**proxy).clone());
    let wake = move || {
        if let Some(proxy) = &proxy {
            // A loop that has ended needs no waking.
            let _ = proxy.send_event(WinitUserEvent::WakeUp);
        }
    };
    console.jobs = Some(JobThread::start(wake)?);
    Ok(())
}

fn receive(mut console: ResMut<Console>) {
    if console.scripted {
        return;
    }
    let finished = console.jobs.as_ref().map(JobThread::finished).unwrap_or_default();
    for finished in finished {
        console.desk.finish_job(finished);
    }
}

fn apply(mut commands: MessageReader<UserCommand>, mut console: ResMut<Console>, mut screen: ResMut<ScreenState>) {
    for (file, exercise) in screen.0.built.drain(..) {
        console.desk.worklist.entries.push(Entry { file, exercise: Ok(exercise) });
    }
    for UserCommand(intent) in commands.read() {
        screen.0.confirmation = None;
        let answer = console.desk.handle(intent);
        if !matches!(intent, Intent::Look(..)) || answer.is_err() {
            screen.0.refusal = answer.err().map(|refusal| refusal.0);
        }
    }
}

/// The session's clock is the wall's, however long a frame takes: an idle window draws one a second, and who sits and
/// thinks is examined all the same.
fn advance(time: Res<Time<Real>>, mut console: ResMut<Console>) {
    if !console.scripted {
        console.desk.advance(time.delta_secs_f64());
    }
}

/// The thread loads the planner of the exercise that was opened, and gets the examination's jobs.
pub(crate) fn pass_jobs(mut console: ResMut<Console>) {
    let Console { desk, jobs: Some(jobs), .. } = &mut *console else { return };
    if let Some(exercise) = desk.take_opened() {
        jobs.open(exercise);
    }
    if let Some(job) = desk.take_job() {
        jobs.run(job);
    }
}

/// While something moves by itself, frames follow each other; otherwise the window sleeps until somebody acts. While
/// a job is in progress it sleeps, too: the network has the machine to itself, and the job's end wakes the window.
fn keep_drawing(console: Res<Console>, mut redraw: MessageWriter<RequestRedraw>) {
    let session = console.desk.session.as_ref();
    let is_scanning = session.is_some_and(|session| session.running().is_some());
    let is_awaiting = session.is_some_and(Session::is_awaiting);
    if is_scanning || (console.scripted && !is_awaiting) {
        redraw.write(RequestRedraw);
    }
}

/// Keyboard shortcuts.
fn keys(
    keys: Option<Res<ButtonInput<KeyCode>>>,
    typing: Option<Res<bevy_egui::input::EguiWantsInput>>,
    mut commands: MessageWriter<UserCommand>,
) {
    let Some(keys) = keys else { return };
    if typing.is_some_and(|typing| typing.wants_any_keyboard_input()) {
        return;
    }
    let command =
        keys.any_pressed([KeyCode::ControlLeft, KeyCode::ControlRight, KeyCode::SuperLeft, KeyCode::SuperRight]);
    let shift = keys.any_pressed([KeyCode::ShiftLeft, KeyCode::ShiftRight]);
    if command && keys.just_pressed(KeyCode::KeyZ) {
        commands.write(UserCommand(if shift { Intent::Redo } else { Intent::Undo }));
    }
    if command && keys.just_pressed(KeyCode::KeyY) {
        commands.write(UserCommand(Intent::Redo));
    }
    for (key, edit) in crate::panels::planning::KEYS {
        if !command && keys.just_pressed(*key) {
            commands.write(UserCommand(Intent::Draw(edit())));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use bevy::ecs::system::RunSystemOnce;
    use coach::exercise::Exercise;
    use coach::worklist::Worklist;
    use scenario::ScenarioSetup;
    use scenario::library::Library;

    use super::*;

    const SCENARIO: &str = r#"
format-version = 1
name = "idle"
seed = 5
cases = 1
[patients]
population = "adult-lumbar"
[planner]
kind = "command"
command = "true"
"#;

    #[test]
    fn a_minute_of_idle_frames_is_a_minute_on_the_clock() {
        let setup = ScenarioSetup::from_text(Path::new("idle.toml"), SCENARIO, &Library::default()).expect("right");
        let exercise = Exercise::of(setup).expect("an ordinary patient");
        let entries = vec![Entry { file: "idle.toml".into(), exercise: Ok(exercise) }];
        let mut desk = Desk::new(Worklist { entries }, "Tess");
        desk.handle(&Intent::Open { exercise: "idle".into(), emergency: false }).expect("on the worklist");

        let begin = Instant::now();
        let mut time = Time::<Real>::new(begin);
        time.update_with_instant(begin);
        let mut world = World::new();
        world.insert_resource(time);
        world.insert_resource(Console { desk, jobs: None, scripted: false, replay: false });
        // An idle window draws a frame a second; now and then one takes longer.
        let frames_s = [1.0; 55].into_iter().chain([2.5, 2.5]);
        let mut now = begin;
        for frame_s in frames_s {
            now += Duration::from_secs_f64(frame_s);
            world.resource_mut::<Time<Real>>().update_with_instant(now);
            world.run_system_once(advance).expect("its resources are there");
        }
        let clock_s = world.resource::<Console>().desk.session.as_ref().expect("open").clock_s;
        assert!((clock_s - 60.0).abs() < 1e-6, "{clock_s}");
    }
}
