//! What verbs look up by name: models, populations, protocols, patients.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use imaging_io::{is_dicom, same_file};
use phantom::{Individual, PatientOnTable, Population, Positioning, Spine};
use randomness::Stream;
use scanner::Protocol;
use scenario::library::{Library, NotFound};

use planner::Networks;

use crate::arguments::Device;
use crate::device;
use crate::failure::Failure;

/// The model that is used where none is named.
const DEFAULT_MODEL: &str = "lumbar-vnet";

/// What the names on this command line lead to.
pub fn library() -> Library {
    Library::at_hand()
}

/// The networks of a model's folder or a weights file, or the default ones.
pub fn networks(named: Option<&Path>, device: Device) -> Result<Networks, Failure> {
    device::networks(&model(named)?, &device::processor(device)?, device)
}

/// A model's folder or weights file: a path as it is seen from here, a name in the models that came with the program, or
/// the default one.
pub fn model(named: Option<&Path>) -> Result<PathBuf, Failure> {
    let named = named.unwrap_or(Path::new(DEFAULT_MODEL));
    let found = if named.exists() { Some(named.to_owned()) } else { library().model_folder(&named.to_string_lossy()) };
    found.ok_or_else(|| {
        Failure::wrong(format!(
            "there is no model '{}'; expected the name of a folder in models/, or the path of one",
            named.display()
        ))
    })
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

fn named<T>(found: Result<scenario::library::Named<T>, NotFound>) -> Result<T, Failure> {
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
        None => scenario::spine_of(&population(name)?, positioning.knee_cushion, &Stream::from_seed(seed)),
    };
    Ok(PatientOnTable::new(Arc::new(spine), positioning))
}

/// Refuses a folder for results that is a file, or lies in one.
pub fn no_file(folder: &Path) -> Result<(), Failure> {
    match folder.ancestors().find(|path| path.exists()) {
        Some(file) if !file.is_dir() => {
            Err(Failure::wrong(format!("{}: is a file, expected a folder", file.display())))
        }
        _ => Ok(()),
    }
}

/// Makes the folder for results.
pub fn folder(path: &Path) -> Result<(), Failure> {
    no_file(path)?;
    std::fs::create_dir_all(path).map_err(|error| unwritable(path, &error))
}

/// Refuses a file in a folder that takes none, before the work that it is to hold is done. Nothing is left behind.
pub fn writable(path: &Path) -> Result<(), Failure> {
    let folder = folder_of(path);
    no_file(folder)?;
    let folder = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    let probe = folder.join(format!(".part-{}-probe", std::process::id()));
    let written = std::fs::write(&probe, []).and_then(|()| std::fs::remove_file(&probe));
    written.map_err(|error| unwritable(path, &error))
}

/// A file that cannot be written: the run could not finish.
pub fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Unfinished(miette::Report::msg(format!("cannot write {}: {error}", path.display())))
}

/// Refuses a file for results whose name has none of the endings.
pub fn ending(path: &Path, expected: &[&str]) -> Result<(), Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if expected.iter().any(|ending| name.ends_with(ending)) {
        return Ok(());
    }
    Err(Failure::wrong(format!("{}: expected a name that ends in {}", path.display(), expected.join(" or "))))
}

/// Makes the folder that a file is to lie in.
pub fn room_for(path: &Path) -> Result<(), Failure> {
    folder(folder_of(path))
}

/// The folder that a file lies in: without one in its name, the current one.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Refuses to write where nothing can be written, over what is read, twice to one file, or a DICOM file among those of a
/// folder that is read: it would be one of its images the next time.
pub fn spares(written: &[&Path], read: &[&Path]) -> Result<(), Failure> {
    for (number, path) in written.iter().enumerate() {
        let name = path.display();
        let refuse = |what: &str| Err(Failure::wrong(format!("{name}: {what}, expected another file to write to")));
        if path.is_dir() {
            return Err(Failure::wrong(format!("{name}: is a folder, expected a file")));
        }
        if read.iter().any(|input| same_file(path, input)) {
            return refuse("is read itself");
        }
        if written[..number].iter().any(|other| same_file(other, path) || place(other) == place(path)) {
            return refuse("is named twice");
        }
        let named_dicom = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("dcm"));
        let among_images = read.iter().any(|input| input.is_dir() && same_file(folder_of(path), input));
        if among_images && (named_dicom || is_dicom(path)) {
            return refuse("lies among the images");
        }
        writable(path)?;
    }
    Ok(())
}

/// Where a file is or would be, whatever the way there.
fn place(path: &Path) -> PathBuf {
    let folder = folder_of(path).canonicalize().unwrap_or_else(|_| folder_of(path).to_owned());
    folder.join(path.file_name().unwrap_or_default())
}

/// Writes a file whole, into a folder that is made.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    room_for(path)?;
    imaging_io::write_whole(path, bytes).map_err(|error| unwritable(path, &error))
}
