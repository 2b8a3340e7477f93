//! The checkpoint: everything that a resumed run needs, in one file.

use std::collections::HashMap;
use std::path::Path;

use vnet::weights;
use vnet::{ModelError, NetworkShape, Parameter, Parameters};

use crate::optimizer::State;

/// Name of the checkpoint in the training folder.
pub const FILE_NAME: &str = "checkpoint.safetensors";

const PARTS: [&str; 4] = ["weights", "mean", "square", "average"];

/// What a state was trained with: a run is resumed only with the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lineage {
    /// Hash of the configuration.
    pub config: String,
    /// [`crate::TrainingSource::identity`] of the training examples.
    pub examples: String,
    /// Hash of the initial weights, or "random"; `None` accepts any.
    pub start: Option<String>,
}

// Metadata entries of a checkpoint.
const CONFIG: &str = "config-hash";
const EXAMPLES: &str = "examples";
const START: &str = "start";

impl Lineage {
    /// The lineage in a checkpoint's metadata.
    ///
    /// # Errors
    /// [`ModelError::Metadata`] if it differs from this one.
    fn check(&self, metadata: &HashMap<String, String>, path: &Path) -> Result<Self, ModelError> {
        let expected = [
            (CONFIG, "configuration", Some(&self.config)),
            (EXAMPLES, "examples", Some(&self.examples)),
            (START, "initial weights", self.start.as_ref()),
        ];
        let mut entries = Vec::new();
        for (key, what, expected) in expected {
            let found = metadata.get(key).cloned().unwrap_or_else(|| "nothing".to_owned());
            if let Some(expected) = expected.filter(|expected| **expected != found) {
                let reason = format!(
                    "the checkpoint was made with other {what}: found {found}, expected {expected}; train into another folder to \
                     start over"
                );
                return Err(ModelError::Metadata { path: path.into(), key, reason });
            }
            entries.push(found);
        }
        let [config, examples, start] = entries.try_into().expect("one for each");
        Ok(Self { config, examples, start: Some(start) })
    }
}

/// All tensors of a state, with the part that they belong to as prefix of their names.
fn named(state: &State) -> Parameters {
    let parts = [&state.weights, &state.mean, &state.square, &state.average];
    let all = PARTS.iter().zip(parts).flat_map(|(part, parameters)| {
        parameters.0.iter().map(move |p| Parameter { name: format!("{part}/{}", p.name), ..p.clone() })
    });
    Parameters(all.collect())
}

/// Writes the state to a temporary file, then renames it.
pub fn save(state: &State, lineage: &Lineage, path: &Path) -> Result<(), ModelError> {
    let all = named(state);
    let start = lineage.start.clone().unwrap_or_default();
    let entries = [
        ("step", state.step.to_string()),
        ("blake3", all.digest()),
        (CONFIG, lineage.config.clone()),
        (EXAMPLES, lineage.examples.clone()),
        (START, start),
    ];
    let metadata = entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    weights::write(path, &all.0, metadata)
}

/// Reads a state and its lineage; refuses one of another lineage than expected.
pub fn load(network: &NetworkShape, expected: &Lineage, path: &Path) -> Result<(State, Lineage), ModelError> {
    let bytes = std::fs::read(path).map_err(|source| ModelError::Io { path: path.into(), source })?;
    let (parameters, metadata) = weights::read(&bytes, path)?;
    let lineage = expected.check(&metadata, path)?;
    let wrong = |key: &'static str, reason: String| ModelError::Metadata { path: path.into(), key, reason };
    let step = metadata.get("step").and_then(|s| s.parse().ok()).ok_or_else(|| wrong("step", "missing".into()))?;
    let mut by_name: HashMap<String, Parameter> = parameters.0.into_iter().map(|p| (p.name.clone(), p)).collect();
    let mut part = |part: &str| -> Result<Parameters, ModelError> {
        let list = network
            .layout()
            .into_iter()
            .filter_map(|(name, _)| by_name.remove(&format!("{part}/{name}")).map(|p| Parameter { name, ..p }));
        let parameters = Parameters(list.collect());
        match network.mismatch(&parameters) {
            Some(reason) => Err(ModelError::Architecture { path: path.into(), reason }),
            None => Ok(parameters),
        }
    };
    let state = State {
        step,
        weights: part(PARTS[0])?,
        mean: part(PARTS[1])?,
        square: part(PARTS[2])?,
        average: part(PARTS[3])?,
    };
    if metadata.get("blake3") != Some(&named(&state).digest()) {
        return Err(ModelError::Damaged { path: path.into(), reason: "the values do not match their hash".into() });
    }
    Ok((state, lineage))
}
