//! Models, populations, protocols and patients by name; files and folders for results.

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

/// The library that names on the command line are looked up in.
pub fn library() -> Library {
    Library::at_hand()
}

/// The networks of a model's folder or a weights file, or the default ones.
pub fn networks(named: Option<&Path>, device: Device) -> Result<Networks, Failure> {
    device::networks(&model(named)?, &device::processor(device)?, device)
}

/// A model's folder or weights file: a path relative to the current folder, the name of an installed model, or the
/// default one.
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

/// Paths on the command line are relative to the current folder.
fn here() -> &'static Path {
    Path::new("./command-line")
}

fn named<T>(found: Result<scenario::library::Named<T>, NotFound>) -> Result<T, Failure> {
    match found {
        Ok(named) => Ok(named.content),
        Err(NotFound::Unknown { message, help }) => Err(Failure::wrong(format!("{message}: {help}"))),
        Err(NotFound::Refused(error)) => Err(error.into()),
    }
}

/// The named phantom, if there is one of this name.
pub fn individual(name: &str) -> Result<Option<Individual>, Failure> {
    match library().individual(name, here()) {
        Ok(found) => Ok(found.map(|named| named.content)),
        Err(NotFound::Refused(error)) => Err(error.into()),
        Err(NotFound::Unknown { message, help }) => Err(Failure::wrong(format!("{message}: {help}"))),
    }
}

/// A named phantom, or the individual that the seed draws from a population; lying straight and centred.
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

/// Refuses a folder for results that is a file, or is inside one.
pub fn ensure_folder(folder: &Path) -> Result<(), Failure> {
    match folder.ancestors().find(|path| path.exists()) {
        Some(file) if !file.is_dir() => {
            Err(Failure::wrong(format!("{}: is a file, expected a folder", file.display())))
        }
        _ => Ok(()),
    }
}

/// Makes the folder for results.
pub fn make_folder(path: &Path) -> Result<(), Failure> {
    ensure_folder(path)?;
    std::fs::create_dir_all(path).map_err(|error| Failure::unwritable(path, &error))
}

/// Refuses a file that cannot be created, before its content is computed. Nothing is left behind.
pub fn ensure_writable(path: &Path) -> Result<(), Failure> {
    let folder = folder_of(path);
    ensure_folder(folder)?;
    let folder = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    let probe = folder.join(format!(".part-{}-probe", std::process::id()));
    let written = std::fs::write(&probe, []).and_then(|()| std::fs::remove_file(&probe));
    written.map_err(|error| Failure::unwritable(path, &error))
}

/// Refuses an output file whose name has none of the endings.
pub fn ensure_ending(path: &Path, expected: &[&str]) -> Result<(), Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if expected.iter().any(|ending| name.ends_with(ending)) {
        return Ok(());
    }
    Err(Failure::wrong(format!("{}: expected a name that ends in {}", path.display(), expected.join(" or "))))
}

/// Makes the folder of a file.
pub fn make_folder_of(path: &Path) -> Result<(), Failure> {
    make_folder(folder_of(path))
}

/// The folder of a file; the current one if its name has none.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Refuses an output that cannot be written, that is also an input, that is named twice, or that is a DICOM file in a
/// folder of input images: it would be read as one of them the next time.
pub fn ensure_outputs_safe(written: &[&Path], read: &[&Path]) -> Result<(), Failure> {
    for (number, path) in written.iter().enumerate() {
        let name = path.display();
        let refuse = |what: &str| Err(Failure::wrong(format!("{name}: {what}, expected another file to write to")));
        if path.is_dir() {
            return Err(Failure::wrong(format!("{name}: is a folder, expected a file")));
        }
        if read.iter().any(|input| same_file(path, input)) {
            return refuse("is also an input");
        }
        if written[..number].iter().any(|other| same_file(other, path) || place(other) == place(path)) {
            return refuse("is named twice");
        }
        let named_dicom = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("dcm"));
        let among_images = read.iter().any(|input| input.is_dir() && same_file(folder_of(path), input));
        if among_images && (named_dicom || is_dicom(path)) {
            return refuse("is in a folder of input images");
        }
        ensure_writable(path)?;
    }
    Ok(())
}

/// The path of a file that may not exist yet, with its folder resolved.
fn place(path: &Path) -> PathBuf {
    let folder = folder_of(path).canonicalize().unwrap_or_else(|_| folder_of(path).to_owned());
    folder.join(path.file_name().unwrap_or_default())
}

/// Writes a file so that it appears whole; its folder is made.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    make_folder_of(path)?;
    imaging_io::write_whole(path, bytes).map_err(|error| Failure::unwritable(path, &error))
}
