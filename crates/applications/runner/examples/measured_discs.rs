//! What the planner measured of every disc and how far off it was, as CSV: what confidences are fitted to
//! (`tests/peers/confidence_fit.py` does that). The scenarios' patients are drawn by SEED, not by their own seeds: the
//! test cohorts must not be tuned on.
//!
//! ```text
//! cargo run --release -p plumbline-runner --example measured_discs -- MODEL SEED SCENARIO.toml… > discs.csv
//! ```

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use geometry::Orientation;
use planner::confidence::confidence;
use planner::disc_plane::MeasuredDisc;
use planner::{Planned, Planner, PlannerError, PlanningRequest, ScanPlan};
use scenario::ScenarioSetup;
use vnet::Model;

#[global_allocator]
static ALLOCATOR: memory::Allocator = memory::Allocator;

/// Measures discs and plans nothing.
struct Measuring {
    model: Model,
    discs: Vec<MeasuredDisc>,
}

impl Planner for Measuring {
    fn name(&self) -> String {
        "measuring".into()
    }

    fn plan(&mut self, request: &PlanningRequest<'_>) -> Result<Planned, PlannerError> {
        let sagittal = request.images.iter().find(|(orientation, _)| *orientation == Orientation::Sagittal);
        let (_, image) = sagittal.ok_or(PlannerError::MissingImages(Orientation::Sagittal))?;
        let mut seen = self.model.segment(image).map_err(|error| PlannerError::Segmentation(error.to_string()))?;
        planner::remove_islands(&mut seen);
        self.discs = planner::restore_sacrum(&mut seen).0.discs;
        Ok(Planned { plan: ScanPlan::default(), segmentation: None, warnings: Vec::new() })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    memory::keep_pages();
    let arguments: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    let [model, seed, scenarios @ ..] = arguments.as_slice() else {
        return Err("expected MODEL, SEED and SCENARIO.toml".into());
    };
    let seed: u64 = seed.to_string_lossy().parse()?;
    let mut planner = Measuring { model: Model::load(Path::new(model))?, discs: Vec::new() };
    let mut out = std::io::stdout().lock();
    writeln!(out, "scenario,case,disc,probability,residual,height,depth,width,confidence,angle,centre")?;
    for path in scenarios {
        let setup = ScenarioSetup::load(path)?;
        if setup.scenario.seed == seed {
            return Err(format!("{}: {seed} is its own seed, of patients to test on", path.display()).into());
        }
        for case in 0..setup.scenario.cases {
            planner.discs.clear();
            runner::plan_only(&setup, seed, case, &mut planner);
            let (patient, _) = scenario::patient_of_case(&setup, seed, case);
            for truth in
                patient.truth().labelled().discs.iter().filter(|disc| disc.label.upper >= geometry::Vertebra::L1)
            {
                let apart = |disc: &MeasuredDisc| (disc.plane.centre - truth.plane.centre).norm();
                let Some(disc) = planner.discs.iter().min_by(|a, b| apart(a).total_cmp(&apart(b))) else { continue };
                let MeasuredDisc { probability, residual_mm, height_mm, depth_mm, width_mm, .. } = disc;
                writeln!(
                    out,
                    "{},{case},{},{probability},{residual_mm},{height_mm},{depth_mm},{width_mm},{},{},{}",
                    setup.scenario.name,
                    truth.label,
                    confidence(disc),
                    disc.plane.angle_deg(&truth.plane),
                    apart(disc),
                )?;
            }
        }
    }
    Ok(())
}
