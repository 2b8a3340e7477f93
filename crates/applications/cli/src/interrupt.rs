//! Ctrl-C: the first press stops after the current case or step, the second ends the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::exit_status::ExitStatus;

/// Set once Ctrl-C was pressed or the process was asked to end.
pub fn flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    // Without a handler Ctrl-C ends the program at once, and the journal keeps what is done.
    let _ = ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::Relaxed) {
            std::process::exit(ExitStatus::Interrupted.code().into());
        }
        crate::output::note("\nstopping after the current case or step; press Ctrl-C again to stop at once");
    });
    stop
}
