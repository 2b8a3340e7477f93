//! The allocator of every program here: mimalloc, told to keep what it has.
//!
//! Volumes and network layers come and go by the megabyte. Where their pages are given back, the system clears them again
//! for the next patient, which costs a twelfth of a plan (`MIMALLOC_PURGE_DELAY=1000 plumbline eval …`, `latency.loop_ms`) and a
//! tenth of a training step.

use libmimalloc_sys::{mi_option_set, mi_option_t};

pub use mimalloc::MiMalloc as Allocator;

/// `mi_option_purge_delay` of mimalloc 3 (its `mimalloc.h`): milliseconds until free pages are given back, -1 for never.
/// The bindings leave it out.
const PURGE_DELAY: mi_option_t = 15;

/// Keeps pages for good once they are taken; to be called first thing in `main`. The environment's
/// `MIMALLOC_PURGE_DELAY` goes before.
pub fn keep_pages() {
    if std::env::var_os("MIMALLOC_PURGE_DELAY").is_none() {
        // SAFETY: the option exists (a test reads its default), and mimalloc keeps options in atomics.
        unsafe { mi_option_set(PURGE_DELAY, -1) };
    }
}

#[cfg(test)]
mod tests {
    use libmimalloc_sys::mi_option_get;

    use super::*;

    #[global_allocator]
    static ALLOCATOR: Allocator = Allocator;

    #[test]
    fn the_option_that_is_set_is_the_delay() {
        // SAFETY: as above.
        let delay_ms = || unsafe { mi_option_get(PURGE_DELAY) };
        assert_eq!(delay_ms(), 1000, "mimalloc's default; has its list of options changed?");
        keep_pages();
        assert_eq!(delay_ms(), -1);
    }
}
