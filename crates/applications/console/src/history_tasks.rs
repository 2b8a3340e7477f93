//! What is done with kept attempts: an unfinished lesson goes on, an attempt is replayed, a certificate is written.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bevy::prelude::*;
use coach::certificate::certificate;
use coach::history::{AttemptId, Filter, History};
use coach::intent::Shows;
use coach::journal::{self, Line};
use coach::session::Session;
use document::Picture;
use geometry::Orientation;
use imaging_io::picture::{Colour, SliceView, Stroke, Window as Greys};

use crate::arguments::Arguments;
use crate::desk_plugin::{Console, ConsoleSystems, ScreenState};
use crate::history_plugin::{HistoryPlugin, HistoryStore};
use crate::screen::HistoryTask;
use crate::script_plugin::Script;
use crate::text;

/// Time between two lines of a replay: slow enough to follow.
const REPLAY_PACE: Duration = Duration::from_millis(350);

/// Half the length of a disc's line in the certificate's picture, mm.
const LINE_HALF_MM: f64 = 40.0;

/// Runs the tasks.
pub struct HistoryTasksPlugin;

impl Plugin for HistoryTasksPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, run.in_set(ConsoleSystems::Project));
    }
}

fn run(
    mut screen: ResMut<ScreenState>,
    mut console: ResMut<Console>,
    store: Res<HistoryStore>,
    mut commands: Commands,
) {
    let Some(task) = screen.0.task.take() else { return };
    let history = store.history();
    let replay = matches!(task, HistoryTask::Replay(_));
    let outcome = match task {
        HistoryTask::Resume => {
            let lines = screen.0.past.as_ref().and_then(|past| past.draft.clone()).unwrap_or_default();
            read(&lines).map(|lines| Some(Script::recording(lines, Duration::ZERO)))
        }
        HistoryTask::Replay(id) => replayed(history, id).map(|lines| Some(Script::recording(lines, REPLAY_PACE))),
        HistoryTask::Export => export(history, &console, store.folder()).map(|folder| {
            screen.0.confirmation = Some(format!("{} {}", text::EXPORTED, folder.display()));
            None
        }),
    };
    match outcome {
        Ok(Some(script)) => {
            console.scripted = true;
            console.replay = replay;
            screen.0.replay = replay;
            commands.insert_resource(script);
        }
        Ok(None) => {}
        Err(reason) => screen.0.refusal = Some(reason),
    }
}

fn read(lines: &[String]) -> Result<Vec<Line>, String> {
    journal::read(&lines.join("\n")).map_err(|error| error.to_string())
}

fn replayed(history: &History, id: AttemptId) -> Result<Vec<Line>, String> {
    read(&history.attempt(id).map_err(|error| error.to_string())?.journal)
}

/// Writes certificate and attempt beside the history; the folder.
fn export(history: &History, console: &Console, folder: &Path) -> Result<PathBuf, String> {
    let nothing = || "finish an examination first".to_owned();
    let session = console.desk.session.as_ref().ok_or_else(nothing)?;
    let now = jiff::Timestamp::now().to_string();
    let record = session.record(&now).ok_or_else(nothing)?;
    let words = |error: &dyn std::fmt::Display| error.to_string();
    let curve = history.learning_curve(&record.trainee).map_err(|error| words(&error))?;
    let picture = |png| Picture { caption: text::CERTIFICATE_PICTURE.to_owned(), png };
    let certificate = certificate(&record, &curve, localizer_picture(session).map(picture).into_iter().collect());

    let letters = |c: char| if c.is_alphanumeric() { c } else { '-' };
    let name: String = format!("{} {}", record.trainee, now.get(..19).unwrap_or(&now)).chars().map(letters).collect();
    let folder = folder.join("attempts").join(name);
    let write = |file: &str, bytes: &[u8]| {
        let path = folder.join(file);
        std::fs::write(&path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
    };
    std::fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    write("certificate.html", certificate.to_html().as_bytes())?;
    let attempt = serde_json::to_string(&record.exported()).map_err(|error| words(&error))?;
    write("attempt.jsonl", format!("{attempt}\n").as_bytes())?;
    if let Some(recording) = session.exam().recording() {
        write("examination.jsonl", recording.to_json_lines().map_err(|error| words(&error))?.as_bytes())?;
    }
    write("recording.jsonl", format!("{}\n", record.journal.join("\n")).as_bytes())?;
    // Last, because a name in letters that no font has leaves the page in HTML.
    let pdf = certificate.to_pdf().map_err(|error| words(&error))?;
    write("certificate.pdf", &pdf)?;
    Ok(folder)
}

/// Writes everybody's attempts as lines for `plumbline run --attempts`; how many.
///
/// # Errors
/// In words, with the file.
pub fn export_all(arguments: &Arguments, path: &Path) -> Result<usize, String> {
    let file = arguments.database.clone().unwrap_or_else(HistoryPlugin::usual_file);
    if !file.is_file() {
        return Err(format!("{}: no attempts were kept there", file.display()));
    }
    let opened = History::open(&file).map_err(|error| error.to_string())?;
    let mut lines = Vec::new();
    let attempts = opened.history.export_jsonl(&Filter::default(), &mut lines).map_err(|error| error.to_string())?;
    std::fs::write(path, lines).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(attempts)
}

/// The sagittal localizer with what was planned and what is true.
fn localizer_picture(session: &Session) -> Option<Vec<u8>> {
    let finished = session.finished.as_ref()?;
    let shows = Shows::Localizer(Orientation::Sagittal);
    let stack = session.stack(&shows)?;
    let slice = stack.group.slices / 2;
    let mut view = SliceView::of(&stack.images, slice, Greys::of(&stack.images), 2.0);
    let planned: (Colour, Option<f64>) = (imaging_io::picture::palette::YELLOW, None);
    let true_ones = (imaging_io::picture::palette::SKY, Some(6.0));
    for (groups, (colour, dash)) in
        [(session.draft.groups(), planned), (finished.true_plan.groups.as_slice(), true_ones)]
    {
        for group in groups.iter().filter(|group| group.target.disc().is_some()) {
            view.draw_plane(&group.plane(), LINE_HALF_MM, Stroke { colour, width: 2.0, dash });
        }
    }
    Some(view.picture.encode_png())
}
