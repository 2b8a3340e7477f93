//! The built-in planner: V-Net, reading of the spine, prescription by rule.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use geometry::{Grid, LabelledSpine, Orientation, PrescriptionRules, Vertebra, Volume};
use vnet::Model;

use crate::class_map::ClassMap;
use crate::cut_off::out_of_field;
use crate::flags::{Flag, FlagCode};
use crate::islands::remove_islands;
use crate::plan::ScanPlan;
use crate::read_spine::ReadSpine;
use crate::reading::read_spine_ending_at;
use crate::request::{Planned, Planner, PlannerError, PlanningRequest};
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
        let mut warnings: Vec<String> =
            segmentation.device_fault.iter().map(|fault| repeated_on_the_cpu(fault)).collect();
        if let Some((_, coronal)) = coronal {
            let counted = |read: &ReadSpine| self.counted(&read.spine, coronal, &mut warnings);
            self.count = spine.as_ref().map_or(RibCount::Unseen, counted);
            clock.ends("count");
        }
        let (mut spine, mut flags) = match self.count {
            RibCount::EndsAt(lowest) => read_spine_ending_at(&map, &found, lowest),
            _ => (spine, flags),
        };
        if let Some(spine) = &mut spine {
            flags.extend(self.count.flag());
            spine.confidence.iter_mut().for_each(|confidence| *confidence *= self.count.confidence());
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
        Ok(Planned { plan, segmentation: Some(segmentation), warnings })
    }
}

impl VnetPlanner {
    /// What the coronal slices' ribs say about a spine; slices that the network cannot read say nothing.
    fn counted(&self, spine: &LabelledSpine, coronal: &Volume<f32>, warnings: &mut Vec<String>) -> RibCount {
        let Some(ribs) = &self.ribs else { return RibCount::Unseen };
        match ribs.segment(&about_the_spine(coronal, spine)) {
            Ok(seen) => {
                warnings.extend(seen.device_fault.iter().map(|fault| repeated_on_the_cpu(fault)));
                count_by_ribs(spine, &seen)
            }
            Err(error) => {
                warnings.push(format!("the ribs cannot be counted: {error}"));
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
pub fn plan_of(read: &ReadSpine, rules: &PrescriptionRules, grid: &Grid) -> ScanPlan {
    let mut plan = read.plan(rules);
    let lumbar = read.spine.discs.iter().filter(|disc| disc.label.upper >= Vertebra::L1);
    plan.flags.extend(lumbar.filter_map(|disc| out_of_field(disc, grid)));
    plan
}
