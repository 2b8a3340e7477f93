//! JSON Schemas of the files that plumbline reads and writes.

use schemars::{Schema, schema_for};

use assessment::RecordedAttempt;
use results::Manifest;
use results::compare::Margins;
use scenario::Scenario;
use training_data::TrainingFile;

/// Schema of scenario files.
pub fn scenario() -> Schema {
    schema_for!(Scenario)
}

/// Schema of population files.
pub fn phantom() -> Schema {
    schema_for!(phantom::Population)
}

/// Schema of `plan.json`.
pub fn plan() -> Schema {
    schema_for!(planner::ScanPlan)
}

/// Schema of a line of an attempts file.
pub fn attempt() -> Schema {
    schema_for!(RecordedAttempt)
}

/// Schema of training files.
pub fn training() -> Schema {
    schema_for!(TrainingFile)
}

/// Schema of `run.json`.
pub fn run() -> Schema {
    schema_for!(Manifest)
}

/// Schema of files of margins.
pub fn margins() -> Schema {
    schema_for!(Margins)
}

/// Schema of panels of simulated technologists.
pub fn panel() -> Schema {
    schema_for!(observer::Panel)
}

/// Schema of protocol files.
pub fn protocol() -> Schema {
    schema_for!(scanner::Protocol)
}

/// Schema of files that say what is wrong with a machine.
pub fn faults() -> Schema {
    schema_for!(scanner::Faults)
}
