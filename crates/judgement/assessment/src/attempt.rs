//! Plans that people made at the console, held against their patient in true coordinates.

use exam::PatientSetup;
use geometry::{LabelledDisc, PatientPosition, PrescriptionRules, SliceGroup};
use phantom::{PatientOnTable, SpineTruth};
use planner::{PlannedLevel, ScanPlan};
use results::{Arm, AttemptResult, ExaminationResult, Timings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::score::TrueSpine;

/// The version of a line that this program reads.
pub const ATTEMPT_FORMAT_VERSION: u32 = 1;

/// What became of the AI's proposal in a person's plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProposalUse {
    /// The AI was not asked: the plan was made by hand.
    NotAsked,
    /// It was shown, and neither taken nor rejected.
    Shown,
    /// It was taken, and nothing of it was changed.
    Accepted,
    /// It was taken and changed.
    Adjusted,
    /// It was rejected, and nothing of it is left.
    Rejected,
}

impl ProposalUse {
    /// The arm of a study that an attempt belongs to: a reader who saw the AI's proposal did not plan without the AI, even
    /// if they rejected it.
    pub const fn arm(self) -> Arm {
        match self {
            Self::NotAsked => Arm::Manual,
            Self::Shown | Self::Accepted | Self::Adjusted | Self::Rejected => Arm::Collaborative,
        }
    }

    /// In words, as files and certificates say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAsked => "not asked for",
            Self::Shown => "shown",
            Self::Accepted => "accepted",
            Self::Adjusted => "adjusted",
            Self::Rejected => "rejected",
        }
    }

    /// True if the plan began as the AI's.
    pub const fn is_taken(self) -> bool {
        matches!(self, Self::Accepted | Self::Adjusted)
    }
}

/// What an attempt was worth at the console, for who reads the file; a run judges the plan itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AttemptMarks {
    /// Title of the exercise.
    pub title: String,
    /// When the attempt ended, RFC 3339 in UTC.
    pub ended_at: String,
    /// Points out of 100.
    pub points: f64,
    /// Points from which the exercise is passed; attempts of earlier versions had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_mark: Option<f64>,
    /// Whether it was passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<bool>,
    /// What failed it whatever the rest was worth, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<String>,
}

/// One person's plan for one case of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RecordedAttempt {
    /// Version of this format: 1.
    pub format_version: u32,
    /// Name of the scenario.
    pub scenario: String,
    /// Seed that the patient was drawn from.
    pub seed: u64,
    /// Case number.
    pub case: u64,
    /// Manual, or collaborative if the AI proposed.
    pub arm: Arm,
    /// What became of the AI's proposal; attempts of earlier versions do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalUse>,
    /// Who planned.
    pub observer: String,
    /// How the patient was positioned.
    pub landing: PatientSetup,
    /// The position that was registered; the plan's coordinates are labelled by it, right or wrong.
    pub registered_position: PatientPosition,
    /// The plan that was scanned: the slices of the images, not what was drawn afterwards.
    pub plan: ScanPlan,
    /// Time from the localizer to the last change of the plan, s.
    pub planning_time_s: f64,
    /// Simulated scan time of the examination, s.
    pub scan_time_s: f64,
    /// Series scanned again.
    pub repeats: u32,
    /// True if the examination was called off before it began, because the patient must not enter the scanner: there is
    /// no plan to judge.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub called_off: bool,
    /// What it was worth at the console.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marks: Option<AttemptMarks>,
}

/// What came of an attempt, with what an explanation needs.
#[derive(Clone, Debug)]
pub struct Scored {
    /// The result as a run stores it.
    pub result: AttemptResult,
    /// The truth of the patient as they were positioned, in true patient coordinates.
    pub truth: SpineTruth,
    /// The plan in true patient coordinates, whatever position was registered.
    pub plan: ScanPlan,
}

/// Lays the case's patient as the attempt says, takes the plan into true coordinates, and compares, as for a simulated
/// technologist's plan. `rules` are what was to be prescribed, `drawn` is the patient of the attempt's case as the scenario
/// drew them.
pub fn scored(drawn: &PatientOnTable, attempt: &RecordedAttempt, rules: &PrescriptionRules) -> Scored {
    let truth = attempt.landing.apply_to(drawn).truth();
    let to_patient = exam::registered_to_patient(attempt.registered_position, attempt.landing.position);
    let mut plan = attempt.plan.moved(&to_patient);
    plan.levels = levels_of_slices(&plan, &truth);

    let result = AttemptResult {
        arm: attempt.arm,
        observer: attempt.observer.clone(),
        plan: TrueSpine::of(&truth, rules).assess(&plan),
        first_plan: None,
        structures: Vec::new(),
        examination: ExaminationResult {
            repeats: Some(attempt.repeats),
            scan_time_s: Some(attempt.scan_time_s),
            planning_time_s: Some(attempt.planning_time_s),
            error: None,
        },
        timings: Timings::default(),
    };
    Scored { result, truth, plan }
}

/// The levels of a person's plan. People draw slices, not discs, and where in its plane they put a group's middle is their
/// choice; what tells the level is which disc the slices cross. The level of a group is therefore the place on its middle
/// slice that is nearest to the centre of the disc that it crosses, whatever the plan says.
fn levels_of_slices(plan: &ScanPlan, truth: &SpineTruth) -> Vec<PlannedLevel> {
    let level = |group: &SliceGroup| {
        let (label, plane) = (group.target.disc()?, group.plane());
        let away = |disc: &LabelledDisc| plane.distance_mm(&disc.plane.centre);
        let discs = truth.discs.iter().map(|disc| &disc.labelled);
        let crossed = discs.min_by(|a, b| away(a).abs().total_cmp(&away(b).abs()))?;
        let normal = if plane.normal.z < 0.0 { -plane.normal } else { plane.normal };
        let centre = crossed.plane.centre - plane.normal.into_inner() * away(crossed);
        Some(PlannedLevel { label, centre, normal, confidence: 1.0 })
    };
    let mut levels: Vec<PlannedLevel> = plan.groups.iter().filter_map(level).collect();
    levels.sort_by_key(|level| level.label);
    levels.dedup_by_key(|level| level.label);
    levels
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use phantom::{Population, Positioning, Spine};
    use randomness::Stream;

    use super::*;

    #[test]
    fn the_level_of_a_persons_group_is_the_disc_that_its_slices_cross_wherever_its_middle_lies() {
        let spine = Spine::build(&Population::adult_lumbar().sample(&Stream::from_seed(3)), true).expect("an adult");
        let patient = PatientOnTable::new(Arc::new(spine), Positioning::default());
        let truth = patient.truth();
        let mut plan = crate::true_plan(&truth, &PrescriptionRules::default());
        plan.levels.clear();
        let result = |plan: &ScanPlan| {
            let attempt = RecordedAttempt {
                format_version: ATTEMPT_FORMAT_VERSION,
                scenario: "any".into(),
                seed: 3,
                case: 0,
                arm: Arm::Manual,
                proposal: Some(ProposalUse::NotAsked),
                observer: "Ada".into(),
                landing: PatientSetup::default(),
                registered_position: PatientPosition::HeadFirstSupine,
                plan: plan.clone(),
                planning_time_s: 60.0,
                scan_time_s: 0.0,
                repeats: 0,
                called_off: false,
                marks: None,
            };
            scored(&patient, &attempt, &PrescriptionRules::default()).result.plan
        };
        for in_plane_mm in [-17.0, 0.0, 30.0] {
            let mut moved = plan.clone();
            for group in &mut moved.groups {
                group.centre += group.column.into_inner() * in_plane_mm;
            }
            for disc in result(&moved).discs {
                assert!(disc.identified, "{in_plane_mm}: {disc:?}");
                assert!(disc.centre_mm.is_some_and(|mm| mm < 1e-6), "{in_plane_mm}: {disc:?}");
            }
        }

        // The group that is called L4/L5 lies on L3/L4.
        let [upper, lower] = ["L3/L4", "L4/L5"].map(|disc| disc.parse().expect("a disc"));
        let other = plan.disc_group(upper).expect("planned").clone();
        let group = plan.groups.iter_mut().find(|group| group.target.disc() == Some(lower)).expect("planned");
        (group.centre, group.row, group.column) = (other.centre, other.row, other.column);
        let wrong = result(&plan).discs.into_iter().find(|disc| disc.disc == lower).expect("assessed");
        assert!(!wrong.identified && wrong.centre_mm.is_some_and(|mm| mm > 25.0), "{wrong:?}");
    }
}
