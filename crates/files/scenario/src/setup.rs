//! A scenario with everything that its names lead to: what a run is made from.

use std::fs;
use std::path::{Path, PathBuf};

use geometry::Orientation;
use scanner::Protocol;

use crate::check::mistakes;
use crate::library::{Cohort, Library, NotFound};
use crate::{PlannerKind, Scenario, ScenarioError};
use assessment::attempt::RecordedAttempt;
use diagnosis::Diagnosis;
use results::Criterion;
use results::identity::ScenarioIdentity;

/// A scenario that was read, checked and resolved.
#[derive(Clone, Debug)]
pub struct ScenarioSetup {
    /// The file.
    pub file: PathBuf,
    /// What it says.
    pub scenario: Scenario,
    /// BLAKE3 of the file and of the files that it names, hexadecimal.
    pub hash: String,
    /// BLAKE3 of what decides the patients and their localizers: positioning, population, protocol.
    pub patients_hash: String,
    /// Who is scanned.
    pub population: phantom::Population,
    /// The one person of every case, where the scenario names a named phantom in place of a population.
    pub individual: Option<phantom::SpineParameters>,
    /// How they are scanned.
    pub protocol: scanner::Protocol,
    /// What is prescribed: the protocol's stacks and saturation band, as the scenario's `[prescription]` changes them.
    pub prescription: geometry::PrescriptionRules,
    /// Who plans by hand and with the planner.
    pub panel: observer::Panel,
    /// Where the built-in planner's model lies; `None` for a planner that is a command.
    pub model_folder: Option<PathBuf>,
    /// Plans that people made for its cases; none until [`crate::attempts::assign`] gives it some.
    pub attempts: Vec<RecordedAttempt>,
}

impl ScenarioSetup {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// [`ScenarioError`] with file, line, column and what was expected.
    pub fn load(file: &Path) -> Result<Self, ScenarioError> {
        let text =
            fs::read_to_string(file).map_err(|source| ScenarioError::Unreadable { path: file.to_owned(), source })?;
        Self::from_text(file, &text, &Library::near(file))
    }

    /// Reads scenario files, and every scenario file of folders in alphabetical order.
    ///
    /// # Errors
    /// [`ScenarioError`] for the first that is wrong, for a folder without scenarios, and for two of one name.
    pub fn load_all(paths: &[PathBuf]) -> Result<Vec<Self>, ScenarioError> {
        let mut setups: Vec<Self> = Vec::new();
        for path in paths {
            for file in scenario_files(path)? {
                let setup = Self::load(&file)?;
                if let Some(other) = setups.iter().find(|other| other.scenario.name == setup.scenario.name) {
                    return Err(ScenarioError::SameName {
                        name: setup.scenario.name,
                        a: other.file.clone(),
                        b: setup.file,
                    });
                }
                setups.push(setup);
            }
        }
        Ok(setups)
    }

    /// Checks a scenario's text and resolves its names; `file` is where it comes from.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn from_text(file: &Path, text: &str, library: &Library) -> Result<Self, ScenarioError> {
        let scenario: Scenario =
            toml::from_str(text).map_err(|error| Box::new(Diagnosis::of_toml(file, text, &error)))?;
        let wrong = |at: &str, message: String, help: String| {
            ScenarioError::Wrong(Box::new(Diagnosis::at(file, text, at, message, help)))
        };
        if let Some(first) = mistakes(&scenario).into_iter().next() {
            return Err(wrong(&first.at, first.message, first.help));
        }

        let here = |at: &'static str| move |error| not_found(file, text, at, error);
        let cohort = library.cohort(&scenario.patients.population, file).map_err(here("patients.population"))?;
        if let Some(error) = person_mistake(file, text, &scenario.patients.population, &cohort.content) {
            return Err(error);
        }
        let protocol = library.protocol(&scenario.scanner.protocol, file).map_err(here("scanner.protocol"))?;
        let prescription = scenario.prescription.applied_to(&protocol.content.prescription());
        protocol
            .content
            .check_prescription(&prescription)
            .map_err(|error| wrong("prescription", error.to_string(), String::new()))?;
        let lesson = scenario.lesson.iter();
        lesson
            .map(|lesson| &lesson.order)
            .try_for_each(|order| order.check_series(&protocol.content))
            .map_err(|mistake| wrong(&mistake.at, mistake.message, mistake.help))?;
        let panel = library.panel(&scenario.arms.panel, file).map_err(here("arms.panel"))?;
        let model_folder = match scenario.planner.kind {
            PlannerKind::Command => None,
            PlannerKind::Builtin => {
                let unknown = || library.unknown_model(&scenario.planner.model);
                let folder = library.model_folder(&scenario.planner.model);
                Some(folder.ok_or_else(unknown).map_err(here("planner.model"))?)
            }
        };

        let positioning =
            serde_json::to_string(&scenario.patients.positioning).expect("checked numbers and fixed names are JSON");
        let faults = scenario.scanner.faults.as_ref();
        let faults_text = faults.map(|faults| serde_json::to_string(faults).expect("checked numbers are JSON"));
        let patients = [&*positioning, &cohort.text, &protocol.text];
        let patients: Vec<_> = patients.into_iter().chain(faults_text.as_deref()).collect();
        Ok(Self {
            file: file.to_owned(),
            hash: hash_of(&[text, &cohort.text, &protocol.text, &panel.text]),
            patients_hash: hash_of(&patients),
            population: cohort.content.population,
            individual: cohort.content.individual,
            attempts: Vec::new(),
            protocol: faults
                .cloned()
                .map_or(protocol.content.clone(), |faults| Protocol { faults, ..protocol.content }),
            prescription,
            panel: panel.content,
            model_folder,
            scenario,
        })
    }

    /// From voxels of the localizer's sagittal stack to patient coordinates, mm.
    pub fn localizer_affine(&self) -> Option<[[f64; 4]; 3]> {
        let stacks = scanner::localizer(&self.protocol);
        let sagittal = stacks.iter().find(|group| group.target.orientation() == Orientation::Sagittal)?;
        let affine = sagittal.grid().affine();
        Some([0, 1, 2].map(|row| [0, 1, 2, 3].map(|column| affine[(row, column)])))
    }

    /// What must hold, each by what the scenario says it is judged by.
    fn criteria(&self) -> Vec<Criterion> {
        let judged_by = self.scenario.judged_by;
        let criteria = self.scenario.criteria.iter().cloned();
        criteria.map(|one| Criterion { judged_by: one.judged_by.or(Some(judged_by)), ..one }).collect()
    }

    /// The scenario's part of a run's identity; `seed` takes the place of the file's.
    pub fn identity(&self, seed: Option<u64>) -> ScenarioIdentity {
        ScenarioIdentity {
            name: self.scenario.name.clone(),
            title: self.scenario.title.clone(),
            hash: self.hash.clone(),
            patients_hash: self.patients_hash.clone(),
            seed: seed.unwrap_or(self.scenario.seed),
            noise_seed: None,
            cases: self.scenario.cases,
            population: self.scenario.patients.population.clone(),
            protocol: self.scenario.scanner.protocol.clone(),
            criteria: self.criteria(),
            localizer_affine: self.localizer_affine(),
        }
    }
}

/// A name at a place of a scenario that leads nowhere, or to a file that is wrong.
pub(crate) fn not_found(file: &Path, text: &str, at: &str, error: NotFound) -> ScenarioError {
    let wrong =
        |message: String, help: String| ScenarioError::Wrong(Box::new(Diagnosis::at(file, text, at, message, help)));
    match error {
        NotFound::Unknown { message, help } => wrong(message, help),
        NotFound::Refused(ScenarioError::Unreadable { path, source }) => {
            wrong(format!("cannot read {}: {source}", path.display()), "expected a file".into())
        }
        NotFound::Refused(error) => error,
    }
}

/// What is wrong with the named phantom of a cohort, if it is one and no spine can be built from it.
pub(crate) fn person_mistake(file: &Path, text: &str, name: &str, cohort: &Cohort) -> Option<ScenarioError> {
    let error = phantom::Spine::build(cohort.individual.as_ref()?, true).err()?;
    let message = format!("phantom '{name}': {error}");
    Some(ScenarioError::Wrong(Box::new(Diagnosis::at(file, text, "patients.population", message, ""))))
}

/// BLAKE3 of several texts, hexadecimal.
pub fn hash_of(texts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for text in texts {
        // The length first, so that moving a line from one file to the next changes the hash.
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// A file itself; of a folder, the TOML files in it.
fn scenario_files(path: &Path) -> Result<Vec<PathBuf>, ScenarioError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable = |source| ScenarioError::Unreadable { path: path.to_owned(), source };
    let entries = fs::read_dir(path).and_then(|entries| entries.map(|e| Ok(e?.path())).collect::<Result<Vec<_>, _>>());
    let mut files = entries.map_err(unreadable)?;
    files.retain(|file| file.extension().is_some_and(|end| end == "toml"));
    files.sort();
    if files.is_empty() { Err(ScenarioError::NoScenario(path.to_owned())) } else { Ok(files) }
}
