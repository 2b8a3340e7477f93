//! Today's patients: the exercises of scenario files, and what is wrong with those that cannot be read.

use std::path::{Path, PathBuf};

use scenario::ScenarioSetup;

use crate::exercise::Exercise;

/// One line of the worklist.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The scenario file.
    pub file: PathBuf,
    /// The exercise, or why there is none, in words for people.
    pub exercise: Result<Exercise, String>,
}

/// Today's patients.
#[derive(Clone, Debug, Default)]
pub struct Worklist {
    /// In the order of their titles.
    pub entries: Vec<Entry>,
}

impl Worklist {
    /// Reads scenario files and folders of them; a file that is wrong keeps its line and shows its error.
    pub fn read(paths: &[PathBuf]) -> Self {
        let files = paths.iter().flat_map(|path| files_of(path));
        let mut entries: Vec<Entry> = files.map(|file| Entry { exercise: read(&file), file }).collect();
        // Titles carry the order in which exercises are meant to be taken; what cannot be read comes last.
        let title = |entry: &Entry| {
            entry.exercise.as_ref().map_or((true, String::new()), |exercise| (false, exercise.title().to_owned()))
        };
        entries.sort_by_key(title);
        Self { entries }
    }

    /// The exercise of a name.
    pub fn exercise(&self, name: &str) -> Option<&Exercise> {
        self.exercises().find(|exercise| exercise.name() == name)
    }

    /// What can be examined.
    pub fn exercises(&self) -> impl Iterator<Item = &Exercise> {
        self.entries.iter().filter_map(|entry| entry.exercise.as_ref().ok())
    }

    /// Lines whose patient, number or title holds a text, whatever its case.
    pub fn search(&self, text: &str) -> impl Iterator<Item = &Entry> {
        let wanted = text.trim().to_lowercase();
        self.entries.iter().filter(move |entry| {
            let seen = match &entry.exercise {
                Ok(exercise) => {
                    let order = &exercise.order;
                    format!(
                        "{} {} {} {}",
                        order.identity.name,
                        order.identity.patient_id,
                        exercise.title(),
                        order.indication
                    )
                }
                Err(_) => entry.file.display().to_string(),
            };
            seen.to_lowercase().contains(&wanted)
        })
    }
}

fn read(file: &Path) -> Result<Exercise, String> {
    let setup = ScenarioSetup::load(file).map_err(|error| error.to_string())?;
    Exercise::of(setup).map_err(|error| format!("{}: {error}", file.display()))
}

fn files_of(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else { return vec![path.to_owned()] };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "toml"));
    files.sort();
    files
}
