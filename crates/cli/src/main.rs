//! The `plumbline` command; everything is in the library so that tests can reach it.

/// Volumes and network layers come and go by the megabyte. The system's allocator gives their pages back and has them
/// cleared again, which costs a tenth of a training step; this one keeps them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    plumbline_cli::main()
}
