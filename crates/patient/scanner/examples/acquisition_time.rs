//! Computing time of one sagittal T2 of 15 × 384 × 384 with every artefact on, in seconds, one repeat per line:
//! `cargo run --release -p plumbline-scanner --example acquisition_time -- REPEATS`.

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use geometry::{Point, SliceTarget, Vector};
use phantom::{Motion, PatientOnTable, Population, Positioning, Spine};
use randomness::Stream;
use scanner::{Faults, Protocol, Saturation, acquire};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let repeats: u64 = std::env::args().nth(1).map_or(Ok(5), |text| text.parse())?;
    let parameters = Population::adult_lumbar().sample(&Stream::from_seed(7));
    let motion = Motion { bulk_mm: 2.0, bulk_deg: 1.0, breathing_mm: 8.0, pulsation: 1.0, ..Motion::STILL };
    let positioning = Positioning { motion, ..Positioning::default() };
    let patient = PatientOnTable::new(Arc::new(Spine::build(&parameters, true)?), positioning);
    let protocol = Protocol::builtin("lumbar-1.5t").ok_or("ships with the crate")?;
    let faults = Faults {
        ghost: 0.03,
        spikes: 1.0,
        dead_elements: vec![2],
        shim_ppm: 0.5,
        transmit_loss: 0.1,
        ..Faults::default()
    };
    let scanner = scanner::Scanner { faults, ..protocol.scanner() };
    let middle = Point::new(0.0, 0.0, 0.0);
    let group =
        protocol.sagittal_stack.at("sagittal", SliceTarget::Sagittal, middle, Vector::y_axis(), -Vector::z_axis());
    let mut out = std::io::stdout().lock();
    for n in 0..repeats {
        let start = Instant::now();
        let images =
            acquire(&patient, &scanner, &protocol.sagittal_t2, &group, &Saturation::default(), &Stream::from_seed(n));
        assert!(images.data.iter().all(|value| value.is_finite()));
        writeln!(out, "{:.3}", start.elapsed().as_secs_f64())?;
    }
    Ok(())
}
