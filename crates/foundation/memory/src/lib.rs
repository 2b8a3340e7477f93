//! The allocator of every program here: mimalloc, configured to retain its pages.
//!
//! Volumes and network layers of many megabytes are allocated and freed for every patient. If their pages are returned to
//! the system, it must clear them again for the next patient. That costs one twelfth of a plan
//! (`MIMALLOC_PURGE_DELAY=1000 plumbline eval …`, `latency.loop_ms`) and one tenth of a training step.

use libmimalloc_sys::{mi_option_set, mi_option_t};

pub use mimalloc::MiMalloc as Allocator;

/// `mi_option_purge_delay` of mimalloc 3 (its `mimalloc.h`): milliseconds until free pages are returned to the system, -1
/// for never. The bindings do not define it.
const PURGE_DELAY: mi_option_t = 15;

/// Retains pages once they are allocated; call it first in `main`. The environment variable `MIMALLOC_PURGE_DELAY` takes
/// precedence.
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
    fn keep_pages_sets_the_purge_delay_to_never() {
        // SAFETY: as above.
        let delay_ms = || unsafe { mi_option_get(PURGE_DELAY) };
        assert_eq!(delay_ms(), 1000, "mimalloc's default; has its list of options changed?");
        keep_pages();
        assert_eq!(delay_ms(), -1);
    }
}
