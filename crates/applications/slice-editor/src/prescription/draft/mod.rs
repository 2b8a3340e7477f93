//! The plan that is being drawn.

mod drawn;
mod edited;
#[cfg(test)]
mod tests;

use geometry::{PrescriptionRules, SatBand, SliceGroup};
use planner::ScanPlan;

use super::edit::{Edit, Selected};
use super::refused::EditRefused;
use super::undo::Undo;
use drawn::Drawn;

/// The plan that is being drawn, with the way back. Every change is an [`Edit`]; one that is refused changes nothing.
///
/// ```
/// use geometry::{Point, PrescriptionRules, SliceTarget};
/// use slice_editor::{Draft, Edit};
///
/// let mut draft = Draft::new(PrescriptionRules::default());
/// let target = SliceTarget::Disc("L4/L5".parse().expect("a disc"));
/// draft.apply(&Edit::AddGroup { target, name: None, centre: Point::origin() })?;
/// draft.apply(&Edit::Rotate { axis: [1.0, 0.0, 0.0], deg: 12.0 })?;
/// assert_eq!(draft.to_plan().groups[0].name, "axial L4/L5");
/// draft.undo();
/// assert_eq!(draft.groups()[0].normal().z, 1.0);
/// # Ok::<(), slice_editor::EditRefused>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    rules: PrescriptionRules,
    drawn: Drawn,
    undo: Undo<Drawn>,
}

impl Draft {
    /// Nothing drawn yet; new groups get the rules' sizes.
    pub fn new(rules: PrescriptionRules) -> Self {
        Self { rules, drawn: Drawn::default(), undo: Undo::default() }
    }

    /// The slice groups, in the order in which they were added.
    pub fn groups(&self) -> &[SliceGroup] {
        &self.drawn.groups
    }

    /// The saturation bands, in the order in which they were added.
    pub fn sat_bands(&self) -> &[SatBand] {
        &self.drawn.sat_bands
    }

    /// What the next edits act on.
    pub fn selected(&self) -> Option<Selected> {
        self.drawn.selected
    }

    /// The selected group, if a group is selected.
    pub fn selected_group(&self) -> Option<&SliceGroup> {
        match self.drawn.selected? {
            Selected::Group(n) => self.drawn.groups.get(n),
            Selected::Band(_) => None,
        }
    }

    /// Makes one change. Selecting is no step to undo, and neither is an edit that leaves all as it was.
    ///
    /// # Errors
    /// Why it was refused; the draft is as it was.
    pub fn apply(&mut self, edit: &Edit) -> Result<(), EditRefused> {
        let mut drawn = self.drawn.clone();
        drawn.edit(edit, &self.rules)?;
        if drawn.groups != self.drawn.groups || drawn.sat_bands != self.drawn.sat_bands {
            self.undo.keep(std::mem::replace(&mut self.drawn, drawn));
        } else {
            self.drawn = drawn;
        }
        Ok(())
    }

    /// The edits that follow are one step to undo, until [`Self::end_gesture`]: the pointer's button is down.
    pub fn begin_gesture(&mut self) {
        self.undo.begin_gesture();
    }

    /// The pointer's button is up.
    pub fn end_gesture(&mut self) {
        self.undo.end_gesture(&self.drawn);
    }

    /// One step back; false if there is none.
    pub fn undo(&mut self) -> bool {
        let before = self.undo.undo(self.drawn.clone());
        self.put(before)
    }

    /// The step that was undone last, again; false if there is none.
    pub fn redo(&mut self) -> bool {
        let after = self.undo.redo(self.drawn.clone());
        self.put(after)
    }

    /// True if there is a step back.
    pub fn can_undo(&self) -> bool {
        self.undo.can_undo()
    }

    /// True if there is a step forth.
    pub fn can_redo(&self) -> bool {
        self.undo.can_redo()
    }

    /// The plan: groups and bands as drawn. It names no levels: who draws slices says which disc they are for, by their
    /// target, and not where that disc's centre lies.
    pub fn to_plan(&self) -> ScanPlan {
        ScanPlan { groups: self.drawn.groups.clone(), sat_bands: self.drawn.sat_bands.clone(), ..ScanPlan::default() }
    }

    fn put(&mut self, drawn: Option<Drawn>) -> bool {
        drawn.is_some_and(|drawn| {
            self.drawn = drawn;
            true
        })
    }
}
