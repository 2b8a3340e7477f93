//! One group or band after an edit; not yet checked.

use geometry::{Direction, PhaseEncoding, PrescriptionRules, SatBand, SliceGroup, SliceTarget, Vector};

use crate::prescription::edit::Edit;
use crate::prescription::level::laid_on;
use crate::prescription::refused::EditRefused;
use crate::prescription::turn::{turned_band, turned_group};

/// A group after an edit; `taken` are the names of all groups.
pub(super) fn edited_group(
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
            group.target = SliceTarget::Disc(*disc);
            group.name = group.target.to_string();
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
        Edit::SnapToDisc(disc) => {
            for_a_disc(&group)?;
            group = laid_on(&group, disc, rules)?;
            if group.target.disc().is_none() {
                group.target = SliceTarget::Disc(disc.label);
                let name = group.target.to_string();
                if !taken.contains(&name.as_str()) {
                    group.name = name;
                }
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

/// A band after an edit.
pub(super) fn edited_band(band: &SatBand, edit: &Edit) -> Result<SatBand, EditRefused> {
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
    match &group.target {
        SliceTarget::Disc(_) => Ok(()),
        SliceTarget::Block(discs) if discs.is_empty() => Ok(()),
        target => Err(EditRefused::NotForDisc { name: group.name.clone(), target: target.clone() }),
    }
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
