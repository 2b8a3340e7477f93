//! An examination played from a script, with pictures of the window on the way.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bevy::app::AppExit;
use bevy::prelude::*;
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured, save_to_disk};
use coach::intent::Intent;
use coach::journal::Line;
use coach::script::{Player, Step};
use slice_editor::{Handle, Side, group_outline};

use crate::arguments::Arguments;
use crate::desk_plugin::{Console, ConsoleSystems, ScreenState};

/// Frames from a change to its picture: egui lays out, the room is drawn, the surface is shown.
const SETTLING_FRAMES: u32 = 6;

/// What is played, and where pictures go.
#[derive(Resource)]
pub struct Script {
    player: Player,
    pictures: Option<PathBuf>,
    /// The window stays when the script has ended.
    stay: bool,
    /// Where to say where the handles are.
    layout_to: Option<PathBuf>,
    /// Time between two lines, for whoever watches.
    pace: Duration,
    last: Duration,
    /// It was recorded by the console itself, and is shown in an open window.
    is_recording: bool,
    state: State,
}

enum State {
    Playing,
    /// Frames until a picture of this name is taken.
    Settling(u32, String),
    /// A picture is being written.
    Writing(Arc<AtomicBool>),
    Ended,
}

impl Script {
    /// A script at its beginning.
    pub fn new(lines: Vec<Line>, arguments: &Arguments) -> Self {
        Self {
            player: Player::new(lines),
            pictures: arguments.screenshot_dir.clone(),
            stay: arguments.stay,
            layout_to: arguments.layout_to.clone(),
            pace: Duration::ZERO,
            last: Duration::ZERO,
            is_recording: false,
            state: State::Playing,
        }
    }

    /// A recording in an open window, with some time between two lines; the window stays.
    pub const fn recording(lines: Vec<Line>, pace: Duration) -> Self {
        Self {
            player: Player::new(lines),
            pictures: None,
            stay: true,
            layout_to: None,
            pace,
            last: Duration::ZERO,
            is_recording: true,
            state: State::Playing,
        }
    }
}

/// Plays the [`Script`], if there is one.
pub struct ScriptPlugin;

impl Plugin for ScriptPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, play.in_set(ConsoleSystems::Input).run_if(resource_exists::<Script>));
    }
}

fn play(
    mut script: ResMut<Script>,
    mut console: ResMut<Console>,
    mut screen: ResMut<ScreenState>,
    mut commands: Commands,
    mut exit: MessageWriter<AppExit>,
    time: Res<Time<Real>>,
) {
    let script = &mut *script;
    if time.elapsed() - script.last < script.pace {
        return;
    }
    script.last = time.elapsed();
    script.state = match std::mem::replace(&mut script.state, State::Ended) {
        State::Playing => step(&mut script.player, &mut console, &mut screen),
        State::Settling(0, name) => match &script.pictures {
            Some(folder) => photograph(&mut commands, folder.join(format!("{name}.png"))),
            None => State::Playing,
        },
        State::Settling(frames, name) => State::Settling(frames - 1, name),
        State::Writing(written) if written.load(Ordering::Relaxed) => State::Playing,
        State::Writing(written) => State::Writing(written),
        State::Ended => {
            console.scripted = false;
            commands.remove_resource::<Script>();
            if script.is_recording && screen.0.refusal.is_some() {
                // A recording that does not fit is not gone on with: what was kept of it stays as it is.
                console.replay = true;
                let _ = console.desk.handle(&Intent::Leave);
            }
            if let Some(path) = &script.layout_to {
                tell_layout(path, &console, &screen);
            }
            if screen.0.refusal.is_some() && !script.stay {
                exit.write(AppExit::from_code(2));
            } else if !script.stay {
                exit.write(AppExit::Success);
            }
            State::Ended
        }
    };
}

fn step(player: &mut Player, console: &mut Console, screen: &mut ScreenState) -> State {
    console.scripted = true;
    let jobs = console.jobs.as_ref();
    // One job is in progress at a time.
    let step = player.step(&mut console.desk, &mut |_| jobs.and_then(|jobs| jobs.finished().pop()));
    match step {
        Step::Done | Step::Waiting => State::Playing,
        Step::Picture(name) => State::Settling(SETTLING_FRAMES, name),
        Step::Ended => State::Ended,
        Step::Refused { at, refusal } => {
            error!("step {} of the script was refused: {refusal}", at + 1);
            screen.0.refusal = Some(refusal.0);
            State::Ended
        }
    }
}

/// The places of the selected group's handles in the sagittal view, in the window's points.
fn tell_layout(path: &Path, console: &Console, screen: &ScreenState) {
    let places = console.desk.session.as_ref().and_then(|session| {
        let (rect, plane) = screen.0.shown.get(&0)?;
        let outline = group_outline(plane, session.draft.selected_group()?)?;
        let scale = f64::from(rect.width()) / plane.extent_mm[0];
        let centre = [f64::from(rect.center().x), f64::from(rect.center().y)];
        let place = |handle| {
            let at_mm = outline.place(handle)?;
            Some([0, 1].map(|axis| centre[axis] + at_mm[axis] * scale))
        };
        Some(serde_json::json!({
            "centre": place(Handle::Centre)?,
            "rotate": place(Handle::Rotate(Side::Last))?,
        }))
    });
    let text = places.unwrap_or_default().to_string();
    if let Err(reason) = std::fs::write(path, text) {
        error!("cannot write {}: {reason}", path.display());
    }
}

fn photograph(commands: &mut Commands, path: PathBuf) -> State {
    let written = Arc::new(AtomicBool::new(false));
    let done = Arc::clone(&written);
    let mut save = save_to_disk(path);
    commands.spawn(Screenshot::primary_window()).observe(move |captured: On<ScreenshotCaptured>| {
        save(captured);
        done.store(true, Ordering::Relaxed);
    });
    State::Writing(written)
}
