//! How large, thick and far from the isocentre a group or band can be.
//!
//! The limits of the console's entry fields: what a whole-body scanner accepts, so that a slip of the pointer or of the
//! keyboard is refused. Project choices; the protocol's own numbers lie well inside.

use std::ops::RangeInclusive;

use geometry::{Point, SatBand, SliceGroup};

use super::refused::EditRefused;

/// Each coordinate of a centre, mm: no slice centre lies farther from the isocentre than the bore's half length or
/// the localizer's.
pub(crate) const CENTRE_MM: RangeInclusive<f64> = -300.0..=300.0;
/// Slice thickness, mm.
pub(crate) const THICKNESS_MM: RangeInclusive<f64> = 0.5..=20.0;
/// Gap, mm; negative gaps overlap (a slice step must remain).
pub(crate) const GAP_MM: RangeInclusive<f64> = -10.0..=50.0;
/// Field of view, mm: up to the homogeneous field of the magnet.
pub(crate) const FOV_MM: RangeInclusive<f64> = 50.0..=500.0;
/// Number of slices.
pub(crate) const SLICES: RangeInclusive<usize> = 1..=128;
/// Number of rows and of columns.
pub(crate) const MATRIX: RangeInclusive<usize> = 16..=1024;
/// Thickness of a saturation band, mm (lumbar protocols use 40 to 80).
pub(crate) const BAND_THICKNESS_MM: RangeInclusive<f64> = 1.0..=200.0;
/// Longest name, characters: it fits the console's list.
pub(crate) const NAME_CHARACTERS: usize = 64;

/// Refuses a group that the console would not let anyone enter.
///
/// # Errors
/// The first field that is out of range.
pub(crate) fn check_group(group: &SliceGroup) -> Result<(), EditRefused> {
    check_name(&group.name)?;
    check_centre(&group.centre)?;
    within("thickness, mm,", group.thickness_mm, &THICKNESS_MM)?;
    within("gap, mm,", group.gap_mm, &GAP_MM)?;
    for fov_mm in group.fov_mm {
        within("field of view, mm,", fov_mm, &FOV_MM)?;
    }
    counted("number of slices", group.slices, &SLICES)?;
    for lines in group.matrix {
        counted("matrix", lines, &MATRIX)?;
    }
    for (name, direction) in [("row", group.row), ("column", group.column)] {
        if !direction.iter().all(|part| part.is_finite()) {
            return Err(EditRefused::NotFinite(name));
        }
    }
    Ok(group.check()?)
}

/// Refuses a saturation band that the console would not let anyone enter.
///
/// # Errors
/// The first field that is out of range.
pub(crate) fn check_band(band: &SatBand) -> Result<(), EditRefused> {
    check_name(&band.name)?;
    check_centre(&band.centre)?;
    within("band thickness, mm,", band.thickness_mm, &BAND_THICKNESS_MM)?;
    // A band that was read from a file brings whatever the file holds.
    if (band.normal.norm() - 1.0).abs() < 1e-3 { Ok(()) } else { Err(EditRefused::NoDirection("the band's normal")) }
}

fn check_name(name: &str) -> Result<(), EditRefused> {
    let characters = name.trim().chars().count();
    if (1..=NAME_CHARACTERS).contains(&characters) { Ok(()) } else { Err(EditRefused::NameLength(characters)) }
}

fn check_centre(centre: &Point) -> Result<(), EditRefused> {
    centre.iter().try_for_each(|mm| within("a coordinate of the centre, mm,", *mm, &CENTRE_MM))
}

fn within(field: &'static str, value: f64, range: &RangeInclusive<f64>) -> Result<(), EditRefused> {
    let (low, high) = (*range.start(), *range.end());
    match value {
        _ if !value.is_finite() => Err(EditRefused::NotFinite(field)),
        _ if range.contains(&value) => Ok(()),
        _ => Err(EditRefused::OutOfRange { field, value, low, high }),
    }
}

fn counted(field: &'static str, value: usize, range: &RangeInclusive<usize>) -> Result<(), EditRefused> {
    within(field, value as f64, &(*range.start() as f64..=*range.end() as f64))
}

/// The nearest value in a range.
pub(crate) fn nearest(value: f64, range: &RangeInclusive<f64>) -> f64 {
    value.clamp(*range.start(), *range.end())
}
