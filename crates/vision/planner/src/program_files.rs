//! What an outside planner's command line consists of on the disk.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// A word of a command line that names a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// The file's name as it stands in the command line.
    pub name: String,
    /// BLAKE3 of its content, hexadecimal.
    pub blake3: String,
}

/// The file that a program's name leads to: itself if it has a folder, else the first of this name in a folder of `PATH`.
pub(crate) fn find_program(program: &str) -> Option<PathBuf> {
    if Path::new(program).components().count() > 1 {
        return Some(PathBuf::from(program)).filter(|path| path.is_file());
    }
    let endings = ["", std::env::consts::EXE_SUFFIX];
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders)
        .flat_map(|folder| endings.map(|ending| folder.join(format!("{program}{ending}"))))
        .find(|path| path.is_file())
}

/// The program and every argument that is a file, or that ends in one behind an equals sign (`--weights=w.bin`).
///
/// # Errors
/// The name of a file that cannot be read, with the system's reason.
pub(crate) fn named_files(words: &[String]) -> Result<Vec<NamedFile>, String> {
    let Some((program, arguments)) = words.split_first() else { return Ok(Vec::new()) };
    let found = find_program(program).into_iter().map(|path| (program.as_str(), path));
    let given = arguments.iter().filter_map(|argument| {
        let behind = argument.split_once('=').map(|(_, value)| value);
        let name = std::iter::once(argument.as_str()).chain(behind).find(|name| Path::new(name).is_file())?;
        Some((name, PathBuf::from(name)))
    });
    let hashed = found.chain(given).map(|(name, path)| {
        let blake3 = hash(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
        Ok(NamedFile { name: name.to_owned(), blake3 })
    });
    hashed.collect()
}

fn hash(path: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash_of(folder: &Path, text: &str) -> Vec<NamedFile> {
        let script = folder.join("planner.py");
        std::fs::write(&script, text).expect("written");
        let words = ["sh", "--fast", &format!("--script={}", script.display()), "absent.py"].map(str::to_owned);
        named_files(&words).expect("readable")
    }

    #[test]
    fn program_and_scripts_are_known_by_their_content() {
        let folder = tempfile::tempdir().expect("a folder");
        let (before, after) = (hash_of(folder.path(), "tilt = 0"), hash_of(folder.path(), "tilt = 8"));
        let names: Vec<&str> = before.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["sh", folder.path().join("planner.py").to_str().expect("text")]);
        assert_eq!(before[0], after[0], "the shell is the same");
        assert_ne!(before[1], after[1], "the script is another");
    }
}
