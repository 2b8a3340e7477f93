//! The `plumbline` command; everything is in the library so that tests can reach it.

fn main() -> std::process::ExitCode {
    plumbline_cli::main()
}
