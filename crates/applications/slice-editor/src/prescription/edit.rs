//! Everything that can be done to a draft.

use geometry::{Disc, LabelledDisc, PhaseEncoding, Point, SatBand, SliceGroup, SliceTarget};
use planner::ScanPlan;
use serde::{Deserialize, Serialize};

use super::edit_version_1;

/// What the next edits act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Selected {
    /// A slice group, by its place in the draft.
    Group(usize),
    /// A saturation band, by its place in the draft.
    Band(usize),
}

/// One change to a draft, as the journal records it. Unless it says otherwise it acts on what is selected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum Edit {
    /// Adds a group of the protocol's size in its target's usual orientation and selects it.
    #[serde(deserialize_with = "edit_version_1::add_group")]
    AddGroup {
        /// What it is for; a block of no discs is for a disc that is still to be stated.
        target: SliceTarget,
        /// Its name; the target's usual one if none is given.
        name: Option<String>,
        /// Its middle, LPS mm.
        centre: Point,
    },
    /// Adds an upright saturation band in front of the spine and selects it.
    AddBand {
        /// Its name; "anterior" if none is given.
        #[serde(default)]
        name: Option<String>,
        /// Its middle, LPS mm.
        centre: Point,
    },
    /// Removes it; nothing is selected afterwards.
    Remove,
    /// Selects a group or band, or nothing.
    Select(Option<Selected>),
    /// Names it; what it is for stays.
    Rename(String),
    /// Says which disc an axial group is for, and names it after the disc.
    SetLevel(Disc),
    /// Moves it.
    Move {
        /// How far, LPS mm.
        by_mm: [f64; 3],
    },
    /// Moves its middle to a point.
    MoveTo {
        /// The point, LPS mm.
        centre: Point,
    },
    /// Turns it about an axis through its middle, by the right-hand rule.
    Rotate {
        /// The axis, LPS, of any length.
        axis: [f64; 3],
        /// How far.
        deg: f64,
    },
    /// Gives it an orientation; a saturation band's normal becomes row × column.
    Orient {
        /// Direction of an image row, LPS, of any length.
        row: [f64; 3],
        /// Direction of an image column, LPS, of any length; perpendicular to `row`.
        column: [f64; 3],
    },
    /// Field of view: extent of the rows' stack and of a row, mm.
    SetFov([f64; 2]),
    /// Number of rows and of columns.
    SetMatrix([usize; 2]),
    /// Number of slices.
    SetSlices(usize),
    /// Slice thickness, mm.
    SetThickness(f64),
    /// Gap between slices, mm.
    SetGap(f64),
    /// Which image axis is phase-encoded.
    SetPhaseEncoding(PhaseEncoding),
    /// The other image axis is phase-encoded.
    FlipPhaseEncoding,
    /// Thickness of a saturation band, mm.
    SetBandThickness(f64),
    /// Lays an axial group on a disc, as a planner or a technologist labelled it, in the way that the protocol's rules do;
    /// it keeps its size, and the disc that it is for if it is for one.
    #[serde(deserialize_with = "edit_version_1::disc")]
    SnapToDisc(LabelledDisc),
    /// Takes centre and orientation from another group, and keeps its own size.
    CopyPosition {
        /// The other group: of this draft, or of a series that was scanned.
        from: SliceGroup,
    },
    /// Replaces a group whole: a drag, or numeric entry.
    Replace(SliceGroup),
    /// Replaces a saturation band whole.
    ReplaceBand(SatBand),
    /// Takes a plan, such as the AI's, in place of all groups and bands; nothing is selected afterwards.
    Adopt(ScanPlan),
}

#[cfg(test)]
mod tests {
    use super::super::example_groups::{anterior_band, axial};
    use super::*;
    use geometry::{Plane, Vector, Vertebra};

    #[test]
    fn every_edit_is_journalled_and_read_back() {
        let centre = Point::new(1.5, -2.0, 30.0);
        let label = Disc::between(Vertebra::L4, Vertebra::L5);
        let plane = Plane::new(centre, Vector::z());
        let disc = LabelledDisc { label, plane, canal: centre, depth_mm: 35.0, width_mm: 48.0 };
        let edits = [
            Edit::AddGroup { target: SliceTarget::Disc(label), name: None, centre },
            Edit::AddBand { name: Some("upper".into()), centre },
            Edit::Remove,
            Edit::Select(Some(Selected::Group(3))),
            Edit::Select(None),
            Edit::Rename("sagittal T2".into()),
            Edit::SetLevel(label),
            Edit::Move { by_mm: [0.1, 0.2, -0.3] },
            Edit::MoveTo { centre },
            Edit::Rotate { axis: [1.0, 0.0, 0.0], deg: -12.5 },
            Edit::Orient { row: [1.0, 0.0, 0.0], column: [0.0, 0.6, 0.8] },
            Edit::SetFov([200.0, 180.0]),
            Edit::SetMatrix([256, 320]),
            Edit::SetSlices(7),
            Edit::SetThickness(3.5),
            Edit::SetGap(0.3),
            Edit::SetPhaseEncoding(PhaseEncoding::Column),
            Edit::FlipPhaseEncoding,
            Edit::SetBandThickness(50.0),
            Edit::SnapToDisc(disc),
            Edit::CopyPosition { from: axial() },
            Edit::Replace(axial()),
            Edit::ReplaceBand(anterior_band()),
            Edit::Adopt(ScanPlan { groups: vec![axial()], ..ScanPlan::default() }),
        ];
        for edit in edits {
            let text = serde_json::to_string(&edit).expect("an edit serialises");
            assert_eq!(serde_json::from_str::<Edit>(&text).expect("and reads back"), edit, "{text}");
        }
        let text = r#"{"add-group": {"target": {"disc": "L4/L5"}, "centre": [1.5, -2, 30]}}"#;
        let edit = serde_json::from_str::<Edit>(text).expect("the name may be left out");
        assert_eq!(edit, Edit::AddGroup { target: SliceTarget::Disc(label), name: None, centre });
        assert!(serde_json::from_str::<Edit>(r#"{"move": {"by-mm": [1, 2, 3], "about": 4}}"#).is_err());
    }
}
