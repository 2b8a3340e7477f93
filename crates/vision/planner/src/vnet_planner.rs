//! The built-in planner: V-Net, reading of the spine, prescription by rule.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use geometry::{Grid, Vertebra, Volume};
use vnet::Model;

use crate::class_map::ClassMap;
use crate::cut_off::out_of_field;
use crate::islands::remove_islands;
use crate::labelled_spine::{LabelledDisc, LabelledSpine};
use crate::plan::{Flag, FlagCode, ScanPlan};
use crate::prescription::{PrescriptionRules, prescribe};
use crate::reading::read_spine_ending_at;
use crate::request::{Orientation, Planned, Planner, PlannerError, PlanningRequest};
use crate::rib_count::{RibCount, about_the_spine, count_by_ribs};
use crate::sacral_segment::restore_sacrum;

/// Plans with a trained network; several planners may share one.
pub struct VnetPlanner {
    model: Arc<Model>,
    /// Reads the coronal slices' ribs, where there is such a network.
    ribs: Option<Arc<Model>>,
    /// What the last coronal slices said; it holds for the series that follow.
    count: RibCount,
}

impl VnetPlanner {
    /// A planner with a model.
    pub fn new(model: Arc<Model>) -> Self {
        Self { model, ribs: None, count: RibCount::Unseen }
    }

    /// The same with a network for coronal slices, which checks the count of the levels.
    pub fn with_ribs(self, ribs: Option<Arc<Model>>) -> Self {
        Self { ribs, ..self }
    }
}

impl Planner for VnetPlanner {
    fn name(&self) -> String {
        let hash = self.model.hash();
        format!("builtin V-Net {}", hash.get(..12).unwrap_or(hash))
    }

    fn plan(&mut self, request: &PlanningRequest<'_>) -> Result<Planned, PlannerError> {
        let sagittal = request.images.iter().find(|(orientation, _)| *orientation == Orientation::Sagittal);
        let (_, image) = sagittal.ok_or(PlannerError::MissingImages(Orientation::Sagittal))?;

        let coronal = request.images.iter().find(|(orientation, _)| *orientation == Orientation::Coronal);

        let mut clock = StageClock::start();
        let mut segmentation =
            self.model.segment(image).map_err(|error| PlannerError::Segmentation(error.to_string()))?;
        remove_islands(&mut segmentation);
        let (found, is_restored) = restore_sacrum(&mut segmentation);
        clock.ends("segment");

        let map = ClassMap::from(&segmentation);
        let (spine, flags) = read_spine_ending_at(&map, &found, Vertebra::L5);
        clock.ends("label");
        let mut troubles: Vec<String> =
            segmentation.device_fault.iter().map(|fault| repeated_on_the_cpu(fault)).collect();
        if let Some((_, coronal)) = coronal {
            self.count = spine.as_ref().map_or(RibCount::Unseen, |spine| self.counted(spine, coronal, &mut troubles));
            clock.ends("count");
        }
        let (mut spine, mut flags) = match self.count {
            RibCount::EndsAt(lowest) => read_spine_ending_at(&map, &found, lowest),
            _ => (spine, flags),
        };
        if let Some(spine) = &mut spine {
            flags.extend(self.count.flag());
            spine.discs.iter_mut().for_each(|disc| disc.confidence *= self.count.confidence());
        }
        if is_restored {
            let message =
                "what looked like a vertebra above the sacrum is read as its first segment: confirm the levels";
            flags.push(Flag::warning(FlagCode::AmbiguousCount, message));
        }
        clock.ends("label");

        let mut plan = spine.map_or_else(ScanPlan::default, |spine| plan_of(&spine, request.rules, &image.grid));
        plan.flags.append(&mut flags);
        plan.flags.sort_by_key(|flag| std::cmp::Reverse(flag.severity));
        clock.ends("plan");
        plan.latency_ms = clock.ms;
        Ok(Planned { plan, segmentation: Some(segmentation), warnings: troubles })
    }
}

impl VnetPlanner {
    /// What the coronal slices' ribs say about a spine; slices that the network cannot read say nothing.
    fn counted(&self, spine: &LabelledSpine, coronal: &Volume<f32>, troubles: &mut Vec<String>) -> RibCount {
        let Some(ribs) = &self.ribs else { return RibCount::Unseen };
        match ribs.segment(&about_the_spine(coronal, spine)) {
            Ok(seen) => {
                troubles.extend(seen.device_fault.iter().map(|fault| repeated_on_the_cpu(fault)));
                count_by_ribs(spine, &seen)
            }
            Err(error) => {
                troubles.push(format!("the ribs cannot be counted: {error}"));
                RibCount::Unseen
            }
        }
    }
}

fn repeated_on_the_cpu(fault: &str) -> String {
    format!("{fault}; repeated on the CPU")
}

/// Wall-clock time by stage.
struct StageClock {
    since: Instant,
    ms: BTreeMap<String, f64>,
}

impl StageClock {
    fn start() -> Self {
        Self { since: Instant::now(), ms: BTreeMap::new() }
    }

    /// What has passed since the last stage ended was this one's, which may come in parts.
    fn ends(&mut self, stage: &str) {
        let now = Instant::now();
        *self.ms.entry(stage.to_owned()).or_default() += (now - self.since).as_secs_f64() * 1e3;
        self.since = now;
    }
}

/// The plan for a spine that was read in an image on `grid`.
pub fn plan_of(spine: &LabelledSpine, rules: &PrescriptionRules, grid: &Grid) -> ScanPlan {
    let prescription = prescribe(spine, rules);
    let mut flags = prescription.flags;
    flags.extend(
        spine.discs.iter().filter(|disc| disc.label.upper >= Vertebra::L1).filter_map(|disc| out_of_field(disc, grid)),
    );
    ScanPlan {
        levels: spine.discs.iter().map(LabelledDisc::level).collect(),
        groups: prescription.groups,
        sat_bands: prescription.sat_bands,
        flags,
        ..ScanPlan::default()
    }
}
