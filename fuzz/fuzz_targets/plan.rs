//! `plan.json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = planner::ScanPlan::from_json(bytes);
});
