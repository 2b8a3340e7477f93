//! How right the plan is, and how well it knows.

use geometry::Disc;

use super::NO_LIMIT;
use crate::metrics::{Better, Metric, Source};
use crate::{AttemptResult, DiscResult};

const TILT_WHY: &str = "10° of tilt changes the measured dural sac area by −16 to +32 % (BASS 2011-035), enough to cross \
     the 100 mm² that calls a canal narrow.";

/// True if a disc's label, angle and centre are right, by the rule that confidences are set by.
fn level_is_right(disc: &DiscResult) -> bool {
    disc.identified && disc.angle_deg.is_some_and(|deg| deg <= 5.0) && disc.centre_mm.is_some_and(|mm| mm <= 5.0)
}

/// (confidence − what came true)² of each planned level, from the head downwards; a level that no disc has is wrong.
fn brier(attempt: &AttemptResult) -> Vec<(Disc, f64)> {
    let planned = attempt.plan.discs.iter().filter_map(|disc| {
        let came_true = f64::from(u8::from(level_is_right(disc)));
        Some((disc.disc, (disc.confidence? - came_true).powi(2)))
    });
    let absent = attempt.plan.absent_levels.iter().map(|level| (level.disc, level.confidence.powi(2)));
    let mut scores: Vec<_> = planned.chain(absent).collect();
    scores.sort_by_key(|(disc, _)| *disc);
    scores
}

/// Labels, planes, coverage, doubt.
pub(super) static PLANNING: [Metric; 21] = [
    Metric {
        name: "plan.confidence_brier",
        title: "Brier score of the planner's confidence",
        what: "Mean squared distance between a level's confidence and what came true: 1 if label, angle (5°) and centre \
               (5 mm) are right, else 0, as for a level that no disc has (Brier 1950). Discs without a planned level are \
               left out: they have no confidence.",
        why: "A confidence that is high where the plan is wrong flags nothing.",
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.01,
        source: Source::Levels(brier),
    },
    Metric {
        name: "label.identification_rate",
        title: "Correctly labelled discs",
        what: "Part of the true discs that carry their right label within 8 mm of their true centre.",
        why: "A finding reported at the wrong level can become surgery at the wrong level.",
        limit: "At least 0.95 (this stage of the project); 0.90 is the published system's (Cheng 2026); the 8 mm are \
                the acceptance rule of ISMRM 2021 #3812.",
        better: Better::Higher,
        margin: 0.05,
        source: Source::DiscRate(|disc| disc.identified),
    },
    Metric {
        name: "plan.disc_angle_deg",
        title: "Angle between slices and disc plane",
        what: "Angle between the normal of the prescribed axial group and that of the true disc plane; discs that were not \
               planned are left out (label.identification_rate counts them).",
        why: TILT_WHY,
        limit: "Median at most 2° and p95 at most 6° (this stage of the project); a single plan beyond 10° is wrong \
                (10° no effect, 20° effect on canal size: CT study of 1991).",
        better: Better::Lower,
        margin: 0.5,
        source: Source::Disc(|disc| disc.angle_deg),
    },
    Metric {
        name: "plan.sagittal_tilt_deg",
        title: "Tilt error in the sagittal view",
        what: "Size of the angle error's component in the sagittal view.",
        why: TILT_WHY,
        limit: "Median at most 2° (project choice); manual planning has an SD of about 3° (proxy: endplate angles, \
                inter-observer SD 2.0–3.1°).",
        better: Better::Lower,
        margin: 0.5,
        source: Source::Disc(|disc| disc.sagittal_tilt_deg.map(f64::abs)),
    },
    Metric {
        name: "plan.coronal_tilt_deg",
        title: "Tilt error in the coronal view",
        what: "Size of the angle error's component in the coronal view.",
        why: "A slice that is oblique in the coronal view shows left and right recess at different levels.",
        limit: "Median at most 2° (project choice).",
        better: Better::Lower,
        margin: 0.5,
        source: Source::Disc(|disc| disc.coronal_tilt_deg.map(f64::abs)),
    },
    Metric {
        name: "plan.disc_centre_mm",
        title: "Distance of the planned from the true disc centre",
        what: "Distance between the planned and the true centre of a disc.",
        why: "The middle slice must cut the disc, not the endplate.",
        limit: "Median at most 2 mm (this stage of the project), half a 4 mm slice.",
        better: Better::Lower,
        margin: 0.5,
        source: Source::Disc(|disc| disc.centre_mm),
    },
    Metric {
        name: "plan.slice_centre_mm",
        title: "Offset of the middle slice from the disc",
        what: "Distance of the group's middle slice from the true disc centre along the true normal.",
        why: "More than one slice off, the middle slice shows the wrong thing.",
        limit: "Median at most 1 mm and p95 at most 3 mm are the target (project choice); one slice thickness is wrong.",
        better: Better::Lower,
        margin: 0.5,
        source: Source::Disc(|disc| disc.slice_offset_mm.map(f64::abs)),
    },
    Metric {
        name: "plan.sagittal_angle_deg",
        title: "Angle between sagittal stack and mid-sagittal plane",
        what: "Angle between the sagittal stack's normal and that of the true mid-sagittal plane.",
        why: "An oblique sagittal stack cuts canal and foramina at different distances from the middle at each level.",
        limit: "Median at most 2° (project choice).",
        better: Better::Lower,
        margin: 0.5,
        source: Source::Attempt(|attempt| attempt.plan.sagittal_stack.angle_deg),
    },
    Metric {
        name: "plan.sagittal_centre_mm",
        title: "Offset of the sagittal stack from the midline",
        what: "Distance of the sagittal stack's middle slice from the middle of the true spine, along the true normal.",
        why: "A stack that lies to one side leaves the other side's foramina uncovered.",
        limit: "Median at most 2 mm (project choice), half a 4 mm slice.",
        better: Better::Lower,
        margin: 0.5,
        source: Source::Attempt(|attempt| attempt.plan.sagittal_stack.slice_offset_mm.map(f64::abs)),
    },
    Metric {
        name: "plan.coverage",
        title: "Disc and canal covered by the axial slices",
        what: "Part of the disc and of the canal at its level that the group's slices cover.",
        why: "What is not covered is not seen; the patient has to come back.",
        limit: "Mean at least 0.95 (project choice).",
        better: Better::Higher,
        margin: 0.01,
        source: Source::Disc(|disc| Some(disc.coverage)),
    },
    Metric {
        name: "plan.sagittal_coverage",
        title: "Foramina covered by the sagittal stack",
        what: "Part of the foramina's outer borders, 22 mm to either side of the middle, that the sagittal stack covers; 0 \
               without a stack.",
        why: "A foramen that is cut off hides what presses on its root.",
        limit: "Mean at least 0.95 (project choice).",
        better: Better::Higher,
        margin: 0.01,
        source: Source::Attempt(|attempt| Some(attempt.plan.sagittal_stack.coverage)),
    },
    Metric {
        name: "plan.silent_failure_rate",
        title: "Wrong plans without a warning",
        what: "Part of the plans that are wrong and carry no warning. Wrong is: a level missing, doubled or on another disc; \
               slices beyond 10°, more than a slice thickness off, turned in their plane by more than 20° or off in it by \
               more than 25 mm; a quarter of a disc or of the foramina uncovered; a sagittal stack beyond 10° or 10 mm; \
               number of slices, thickness, gap, field of view, matrix, phase direction or slice order not as \
               prescribed; a saturation band over canal or discs, or none where one is asked for.",
        why: "The worst thing that a planner can do: nobody looks again.",
        limit: "At most 0.05 (project choice; ends at 0).",
        better: Better::Lower,
        margin: 0.05,
        source: Source::AttemptRate(|attempt| Some(attempt.plan.silent_failure)),
    },
    Metric {
        name: "plan.flagged_rate",
        title: "Plans with a warning",
        what: "Part of the plans that ask for a person (a warning or worse).",
        why: "Every flag costs a technologist a look; too many and nobody looks any more.",
        limit: "At most 0.20 on ordinary patients (project choice).",
        better: Better::Lower,
        margin: 0.1,
        source: Source::AttemptRate(|attempt| Some(attempt.plan.flagged)),
    },
    Metric {
        name: "plan.in_plane_rotation_deg",
        title: "Turn of the slices in their plane",
        what: "Size of the angle by which a group's image, axial or sagittal, is turned in its plane against the prescribed \
               one; 180° for a mirrored image.",
        why: "Left and right recess are compared on one picture; a turned field of view wraps the body's other end in.",
        limit: "p95 at most 5° (project choice); beyond 20° a plan is wrong.",
        better: Better::Lower,
        margin: 0.5,
        source: Source::Group(|group| group.in_plane_rotation_deg.abs()),
    },
    Metric {
        name: "plan.lateral_offset_mm",
        title: "Offset of the axial slices to one side",
        what: "Distance of an axial group's middle from the disc's middle, to the left or the right.",
        why: "Off the middle, the field of view wraps one side of the body into the picture and loses the other.",
        limit: "p95 at most 8 mm (project choice); beyond 25 mm a plan is wrong.",
        better: Better::Lower,
        margin: 1.0,
        source: Source::Disc(|disc| disc.group.as_ref().map(|group| group.row_offset_mm.abs())),
    },
    Metric {
        name: "plan.posterior_offset_mm",
        title: "Offset of the axial slices to front or back",
        what: "Distance of an axial group's middle from the disc's posterior margin, to the front or the back, in its plane.",
        why: "Disc, canal and facet joints belong into the middle of the picture. The middle of the disc is some 17 mm away.",
        limit: "p95 at most 20 mm (project choice: from the middle of the disc to the laminae); beyond 25 mm a plan is wrong.",
        better: Better::Lower,
        margin: 1.0,
        source: Source::Disc(|disc| disc.group.as_ref().map(|group| group.column_offset_mm.abs())),
    },
    Metric {
        name: "plan.deviation_rate",
        title: "Slice groups not as prescribed",
        what: "Part of the slice groups whose number of slices, thickness, gap, field of view, matrix, phase direction or \
               slice order is not what the protocol asks for, or that are there twice.",
        why: "Thick or few slices hide what thin ones show; a follow-up needs the same slices.",
        limit: "0 (project choice).",
        better: Better::Lower,
        margin: 0.05,
        source: Source::GroupRate(|group| !group.deviations.is_empty()),
    },
    Metric {
        name: "plan.saturated_anatomy",
        title: "Canal and discs under a saturation band",
        what: "Part of the canal or of the discs, whichever is more, that lies in a saturation band.",
        why: "What a band covers is dark and cannot be read.",
        limit: "At most 0.05 (project choice).",
        better: Better::Lower,
        margin: 0.01,
        source: Source::Attempt(|attempt| {
            let saturation = &attempt.plan.saturation;
            (saturation.bands > 0).then(|| saturation.canal.max(saturation.discs))
        }),
    },
    Metric {
        name: "plan.missing_band_rate",
        title: "Plans without the prescribed saturation band",
        what: "Part of the plans without a saturation band where the protocol asks for one.",
        why: "Without it, breathing and vessels ghost over the canal.",
        limit: "0 (project choice).",
        better: Better::Lower,
        margin: 0.05,
        source: Source::AttemptRate(|attempt| {
            let saturation = &attempt.plan.saturation;
            saturation.asked.then_some(saturation.bands == 0)
        }),
    },
    Metric {
        name: "plan.missed_flag_rate",
        title: "Plans without a warning that was due",
        what: "Of the plans that are wrong, or whose patient has four or six lumbar vertebrae, the part that carries no \
               warning.",
        why: "A warning sends a person to look; without one nobody does.",
        limit: "At most 0.05 on patients with variants (project choice; ends at 0).",
        better: Better::Lower,
        margin: 0.05,
        source: Source::AttemptRate(|attempt| attempt.plan.flag_due.then_some(!attempt.plan.flagged)),
    },
    Metric {
        name: "plan.unneeded_flag_rate",
        title: "Plans with a warning that was not due",
        what: "Of the plans that are right, on patients with five lumbar vertebrae, the part that carries a warning.",
        why: "Every false alarm costs a technologist a look; too many and nobody looks any more.",
        limit: "At most 0.20 (project choice).",
        better: Better::Lower,
        margin: 0.1,
        source: Source::AttemptRate(|attempt| (!attempt.plan.flag_due).then_some(attempt.plan.flagged)),
    },
];
