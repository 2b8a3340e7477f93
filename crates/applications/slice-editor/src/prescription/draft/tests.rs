use geometry::{
    Direction, Disc, LabelledDisc, LabelledSpine, PhaseEncoding, Plane, Point, SliceTarget, Vector, Vertebra,
};
use planner::{Flag, FlagCode, prescribe};

use super::*;
use crate::prescription::example_groups::{anterior_band, axial};

const L4_L5: Disc = Disc::between(Vertebra::L4, Vertebra::L5);
const L3_L4: Disc = Disc::between(Vertebra::L3, Vertebra::L4);

fn empty() -> Draft {
    Draft::new(PrescriptionRules::default())
}

/// Axial slices whose disc is still to be stated.
fn axial_slices() -> SliceTarget {
    SliceTarget::Block(Vec::new())
}

fn with(target: SliceTarget) -> Draft {
    let mut draft = empty();
    draft.apply(&Edit::AddGroup { target, name: None, centre: Point::new(1.0, 2.0, 3.0) }).expect("it fits");
    draft
}

fn refused(draft: &Draft, edit: Edit) -> EditRefused {
    let mut tried = draft.clone();
    let refusal = tried.apply(&edit).expect_err("it is to be refused");
    assert_eq!(&tried, draft, "a refused edit changes nothing: {edit:?}");
    refusal
}

#[test]
fn a_new_group_has_the_protocols_size_and_its_targets_orientation() {
    let rules = PrescriptionRules::default();
    for (target, rule, normal) in [
        (SliceTarget::Sagittal, &rules.sagittal, -Vector::x()),
        (SliceTarget::Coronal, &rules.sagittal, Vector::y()),
        (SliceTarget::Disc(L4_L5), &rules.axial, Vector::z()),
        (axial_slices(), &rules.axial, Vector::z()),
    ] {
        let draft = with(target.clone());
        let group = draft.selected_group().expect("the new group is selected");
        assert_eq!((group.slices, group.thickness_mm, group.fov_mm), (rule.slices, rule.thickness_mm, rule.fov_mm));
        assert_eq!((group.normal().into_inner(), group.centre), (normal, Point::new(1.0, 2.0, 3.0)), "{target}");
    }
    let block = with(SliceTarget::Block(vec![L3_L4, L4_L5]));
    assert_eq!((block.groups()[0].slices, block.groups()[0].gap_mm), (10, 0.0));
    let mut names = with(axial_slices());
    for _ in 0..2 {
        names.apply(&Edit::AddGroup { target: axial_slices(), name: None, centre: Point::origin() }).expect("fits");
    }
    let names: Vec<&str> = names.groups().iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names, ["axial", "axial 2", "axial 3"]);
}

#[test]
fn edits_act_on_what_is_selected() {
    let mut draft = with(SliceTarget::Sagittal);
    draft.apply(&Edit::AddBand { name: None, centre: Point::new(0.0, -70.0, 0.0) }).expect("fits");
    draft.apply(&Edit::SetBandThickness(45.0)).expect("a band");
    draft.apply(&Edit::Move { by_mm: [0.0, -5.0, 0.0] }).expect("moves");
    assert_eq!((draft.sat_bands()[0].thickness_mm, draft.sat_bands()[0].centre.y), (45.0, -75.0));
    draft.apply(&Edit::Rotate { axis: [2.0, 0.0, 0.0], deg: 90.0 }).expect("turns");
    assert!((draft.sat_bands()[0].normal.into_inner() + Vector::z()).norm() < 1e-12, "from the front to the feet");

    draft.apply(&Edit::Select(Some(Selected::Group(0)))).expect("it is there");
    draft.apply(&Edit::Rotate { axis: [0.0, 0.0, 1.0], deg: 10.0 }).expect("turns");
    let left = Plane::new(Point::origin(), Vector::x());
    assert!((draft.groups()[0].plane().angle_deg(&left) - 10.0).abs() < 1e-9);
    assert_eq!(draft.groups()[0].centre, Point::new(1.0, 2.0, 3.0), "about its own centre");
    for edit in [
        Edit::SetFov([280.0, 260.0]),
        Edit::SetMatrix([320, 256]),
        Edit::SetSlices(17),
        Edit::SetThickness(3.0),
        Edit::SetGap(0.6),
        Edit::FlipPhaseEncoding,
        Edit::Rename("sagittal T2".into()),
        Edit::MoveTo { centre: Point::new(-4.0, 0.0, 9.0) },
        Edit::Orient { row: [0.0, 2.0, 0.0], column: [0.0, 0.0, -5.0] },
    ] {
        draft.apply(&edit).expect("within limits");
    }
    let expected = SliceGroup {
        name: "sagittal T2".into(),
        target: SliceTarget::Sagittal,
        centre: Point::new(-4.0, 0.0, 9.0),
        row: Vector::y_axis(),
        column: -Vector::z_axis(),
        slices: 17,
        thickness_mm: 3.0,
        gap_mm: 0.6,
        fov_mm: [280.0, 260.0],
        matrix: [320, 256],
        phase_encoding: PhaseEncoding::Row,
    };
    assert_eq!(draft.groups(), [expected]);
    draft.apply(&Edit::Remove).expect("it is selected");
    assert!(draft.groups().is_empty() && draft.selected().is_none());
}

#[test]
fn what_cannot_be_scanned_is_refused_with_its_reason() {
    let draft = with(SliceTarget::Sagittal);
    for (edit, reason) in [
        (Edit::SetThickness(0.4), "thickness, mm, is 0.4, expected 0.5 to 20"),
        (Edit::SetFov([300.0, 501.0]), "field of view, mm, is 501, expected 50 to 500"),
        (Edit::SetSlices(0), "number of slices is 0, expected 1 to 128"),
        (Edit::SetSlices(129), "number of slices is 129, expected 1 to 128"),
        (Edit::SetGap(-4.0), "thickness_mm + gap_mm is 0, expected a positive number of millimetres"),
        (Edit::SetMatrix([384, 0]), "matrix is 0, expected 16 to 1024"),
        (Edit::Move { by_mm: [0.0, 0.0, 300.0] }, "a coordinate of the centre, mm, is 303, expected -300 to 300"),
        (
            Edit::MoveTo { centre: Point::new(f64::NAN, 0.0, 0.0) },
            "a coordinate of the centre, mm, is not a finite number",
        ),
        (Edit::Rotate { axis: [0.0; 3], deg: 5.0 }, "the axis is no direction: its length is almost 0"),
        (Edit::Rotate { axis: [1.0, 0.0, 0.0], deg: f64::INFINITY }, "the angle is not a finite number"),
        (
            Edit::Orient { row: [1.0, 0.0, 0.0], column: [0.6, 0.8, 0.0] },
            "row and column must be perpendicular: their dot product is 0.6000",
        ),
        (Edit::Rename("  ".into()), "a name of 0 characters, expected 1 to 64"),
        (Edit::Rename("n".repeat(65)), "a name of 65 characters, expected 1 to 64"),
        (Edit::SetBandThickness(40.0), "a slice group has no saturated slab: select a saturation band"),
        (
            Edit::SetLevel(L4_L5),
            "'sagittal' is for 'sagittal' and cannot be laid on one disc: select axial slices of one disc",
        ),
        (Edit::Select(Some(Selected::Group(1))), "there is no slice group 2: the draft has 1"),
        (
            Edit::Select(Some(Selected::Band(usize::MAX))),
            "there is no saturation band 18446744073709551615: the draft has 0",
        ),
        (
            Edit::AddGroup { target: SliceTarget::Coronal, name: Some("sagittal".into()), centre: Point::origin() },
            "'sagittal' is taken: another one has this name",
        ),
    ] {
        assert_eq!(refused(&draft, edit).to_string(), reason);
    }
    assert_eq!(refused(&empty(), Edit::SetSlices(3)), EditRefused::NothingSelected);
    assert_eq!(refused(&empty(), Edit::Remove), EditRefused::NothingSelected);
    let mut band = empty();
    band.apply(&Edit::AddBand { name: None, centre: Point::origin() }).expect("fits");
    assert_eq!(refused(&band, Edit::SetFov([200.0; 2])), EditRefused::NotForBand("field of view"));
    let long = SatBand { normal: Direction::new_unchecked(Vector::z() * 2.0), ..anterior_band() };
    assert_eq!(refused(&band, Edit::ReplaceBand(long)), EditRefused::NoDirection("the band's normal"));
}

#[test]
fn undo_and_redo_walk_through_the_steps() {
    let mut draft = with(axial_slices());
    let states: Vec<Vec<SliceGroup>> = (0..4)
        .map(|_| {
            let before = draft.groups().to_vec();
            draft.apply(&Edit::Move { by_mm: [0.0, 0.0, 1.0] }).expect("within limits");
            before
        })
        .collect();
    let last = draft.groups().to_vec();
    for before in states.iter().rev() {
        assert!(draft.undo());
        assert_eq!(draft.groups(), before);
    }
    assert!(draft.undo() && draft.groups().is_empty() && !draft.can_undo() && !draft.undo());
    while draft.redo() {}
    assert_eq!(draft.groups(), last);
    draft.undo();
    draft.apply(&Edit::Select(None)).expect("always");
    assert!(draft.can_redo(), "selecting is no step");
    draft.apply(&Edit::Select(Some(Selected::Group(0)))).expect("it is there");
    draft.apply(&Edit::Move { by_mm: [0.0; 3] }).expect("within limits");
    assert!(draft.can_redo(), "nothing changed");
    draft.apply(&Edit::SetSlices(3)).expect("within limits");
    assert!(!draft.can_redo());
}

#[test]
fn a_drag_is_one_step() {
    let mut draft = with(axial_slices());
    let before = draft.groups().to_vec();
    draft.begin_gesture();
    for step in 1..20 {
        draft.apply(&Edit::MoveTo { centre: Point::new(0.0, 0.0, f64::from(step)) }).expect("within limits");
    }
    draft.end_gesture();
    draft.apply(&Edit::SetSlices(7)).expect("within limits");
    draft.undo();
    assert_eq!((draft.groups()[0].centre.z, draft.groups()[0].slices), (19.0, 5));
    draft.undo();
    assert_eq!(draft.groups(), before);

    let steps = draft.clone();
    draft.begin_gesture();
    draft.apply(&Edit::Move { by_mm: [5.0, 0.0, 0.0] }).expect("within limits");
    draft.apply(&Edit::Move { by_mm: [-5.0, 0.0, 0.0] }).expect("within limits");
    draft.end_gesture();
    draft.undo();
    assert_ne!(draft.groups(), steps.groups(), "there and back is no step: undo takes back what was before");
}

#[test]
fn a_drawn_plan_reads_like_a_planners() {
    let mut draft = with(SliceTarget::Sagittal);
    draft.apply(&Edit::AddBand { name: None, centre: Point::new(0.0, -70.0, 0.0) }).expect("fits");
    for (disc, z) in [(L4_L5, -20.0), (L3_L4, 15.0)] {
        draft
            .apply(&Edit::AddGroup { target: axial_slices(), name: None, centre: Point::new(0.0, 10.0, z) })
            .expect("fits");
        draft.apply(&Edit::SetLevel(disc)).expect("an axial group");
    }
    assert_eq!(refused(&draft, Edit::SetLevel(L4_L5)), EditRefused::NameTaken("axial L4/L5".into()));
    let plan = draft.to_plan();
    assert!(plan.levels.is_empty(), "nobody said where a disc's centre lies");
    assert!(plan.flags.is_empty() && plan.disc_group(L3_L4).is_some() && plan.disc_group(L4_L5).is_some());
    let text = serde_json::to_vec(&plan).expect("a plan serialises");
    assert_eq!(ScanPlan::from_json(&text).expect("a plan"), plan);
}

/// A lordotic lumbar spine whose levels somebody labelled, and what is prescribed there.
fn spine() -> LabelledSpine {
    let levels = [(L3_L4, 30.0, 3.0f64), (L4_L5, -5.0, 12.0), (Disc::between(Vertebra::L5, Vertebra::S1), -38.0, 28.0)];
    let discs = levels.map(|(label, z, tilt)| {
        let tilt = tilt.to_radians();
        let plane = Plane::new(Point::new(0.0, 0.0, z), Vector::new(0.0, -tilt.sin(), tilt.cos()));
        let canal = plane.centre + Vector::new(0.0, tilt.cos(), tilt.sin()) * 27.0;
        LabelledDisc { label, plane, canal, depth_mm: 34.0, width_mm: 50.0 }
    });
    LabelledSpine {
        anterior_wall: discs.iter().map(|disc| disc.plane.centre - Vector::y() * 18.0).collect(),
        midsagittal: Plane::new(Point::origin(), Vector::x()),
        discs: discs.to_vec(),
    }
}

#[test]
fn snapped_groups_are_the_planners_groups() {
    let spine = spine();
    let mut draft = empty();
    for disc in &spine.discs {
        draft.apply(&Edit::AddGroup { target: axial_slices(), name: None, centre: Point::origin() }).expect("fits");
        draft.apply(&Edit::SnapToDisc(*disc)).expect("an axial group");
    }
    let plan = draft.to_plan();
    let prescribed = prescribe(&spine, &PrescriptionRules::default());
    for (drawn, group) in plan.groups.iter().zip(&prescribed.groups[1..]) {
        assert_eq!(drawn.name, group.name);
        assert!((drawn.centre - group.centre).norm() < 1e-9);
        assert!((drawn.row.into_inner() - group.row.into_inner()).norm() < 1e-9);
        assert!((drawn.column.into_inner() - group.column.into_inner()).norm() < 1e-9);
    }
    let mut copied = with(axial_slices());
    copied.apply(&Edit::SetSlices(3)).expect("within limits");
    copied.apply(&Edit::CopyPosition { from: plan.groups[2].clone() }).expect("a group");
    let group = &copied.groups()[0];
    assert_eq!((group.centre, group.row, group.slices), (plan.groups[2].centre, plan.groups[2].row, 3));
    let wrong = with(SliceTarget::Sagittal);
    assert!(matches!(refused(&wrong, Edit::SnapToDisc(spine.discs[0])), EditRefused::NotForDisc { .. }));
}

#[test]
fn a_groups_name_says_nothing_of_its_disc() {
    let mut draft = with(SliceTarget::Disc(L4_L5));
    draft.apply(&Edit::Rename("axial L3/L4".into())).expect("a name");
    let after = draft.to_plan();
    assert_eq!(after.disc_group(L4_L5).map(|group| group.name.as_str()), Some("axial L3/L4"));
    assert!(after.disc_group(L3_L4).is_none());
}

#[test]
fn an_adopted_plan_is_the_draft_and_can_be_undone() {
    let flag = Flag::warning(FlagCode::LowConfidence, "look at L5/S1");
    let plan =
        ScanPlan { groups: vec![axial()], sat_bands: vec![anterior_band()], flags: vec![flag], ..ScanPlan::default() };
    let mut draft = with(SliceTarget::Sagittal);
    draft.apply(&Edit::Adopt(plan.clone())).expect("it can be scanned");
    assert_eq!((draft.groups(), draft.sat_bands()), (&plan.groups[..], &plan.sat_bands[..]));
    assert!(draft.to_plan().flags.is_empty(), "what was adopted is the trainee's own");
    assert!(draft.undo() && draft.groups()[0].target == SliceTarget::Sagittal);

    let far = ScanPlan { groups: vec![SliceGroup { thickness_mm: 30.0, ..axial() }], ..plan };
    let reason = refused(&draft, Edit::Adopt(far)).to_string();
    assert_eq!(reason, "'axial L4/L5' of the plan: thickness, mm, is 30, expected 0.5 to 20");
}
