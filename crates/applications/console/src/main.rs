//! `plumbline-console`.

use std::process::ExitCode;

use bevy::app::AppExit;
use clap::Parser as _;
use console::arguments::Arguments;

#[global_allocator]
static ALLOCATOR: memory::Allocator = memory::Allocator;

#[expect(clippy::print_stderr, reason = "what keeps the console from starting")]
fn main() -> ExitCode {
    memory::keep_pages();
    let arguments = Arguments::parse();
    if let Some(path) = &arguments.export_attempts {
        return match console::history_tasks::export_all(&arguments, path) {
            Ok(attempts) => {
                eprintln!("{attempts} attempts written to {}", path.display());
                ExitCode::SUCCESS
            }
            Err(reason) => {
                eprintln!("error: {reason}");
                ExitCode::from(2)
            }
        };
    }
    match console::app::build(&arguments) {
        Ok(mut app) => match app.run() {
            AppExit::Success => ExitCode::SUCCESS,
            AppExit::Error(code) => ExitCode::from(code.get()),
        },
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
