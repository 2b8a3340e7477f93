//! The `plumbline` command; everything is in the library so that tests can reach it.

#[global_allocator]
static ALLOCATOR: memory::Allocator = memory::Allocator;

fn main() -> std::process::ExitCode {
    memory::keep_pages();
    // Mesa's layer that puts a desktop's preferred GPU first looks for a desktop and complains where there is none;
    // the choice here is by the kind of adapter.
    if std::env::var_os("WAYLAND_DISPLAY").is_none() {
        // SAFETY: no other thread runs yet.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
    plumbline_cli::main()
}
