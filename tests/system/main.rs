//! Tests of the whole system through its command line.

mod bad_input;
mod circles;
mod commands;
mod comparison;
mod console;
mod damaged_files;
mod determinism;
#[cfg(unix)]
mod interruption;
mod ladder;
mod learning;
mod level_count;
mod outside_planner;
mod people;
mod planted_faults;
mod shared_features;
mod support;
