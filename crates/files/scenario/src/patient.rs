//! The patient of a case: drawn from the scenario's population, laid as its positioning says.

use std::sync::Arc;

use exam::Registration;
use phantom::{PatientOnTable, Population, PositioningDistribution, Spine};
use randomness::Stream;

use crate::ScenarioSetup;

/// The stream from which everything of a case is drawn.
pub fn case_stream(seed: u64, case: u64) -> Stream {
    Stream::from_seed(seed).child("case", case)
}

/// The patient of a case, lying as the scenario drew it, and the stream from which everything else of the case is
/// drawn. Where the scenario names one person, every case is that person, laid anew.
pub fn patient_of_case(setup: &ScenarioSetup, seed: u64, case: u64) -> (PatientOnTable, Stream) {
    let stream = case_stream(seed, case);
    let distribution = &setup.scenario.patients.positioning;
    let Some(individual) = &setup.individual else {
        return (patient_of(&setup.population, distribution, &stream), stream);
    };
    let positioning = distribution.sample(&stream.child("positioning", 0));
    let spine = Spine::build(individual, positioning.knee_cushion);
    let spine = spine.expect("the scenario's reader built this person, and no limit depends on the cushion");
    (PatientOnTable::new(Arc::new(spine), positioning), stream)
}

/// Draws a patient and lays them down.
pub fn patient_of(population: &Population, positioning: &PositioningDistribution, stream: &Stream) -> PatientOnTable {
    let positioning = positioning.sample(&stream.child("positioning", 0));
    let spine = spine_of(population, positioning.knee_cushion, stream);
    PatientOnTable::new(Arc::new(spine), positioning)
}

/// Draws a spine. A draw outside the anatomical limits is drawn again: the population is the file's, cut
/// off at what can exist.
pub fn spine_of(population: &Population, knee_cushion: bool, stream: &Stream) -> Spine {
    (0..)
        .find_map(|attempt| {
            let parameters = population.sample(&stream.child("phantom", attempt));
            Spine::build(&parameters, knee_cushion).ok()
        })
        .expect("the attempts do not end")
}

/// What a careful technologist enters for a patient.
pub fn registration_of(patient: &PatientOnTable, case: u64) -> Registration {
    let person = &patient.spine.parameters().person;
    Registration {
        patient_id: format!("PLUMB{case:06}"),
        age_years: person.age_years,
        weight_kg: person.weight_kg,
        height_cm: person.height_cm,
        position: patient.positioning.position,
    }
}
