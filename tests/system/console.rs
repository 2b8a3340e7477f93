//! `plumbline console` starts the console program next to it, and says how to build it if there is none.

use std::path::Path;
use std::process::Command;

use crate::support::{complaint, output};

/// A copy of the command in its own folder, without a console program.
fn alone(folder: &Path) -> Command {
    let copy = folder.join(format!("plumbline{}", std::env::consts::EXE_SUFFIX));
    std::fs::copy(env!("CARGO_BIN_EXE_plumbline"), &copy).expect("copied");
    let mut command = Command::new(copy);
    command.env("PATH", folder);
    command
}

#[test]
fn without_a_console_program_the_message_says_how_to_build_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = output(alone(folder.path()).arg("console"));
    assert_eq!(output.status.code(), Some(2));
    assert!(complaint(&output).contains("cargo build --release -p plumbline-console"), "{}", complaint(&output));
}

#[cfg(unix)]
#[test]
fn arguments_and_exit_status_are_passed_through() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().expect("a folder");
    let stand_in = folder.path().join("plumbline-console");
    std::fs::write(&stand_in, "#!/bin/sh\nprintf '%s|' \"$@\"\nexit 7\n").expect("written");
    std::fs::set_permissions(&stand_in, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let arguments = ["console", "--scenario", "s.toml", "--tutorial", "--screenshot-dir", "a b"];
    let output = output(alone(folder.path()).args(arguments));
    assert_eq!(output.status.code(), Some(7), "{}", complaint(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "--scenario|s.toml|--tutorial|--screenshot-dir|a b|");
}
