//! Counting from above: which vertebrae carry ribs, as the coronal slices show them.
//!
//! Levels are counted from the sacrum, and the sagittal slices of a person with four or six lumbar vertebrae look like
//! anyone's. Ribs settle it: the last vertebra that carries them is T12. They lie at the sides, where only the coronal
//! slices look.

use geometry::{CoronalStructure, Grid, LabelledDisc, LabelledSpine, Point, Vertebra, Volume};
use ndarray::{Axis, Slice};
use vnet::Segmentation;

use crate::flags::{Flag, FlagCode};

/// Voxels nearer than this to the middle of a body speak for its vertebra, mm: half a body's height, and its width.
const NEAR_MM: [f64; 2] = [11.0, 28.0];
/// The coronal slices are cut off further from the spine than this, mm: ribs lie nearer, and the network was trained on
/// crops of this width.
pub(crate) const ASIDE_MM: f64 = 122.0;
/// Least sum of probabilities by which a vertebra counts as seen, voxels.
const LEAST_SEEN: f32 = 3.0;
/// A count must explain the ribs better than any other by this many vertebrae.
const LEAST_ADVANTAGE: f64 = 0.4;
/// Levels are relabelled only if the other count misfits the ribs by no more than this many vertebrae. On populations for tuning (seed
/// 7500312) true variants lay at 0.03 or less, ribs misread on poor images from 0.2 upwards.
const RELABELLING_MISFIT: f64 = 0.1;

/// About one person in five has a lumbosacral transition (18.9 % of 3,607, PMC3707212), which from the side may pass for
/// five lumbar vertebrae that are not the five.
const TRANSITIONAL_SHARE: f64 = 0.19;

/// What the ribs say about the number of lumbar vertebrae.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RibCount {
    /// Nothing: no coronal slices, or too little on them. Five are assumed.
    #[default]
    Unseen,
    /// Five, as usual.
    Five,
    /// Four or six: the lowest lumbar vertebra.
    EndsAt(Vertebra),
    /// They contradict five or fit it no better than another number.
    Unsettled,
}

impl RibCount {
    /// What the count leaves of a level's confidence: choices, high for a clear count, even odds for an unsettled one, and
    /// what is usual among people where nothing was seen.
    pub fn confidence(self) -> f64 {
        match self {
            Self::Unseen => 1.0 - TRANSITIONAL_SHARE,
            Self::Five => 1.0,
            Self::EndsAt(_) => 0.9,
            Self::Unsettled => 0.5,
        }
    }

    /// What a person has to look at.
    pub fn flag(self) -> Option<Flag> {
        let (code, message) = match self {
            Self::Five => return None,
            Self::Unseen => (
                FlagCode::AssumedCount,
                "no ribs were counted on coronal slices: five lumbar vertebrae are assumed; confirm the levels"
                    .to_owned(),
            ),
            Self::EndsAt(lowest) => (
                FlagCode::AmbiguousCount,
                format!("the ribs speak for L1 to {lowest}: levels are named so from the sacrum; confirm them"),
            ),
            Self::Unsettled => (
                FlagCode::AmbiguousCount,
                "the ribs do not settle which vertebra is the first lumbar one: confirm the levels".to_owned(),
            ),
        };
        Some(Flag::warning(code, message))
    }
}

/// Counts a spine that was read as one with five lumbar vertebrae by its ribs.
pub fn count_by_ribs(spine: &LabelledSpine, coronal: &Segmentation) -> RibCount {
    let seen: Vec<(Vertebra, f64)> = bodies(&spine.discs)
        .filter_map(|(vertebra, middle, along)| Some((vertebra, thoracic_share(coronal, &middle, &along)?)))
        .collect();
    rib_count(&seen)
}

/// The part of coronal slices that lies about a spine: all rows and slices, fewer columns. Air on both sides costs as
/// much time as the spine.
pub fn about_the_spine(coronal: &Volume<f32>, spine: &LabelledSpine) -> Volume<f32> {
    let grid = &coronal.grid;
    let across = grid.sideways();
    let middle = grid.index(&spine.midsagittal.centre)[across];
    let (reach, last) = (ASIDE_MM / grid.spacing_mm[across], grid.shape[across] as f64);
    let [first, end] = [middle - reach, middle + reach].map(|edge| edge.round().clamp(0.0, last) as usize);
    if first >= end {
        return coronal.clone();
    }
    let mut origin = [0.0; 3];
    origin[across] = first as f64;
    let mut shape = grid.shape;
    shape[across] = end - first;
    // The array's axes are k, j, i.
    let data = coronal.data.slice_axis(Axis(2 - across), Slice::from(first..end)).as_standard_layout().into_owned();
    Volume::new(Grid { origin: grid.point(origin), shape, ..grid.clone() }, data)
}

/// The vertebrae between neighbouring discs: label, middle of the body, and the direction to the next body.
fn bodies(discs: &[LabelledDisc]) -> impl Iterator<Item = (Vertebra, Point, nalgebra::Vector3<f64>)> {
    discs.windows(2).filter_map(|pair| {
        let [above, below] = pair else { return None };
        let is_one = above.label.lower == below.label.upper;
        let along = above.plane.centre - below.plane.centre;
        is_one
            .then(|| (above.label.lower, nalgebra::center(&above.plane.centre, &below.plane.centre), along.normalize()))
    })
}

/// Of what the coronal slices show as vertebra about a body, the part that is thoracic; none if little is seen.
fn thoracic_share(coronal: &Segmentation, middle: &Point, along: &nalgebra::Vector3<f64>) -> Option<f64> {
    let [thoracic, lumbar] = [CoronalStructure::ThoracicVertebra, CoronalStructure::LumbarVertebra]
        .map(|structure| coronal.probability_of_label(structure.label()));
    let grid = &thoracic.grid;
    let centre = grid.index(middle);
    let reach: [f64; 3] = std::array::from_fn(|axis| NEAR_MM[1] / grid.spacing_mm[axis]);
    let range = |axis: usize| {
        let last = grid.shape[axis] as f64;
        let low = (centre[axis] - reach[axis]).ceil().clamp(0.0, last);
        low as usize..((centre[axis] + reach[axis]).floor() + 1.0).clamp(low, last) as usize
    };
    let mut sums = [0.0f32; 2];
    for k in range(2) {
        for j in range(1) {
            for i in range(0) {
                let offset = grid.point([i as f64, j as f64, k as f64]) - middle;
                let up = offset.dot(along);
                if up.abs() <= NEAR_MM[0] && (offset - along * up).norm() <= NEAR_MM[1] {
                    sums[0] += thoracic.data[[k, j, i]];
                    sums[1] += lumbar.data[[k, j, i]];
                }
            }
        }
    }
    let seen = sums[0] + sums[1];
    (seen >= LEAST_SEEN).then(|| f64::from(sums[0] / seen))
}

/// The count that fits the thoracic shares of the vertebrae best.
fn rib_count(shares: &[(Vertebra, f64)]) -> RibCount {
    let near = shares.iter().filter(|(vertebra, _)| (Vertebra::T12..=Vertebra::L1).contains(vertebra)).count();
    if near < 2 {
        return RibCount::Unseen;
    }
    // How badly the shares fit if this vertebra, as it was called, were the first without ribs.
    let misfit = |first: Vertebra| -> f64 {
        shares.iter().map(|(vertebra, share)| if *vertebra < first { 1.0 - share } else { *share }).sum()
    };
    let mut counts = [
        (Vertebra::L1, RibCount::Five),
        (Vertebra::T12, RibCount::EndsAt(Vertebra::L6)),
        (Vertebra::L2, RibCount::EndsAt(Vertebra::L4)),
        (Vertebra::T11, RibCount::Unsettled),
        (Vertebra::L3, RibCount::Unsettled),
    ]
    .map(|(first, count)| (misfit(first), count));
    counts.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let [(best, count), (second, _), ..] = counts;
    let is_clear = second - best >= LEAST_ADVANTAGE && (count == RibCount::Five || best <= RELABELLING_MISFIT);
    if is_clear { count } else { RibCount::Unsettled }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags::Severity;
    use geometry::Disc;

    fn shares(values: [f64; 7]) -> Vec<(Vertebra, f64)> {
        let vertebrae =
            [Vertebra::T11, Vertebra::T12, Vertebra::L1, Vertebra::L2, Vertebra::L3, Vertebra::L4, Vertebra::L5];
        vertebrae.into_iter().zip(values).collect()
    }

    #[test]
    fn ribs_down_to_the_vertebra_called_t12_leave_five() {
        assert_eq!(rib_count(&shares([1.0, 0.9, 0.1, 0.0, 0.0, 0.0, 0.0])), RibCount::Five);
    }

    #[test]
    fn ribs_that_end_one_higher_or_lower_make_six_or_four() {
        let six = rib_count(&shares([0.99, 0.02, 0.0, 0.0, 0.0, 0.0, 0.0]));
        assert_eq!(six, RibCount::EndsAt(Vertebra::L6));
        let four = rib_count(&shares([1.0, 1.0, 0.98, 0.01, 0.0, 0.0, 0.0]));
        assert_eq!(four, RibCount::EndsAt(Vertebra::L4));
        let blurred = rib_count(&shares([0.99, 0.2, 0.0, 0.0, 0.0, 0.1, 0.0]));
        assert_eq!(blurred, RibCount::Unsettled, "too poorly seen to name levels by");
    }

    #[test]
    fn half_a_rib_settles_nothing_and_an_unseen_one_is_not_asked() {
        assert_eq!(rib_count(&shares([1.0, 0.55, 0.0, 0.0, 0.0, 0.0, 0.0])), RibCount::Unsettled);
        assert_eq!(rib_count(&shares([1.0, 0.45, 0.0, 0.0, 0.0, 0.0, 0.0])), RibCount::Unsettled);
        assert_eq!(rib_count(&[(Vertebra::L4, 0.0), (Vertebra::L5, 0.0)]), RibCount::Unseen);
    }

    #[test]
    fn only_ribs_that_leave_five_need_no_second_look() {
        assert_eq!(RibCount::Five.flag(), None);
        assert_eq!(RibCount::Unseen.flag().map(|flag| flag.code), Some(FlagCode::AssumedCount));
        for count in [RibCount::Unseen, RibCount::EndsAt(Vertebra::L6), RibCount::Unsettled] {
            assert!(count.flag().is_some_and(|flag| flag.severity >= Severity::Warning), "{count:?}");
            assert!(count.confidence() < RibCount::Five.confidence());
        }
    }

    #[test]
    fn what_is_cut_out_lies_where_it_lay() {
        let grid = Grid::axis_aligned(Point::new(-200.0, -20.0, -100.0), [2.0, 10.0, 4.0], [200, 5, 50]);
        let coronal = Volume::from_fn(grid, |p| (p.x + 1000.0 * p.z) as f32);
        let midsagittal = geometry::Plane::new(Point::new(30.0, 0.0, 0.0), nalgebra::Vector3::x());
        let spine = LabelledSpine { discs: Vec::new(), midsagittal, anterior_wall: Vec::new() };
        let part = about_the_spine(&coronal, &spine);
        assert_eq!(part.grid.shape, [122, 5, 50]);
        let corner = part.grid.point([0.0; 3]);
        assert!((corner.x - (30.0 - ASIDE_MM)).abs() <= 1.0);
        assert_eq!(part.nearest(&Point::new(30.0, 0.0, 20.0)), coronal.nearest(&Point::new(30.0, 0.0, 20.0)));
    }

    #[test]
    fn a_gap_in_the_count_is_no_body() {
        let disc = |upper, lower, z| LabelledDisc {
            label: Disc::between(upper, lower),
            plane: geometry::Plane::new(Point::new(0.0, 0.0, z), nalgebra::Vector3::z()),
            canal: Point::origin(),
            depth_mm: 35.0,
            width_mm: 45.0,
        };
        let discs = [
            disc(Vertebra::T12, Vertebra::L1, 120.0),
            disc(Vertebra::L1, Vertebra::L2, 85.0),
            disc(Vertebra::L3, Vertebra::L4, 15.0),
        ];
        let found: Vec<_> = bodies(&discs).map(|(vertebra, middle, _)| (vertebra, middle.z)).collect();
        assert_eq!(found, [(Vertebra::L1, 102.5)]);
    }
}
