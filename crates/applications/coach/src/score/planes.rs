//! The plan against the truth, disc by disc. The figures are those that `plumbline run` writes of the same attempt;
//! marks follow the limits of lumbar-numbers §2c: ideal up to 3° and 2 mm, failed over 10° and a slice.

use assessment::Scored;
use geometry::{Disc, LabelledDisc, SliceGroup};
use phantom::SpineTruth;
use results::{DiscResult, StackResult};

use super::{Item, Subject};
use crate::score::text;

/// Points for all discs and the sagittal stack together.
const LEVEL: f64 = 15.0;
const ANGLE: f64 = 25.0;
const CENTRE: f64 = 15.0;
const COVERAGE: f64 = 15.0;
/// Up to here an angle is as good as any, and from here on worth nothing, degrees.
const ANGLE_DEG: [f64; 2] = [3.0, 10.0];
/// The same for the distance of the middle slice, mm.
const CENTRE_MM: [f64; 2] = [2.0, 5.0];
/// The same for the part that is not shown.
const UNCOVERED: [f64; 2] = [0.05, 0.5];

pub(super) fn items(scored: &Scored) -> Vec<Item> {
    // The patient's discs, planned or not; a planned level that no disc has is marked by those that it should have been.
    let discs = &scored.result.plan.discs;
    let count = discs.len().max(1) as f64;
    // The sagittal stack weighs as much as one disc, planned or not.
    let share = 1.0 / (count + 1.0);

    let mut items = of_stack(&scored.result.plan.sagittal_stack, share);
    for disc in discs {
        items.extend(of_disc(disc, scored, share, LEVEL / count));
    }
    items
}

/// Full marks up to the first limit, none from the second on.
fn part(value: f64, [best, worst]: [f64; 2]) -> f64 {
    1.0 - ((value - best) / (worst - best)).clamp(0.0, 1.0)
}

fn item(subject: Subject, disc: Option<Disc>, part: f64, of: f64, measured: Option<f64>, explanation: String) -> Item {
    Item { subject, disc, points: of * part, of, measured, explanation }
}

fn of_stack(stack: &StackResult, share: f64) -> Vec<Item> {
    let StackResult { angle_deg: Some(angle), slice_offset_mm: Some(offset), coverage: covered, .. } = *stack else {
        let missing = |subject, of| item(subject, None, 0.0, of, None, text::NO_SAGITTAL_STACK.into());
        return vec![
            missing(Subject::Angle, ANGLE * share),
            missing(Subject::Centre, CENTRE * share),
            missing(Subject::Coverage, COVERAGE * share),
        ];
    };
    vec![
        item(Subject::Angle, None, part(angle, ANGLE_DEG), ANGLE * share, Some(angle), text::stack_angle(angle)),
        item(
            Subject::Centre,
            None,
            part(offset.abs(), [4.0, 15.0]),
            CENTRE * share,
            Some(offset.abs()),
            text::stack_offset(offset),
        ),
        item(
            Subject::Coverage,
            None,
            part(1.0 - covered, UNCOVERED),
            COVERAGE * share,
            Some(covered),
            text::stack_coverage(covered),
        ),
    ]
}

fn of_disc(result: &DiscResult, scored: &Scored, share: f64, level: f64) -> Vec<Item> {
    let disc = result.disc;
    let Some(group) = scored.plan.disc_group(disc) else {
        let missing = |subject, of| item(subject, Some(disc), 0.0, of, None, text::no_slices(disc));
        return vec![
            missing(Subject::Level, level),
            missing(Subject::Angle, ANGLE * share),
            missing(Subject::Centre, CENTRE * share),
            missing(Subject::Coverage, COVERAGE * share),
        ];
    };
    let named = if result.identified {
        text::named_rightly(disc)
    } else {
        text::named_wrongly(disc, nearest(&scored.truth, group))
    };
    let angle = result.angle_deg.unwrap_or(90.0);
    let offset = result.slice_offset_mm;
    let covered = result.coverage;
    vec![
        item(Subject::Level, Some(disc), f64::from(u8::from(result.identified)), level, None, named),
        item(Subject::Angle, Some(disc), part(angle, ANGLE_DEG), ANGLE * share, Some(angle), tilt(result, angle)),
        item(
            Subject::Centre,
            Some(disc),
            offset.map_or(0.0, |offset| part(offset.abs(), CENTRE_MM)),
            CENTRE * share,
            offset.map(f64::abs),
            text::disc_offset(disc, offset),
        ),
        item(
            Subject::Coverage,
            Some(disc),
            part(1.0 - covered, UNCOVERED),
            COVERAGE * share,
            Some(covered),
            text::disc_coverage(disc, covered),
        ),
    ]
}

/// The angle for the trainee: in which view it is wrong, and which way.
fn tilt(result: &DiscResult, angle: f64) -> String {
    let disc = result.disc;
    let (sagittal, coronal) = (result.sagittal_tilt_deg.unwrap_or(0.0), result.coronal_tilt_deg.unwrap_or(0.0));
    let true_tilt = result.true_sagittal_tilt_deg.unwrap_or(0.0);
    if angle <= 1.0 {
        text::disc_angle(disc, angle)
    } else if sagittal.abs() >= coronal.abs() {
        // The disc's own tilt says whether more or less of it was asked for.
        text::disc_sagittal_tilt(disc, angle, sagittal.abs(), sagittal * true_tilt < 0.0)
    } else {
        text::disc_coronal_tilt(disc, angle, coronal)
    }
}

/// The true disc nearest to where a group's slices cross the spine.
fn nearest(truth: &SpineTruth, group: &SliceGroup) -> Option<Disc> {
    let away = |disc: &LabelledDisc| group.plane().distance_mm(&disc.plane.centre).abs();
    truth.discs.iter().map(|disc| disc.labelled).min_by(|a, b| away(a).total_cmp(&away(b))).map(|disc| disc.label)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use assessment::score::TrueSpine;
    use phantom::{PatientOnTable, Population, Positioning, Spine};
    use planner::{PlannedLevel, ScanPlan};
    use randomness::Stream;
    use results::{Arm, AttemptResult, fixture};

    use super::*;

    #[test]
    fn a_missing_stack_earns_nothing_and_a_level_that_is_not_there_takes_no_share() {
        let spine = Spine::build(&Population::adult_lumbar().sample(&Stream::from_seed(3)), true).expect("an adult");
        let truth = PatientOnTable::new(Arc::new(spine), Positioning::default()).truth();
        let level = |label: &str| PlannedLevel {
            label: label.parse().expect("a disc"),
            centre: truth.discs[0].labelled.plane.centre,
            normal: truth.discs[0].labelled.plane.normal,
            confidence: 0.9,
        };
        let plan = ScanPlan { levels: vec![level("L6/S1")], ..ScanPlan::default() };
        let assessed = TrueSpine::of(&truth, &geometry::PrescriptionRules::default()).assess(&plan);
        let count = assessed.discs.len();
        let result = AttemptResult { plan: assessed, ..fixture::attempt(Arm::Manual, "Ida", Vec::new()) };
        let items = items(&Scored { result, truth, plan });
        assert!(items.iter().all(|item| item.points == 0.0), "{items:?}");
        let of_stack = items.iter().filter(|item| item.explanation == "there is no sagittal stack").count();
        assert_eq!((of_stack, items.len()), (3, 3 + 4 * count), "the stack and the patient's discs: {items:?}");
        let of: f64 = items.iter().map(|item| item.of).sum();
        assert!((of - (LEVEL + ANGLE + CENTRE + COVERAGE)).abs() < 1e-9, "{of}");
    }

    #[test]
    fn an_offset_that_was_not_measured_earns_nothing_and_is_not_a_figure() {
        let spine = Spine::build(&Population::adult_lumbar().sample(&Stream::from_seed(3)), true).expect("an adult");
        let truth = PatientOnTable::new(Arc::new(spine), Positioning::default()).truth();
        let plan = assessment::true_plan(&truth, &geometry::PrescriptionRules::default());
        let mut assessed = TrueSpine::of(&truth, &geometry::PrescriptionRules::default()).assess(&plan);
        assessed.discs[0].slice_offset_mm = None;
        let disc = assessed.discs[0].disc;
        let result = AttemptResult { plan: assessed, ..fixture::attempt(Arm::Manual, "Ida", Vec::new()) };
        let items = items(&Scored { result, truth, plan });

        let is_centre = |item: &&Item| item.subject == Subject::Centre && item.disc == Some(disc);
        let centre = items.iter().find(is_centre).expect("every disc has one");
        assert_eq!((centre.points, centre.measured), (0.0, None));
        assert!(centre.explanation.contains("could not be measured"), "{}", centre.explanation);
        assert!(items.iter().all(|item| !item.explanation.contains("inf")), "{items:?}");
    }
}
