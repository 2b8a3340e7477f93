//! A saturation band where it crosses a view, and what becomes of it when a handle is dragged.

use geometry::SatBand;

use super::dragging::angle_rad;
use super::outline::{Handle, Outline, Side, along, centre_place, reach_mm};
use crate::prescription::limits::{BAND_THICKNESS_MM, nearest};
use crate::prescription::turn::turned_band;
use crate::view::ViewPlane;
use crate::view::cross_lines::{intersection_of_band, line_of};
use crate::view::polygon::{clipped_line, rectangle};

/// A band where it crosses a view; `None` if it does not. Bands have no ends: the view's edges cut them.
pub fn band_outline(view: &ViewPlane, band: &SatBand) -> Option<Outline> {
    let crossing = intersection_of_band(view, band)?;
    let line = |offset_mm: f64| {
        let distance_mm = band.plane().distance_mm(&view.centre) - offset_mm;
        let (start, along) = line_of(view.seen(&band.normal), distance_mm)?;
        let [from, to] = clipped_line(start, along, &rectangle(reach_mm(view)))?;
        Some(if (from[0], from[1]) <= (to[0], to[1]) { [from, to] } else { [to, from] })
    };
    let mut handles = Vec::new();
    handles.extend(centre_place(view, &crossing.slab, &band.centre).map(|place| (Handle::Centre, place)));
    for (side, place) in Side::BOTH.into_iter().zip(line(0.0).into_iter().flatten()) {
        handles.push((Handle::Rotate(side), place));
    }
    for side in Side::BOTH {
        let face = line(side.sign() * band.thickness_mm / 2.0);
        handles.extend(face.map(|face| (Handle::Thickness(side), along(face, 0.5))));
    }
    Some(Outline { slab: crossing.slab, middle: crossing.middle, slices: Vec::new(), handles })
}

/// The band after `handle` was taken from one place of the view to another, as [`drag`](super::drag) does; bands know
/// [`Handle::Centre`], [`Handle::Rotate`] and [`Handle::Thickness`].
#[must_use]
pub fn drag_band(band: &SatBand, view: &ViewPlane, handle: Handle, from_mm: [f64; 2], to_mm: [f64; 2]) -> SatBand {
    let displacement = view.point(to_mm) - view.point(from_mm);
    match handle {
        Handle::Centre => SatBand { centre: band.centre + displacement, ..band.clone() },
        Handle::Rotate(_) => {
            let angle = angle_rad(view.to_view(&band.centre), from_mm, to_mm);
            turned_band(band, &view.normal(), angle)
        }
        Handle::Thickness(side) => {
            let thickness_mm = band.thickness_mm + 2.0 * side.sign() * displacement.dot(&band.normal);
            SatBand { thickness_mm: nearest(thickness_mm, &BAND_THICKNESS_MM), ..band.clone() }
        }
        Handle::FovRow(_) | Handle::FovColumn(_) | Handle::Slices(_) => band.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::outline::hit;
    use super::*;
    use crate::prescription::example_groups::{anterior_band, sagittal_view};
    use proptest::prelude::*;

    #[test]
    fn an_anterior_band_in_a_sagittal_view() {
        let view = sagittal_view();
        let outline = band_outline(&view, &anterior_band()).expect("it crosses");
        assert_eq!(outline.place(Handle::Centre), Some([-60.0, 0.0]));
        // The band's normal points to the front, which is left.
        assert_eq!(outline.place(Handle::Thickness(Side::Last)), Some([-80.0, 0.0]));
        assert_eq!(outline.place(Handle::Thickness(Side::First)), Some([-40.0, 0.0]));
        let end = outline.place(Handle::Rotate(Side::First)).expect("its line crosses");
        assert!((end[0] + 60.0).abs() < 1e-9 && (end[1] + 141.0).abs() < 1e-9, "{end:?}");
        let thin = drag_band(&anterior_band(), &view, Handle::Thickness(Side::Last), [-80.0, 0.0], [-75.0, 0.0]);
        assert_eq!(thin, SatBand { thickness_mm: 30.0, ..anterior_band() });
        let least = drag_band(&anterior_band(), &view, Handle::Thickness(Side::First), [-40.0, 0.0], [-140.0, 0.0]);
        assert_eq!(least.thickness_mm, 1.0);
    }

    proptest! {
        #[test]
        fn a_band_turns_by_the_angle_seen_from_its_centre(angle in -1.4f64..1.4, reach in 5.0f64..100.0) {
            let (view, band) = (sagittal_view(), anterior_band());
            let outline = band_outline(&view, &band).expect("it crosses");
            let from = outline.place(Handle::Rotate(Side::First)).expect("its line crosses");
            prop_assert_eq!(hit(&outline, from, 2.0), Some(Handle::Rotate(Side::First)));
            // Upwards from the centre, turned to the right (clockwise on the screen).
            let to = [-60.0 + reach * angle.sin(), -reach * angle.cos()];
            let turned = drag_band(&band, &view, Handle::Rotate(Side::First), from, to);
            let [x, y] = view.seen(&turned.normal);
            prop_assert!(((-y).atan2(-x) - angle).abs() < 1e-9, "{x} {y} for {angle}");
            prop_assert_eq!(drag_band(&band, &view, Handle::Rotate(Side::First), from, from), band);
        }
    }
}
