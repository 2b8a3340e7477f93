//! `plumbline console`.

use std::env::consts::EXE_SUFFIX;
use std::io;
use std::path::PathBuf;
use std::process::{self, Command, ExitCode};

use crate::arguments::ConsoleArguments;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;

/// The console's executable.
const EXECUTABLE: &str = "plumbline-console";

/// Starts the console, waits for it and passes its exit status on.
pub fn console(arguments: &ConsoleArguments) -> Result<ExitCode, Failure> {
    let mut command = Command::new(executable());
    if let Some(scenario) = &arguments.scenario {
        command.arg("--scenario").arg(scenario);
    }
    match command.args(&arguments.arguments).status() {
        Ok(status) => Ok(passed_on(status)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Failure::wrong(format!(
            "{EXECUTABLE} is neither beside this program nor on the PATH; build it with\n  \
             cargo build --release -p {EXECUTABLE}"
        ))),
        Err(error) => Err(Failure::wrong(format!("cannot start {EXECUTABLE}: {error}"))),
    }
}

/// The executable beside this program, else the one on the PATH.
fn executable() -> PathBuf {
    let name = format!("{EXECUTABLE}{EXE_SUFFIX}");
    let sibling = std::env::current_exe().ok().map(|own| own.with_file_name(&name));
    sibling.filter(|path| path.is_file()).unwrap_or_else(|| PathBuf::from(name))
}

/// The child's exit status; a child that a signal ended has none, and did not finish.
fn passed_on(status: process::ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(ExitStatus::Unfinished.code()))
}
