//! Keeps finished attempts in the history, and an unfinished lesson in case the window closes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bevy::prelude::*;
use coach::history::{Filter, History};
use coach::session::Session;

use crate::desk_plugin::{Console, ConsoleSystems, ScreenState};

/// The history's file, open.
#[derive(Resource)]
pub struct HistoryStore {
    history: Arc<History>,
    folder: PathBuf,
    /// The lesson that was kept, by its trainee and the length of its journal.
    kept: Option<(String, usize)>,
    recorded: bool,
    shown_for: Option<String>,
}

/// An unfinished lesson is written at least this often while it changes.
const DRAFT_EVERY: Duration = Duration::from_secs(2);

/// Opens a history file and keeps what happens.
pub struct HistoryPlugin(Arc<History>, PathBuf);

impl HistoryPlugin {
    /// Keeps what happens in a history; exports go beside its file.
    pub fn new(history: History, file: &Path) -> Self {
        Self(Arc::new(history), file.parent().map(Path::to_owned).unwrap_or_default())
    }

    /// Where the history lies if nothing else is said: the user's data folder.
    pub fn usual_file() -> PathBuf {
        let home = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        home("XDG_DATA_HOME")
            .or_else(|| home("APPDATA"))
            .or_else(|| home("HOME").map(|home| home.join(".local/share")))
            .unwrap_or_default()
            .join("plumbline")
            .join("attempts.sqlite")
    }
}

impl Plugin for HistoryPlugin {
    fn build(&self, app: &mut App) {
        let store = HistoryStore {
            history: Arc::clone(&self.0),
            folder: self.1.clone(),
            kept: None,
            recorded: false,
            shown_for: None,
        };
        app.insert_resource(store).add_systems(Update, keep.in_set(ConsoleSystems::Project));
    }
}

fn keep(
    mut store: ResMut<HistoryStore>,
    mut console: ResMut<Console>,
    mut screen: ResMut<ScreenState>,
    time: Res<Time<Real>>,
    mut last: Local<Duration>,
    mut exits: MessageReader<AppExit>,
) {
    if let Some(left) = console.bypass_change_detection().desk.take_left() {
        let kept = if left.finished.is_none() && !console.replay { store.keep_draft(&left) } else { Ok(()) };
        if let Err(error) = kept {
            screen.0.refusal = Some(error.to_string());
        }
        console.replay = false;
        screen.0.replay = false;
        store.shown_for = None;
    }
    let leaving = exits.read().next().is_some();
    let outcome = store.follow(
        &console,
        &mut screen,
        leaving || time.elapsed() - *last >= DRAFT_EVERY,
        &mut last,
        time.elapsed(),
    );
    if let Err(reason) = outcome {
        screen.0.refusal = Some(reason);
    }
}

impl HistoryStore {
    /// All attempts.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Where exports go.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn follow(
        &mut self,
        console: &Console,
        screen: &mut ScreenState,
        due: bool,
        last: &mut Duration,
        now: Duration,
    ) -> Result<(), String> {
        let words = |error: coach::history::HistoryError| error.to_string();
        match &console.desk.session {
            Some(session) if session.finished.is_some() => {
                if !self.recorded && !console.replay {
                    self.recorded = true;
                    if let Some(record) = session.record(&jiff::Timestamp::now().to_string()) {
                        self.history.add(&record).map_err(words)?;
                        self.history.clear_draft(&session.trainee).map_err(words)?;
                    }
                    self.shown_for = None;
                }
            }
            Some(session) => {
                self.recorded = false;
                if due && !console.scripted && !console.replay {
                    *last = now;
                    self.keep_draft(session).map_err(words)?;
                }
            }
            None => self.recorded = false,
        }
        if self.shown_for.as_deref() != Some(console.desk.trainee.as_str()) {
            self.shown_for = Some(console.desk.trainee.clone());
            screen.0.past = Some(self.past(&console.desk.trainee).map_err(words)?);
        }
        Ok(())
    }

    fn keep_draft(&mut self, session: &Session) -> Result<(), coach::history::HistoryError> {
        let now = (session.trainee.clone(), session.journal().len());
        if self.kept.as_ref() == Some(&now) || now.1 < 2 {
            return Ok(());
        }
        let lines: Vec<String> = session.journal().iter().filter_map(|line| serde_json::to_string(line).ok()).collect();
        self.history.save_draft(&session.trainee, &lines)?;
        self.kept = Some(now);
        Ok(())
    }

    fn past(&self, trainee: &str) -> Result<crate::screen::Past, coach::history::HistoryError> {
        let draft = if trainee.is_empty() { None } else { self.history.draft(trainee)? };
        Ok(crate::screen::Past {
            attempts: if trainee.is_empty() { Vec::new() } else { self.history.attempts(&Filter::trainee(trainee))? },
            class: self.history.class_overview()?,
            draft: draft.map(|draft| draft.journal),
        })
    }
}
