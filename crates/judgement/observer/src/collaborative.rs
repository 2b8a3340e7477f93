//! Planning with the AI: look its plan over, heed its flags, correct what is seen to be wrong.

use geometry::{Plane, SliceRole};
use planner::plan::disc_group_name;
use planner::{FlagCode, LabelledDisc, LabelledSpine, PlannedLevel, PrescriptionRules, ScanPlan, Severity};
use rand::Rng;
use randomness::Stream;
use scoring::positioning::PlaneError;
use statrs::function::erf::erf;

use crate::attempt::{Attempt, Edit};
use crate::manual::{counted_labels, drawn_disc, is_planned, perceived_spine, plan_of, prescribe_manually, taken_s};
use crate::perception::{edge_sd_mm, perceived_plane};
use crate::technologist::{Review, Technologist};
use crate::visible::{VisibleDisc, VisibleSpine};

/// A level further than this from every disc lies on none, mm (half a vertebral body and its disc).
const ON_A_DISC_MM: f64 = 15.0;
/// A level of a flagged plan below this confidence is drawn anew (project choice).
const DISTRUSTED_BELOW: f64 = 0.7;

/// A technologist starts from the AI's plan. The same stream gives the same attempt.
///
/// A plan accepted as it is keeps every group; an edited level gets a group of its own by the rules.
pub fn collaborate(
    ai: &ScanPlan,
    visible: &VisibleSpine,
    contrast_to_noise: f64,
    technologist: &Technologist,
    rules: &PrescriptionRules,
    stream: &Stream,
) -> Attempt {
    if ai.levels.is_empty() || calls_for_a_new_plan(ai) {
        let mut attempt = prescribe_manually(visible, contrast_to_noise, technologist, rules, stream);
        attempt.planning_time_s += taken_s(&technologist.pace, technologist.pace.review_s, &stream.child("review", 0));
        attempt.edits = attempt.plan.levels.iter().map(|level| Edit::Redrawn(level.label)).collect();
        return attempt;
    }

    let noise_mm = edge_sd_mm(&technologist.perception, contrast_to_noise);
    let reviewer = Reviewer { ai, visible, technologist, noise_mm, stream };
    let (discs, edits) = reviewer.reviewed();
    let drawn = edits.iter().filter(|edit| !matches!(edit, Edit::Removed(_))).count();
    let pace = &technologist.pace;
    let planning_time_s = taken_s(pace, pace.review_s + pace.per_disc_s * drawn as f64, stream);

    let seen = perceived_spine(visible, contrast_to_noise, technologist, stream);
    let spine = LabelledSpine { discs, ..seen };
    Attempt { plan: edited_plan(ai, &spine, &edits, rules), planning_time_s, edits }
}

/// Flags about the whole plan: the technologist trusts none of it.
fn calls_for_a_new_plan(ai: &ScanPlan) -> bool {
    let whole = [FlagCode::NoSpine, FlagCode::SacrumOutOfView, FlagCode::AmbiguousCount, FlagCode::ImageQuality];
    ai.flags.iter().any(|flag| flag.severity >= Severity::Warning && whole.contains(&flag.code))
}

/// One look over a plan.
struct Reviewer<'a> {
    ai: &'a ScanPlan,
    visible: &'a VisibleSpine,
    technologist: &'a Technologist,
    noise_mm: f64,
    stream: &'a Stream,
}

impl Reviewer<'_> {
    /// The levels as they leave the review, from the head downwards, and what was changed.
    fn reviewed(&self) -> (Vec<LabelledDisc>, Vec<Edit>) {
        let labels = counted_labels(self.visible, self.technologist, self.stream);
        let counts = self.stream.child("counts", 0).rng().random::<f64>() < self.technologist.care.attention;
        let (mut discs, mut edits) = (Vec::new(), Vec::new());
        for (index, (disc, counted)) in self.visible.discs.iter().zip(labels).enumerate() {
            let stream = self.stream.child("review", index as u64 + 1);
            match self.level_on(disc) {
                Some(level) => {
                    let mut kept = self.looked_at(level, disc, &stream, &mut edits);
                    if let Some(to) = counted.filter(|to| counts && *to != level.label) {
                        edits.push(Edit::Relabelled { from: level.label, to });
                        kept.label = to;
                    }
                    discs.push(kept);
                }
                None => {
                    // An empty level stands out; those above L1 are not asked for.
                    if let Some(label) = counted.filter(|label| is_planned(*label)) {
                        discs.push(self.drawn_anew(disc, label, &stream));
                        edits.push(Edit::Added(label));
                    }
                }
            }
        }
        let strays = self.ai.levels.iter().filter(|level| !self.is_on_a_disc(level));
        edits.extend(strays.map(|level| Edit::Removed(level.label)));
        (discs, edits)
    }

    /// One level, accepted, corrected or drawn anew.
    fn looked_at(
        &self,
        level: &PlannedLevel,
        disc: &VisibleDisc,
        stream: &Stream,
        edits: &mut Vec<Edit>,
    ) -> LabelledDisc {
        if self.is_distrusted(level) {
            edits.push(Edit::Redrawn(level.label));
            return self.drawn_anew(disc, level.label, stream);
        }
        let left = &self.visible.midsagittal.normal;
        let review = &self.technologist.review;
        let error = PlaneError::between(&level.plane(), &disc.plane, left);
        let mut rng = stream.rng();
        let looks = rng.random::<f64>() < self.technologist.care.attention;
        let sees = rng.random::<f64>() < seen_probability(review, &error);
        let mut plane = level.plane();
        if looks && sees {
            // An overlay is judged with less noise than a new line is drawn.
            let target = perceived_plane(disc, left, self.technologist, self.noise_mm * review.comparison, &mut rng);
            plane = part_way(&level.plane(), &target, review.correction);
            edits.push(Edit::Adjusted {
                label: level.label,
                angle_deg: plane.angle_deg(&level.plane()),
                shift_mm: (plane.centre - level.centre).norm(),
            });
        }
        LabelledDisc {
            label: level.label,
            plane,
            canal: disc.canal,
            depth_mm: disc.depth_mm,
            width_mm: disc.width_mm,
            confidence: level.confidence,
        }
    }

    fn drawn_anew(&self, disc: &VisibleDisc, label: geometry::Disc, stream: &Stream) -> LabelledDisc {
        let left = &self.visible.midsagittal.normal;
        drawn_disc(disc, label, left, self.technologist, self.noise_mm, &stream.child("redraw", 0))
    }

    /// The AI's level that lies on a disc, whatever its label.
    fn level_on(&self, disc: &VisibleDisc) -> Option<&PlannedLevel> {
        let distance = |level: &PlannedLevel| (level.centre - disc.plane.centre).norm();
        let nearest = self.ai.levels.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        (distance(nearest) <= ON_A_DISC_MM).then_some(nearest)
    }

    fn is_on_a_disc(&self, level: &PlannedLevel) -> bool {
        self.visible.discs.iter().any(|disc| (level.centre - disc.plane.centre).norm() <= ON_A_DISC_MM)
    }

    /// True if a flag casts doubt on the level: its confidence is low, or the message names it.
    fn is_distrusted(&self, level: &PlannedLevel) -> bool {
        let name = level.label.to_string();
        let doubted = |flag: &planner::Flag| {
            flag.severity >= Severity::Warning
                && (flag.message.contains(&name)
                    || (flag.code == FlagCode::LowConfidence && level.confidence < DISTRUSTED_BELOW))
        };
        self.ai.flags.iter().any(doubted)
    }
}

/// Probability of seeing an error: a cumulative normal of the most conspicuous of tilt in either view and
/// offset, in units of the technologist's thresholds.
fn seen_probability(review: &Review, error: &PlaneError) -> f64 {
    let conspicuous = (error.sagittal_tilt_deg.abs() / review.seen_angle_deg)
        .max(error.coronal_tilt_deg.abs() / review.seen_angle_deg)
        .max(error.slice_offset_mm.abs() / review.seen_offset_mm);
    0.5 * (1.0 + erf((conspicuous - 1.0) / (review.spread * std::f64::consts::SQRT_2)))
}

/// From one plane a share of the way to another.
fn part_way(from: &Plane, to: &Plane, share: f64) -> Plane {
    // Both normals point to the head for any plan worth correcting; the same side is taken otherwise.
    let target = to.normal.into_inner() * if to.normal.dot(&from.normal) < 0.0 { -1.0 } else { 1.0 };
    Plane::new(
        from.centre + (to.centre - from.centre) * share,
        from.normal.into_inner() * (1.0 - share) + target * share,
    )
}

/// The AI's plan with the edited levels' groups prescribed anew. The flags that asked for a person are
/// answered by one; what the new prescription has to say is added.
fn edited_plan(ai: &ScanPlan, spine: &LabelledSpine, edits: &[Edit], rules: &PrescriptionRules) -> ScanPlan {
    let mut plan = ai.clone();
    plan.flags.retain(|flag| flag.severity < Severity::Warning);
    if edits.is_empty() {
        return plan;
    }
    let anew = plan_of(spine, rules);
    plan.levels = anew.levels;
    if edits.iter().any(|edit| matches!(edit, Edit::Relabelled { .. })) {
        // Every name has shifted: no axial group can be told by its old one.
        plan.groups.retain(|group| group.role != SliceRole::AxialDisc);
    }
    for edit in edits {
        let (Edit::Adjusted { label, .. } | Edit::Redrawn(label) | Edit::Added(label) | Edit::Removed(label)) = edit
        else {
            continue;
        };
        plan.groups.retain(|group| group.name != disc_group_name(*label));
    }
    let has_sagittal = plan.groups_of(SliceRole::Sagittal).next().is_some();
    for group in anew.groups {
        let is_there = match group.role {
            SliceRole::Sagittal => has_sagittal,
            _ => plan.groups.iter().any(|kept| kept.name == group.name),
        };
        if !is_there {
            plan.groups.push(group);
        }
    }
    if plan.sat_bands.is_empty() {
        plan.sat_bands = anew.sat_bands;
    }
    plan.flags.extend(anew.flags);
    plan
}
