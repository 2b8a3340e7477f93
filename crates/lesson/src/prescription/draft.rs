//! The plan that is being drawn.

use geometry::{Direction, PhaseEncoding, SatBand, SliceGroup, SliceRole, Vector};
use planner::plan::disc_group_name;
use planner::{PrescriptionRules, ScanPlan};

use super::edit::{Edit, Selected};
use super::level::{laid_on, level_of, planned_level};
use super::limits::{check_band, check_group};
use super::new_group::{free_name, new_band, new_group, usual_name};
use super::refused::EditRefused;
use super::turn::{turned_band, turned_group};
use super::undo::Undo;

/// The plan that is being drawn, with the way back. Every change is an [`Edit`]; one that is refused changes nothing.
///
/// ```
/// use geometry::{Point, SliceRole};
/// use lesson::prescription::{Draft, Edit};
/// use planner::PrescriptionRules;
///
/// let mut draft = Draft::new(PrescriptionRules::default());
/// draft.apply(&Edit::AddGroup { role: SliceRole::AxialDisc, name: None, centre: Point::origin() })?;
/// draft.apply(&Edit::SetLevel("L4/L5".parse().expect("a disc")))?;
/// draft.apply(&Edit::Rotate { axis: [1.0, 0.0, 0.0], deg: 12.0 })?;
/// assert_eq!(draft.to_plan().levels[0].label.to_string(), "L4/L5");
/// draft.undo();
/// assert_eq!(draft.groups()[0].normal().z, 1.0);
/// # Ok::<(), lesson::prescription::EditRefused>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    rules: PrescriptionRules,
    drawn: Drawn,
    undo: Undo<Drawn>,
}

/// What undo brings back.
#[derive(Clone, Debug, Default, PartialEq)]
struct Drawn {
    groups: Vec<SliceGroup>,
    sat_bands: Vec<SatBand>,
    selected: Option<Selected>,
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

    /// The selected band, if a band is selected.
    pub fn selected_band(&self) -> Option<&SatBand> {
        match self.drawn.selected? {
            Selected::Group(_) => None,
            Selected::Band(n) => self.drawn.sat_bands.get(n),
        }
    }

    /// What new groups are made by.
    pub fn rules(&self) -> &PrescriptionRules {
        &self.rules
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

    /// Takes back what the gesture did so far, and ends it.
    pub fn cancel_gesture(&mut self) {
        if let Some(before) = self.undo.cancel_gesture() {
            self.drawn = before;
        }
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

    /// The plan: groups and bands as drawn, and a level for every disc that an axial group is for.
    pub fn to_plan(&self) -> ScanPlan {
        let mut levels: Vec<_> = self.drawn.groups.iter().filter_map(planned_level).collect();
        levels.sort_by_key(|level| level.label);
        levels.dedup_by_key(|level| level.label);
        ScanPlan {
            levels,
            groups: self.drawn.groups.clone(),
            sat_bands: self.drawn.sat_bands.clone(),
            ..ScanPlan::default()
        }
    }

    fn put(&mut self, drawn: Option<Drawn>) -> bool {
        drawn.is_some_and(|drawn| {
            self.drawn = drawn;
            true
        })
    }
}

impl Drawn {
    fn edit(&mut self, edit: &Edit, rules: &PrescriptionRules) -> Result<(), EditRefused> {
        match edit {
            Edit::AddGroup { role, name, centre } => {
                let name = name.clone().unwrap_or_else(|| free_name(usual_name(*role), &self.group_names()));
                self.add_group(new_group(*role, name, *centre, rules))
            }
            Edit::AddBand { name, centre } => {
                let name = name.clone().unwrap_or_else(|| free_name("anterior", &self.band_names()));
                self.add_band(new_band(name, *centre, rules))
            }
            Edit::Remove => self.remove(),
            Edit::Select(selected) => self.select(*selected),
            Edit::Adopt(plan) => self.adopt(plan),
            _ => match self.selected.ok_or(EditRefused::NothingSelected)? {
                Selected::Group(n) => {
                    let group = edited_group(&self.groups[n], edit, rules, &self.group_names())?;
                    self.put_group(n, group)
                }
                Selected::Band(n) => {
                    let band = edited_band(&self.sat_bands[n], edit)?;
                    self.put_band(n, band)
                }
            },
        }
    }

    fn add_group(&mut self, group: SliceGroup) -> Result<(), EditRefused> {
        check_group(&group)?;
        free(&group.name, &self.group_names())?;
        self.groups.push(group);
        self.selected = Some(Selected::Group(self.groups.len() - 1));
        Ok(())
    }

    fn add_band(&mut self, band: SatBand) -> Result<(), EditRefused> {
        check_band(&band)?;
        free(&band.name, &self.band_names())?;
        self.sat_bands.push(band);
        self.selected = Some(Selected::Band(self.sat_bands.len() - 1));
        Ok(())
    }

    fn put_group(&mut self, n: usize, group: SliceGroup) -> Result<(), EditRefused> {
        check_group(&group)?;
        if group.name != self.groups[n].name {
            free(&group.name, &self.group_names())?;
        }
        self.groups[n] = group;
        Ok(())
    }

    fn put_band(&mut self, n: usize, band: SatBand) -> Result<(), EditRefused> {
        check_band(&band)?;
        if band.name != self.sat_bands[n].name {
            free(&band.name, &self.band_names())?;
        }
        self.sat_bands[n] = band;
        Ok(())
    }

    fn remove(&mut self) -> Result<(), EditRefused> {
        match self.selected.take().ok_or(EditRefused::NothingSelected)? {
            Selected::Group(n) => drop(self.groups.remove(n)),
            Selected::Band(n) => drop(self.sat_bands.remove(n)),
        }
        Ok(())
    }

    fn select(&mut self, selected: Option<Selected>) -> Result<(), EditRefused> {
        let (what, n, count) = match selected {
            Some(Selected::Group(n)) => ("slice group", n, self.groups.len()),
            Some(Selected::Band(n)) => ("saturation band", n, self.sat_bands.len()),
            None => ("", 0, 1),
        };
        if n >= count {
            return Err(EditRefused::NoSuch { what, number: n.saturating_add(1), count });
        }
        self.selected = selected;
        Ok(())
    }

    fn adopt(&mut self, plan: &ScanPlan) -> Result<(), EditRefused> {
        let in_plan = |name: &String, reason| EditRefused::InPlan { name: name.clone(), reason: Box::new(reason) };
        for group in &plan.groups {
            check_group(group).map_err(|reason| in_plan(&group.name, reason))?;
        }
        for band in &plan.sat_bands {
            check_band(band).map_err(|reason| in_plan(&band.name, reason))?;
        }
        *self = Self { groups: plan.groups.clone(), sat_bands: plan.sat_bands.clone(), selected: None };
        Ok(())
    }

    fn group_names(&self) -> Vec<&str> {
        self.groups.iter().map(|group| group.name.as_str()).collect()
    }

    fn band_names(&self) -> Vec<&str> {
        self.sat_bands.iter().map(|band| band.name.as_str()).collect()
    }
}

fn edited_group(
    group: &SliceGroup,
    edit: &Edit,
    rules: &PrescriptionRules,
    taken: &[&str],
) -> Result<SliceGroup, EditRefused> {
    let mut group = group.clone();
    match edit {
        Edit::Rename(name) => group.name = name.trim().to_owned(),
        Edit::SetLevel(disc) => {
            for_a_disc(&group)?;
            group.name = disc_group_name(*disc);
        }
        Edit::Move { by_mm } => group.centre += Vector::from(*by_mm),
        Edit::MoveTo { centre } => group.centre = *centre,
        Edit::Rotate { axis, deg } => group = turned_group(&group, &direction("the axis", *axis)?, angle_rad(*deg)?),
        Edit::Orient { row, column } => {
            (group.row, group.column) = (direction("row", *row)?, direction("column", *column)?);
        }
        Edit::SetFov(fov_mm) => group.fov_mm = *fov_mm,
        Edit::SetMatrix(matrix) => group.matrix = *matrix,
        Edit::SetSlices(slices) => group.slices = *slices,
        Edit::SetThickness(thickness_mm) => group.thickness_mm = *thickness_mm,
        Edit::SetGap(gap_mm) => group.gap_mm = *gap_mm,
        Edit::SetPhaseEncoding(phase_encoding) => group.phase_encoding = *phase_encoding,
        Edit::FlipPhaseEncoding => {
            group.phase_encoding = match group.phase_encoding {
                PhaseEncoding::Row => PhaseEncoding::Column,
                PhaseEncoding::Column => PhaseEncoding::Row,
            };
        }
        Edit::SnapToDisc(place) => {
            for_a_disc(&group)?;
            group = laid_on(&group, place, rules)?;
            let name = disc_group_name(place.label);
            if level_of(&group).is_none() && !taken.contains(&name.as_str()) {
                group.name = name;
            }
        }
        Edit::CopyPosition { from } => {
            (group.centre, group.row, group.column) = (from.centre, from.row, from.column);
        }
        Edit::Replace(other) => group = other.clone(),
        Edit::SetBandThickness(_) | Edit::ReplaceBand(_) => {
            return Err(EditRefused::NotForGroup("saturated slab"));
        }
        // `Drawn::edit` has done these.
        Edit::AddGroup { .. } | Edit::AddBand { .. } | Edit::Remove | Edit::Select(_) | Edit::Adopt(_) => {}
    }
    Ok(group)
}

fn edited_band(band: &SatBand, edit: &Edit) -> Result<SatBand, EditRefused> {
    let mut band = band.clone();
    match edit {
        Edit::Rename(name) => band.name = name.trim().to_owned(),
        Edit::Move { by_mm } => band.centre += Vector::from(*by_mm),
        Edit::MoveTo { centre } => band.centre = *centre,
        Edit::Rotate { axis, deg } => band = turned_band(&band, &direction("the axis", *axis)?, angle_rad(*deg)?),
        Edit::Orient { row, column } => {
            let (row, column) = (direction("row", *row)?, direction("column", *column)?);
            let normal = row.cross(&column);
            band.normal = direction("row × column", normal.into())?;
        }
        Edit::SetBandThickness(thickness_mm) => band.thickness_mm = *thickness_mm,
        Edit::ReplaceBand(other) => band = other.clone(),
        Edit::SetLevel(_) => return Err(EditRefused::NotForBand("disc level")),
        Edit::SetFov(_) => return Err(EditRefused::NotForBand("field of view")),
        Edit::SetMatrix(_) => return Err(EditRefused::NotForBand("matrix")),
        Edit::SetSlices(_) | Edit::SetGap(_) | Edit::SetThickness(_) => return Err(EditRefused::NotForBand("slices")),
        Edit::SetPhaseEncoding(_) | Edit::FlipPhaseEncoding => {
            return Err(EditRefused::NotForBand("phase encoding"));
        }
        Edit::SnapToDisc(_) | Edit::CopyPosition { .. } | Edit::Replace(_) => {
            return Err(EditRefused::NotForBand("image plane"));
        }
        // `Drawn::edit` has done these.
        Edit::AddGroup { .. } | Edit::AddBand { .. } | Edit::Remove | Edit::Select(_) | Edit::Adopt(_) => {}
    }
    Ok(band)
}

fn for_a_disc(group: &SliceGroup) -> Result<(), EditRefused> {
    match group.role {
        SliceRole::AxialDisc => Ok(()),
        role => Err(EditRefused::NotForDisc { name: group.name.clone(), role }),
    }
}

fn free(name: &str, taken: &[&str]) -> Result<(), EditRefused> {
    if taken.contains(&name) { Err(EditRefused::NameTaken(name.to_owned())) } else { Ok(()) }
}

fn direction(name: &'static str, xyz: [f64; 3]) -> Result<Direction, EditRefused> {
    if !xyz.iter().all(|part| part.is_finite()) {
        return Err(EditRefused::NotFinite(name));
    }
    Direction::try_new(Vector::from(xyz), 1e-6).ok_or(EditRefused::NoDirection(name))
}

fn angle_rad(deg: f64) -> Result<f64, EditRefused> {
    if deg.is_finite() { Ok(deg.to_radians()) } else { Err(EditRefused::NotFinite("the angle")) }
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
