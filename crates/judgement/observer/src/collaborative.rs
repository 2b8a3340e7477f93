//! Planning with the AI: look its plan over, heed its flags, correct what is seen to be wrong.

use geometry::{LabelledDisc, LabelledSpine, Plane, PrescriptionRules, SliceTarget};
use planner::{FlagCode, PlannedLevel, ReadSpine, ScanPlan, Severity};
use rand::Rng;
use randomness::Stream;
use scoring::positioning::PlaneError;
use statrs::function::erf::erf;

use crate::attempt::{Attempt, Edit};
use crate::manual::{counted_labels, drawn_disc, is_planned, perceived_spine, prescribe_manually, taken_s};
use crate::perception::{edge_sd_mm, perceived_plane};
use crate::technologist::{Review, Technologist};

/// A level further than this from every disc lies on none, mm (half a vertebral body and its disc).
const ON_A_DISC_MM: f64 = 15.0;
/// A level of a flagged plan below this confidence is redrawn (project choice).
const DISTRUSTED_BELOW: f64 = 0.7;
/// Confidence of a level that a person has drawn: he stands by it.
const DRAWN_CONFIDENCE: f64 = 1.0;

/// A technologist starts from the AI's plan. The same stream gives the same attempt.
///
/// A plan accepted as it is keeps every group; an edited level gets a group of its own by the rules.
pub fn collaborate(
    ai: &ScanPlan,
    visible: &LabelledSpine,
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
    let (reviewed, edits) = reviewer.reviewed();
    let drawn = edits.iter().filter(|edit| !matches!(edit, Edit::Removed(_))).count();
    let pace = &technologist.pace;
    let planning_time_s = taken_s(pace, pace.review_s + pace.per_disc_s * drawn as f64, stream);

    let seen = perceived_spine(visible, contrast_to_noise, technologist, stream);
    let (discs, confidence) = reviewed.into_iter().unzip();
    let read = ReadSpine { spine: LabelledSpine { discs, ..seen }, confidence };
    Attempt { plan: edited_plan(ai, &read, &edits, rules), planning_time_s, edits }
}

/// Flags about the whole plan: the technologist trusts none of it.
fn calls_for_a_new_plan(ai: &ScanPlan) -> bool {
    let whole = [FlagCode::NoSpine, FlagCode::SacrumOutOfView, FlagCode::AmbiguousCount, FlagCode::ImageQuality];
    ai.flags.iter().any(|flag| flag.severity >= Severity::Warning && whole.contains(&flag.code))
}

/// One look over a plan.
struct Reviewer<'a> {
    ai: &'a ScanPlan,
    visible: &'a LabelledSpine,
    technologist: &'a Technologist,
    noise_mm: f64,
    stream: &'a Stream,
}

impl Reviewer<'_> {
    /// The levels as they leave the review, from the head downwards with their confidence, and what was changed.
    fn reviewed(&self) -> (Vec<(LabelledDisc, f64)>, Vec<Edit>) {
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
                        kept.0.label = to;
                    }
                    discs.push(kept);
                }
                None => {
                    // An empty level stands out; those above L1 are not asked for.
                    if let Some(label) = counted.filter(|label| is_planned(*label)) {
                        discs.push((self.redrawn_by_hand(disc, label, &stream), DRAWN_CONFIDENCE));
                        edits.push(Edit::Added(label));
                    }
                }
            }
        }
        let strays = self.ai.levels.iter().filter(|level| !self.is_on_a_disc(level));
        edits.extend(strays.map(|level| Edit::Removed(level.label)));
        (discs, edits)
    }

    /// One level, accepted, corrected or redrawn.
    fn looked_at(
        &self,
        level: &PlannedLevel,
        disc: &LabelledDisc,
        stream: &Stream,
        edits: &mut Vec<Edit>,
    ) -> (LabelledDisc, f64) {
        if self.is_distrusted(level) {
            edits.push(Edit::Redrawn(level.label));
            return (self.redrawn_by_hand(disc, level.label, stream), DRAWN_CONFIDENCE);
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
        (LabelledDisc { label: level.label, plane, ..*disc }, level.confidence)
    }

    fn redrawn_by_hand(&self, disc: &LabelledDisc, label: geometry::Disc, stream: &Stream) -> LabelledDisc {
        let left = &self.visible.midsagittal.normal;
        drawn_disc(disc, label, left, self.technologist, self.noise_mm, &stream.child("redraw", 0))
    }

    /// The AI's level that lies on a disc, whatever its label.
    fn level_on(&self, disc: &LabelledDisc) -> Option<&PlannedLevel> {
        let distance = |level: &PlannedLevel| (level.centre - disc.plane.centre).norm();
        let nearest = self.ai.levels.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        (distance(nearest) <= ON_A_DISC_MM).then_some(nearest)
    }

    fn is_on_a_disc(&self, level: &PlannedLevel) -> bool {
        self.visible.discs.iter().any(|disc| (level.centre - disc.plane.centre).norm() <= ON_A_DISC_MM)
    }

    /// True if a flag casts doubt on the level: it is about the level's disc, or about low confidence, which it has.
    fn is_distrusted(&self, level: &PlannedLevel) -> bool {
        let doubted = |flag: &planner::Flag| {
            flag.severity >= Severity::Warning
                && (flag.discs.contains(&level.label)
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

/// The AI's plan with new groups for the edited levels. The flags that asked for a person are
/// answered by one; what the new prescription has to say is added.
fn edited_plan(ai: &ScanPlan, read: &ReadSpine, edits: &[Edit], rules: &PrescriptionRules) -> ScanPlan {
    let mut plan = ai.clone();
    plan.flags.retain(|flag| flag.severity < Severity::Warning);
    if edits.is_empty() {
        return plan;
    }
    let redrawn = read.plan(rules);
    plan.levels = redrawn.levels;
    if edits.iter().any(|edit| matches!(edit, Edit::Relabelled { .. })) {
        // Every label has shifted: no group is for the disc that the AI says.
        plan.groups.retain(|group| group.target.disc().is_none());
    }
    for edit in edits {
        let (Edit::Adjusted { label, .. } | Edit::Redrawn(label) | Edit::Added(label) | Edit::Removed(label)) = edit
        else {
            continue;
        };
        plan.groups.retain(|group| group.target != SliceTarget::Disc(*label));
    }
    for group in redrawn.groups {
        if plan.groups.iter().all(|kept| kept.target != group.target) {
            plan.groups.push(group);
        }
    }
    if plan.sat_bands.is_empty() {
        plan.sat_bands = redrawn.sat_bands;
    }
    plan.flags.extend(redrawn.flags);
    plan
}
