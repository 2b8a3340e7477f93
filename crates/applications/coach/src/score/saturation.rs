//! The saturation band: in front of the bodies, and over nothing that is to be seen.

use geometry::{Point, Vertebra};
use scoring::prescription::saturated;

use super::weights::SATURATION;
use super::{Examined, Item, Subject, text};

/// A band that darkens more of the discs' edges than this lies over the bodies, 0…1.
const OVER_BODIES: f64 = 0.1;

/// The mark, if a band was ordered: of the band that was in force while the ordered series were scanned.
pub(super) fn item(examined: &Examined<'_>) -> Option<Item> {
    if !examined.order.saturation_band {
        return None;
    }
    let lumbar = || examined.truth.discs.iter().filter(|disc| disc.labelled.label.upper >= Vertebra::L1);
    let canal: Vec<Point> = lumbar().map(|disc| disc.labelled.canal).collect();
    let bodies: Vec<Point> = lumbar().flat_map(|disc| [disc.anterior, disc.left, disc.right]).collect();
    let with_bands: Vec<_> = examined.scanned.iter().filter(|series| !series.bands.is_empty()).collect();
    let worst = |points: &[Point]| with_bands.iter().map(|series| saturated(points, &series.bands)).fold(0.0, f64::max);
    let part_with = with_bands.len() as f64 / examined.scanned.len().max(1) as f64;
    let (part, explanation) = match (worst(&canal), worst(&bodies)) {
        _ if with_bands.is_empty() => (0.0, text::NO_BAND.to_owned()),
        (canal, _) if canal > 0.0 => (0.0, text::band_over_canal(canal)),
        (_, bodies) if bodies > OVER_BODIES => (0.0, text::band_over_bodies(bodies)),
        _ if part_with < 1.0 => (part_with, text::BAND_IN_PART.to_owned()),
        _ => (1.0, text::BAND_IN_FRONT.to_owned()),
    };
    Some(Item {
        subject: Subject::Saturation,
        disc: None,
        points: SATURATION * part,
        of: SATURATION,
        measured: None,
        explanation,
    })
}
