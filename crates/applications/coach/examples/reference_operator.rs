//! Prints the script of the reference operator, who does everything as the order says, with the AI's help.
//!
//! `cargo run --release -p plumbline-coach --example reference_operator -- scenarios/lessons/first-examination.toml`

use std::path::PathBuf;

use coach::reference_operator;
use coach::worklist::Worklist;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]
fn main() {
    let files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    for entry in Worklist::read(&files).entries {
        match entry.exercise {
            Ok(exercise) => {
                println!("# {}: {}", exercise.name(), exercise.title());
                for line in reference_operator::examination(&exercise) {
                    println!("{}", serde_json::to_string(&line).expect("plain data"));
                }
            }
            Err(reason) => eprintln!("{}: {reason}", entry.file.display()),
        }
    }
}
