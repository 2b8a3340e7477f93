//! How the AI behaves in an exercise: honest, switched off, or wrong on purpose, so that trainees learn to verify it.
//!
//! ```
//! use coach::assist::{Behaviour, Outcome};
//!
//! let behaviour: Behaviour = serde_json::from_str(r#"{"tilted": {"level": "L4/L5", "deg": 12.0}}"#)?;
//! let by_hand = Outcome { proposed: None, is_taken: false, planned: &planner::ScanPlan::default() };
//! let disclosure = behaviour.disclosure(&by_hand);
//! assert_eq!(disclosure.as_deref(), Some("the AI was made to tilt L4/L5 by 12°, but it was not asked"));
//! # Ok::<(), serde_json::Error>(())
//! ```

use geometry::{Disc, Point, Pose, SliceGroup, SliceTarget, Vector, Vertebra};
use nalgebra::{Translation3, UnitQuaternion};
use planner::{Planned, Planner, PlannerError, PlanningRequest, ScanPlan};
use serde::{Deserialize, Serialize};

/// A tilt or a shift was corrected once less than this part of it is left: a nudge is no correction (choice).
const LEFT_PART: f64 = 0.5;
/// A group within this of the AI's lies on the same disc, mm: less than half the distance of two discs (choice).
const SAME_LEVEL_MM: f64 = 12.0;

/// How an exercise ended, as far as the AI is concerned.
#[derive(Clone, Copy, Debug)]
pub struct Outcome<'a> {
    /// The AI's plan, as the trainee saw it; `None` if the AI was not asked.
    pub proposed: Option<&'a ScanPlan>,
    /// True if the trainee took the AI's plan, to be changed or not.
    pub is_taken: bool,
    /// The plan that was scanned.
    pub planned: &'a ScanPlan,
}

/// What the instructor made the AI do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum Behaviour {
    /// Its plan is left as it is.
    #[default]
    Honest,
    /// It is never asked.
    Off,
    /// One level's plane and slices are turned about the patient's left axis through the disc's centre; positive turns
    /// the head's side to the front.
    Tilted {
        /// Which disc.
        level: Disc,
        /// By how much, degrees.
        deg: f64,
    },
    /// One level's plane and slices are moved along its normal.
    Shifted {
        /// Which disc.
        level: Disc,
        /// How far towards the head, mm.
        mm: f64,
    },
    /// Every level carries the name of the one above.
    Miscounted,
}

impl Behaviour {
    /// True if the AI's answer is not what it found.
    pub const fn is_misleading(&self) -> bool {
        matches!(self, Self::Tilted { .. } | Self::Shifted { .. } | Self::Miscounted)
    }

    /// What is disclosed to the trainee after the exercise: the planted error and what became of it. Nothing if the AI
    /// was honest.
    pub fn disclosure(&self, outcome: &Outcome<'_>) -> Option<String> {
        let planted = self.planted_error()?;
        if !self.is_misleading() {
            return Some(planted);
        }
        let Some(proposed) = outcome.proposed else { return Some(format!("{planted}, but it was not asked")) };
        let wrong = self.distorted_groups(proposed);
        Some(if wrong.is_empty() {
            format!("{planted}, but its plan has no such level")
        } else if !outcome.is_taken {
            format!("{planted}; its plan was not used")
        } else if wrong.iter().any(|(disc, group)| self.is_still_in(outcome.planned, *disc, group)) {
            format!("{planted}; the error was not corrected and is in the images")
        } else if wrong.iter().all(|(disc, _)| outcome.planned.disc_group(*disc).is_none()) {
            format!("{planted}; nothing of it was scanned")
        } else {
            format!("{planted}; the error was corrected")
        })
    }

    /// The planted error in words, if it was taken over and is in the images of a level that was ordered.
    pub fn accepted_error(&self, outcome: &Outcome<'_>, ordered: &[Disc]) -> Option<String> {
        let proposed = outcome.proposed.filter(|_| outcome.is_taken && self.is_misleading())?;
        let wrong = self.distorted_groups(proposed);
        let mut wrong = wrong.iter().filter(|(disc, _)| ordered.contains(disc));
        let is_left = wrong.any(|(disc, group)| self.is_still_in(outcome.planned, *disc, group));
        if is_left { self.planted_error() } else { None }
    }

    fn planted_error(&self) -> Option<String> {
        Some(match self {
            Self::Honest => return None,
            Self::Off => "the AI was switched off".to_owned(),
            Self::Tilted { level, deg } => format!("the AI was made to tilt {level} by {deg}°"),
            Self::Shifted { level, mm } => {
                let way = if *mm < 0.0 { "towards the feet" } else { "towards the head" };
                format!("the AI was made to shift {level} by {} mm {way}", mm.abs())
            }
            Self::Miscounted => "the AI was made to count one level too high: its L4/L5 is L5/S1".to_owned(),
        })
    }

    /// The groups of a distorted plan that are wrong.
    fn distorted_groups<'a>(&self, distorted: &'a ScanPlan) -> Vec<(Disc, &'a SliceGroup)> {
        let is_wrong = |disc: Disc| match self {
            Self::Honest | Self::Off => false,
            Self::Tilted { level, .. } | Self::Shifted { level, .. } => *level == disc,
            Self::Miscounted => true,
        };
        let wrong = distorted.levels.iter().filter(|level| is_wrong(level.label));
        wrong.filter_map(|level| Some((level.label, distorted.disc_group(level.label)?))).collect()
    }

    /// True if the final plan has the error of a distorted group: its tilt, its place, or its level.
    fn is_still_in(&self, planned: &ScanPlan, disc: Disc, distorted: &SliceGroup) -> bool {
        let Some(group) = planned.disc_group(disc) else { return false };
        match self {
            Self::Honest | Self::Off => false,
            Self::Tilted { deg, .. } => group.plane().angle_deg(&distorted.plane()) < deg.abs() * LEFT_PART,
            Self::Shifted { mm, .. } => distorted.plane().distance_mm(&group.centre).abs() < mm.abs() * LEFT_PART,
            Self::Miscounted => (group.centre - distorted.centre).norm() < SAME_LEVEL_MM,
        }
    }

    /// Distorts a plan, with its confidences and flags as they are.
    pub fn distort(&self, plan: &mut ScanPlan) {
        match *self {
            Self::Honest | Self::Off => {}
            Self::Tilted { level, deg } => move_level(plan, level, |centre, _| {
                let turn = UnitQuaternion::from_axis_angle(&Vector::x_axis(), deg.to_radians());
                let to_origin = Pose::from_parts(Translation3::from(-centre.coords), UnitQuaternion::identity());
                Pose::from_parts(Translation3::from(centre.coords), turn) * to_origin
            }),
            Self::Shifted { level, mm } => move_level(plan, level, |_, normal| {
                Pose::from_parts(Translation3::from(normal * mm), UnitQuaternion::identity())
            }),
            Self::Miscounted => miscount(plan),
        }
    }
}

/// Moves a level's plane and its group by a rigid transform that follows from the plane's centre and normal.
fn move_level(plan: &mut ScanPlan, disc: Disc, transform: impl Fn(Point, Vector) -> Pose) {
    let Some(level) = plan.levels.iter_mut().find(|level| level.label == disc) else { return };
    let pose = transform(level.centre, level.normal.into_inner());
    let plane = level.plane().moved(&pose);
    (level.centre, level.normal) = (plane.centre, plane.normal);
    for group in plan.groups.iter_mut().filter(|group| group.target == SliceTarget::Disc(disc)) {
        *group = group.moved(&pose);
    }
}

/// Labels every level, group and flag one disc too high. A level above which the atlas ends is left out.
fn miscount(plan: &mut ScanPlan) {
    plan.levels.retain_mut(|level| one_up(level.label).map(|label| level.label = label).is_some());
    plan.groups.retain_mut(|group| {
        let discs = group.target.discs();
        let wrong: Vec<Disc> = discs.iter().copied().filter_map(one_up).collect();
        if discs.is_empty() || wrong.len() < discs.len() {
            return discs.is_empty();
        }
        group.target = match &group.target {
            SliceTarget::Disc(_) => SliceTarget::Disc(wrong[0]),
            _ => SliceTarget::Block(wrong),
        };
        group.name = group.target.to_string();
        true
    });
    for flag in plan.flags.iter_mut().filter(|flag| !flag.discs.is_empty()) {
        *flag = flag.raised_for(flag.discs.iter().copied().filter_map(one_up).collect());
    }
}

/// The label that a disc gets when levels are counted one too high.
fn one_up(disc: Disc) -> Option<Disc> {
    let place = Vertebra::ALL.iter().position(|vertebra| *vertebra == disc.upper)?;
    Some(Disc::between(*Vertebra::ALL.get(place.checked_sub(1)?)?, disc.upper))
}

/// A planner whose plans are distorted as the instructor wants. To the trainee it looks like the one inside.
pub struct Misleading {
    inner: Box<dyn Planner>,
    behaviour: Behaviour,
}

impl Misleading {
    /// A planner whose plans are distorted by a behaviour.
    pub const fn new(inner: Box<dyn Planner>, behaviour: Behaviour) -> Self {
        Self { inner, behaviour }
    }
}

impl Planner for Misleading {
    fn name(&self) -> String {
        self.inner.name()
    }

    fn plan(&mut self, request: &PlanningRequest<'_>) -> Result<Planned, PlannerError> {
        if self.behaviour == Behaviour::Off {
            return Err(PlannerError::Ended("the AI is switched off in this exercise".to_owned()));
        }
        let mut planned = self.inner.plan(request)?;
        self.behaviour.distort(&mut planned.plan);
        Ok(planned)
    }
}

/// No planner at all: an exercise whose scenario names none is planned by hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

impl Planner for Nobody {
    fn name(&self) -> String {
        "nobody".to_owned()
    }

    fn plan(&mut self, _: &PlanningRequest<'_>) -> Result<Planned, PlannerError> {
        Err(PlannerError::Ended("this exercise has no AI".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use approx::assert_relative_eq;
    use geometry::{LabelledDisc, LabelledSpine, PatientPosition, Plane, PrescriptionRules};
    use planner::{Flag, FlagCode, ReadSpine};

    use super::*;

    const L3_L4: Disc = Disc::between(Vertebra::L3, Vertebra::L4);
    const L4_L5: Disc = Disc::between(Vertebra::L4, Vertebra::L5);
    const L5_S1: Disc = Disc::between(Vertebra::L5, Vertebra::S1);

    /// Three levels with their groups, by the rules of prescription.
    fn plan() -> ScanPlan {
        let disc = |(label, z, tilt_deg): (Disc, f64, f64)| {
            let (sin, cos) = tilt_deg.to_radians().sin_cos();
            let plane = Plane::new(Point::new(0.0, 5.0, z), Vector::new(0.0, -sin, cos));
            let canal = plane.centre + Vector::new(0.0, cos, sin) * 27.0;
            LabelledDisc { label, plane, canal, depth_mm: 36.0, width_mm: 50.0 }
        };
        let discs: Vec<LabelledDisc> =
            [(L3_L4, 34.0, 4.0), (L4_L5, 0.0, 14.0), (L5_S1, -34.0, 30.0)].into_iter().map(disc).collect();
        let spine = LabelledSpine {
            midsagittal: Plane::new(Point::origin(), Vector::x()),
            anterior_wall: discs.iter().map(|disc| disc.plane.centre - Vector::y() * 18.0).collect(),
            discs,
        };
        let mut plan = ReadSpine { spine, confidence: vec![0.97; 3] }.plan(&PrescriptionRules::default());
        let message = "'axial L4/L5' and 'axial L5/S1' cross inside the canal";
        plan.flags = vec![Flag::info(FlagCode::CrossingGroups, message).about([L4_L5, L5_S1])];
        plan
    }

    /// Answers the plan above and counts how often it is asked.
    struct HandMade(Arc<AtomicU32>);

    impl Planner for HandMade {
        fn name(&self) -> String {
            "hand-made".into()
        }
        fn plan(&mut self, _: &PlanningRequest<'_>) -> Result<Planned, PlannerError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(Planned { plan: plan(), segmentation: None, warnings: Vec::new() })
        }
    }

    fn misleading(behaviour: Behaviour) -> (Misleading, Arc<AtomicU32>) {
        let asked = Arc::new(AtomicU32::new(0));
        (Misleading::new(Box::new(HandMade(asked.clone())), behaviour), asked)
    }

    fn ask(planner: &mut Misleading) -> Result<ScanPlan, PlannerError> {
        let rules = PrescriptionRules::default();
        let request = PlanningRequest { images: &[], position: PatientPosition::HeadFirstSupine, rules: &rules };
        planner.plan(&request).map(|planned| planned.plan)
    }

    /// The plans agree except at one level.
    fn assert_same_elsewhere(wrong: &ScanPlan, level: Disc) {
        let honest = plan();
        for (wrong, honest) in wrong.levels.iter().zip(&honest.levels).filter(|(_, honest)| honest.label != level) {
            assert_eq!(wrong, honest);
        }
        let target = SliceTarget::Disc(level);
        for (wrong, honest) in wrong.groups.iter().zip(&honest.groups).filter(|(_, honest)| honest.target != target) {
            assert_eq!(wrong, honest);
        }
        assert_eq!((&wrong.flags, &wrong.sat_bands), (&honest.flags, &honest.sat_bands));
        assert_eq!(wrong.level(level).expect("kept").confidence, 0.97);
    }

    #[test]
    fn an_honest_ai_is_left_alone_and_one_that_is_off_is_never_asked() {
        let (mut honest, _) = misleading(Behaviour::Honest);
        assert_eq!(ask(&mut honest).expect("a plan"), plan());
        assert_eq!(honest.name(), "hand-made");
        let (mut off, asked) = misleading(Behaviour::Off);
        assert!(ask(&mut off).expect_err("off").to_string().contains("switched off"));
        assert_eq!(asked.load(Ordering::Relaxed), 0);
        let by_hand = Outcome { proposed: None, is_taken: false, planned: &plan() };
        assert_eq!(Behaviour::Honest.disclosure(&by_hand), None);
        assert_eq!(Behaviour::Off.disclosure(&by_hand).as_deref(), Some("the AI was switched off"));
    }

    #[test]
    fn a_tilt_turns_plane_and_slices_about_the_disc() {
        let (mut planner, _) = misleading(Behaviour::Tilted { level: L4_L5, deg: 12.0 });
        let wrong = ask(&mut planner).expect("a plan");
        assert_same_elsewhere(&wrong, L4_L5);
        let honest = plan();
        let (before, after) = (honest.level(L4_L5).expect("there"), wrong.level(L4_L5).expect("there"));
        assert_relative_eq!(after.plane().angle_deg(&before.plane()), 12.0, epsilon = 1e-9);
        assert!((after.centre - before.centre).norm() < 1e-9);
        // The disc tipped forwards by 14°; by 12° more it is 26°.
        assert_relative_eq!((-after.normal.y).asin().to_degrees(), 26.0, epsilon = 1e-9);
        let group = wrong.disc_group(L4_L5).expect("there");
        assert!(group.plane().angle_deg(&after.plane()) < 1e-6);
        assert!(group.plane().distance_mm(&after.centre).abs() < 1e-9, "the slices still go through the disc");
        assert!(group.check().is_ok());
        assert_eq!(ask(&mut planner).expect("again"), wrong, "the same every time");
    }

    #[test]
    fn a_shift_moves_plane_and_slices_along_the_normal() {
        let (mut planner, _) = misleading(Behaviour::Shifted { level: L5_S1, mm: -6.0 });
        let wrong = ask(&mut planner).expect("a plan");
        assert_same_elsewhere(&wrong, L5_S1);
        let honest = plan();
        let (before, after) = (honest.level(L5_S1).expect("there"), wrong.level(L5_S1).expect("there"));
        assert_relative_eq!(before.plane().distance_mm(&after.centre), -6.0, epsilon = 1e-9);
        assert!(after.plane().angle_deg(&before.plane()) < 1e-6);
        let moved = wrong.disc_group(L5_S1).expect("there").centre - honest.disc_group(L5_S1).expect("there").centre;
        assert!((moved - (after.centre - before.centre)).norm() < 1e-9);
    }

    #[test]
    fn a_miscount_relabels_levels_groups_and_flags_and_moves_nothing() {
        let (mut planner, _) = misleading(Behaviour::Miscounted);
        let wrong = ask(&mut planner).expect("a plan");
        let labels: Vec<String> = wrong.levels.iter().map(|level| level.label.to_string()).collect();
        assert_eq!(labels, ["L2/L3", "L3/L4", "L4/L5"]);
        let honest = plan();
        let relabelled = wrong.disc_group(L4_L5).expect("what is L5/S1 in truth");
        assert_eq!(relabelled.name, "axial L4/L5");
        assert_eq!(relabelled.centre, honest.disc_group(L5_S1).expect("there").centre);
        assert!(wrong.groups[0].target == SliceTarget::Sagittal && wrong.groups[0] == honest.groups[0]);
        assert_eq!(wrong.flags[0].discs, [L3_L4, L4_L5]);
        assert_eq!(wrong.flags[0].message, "L3/L4, L4/L5: slices cross inside the canal");
    }

    #[test]
    fn variants_are_miscounted_too_and_what_has_no_name_is_left_out() {
        let up = |upper, lower| one_up(Disc::between(upper, lower)).map(|disc| disc.to_string());
        assert_eq!(up(Vertebra::L6, Vertebra::S1).as_deref(), Some("L5/L6"));
        assert_eq!(up(Vertebra::L4, Vertebra::S1).as_deref(), Some("L3/L4"));
        assert_eq!(up(Vertebra::L1, Vertebra::L2).as_deref(), Some("T12/L1"));
        let mut plan = plan();
        plan.levels[0].label = Disc::between(Vertebra::T10, Vertebra::T11);
        plan.groups[1].target = SliceTarget::Disc(Disc::between(Vertebra::T10, Vertebra::T11));
        Behaviour::Miscounted.distort(&mut plan);
        assert_eq!((plan.levels.len(), plan.groups.len()), (2, 3));
    }

    #[test]
    fn the_disclosure_says_what_became_of_the_planted_error() {
        let turned = |plan: &ScanPlan, disc, deg: f64| {
            let mut plan = plan.clone();
            Behaviour::Tilted { level: disc, deg }.distort(&mut plan);
            plan
        };
        for behaviour in [
            Behaviour::Tilted { level: L4_L5, deg: 12.0 },
            Behaviour::Shifted { level: L4_L5, mm: -6.0 },
            Behaviour::Miscounted,
        ] {
            let (honest, mut wrong) = (plan(), plan());
            behaviour.distort(&mut wrong);
            let end = |proposed, is_taken, planned: &ScanPlan| {
                let disclosure = behaviour.disclosure(&Outcome { proposed, is_taken, planned }).expect("it misleads");
                assert!(disclosure.starts_with("the AI was made to"), "{disclosure}");
                disclosure.split_once([',', ';']).expect("and what became of it").1.to_owned()
            };
            assert_eq!(end(None, false, &honest), " but it was not asked");
            assert_eq!(end(Some(&wrong), false, &honest), " its plan was not used");
            assert_eq!(end(Some(&wrong), true, &wrong), " the error was not corrected and is in the images");
            assert_eq!(end(Some(&wrong), true, &ScanPlan::default()), " nothing of it was scanned");
            let outcome = |planned| Outcome { proposed: Some(&wrong), is_taken: true, planned };
            assert!(behaviour.accepted_error(&outcome(&wrong), &[L3_L4, L4_L5]).is_some(), "{behaviour:?}");
            assert_eq!(behaviour.accepted_error(&outcome(&wrong), &[]), None, "nobody ordered the level");
            assert_eq!(behaviour.accepted_error(&outcome(&honest), &[L3_L4, L4_L5]), None, "{behaviour:?}");
            // Something else was changed.
            let elsewhere = turned(&wrong, L3_L4, 4.0);
            assert_eq!(end(Some(&wrong), true, &elsewhere), " the error was not corrected and is in the images");
            assert_eq!(end(Some(&wrong), true, &honest), " the error was corrected", "{behaviour:?}");
        }
        let missing = Behaviour::Tilted { level: Disc::between(Vertebra::L1, Vertebra::L2), deg: 8.0 };
        let outcome = Outcome { proposed: Some(&plan()), is_taken: true, planned: &plan() };
        assert!(missing.disclosure(&outcome).expect("it misleads").ends_with("but its plan has no such level"));
    }

    #[test]
    fn behaviours_are_written_as_an_instructor_would() {
        for (behaviour, text) in [
            (Behaviour::Off, r#""off""#),
            (Behaviour::Shifted { level: L3_L4, mm: 5.0 }, r#"{"shifted":{"level":"L3/L4","mm":5.0}}"#),
        ] {
            assert_eq!(serde_json::to_string(&behaviour).expect("serialises"), text);
            assert_eq!(serde_json::from_str::<Behaviour>(text).expect("reads back"), behaviour);
        }
    }
}
