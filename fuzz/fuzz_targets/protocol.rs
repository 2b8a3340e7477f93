//! Protocol files.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = scanner::Protocol::from_toml(text);
});
