//! What verbs look up by name: models, populations, protocols, patients.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use harness::scenario::library::{Library, NotFound};
use phantom::{Individual, PatientOnTable, Population, Positioning, Spine};
use randomness::Stream;
use scanner::Protocol;

use planner::Networks;

use crate::arguments::Device;
use crate::device;
use crate::failure::Failure;

/// The model that is used where none is named.
const DEFAULT_MODEL: &str = "lumbar-vnet";

/// What the names on this command line lead to.
pub fn library() -> Library {
    Library::near(Path::new("."))
}

/// The networks of a model's folder or a weights file, or the default ones.
pub fn networks(path: Option<&Path>, device: Device) -> Result<Networks, Failure> {
    let path = match path {
        Some(path) => path.to_owned(),
        None => library().model_folder(DEFAULT_MODEL).unwrap_or_else(|| PathBuf::from("models").join(DEFAULT_MODEL)),
    };
    device::networks(&path, &device::processor(device)?, device)
}

/// A population by name or file.
pub fn population(name: &str) -> Result<Population, Failure> {
    named(library().population(name, here()))
}

/// A protocol by name or file.
pub fn protocol(name: &str) -> Result<Protocol, Failure> {
    named(library().protocol(name, here()))
}

/// Paths on the command line are seen from the current folder.
fn here() -> &'static Path {
    Path::new("./command-line")
}

fn named<T>(found: Result<harness::scenario::library::Named<T>, NotFound>) -> Result<T, Failure> {
    match found {
        Ok(named) => Ok(named.content),
        Err(NotFound::Unknown { message, help }) => Err(Failure::wrong(format!("{message}: {help}"))),
        Err(NotFound::Refused(error)) => Err(Failure::scenario(&error)),
    }
}

/// A named phantom, if the name is one's.
pub fn individual(name: &str) -> Result<Option<Individual>, Failure> {
    match library().individual(name, here()) {
        Ok(found) => Ok(found.map(|named| named.content)),
        Err(NotFound::Refused(error)) => Err(Failure::scenario(&error)),
        Err(NotFound::Unknown { message, help }) => Err(Failure::wrong(format!("{message}: {help}"))),
    }
}

/// A named phantom, or the individual of a population that a seed draws; lying straight and centred.
pub fn patient(name: &str, seed: u64) -> Result<PatientOnTable, Failure> {
    let positioning = Positioning::default();
    let spine = match individual(name)? {
        Some(individual) => {
            let parameters = individual.parameters(&population(&individual.population)?);
            Spine::build(&parameters, positioning.knee_cushion)
                .map_err(|error| Failure::wrong(format!("phantom '{name}': {error}")))?
        }
        None => harness::runner::spine_of(&population(name)?, positioning.knee_cushion, &Stream::from_seed(seed)),
    };
    Ok(PatientOnTable::new(Arc::new(spine), positioning))
}

/// Makes the folder for results.
pub fn folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|error| unwritable(path, &error))
}

/// A file that cannot be written: the run could not finish.
pub fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Unfinished(miette::Report::msg(format!("cannot write {}: {error}", path.display())))
}

/// Writes a file whole.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    imaging_io::write_whole(path, bytes).map_err(|error| unwritable(path, &error))
}
