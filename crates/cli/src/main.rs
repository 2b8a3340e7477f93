//! The `plumbline` command; everything is in the library so that tests can reach it.

/// Volumes and network layers come and go by the megabyte. The system's allocator gives their pages back and has them
/// cleared again, which costs a tenth of a training step; this one keeps them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    // Mesa's layer that puts a desktop's preferred GPU first looks for a desktop and complains where there is none;
    // the choice here is by the kind of adapter.
    if std::env::var_os("WAYLAND_DISPLAY").is_none() {
        // SAFETY: no other thread runs yet.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
    plumbline_cli::main()
}
