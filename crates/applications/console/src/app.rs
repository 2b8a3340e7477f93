//! The application put together.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bevy::app::PluginGroupBuilder;
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::window::{PresentMode, WindowResolution};
use bevy::winit::{UpdateMode, WinitSettings};
use bevy_egui::{EguiGlobalSettings, EguiPlugin};
use coach::desk::Desk;
use coach::history::History;
use coach::worklist::Worklist;

use crate::arguments::Arguments;
use crate::desk_plugin::{Console, DeskPlugin, ScreenState};
use crate::history_plugin::HistoryPlugin;
use crate::history_tasks::HistoryTasksPlugin;
use crate::present::{FrameTimes, PresentPlugin};
use crate::room::RoomPlugin;
use crate::screen::Screen;
use crate::script_plugin::{Script, ScriptPlugin};

/// Where today's patients come from if nothing else is said.
const USUAL_SCENARIOS: &str = "scenarios/lessons";

/// Why the console does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The script.
    #[error("{}: {reason}", path.display())]
    Script {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A folder for pictures.
    #[error("cannot make {}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The history.
    #[error(transparent)]
    History(#[from] coach::history::HistoryError),
    /// Nothing to draw on.
    #[error(
        "there is no display: neither DISPLAY nor WAYLAND_DISPLAY is set, or what they name does not answer. Start the console from a desktop session, or \
         under a virtual one (Debian: apt-get install xvfb mesa-vulkan-drivers; xvfb-run plumbline-console …). Without \
         any display, `plumbline run`, `scan` and `plan` do the same examinations"
    )]
    NoDisplay,
    /// Nothing to draw with.
    #[error(
        "there is no graphics driver for Vulkan, Metal or Direct3D 12. Install one (Debian: apt-get install \
         mesa-vulkan-drivers brings a software driver), or use the commands that need none: `plumbline run`, `scan`, `plan`"
    )]
    NoDriver,
}

/// Puts the application together.
///
/// # Errors
/// [`StartError`] in words for the person who started it.
pub fn build(arguments: &Arguments) -> Result<App, StartError> {
    let lines = arguments.script.as_deref().map(read_script).transpose()?;
    if let Some(folder) = &arguments.screenshot_dir {
        std::fs::create_dir_all(folder).map_err(|source| StartError::Folder { path: folder.clone(), source })?;
    }
    let file = arguments.database.clone().unwrap_or_else(HistoryPlugin::usual_file);
    let opened = History::open(&file)?;
    can_draw()?;

    let scenarios = match arguments.scenarios.as_slice() {
        [] => vec![PathBuf::from(USUAL_SCENARIOS)],
        given => given.to_vec(),
    };
    let trainee = arguments.trainee.clone().unwrap_or_default();
    let desk = Desk::new(Worklist::read(&scenarios), &trainee);
    let screen = Screen {
        tutorial: arguments.tutorial.then_some(0),
        refusal: opened.notice.clone(),
        truth_hidden: false,
        ..Screen::default()
    };

    let mut app = App::new();
    open_window(&mut app, arguments)?;
    app.add_plugins(EguiPlugin::default())
        .insert_resource(EguiGlobalSettings { auto_create_primary_context: false, ..default() })
        .insert_resource(ClearColor(Color::BLACK))
        .insert_resource(WinitSettings {
            focused_mode: UpdateMode::reactive(Duration::from_secs(1)),
            unfocused_mode: UpdateMode::reactive_low_power(Duration::from_secs(1)),
        })
        .insert_resource(Console { desk, jobs: None, scripted: lines.is_some(), replay: false })
        .insert_resource(ScreenState(screen))
        .add_plugins((
            DeskPlugin,
            ScriptPlugin,
            PresentPlugin,
            RoomPlugin,
            HistoryPlugin::new(opened.history, &file),
            HistoryTasksPlugin,
        ))
        .set_error_handler(bevy::ecs::error::warn);
    if let Some(lines) = lines {
        app.insert_resource(Script::new(lines, arguments));
    }
    if arguments.frame_times {
        app.add_systems(Last, tell_frame_times);
    }
    Ok(app)
}

/// Bevy's own plugins. A display that does not answer makes the window system panic; here it is an answer.
fn open_window(app: &mut App, arguments: &Arguments) -> Result<(), StartError> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let opened = catch_unwind(AssertUnwindSafe(|| {
        app.add_plugins(windows(arguments));
    }));
    std::panic::set_hook(hook);
    opened.map_err(|_| StartError::NoDisplay)
}

fn windows(arguments: &Arguments) -> PluginGroupBuilder {
    let (width, height) = arguments.size;
    let window = Window {
        title: "Plumbline".to_owned(),
        name: Some("plumbline-console".to_owned()),
        resolution: WindowResolution::new(width, height),
        present_mode: PresentMode::AutoVsync,
        ..default()
    };
    DefaultPlugins
        .set(WindowPlugin { primary_window: Some(window), ..default() })
        .set(LogPlugin { filter: "warn,wgpu=error,naga=error".to_owned(), ..default() })
        // Software Vulkan crashes at the end of a process that still compiles pipelines or renders elsewhere.
        .set(RenderPlugin { synchronous_pipeline_compilation: true, ..default() })
        .disable::<PipelinedRenderingPlugin>()
}

fn read_script(path: &Path) -> Result<Vec<coach::journal::Line>, StartError> {
    let wrong = |reason: String| StartError::Script { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    coach::journal::read(&text).map_err(|error| wrong(error.to_string()))
}

/// A window system and a driver, asked for before Bevy would panic about them.
fn can_draw() -> Result<(), StartError> {
    if cfg!(all(unix, not(target_os = "macos"))) {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
            return Err(StartError::NoDisplay);
        }
    }
    if vnet::GpuDevice::open(vnet::GpuChoice::Any).is_err() {
        return Err(StartError::NoDriver);
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "asked for by --frame-times")]
fn tell_frame_times(times: Res<FrameTimes>, mut exits: MessageReader<AppExit>) {
    if exits.read().next().is_none() {
        return;
    }
    for (name, frames) in [("all", &times.seconds), ("dragging", &times.dragging)] {
        let mut seconds: Vec<f64> = frames.iter().copied().collect();
        seconds.sort_by(f64::total_cmp);
        if let (Some(median), Some(p95)) = (seconds.get(seconds.len() / 2), seconds.get(seconds.len() * 95 / 100)) {
            let [median, p95] = [median, p95].map(|seconds| seconds * 1e3);
            eprintln!("{name}: {} frames, median {median:.1} ms, p95 {p95:.1} ms", seconds.len());
        }
    }
}
