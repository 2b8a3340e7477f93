//! Runs the command line, on a scenario small enough for a test.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Two patients, planned once, one technologist arm.
pub const SMALL: &str = r#"
format-version = 1
name = "small"
title = "Two patients for a test"
seed = 4711
cases = 2

[patients]
population = "adult-lumbar"

[arms]
arms = ["automated", "manual"]
automated-repeats = 1

[[criteria]]
metric = "label.identification_rate"
statistic = "rate"
at-least = 0.5
judged-by = "point"
"#;

/// The command, in the repository's root.
pub fn plumbline() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plumbline"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// What cargo prints, without the network.
pub fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    let output = output(command.args(arguments).arg("--offline").current_dir(env!("CARGO_MANIFEST_DIR")));
    assert!(output.status.success(), "{}", complaint(&output));
    String::from_utf8(output.stdout).expect("text")
}

/// Runs to the end.
pub fn output(command: &mut Command) -> Output {
    command.output().expect("the command starts")
}

/// Standard error as text.
pub fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Writes a scenario into a folder.
pub fn scenario(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("small.toml");
    std::fs::write(&path, text).expect("the folder is writable");
    path
}
