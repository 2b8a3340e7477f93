//! Population files.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = phantom::Population::from_toml(text);
});
