//! A training file with the populations, protocols and weights that it refers to.

use std::fs;
use std::path::{Path, PathBuf};

use randomness::Stream;
use vnet::Model;
use vnet_train::{StartFrom, TrainingConfig};

use super::examples::PhantomExamples;
use super::recipe::{FORMAT_VERSION, TrainingFile};
use diagnosis::Diagnosis;
use scenario::ScenarioError;
use scenario::library::{Library, NotFound};
use scenario::setup::hash_of;

/// A training file that was read, checked and resolved.
pub struct TrainingSetup {
    /// How the network learns.
    pub config: TrainingConfig,
    /// Training examples.
    pub examples: PhantomExamples,
    /// Validation examples.
    pub validation: PhantomExamples,
    /// Initial weights; random if `None`.
    pub start: Option<Model>,
    /// The files of the initial weights.
    pub starts: Vec<PathBuf>,
    /// Description of the initial weights, one line per file.
    pub origin: Vec<String>,
}

impl TrainingSetup {
    /// Reads a training file. Paths of populations, protocols and initial weights are relative to its folder.
    ///
    /// # Errors
    /// [`ScenarioError`] with file, line, column and what was expected.
    pub fn load(file: &Path, library: &Library) -> Result<Self, ScenarioError> {
        let text =
            fs::read_to_string(file).map_err(|source| ScenarioError::Unreadable { path: file.to_owned(), source })?;
        let TrainingFile { format_version, examples, training } =
            toml::from_str(&text).map_err(|error| Box::new(Diagnosis::of_toml(file, &text, &error)))?;
        let wrong = |at: &str, message: String, help: &str| {
            ScenarioError::Wrong(Box::new(Diagnosis::at(file, &text, at, message, help)))
        };
        if format_version != FORMAT_VERSION {
            let help = format!("this program reads version {FORMAT_VERSION}");
            return Err(wrong("format-version", format!("format-version is {format_version}"), &help));
        }
        if let Some(fault) = training.fault() {
            return Err(wrong(&format!("training.{}", fault.field), fault.to_string(), ""));
        }
        if let Err(error) = examples.check(training.image.plane) {
            return Err(wrong(&format!("examples.{}", error.field), error.message, ""));
        }

        let named = |at: String| {
            move |error| match error {
                NotFound::Unknown { message, help } => wrong(&at, message, &help),
                NotFound::Refused(ScenarioError::Unreadable { path, source }) => {
                    wrong(&at, format!("cannot read {}: {source}", path.display()), "expected a file")
                }
                NotFound::Refused(error) => error,
            }
        };
        let population =
            library.population(&examples.population, file).map_err(named("examples.population".to_owned()))?;
        let mut protocols = Vec::new();
        for (number, name) in examples.protocols.iter().enumerate() {
            protocols.push(library.protocol(name, file).map_err(named(format!("examples.protocols.{number}")))?);
        }

        // Everything that determines the examples; the hash of the network's configuration is separate.
        let recipe = serde_json::to_string(&examples).expect("checked numbers and fixed names are JSON");
        let texts = [recipe.as_str(), &population.text].into_iter().chain(protocols.iter().map(|p| p.text.as_str()));
        let recipe_hash = hash_of(&texts.collect::<Vec<_>>());
        let source = |seed| PhantomExamples {
            population: population.content.clone(),
            positioning: examples.positioning.clone(),
            protocols: protocols.iter().map(|protocol| protocol.content.clone()).collect(),
            contrasts: examples.contrasts,
            faults: examples.faults.clone(),
            image: training.image.clone(),
            body_cortex: training.has_cortex_class(),
            recipe_hash: recipe_hash.clone(),
            stream: Stream::from_seed(seed),
        };
        let folder = file.parent().unwrap_or(Path::new(""));
        let named = training.start_from.as_ref().map_or(&[][..], StartFrom::paths);
        let starts: Vec<PathBuf> = named.iter().map(|path| folder.join(path)).collect();
        let (start, origin) =
            initial_weights(named, &starts, &training).map_err(|reason| wrong("training.start-from", reason, ""))?;
        Ok(Self {
            examples: source(examples.seed),
            validation: source(examples.validation_seed),
            config: training,
            start,
            starts,
            origin,
        })
    }
}

/// The initial weights, if there are any, and their description.
fn initial_weights(
    named: &[PathBuf],
    files: &[PathBuf],
    config: &TrainingConfig,
) -> Result<(Option<Model>, Vec<String>), String> {
    if files.is_empty() {
        return Ok((None, Vec::new()));
    }
    let load = |file: &PathBuf| Model::load(file).map_err(|error| error.to_string());
    let models: Vec<Model> = files.iter().map(load).collect::<Result<_, _>>()?;
    let describe = |(name, model): (&PathBuf, &Model)| {
        format!("{} (weights {}, {} steps)", name.display(), &model.hash()[..12], model.provenance().steps)
    };
    let origin = named.iter().zip(&models).map(describe).collect();
    let start = vnet_train::mean(&models).map_err(|error| error.to_string())?;
    match start.network().obstacle_to(&config.network) {
        Some(reason) => Err(reason),
        None => Ok((Some(start), origin)),
    }
}

#[cfg(test)]
mod tests {
    use vnet_train::TrainingSource as _;

    use super::*;

    /// The first stage's file with some lines replaced.
    fn file(replaced: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
        let mut text = include_str!("../../../../models/lumbar-vnet/training.toml").to_owned();
        for (old, new) in replaced {
            assert!(text.contains(old), "{old}");
            text = text.replacen(old, new, 1);
        }
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("training.toml");
        fs::write(&path, text).expect("written");
        (folder, path)
    }

    fn load(replaced: &[(&str, &str)]) -> Result<TrainingSetup, ScenarioError> {
        let (_folder, path) = file(replaced);
        TrainingSetup::load(&path, &Library::near(Path::new(env!("CARGO_MANIFEST_DIR"))))
    }

    #[test]
    fn every_shipped_training_file_is_valid() {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../models/lumbar-vnet");
        let library = Library::near(&models);
        let mut stages = 0;
        for entry in fs::read_dir(&models).expect("it ships") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|end| end != "toml") {
                continue;
            }
            stages += 1;
            match TrainingSetup::load(&path, &library) {
                Ok(setup) => assert_ne!(setup.examples.stream, setup.validation.stream),
                // The initial weights of a stage may have been replaced or not kept; no other error is accepted.
                Err(error) => {
                    let error = error.to_string();
                    assert!(error.contains("found weights") || error.contains("reports/"), "{error}");
                }
            }
        }
        assert!(stages > 20, "{stages}");
    }

    #[test]
    fn mistakes_in_a_training_file_are_reported_with_their_place() {
        for (line, wrong, expected) in [
            ("format-version = 1", "format-version = 99", "training.toml:3:18: format-version is 99"),
            ("seed = 730001", "seed = 740001", "validation-seed"),
            ("\"lumbar-1.5t\"", "\"lumbar-9t\"", "unknown protocol 'lumbar-9t'"),
            ("population = \"", "population = \"no-", "unknown population"),
            ("knee-cushion-probability = 0.7", "knee-cushion-probability = 80.0", "knee-cushion-probability is 80"),
            ("sd = 8.0", "sd = nan", "roll-deg"),
        ] {
            let refused = load(&[(line, wrong)]).err().expect("refused").to_string();
            assert!(refused.contains(expected) && refused.contains("training.toml:"), "{refused}");
        }
    }

    #[test]
    fn the_identity_of_examples_changes_with_everything_that_determines_them() {
        let identity = |replaced: &[(&str, &str)]| load(replaced).expect("sound").examples.identity();
        let usual = identity(&[]);
        assert_eq!(usual, identity(&[("steps = 2600", "steps = 2601")]));
        for (old, new) in
            [("seed = 730001", "seed = 730009"), ("sd = 8.0", "sd = 9.0"), ("\"lumbar-3t\"", "\"lumbar-1.5t\"")]
        {
            assert_ne!(usual, identity(&[(old, new)]), "{old}");
        }
    }
}
