//! Scenario files, with the names they refer to.
#![no_main]

use std::path::Path;

use scenario::ScenarioSetup;
use scenario::Library;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let _ = ScenarioSetup::from_text(Path::new("fuzzed.toml"), text, &Library::near(&root));
});
