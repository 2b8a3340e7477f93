//! Where the names in a scenario lead: populations, protocols, panels and models.

use std::fs;
use std::path::{Path, PathBuf};

use crate::ScenarioError;
use diagnosis::{Diagnosis, did_you_mean};

/// Folder of population files.
const PHANTOMS: &str = "phantoms";
/// Folder of named phantoms, in the folder of populations.
const GALLERY: &str = "gallery";
/// Folder of models.
const MODELS: &str = "models";
/// The population that is built into the program.
const BUILTIN_POPULATION: &str = "adult-lumbar";

/// How a file is named in place of something known.
const TOML_FILE: &str = "a path that ends in .toml";

/// The folder that holds `phantoms/`, `scenarios/` and `models/`; without one, what is built in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Library {
    root: Option<PathBuf>,
}

/// Something that a name led to, with the text that it was read from.
#[derive(Clone, Debug)]
pub struct Named<T> {
    /// What was read.
    pub content: T,
    /// Its text; for what is built in, its name.
    pub text: String,
}

/// Who a scenario scans.
#[derive(Clone, Debug)]
pub struct Cohort {
    /// The population.
    pub population: phantom::Population,
    /// One person of it, if the scenario names a person.
    pub individual: Option<phantom::SpineParameters>,
}

impl Library {
    /// The library around a file or folder: the nearest folder upwards that holds `phantoms/`, else the
    /// current folder if that does.
    pub fn near(path: &Path) -> Self {
        let absolute = path.canonicalize().ok();
        let upwards = absolute.iter().flat_map(|path| path.ancestors()).map(Path::to_owned);
        let here = std::env::current_dir().ok();
        let root = upwards.chain(here).find(|folder| folder.join(PHANTOMS).is_dir());
        Self { root }
    }

    /// The same around the current folder, else around this program.
    pub fn at_hand() -> Self {
        let program = std::env::current_exe().unwrap_or_default();
        let libraries = [Path::new("."), program.as_path()].map(Self::near);
        libraries.into_iter().find(|library| library.root.is_some()).unwrap_or_default()
    }

    /// The folder of a model; `None` if there is none of that name.
    pub fn model_folder(&self, name: &str) -> Option<PathBuf> {
        let named = self.root.as_ref().map(|root| root.join(MODELS).join(name));
        named.into_iter().chain([PathBuf::from(name)]).find(|folder| folder.is_dir())
    }

    /// What to say of a model that there is not.
    pub(crate) fn unknown_model(&self, name: &str) -> NotFound {
        NotFound::unknown("model", name, &self.models(), "a folder")
    }

    /// Names of the models, in alphabetical order.
    pub fn models(&self) -> Vec<String> {
        self.names_in(MODELS, |path| path.is_dir().then(|| path.file_name())?)
    }

    /// Names of the populations, in alphabetical order.
    pub fn populations(&self) -> Vec<String> {
        let mut names =
            self.names_in(PHANTOMS, |path| path.extension().filter(|end| *end == "toml").and(path.file_stem()));
        names.push(BUILTIN_POPULATION.to_owned());
        names.sort();
        names.dedup();
        names
    }

    /// A population by name, or from a TOML file whose path is given from `beside`'s folder.
    ///
    /// # Errors
    /// [`NotFound::Unknown`] with the names that there are; [`NotFound::Refused`] for a file that is wrong.
    pub fn population(&self, name: &str, beside: &Path) -> Result<Named<phantom::Population>, NotFound> {
        let known = self.root.as_ref().map(|root| root.join(PHANTOMS).join(format!("{name}.toml")));
        match file(name, beside).or(known.filter(|path| path.is_file())) {
            Some(path) => read(&path, |text| {
                phantom::Population::from_toml(text).map_err(|error| population_mistake(&path, text, &error))
            }),
            None if name == BUILTIN_POPULATION => {
                Ok(Named { content: phantom::Population::adult_lumbar(), text: name.to_owned() })
            }
            None => {
                let unknown = NotFound::unknown("population", name, &self.populations(), TOML_FILE);
                Err(self.or_a_person(name, unknown))
            }
        }
    }

    /// Names of the named phantoms, in alphabetical order.
    pub fn individuals(&self) -> Vec<String> {
        let folder = format!("{PHANTOMS}/{GALLERY}");
        self.names_in(&folder, |path| path.extension().filter(|end| *end == "toml").and(path.file_stem()))
    }

    /// A named phantom, or one from a TOML file that names its population; `None` if the name is none of these.
    ///
    /// # Errors
    /// [`NotFound::Refused`] for a file that is wrong.
    pub fn individual(&self, name: &str, beside: &Path) -> Result<Option<Named<phantom::Individual>>, NotFound> {
        let known = self.root.as_ref().map(|root| root.join(PHANTOMS).join(GALLERY).join(format!("{name}.toml")));
        let path = match file(name, beside) {
            Some(path) if names_a_population(&path) => path,
            Some(_) => return Ok(None),
            None => match known.filter(|path| path.is_file()) {
                Some(path) => path,
                None => return Ok(None),
            },
        };
        let read = read(&path, |text| {
            phantom::Individual::from_toml(text).map_err(|error| individual_mistake(&path, text, &error))
        });
        read.map(Some)
    }

    /// A population, or a named phantom: one person. Where both have a name, it is the population's; the person is
    /// then found by the path of their file.
    ///
    /// # Errors
    /// As [`Self::population`].
    pub fn cohort(&self, name: &str, beside: &Path) -> Result<Named<Cohort>, NotFound> {
        let a_population = self.populations().iter().any(|known| known == name);
        let individual = if a_population { None } else { self.individual(name, beside)? };
        let Some(Named { content: individual, text }) = individual else {
            let Named { content: population, text } = self.population(name, beside)?;
            return Ok(Named { content: Cohort { population, individual: None }, text });
        };
        let population = self.population(&individual.population, beside)?;
        let parameters = individual.parameters(&population.content);
        let content = Cohort { population: population.content, individual: Some(parameters) };
        // Both decide who it is; the person's file names the population.
        Ok(Named { content, text: format!("{text}\n{}", population.text) })
    }

    /// An unknown population that is spelled almost like a named phantom.
    fn or_a_person(&self, name: &str, error: NotFound) -> NotFound {
        match error {
            NotFound::Unknown { message, help } if !help.starts_with("did you mean") => {
                let individuals = self.individuals();
                let near = did_you_mean(name, individuals.iter().map(String::as_str));
                let all = format!("{help}; `plumbline phantom list` has {} named phantoms, too", individuals.len());
                NotFound::Unknown { message, help: if near.is_empty() { all } else { near } }
            }
            error => error,
        }
    }

    /// A protocol by its built-in name, or from a TOML file.
    ///
    /// # Errors
    /// As [`Self::population`].
    pub fn protocol(&self, name: &str, beside: &Path) -> Result<Named<scanner::Protocol>, NotFound> {
        match file(name, beside) {
            Some(path) => read(&path, |text| {
                scanner::Protocol::from_toml(text).map_err(|error| protocol_mistake(&path, text, &error))
            }),
            None => match scanner::Protocol::builtin(name) {
                Some(content) => Ok(Named { content, text: name.to_owned() }),
                None => Err(NotFound::unknown("protocol", name, scanner::Protocol::BUILTIN_NAMES, TOML_FILE)),
            },
        }
    }

    /// The default panel of technologists, or one from a TOML file.
    ///
    /// # Errors
    /// As [`Self::population`].
    pub fn panel(&self, name: &str, beside: &Path) -> Result<Named<observer::Panel>, NotFound> {
        match file(name, beside) {
            Some(path) => {
                read(&path, |text| observer::Panel::from_toml(text).map_err(|error| panel_mistake(&path, text, &error)))
            }
            None if name == "default" => Ok(Named { content: observer::Panel::default_panel(), text: name.to_owned() }),
            None => Err(NotFound::unknown("panel", name, &["default"], TOML_FILE)),
        }
    }

    fn names_in(&self, folder: &str, name: impl Fn(&Path) -> Option<&std::ffi::OsStr>) -> Vec<String> {
        let entries = self.root.as_ref().and_then(|root| fs::read_dir(root.join(folder)).ok());
        let paths = entries.into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
        let mut names: Vec<String> =
            paths.filter_map(|path| Some(name(&path)?.to_string_lossy().into_owned())).collect();
        names.sort();
        names
    }
}

/// Why a name leads nowhere.
#[derive(Debug)]
pub enum NotFound {
    /// Nothing has that name.
    Unknown {
        /// What was found.
        message: String,
        /// What was expected.
        help: String,
    },
    /// The file that it names is wrong or cannot be read.
    Refused(ScenarioError),
}

impl NotFound {
    fn unknown(kind: &str, name: &str, known: &[impl AsRef<str>], other: &str) -> Self {
        let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
        let near = did_you_mean(name, known.iter().copied());
        let list = match known.as_slice() {
            [] => format!("none is known by name; expected {other}"),
            known => format!("known: {}; or {other}", known.join(", ")),
        };
        let help = if near.is_empty() { list } else { near };
        Self::Unknown { message: format!("unknown {kind} '{name}'"), help }
    }
}

/// The path that a name gives outright: one with a folder or an ending.
fn file(name: &str, beside: &Path) -> Option<PathBuf> {
    (name.contains('/') || name.ends_with(".toml")).then(|| beside.parent().unwrap_or(Path::new("")).join(name))
}

fn read<T>(path: &Path, parse: impl FnOnce(&str) -> Result<T, Diagnosis>) -> Result<Named<T>, NotFound> {
    let unreadable = |source| NotFound::Refused(ScenarioError::Unreadable { path: path.to_owned(), source });
    let text = fs::read_to_string(path).map_err(unreadable)?;
    let content = parse(&text).map_err(|mistake| NotFound::Refused(ScenarioError::Wrong(Box::new(mistake))))?;
    Ok(Named { content, text })
}

fn population_mistake(path: &Path, text: &str, error: &phantom::PopulationError) -> Diagnosis {
    match error {
        phantom::PopulationError::Syntax(error) => Diagnosis::of_toml(path, text, error),
        phantom::PopulationError::OutOfRange { field, .. } => Diagnosis::at(path, text, field, error.to_string(), ""),
        other => Diagnosis::at(path, text, "", other.to_string(), ""),
    }
}

fn individual_mistake(path: &Path, text: &str, error: &phantom::IndividualError) -> Diagnosis {
    match error {
        phantom::IndividualError::Syntax(error) => Diagnosis::of_toml(path, text, error),
        phantom::IndividualError::OutOfRange { field, .. } => Diagnosis::at(path, text, field, error.to_string(), ""),
        phantom::IndividualError::Version(_) => Diagnosis::at(path, text, "format-version", error.to_string(), ""),
    }
}

/// True if a file says of which population its phantom is.
fn names_a_population(path: &Path) -> bool {
    let table = fs::read_to_string(path).ok().and_then(|text| text.parse::<toml::Table>().ok());
    table.is_some_and(|table| table.contains_key("population"))
}

fn protocol_mistake(path: &Path, text: &str, error: &scanner::ProtocolError) -> Diagnosis {
    match error {
        scanner::ProtocolError::Syntax(error) => Diagnosis::of_toml(path, text, error),
        other => Diagnosis::at(path, text, "", other.to_string(), ""),
    }
}

fn panel_mistake(path: &Path, text: &str, error: &observer::PanelError) -> Diagnosis {
    match error {
        observer::PanelError::Syntax(error) => Diagnosis::of_toml(path, text, error),
        other => Diagnosis::at(path, text, "", other.to_string(), ""),
    }
}
