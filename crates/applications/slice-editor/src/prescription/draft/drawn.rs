//! What is drawn: groups, bands and what is selected.

use geometry::{PrescriptionRules, SatBand, SliceGroup};
use planner::ScanPlan;

use super::edited::{edited_band, edited_group};
use crate::prescription::edit::{Edit, Selected};
use crate::prescription::limits::{check_band, check_group};
use crate::prescription::new_group::{free_name, new_band, new_group, usual_name};
use crate::prescription::refused::EditRefused;

/// What undo brings back.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Drawn {
    pub groups: Vec<SliceGroup>,
    pub sat_bands: Vec<SatBand>,
    pub selected: Option<Selected>,
}

impl Drawn {
    /// Makes one change; on an error, what is drawn may be half changed.
    pub fn edit(&mut self, edit: &Edit, rules: &PrescriptionRules) -> Result<(), EditRefused> {
        match edit {
            Edit::AddGroup { target, name, centre } => {
                let name = name.clone().unwrap_or_else(|| free_name(&usual_name(target), &self.group_names()));
                self.add_group(new_group(target.clone(), name, *centre, rules))
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

fn free(name: &str, taken: &[&str]) -> Result<(), EditRefused> {
    if taken.contains(&name) { Err(EditRefused::NameTaken(name.to_owned())) } else { Ok(()) }
}
