//! From solids to voxels: the grid is halved until a box contains one material or few points.
//!
//! A part's signed distance at the centre of a box, with the radius of the box, decides whether the part can reach into
//! the box or fills it. In a small box the remaining solids are evaluated at every point, solid by solid, so
//! that the loops over points vectorize; solids listed first have priority. The result at a point does not
//! depend on how the grid was halved.

use geometry::{Grid, Pose, Volume};
use nalgebra::Matrix3;
use ndarray::{Array3, ArrayViewMut3, Axis};

use crate::shape::{Local, Places, Shape, smooth_min};
use crate::solid::Solid;

/// Boxes with at most this many points are evaluated point by point (chosen by a short benchmark).
const LEAF: usize = 128;

/// The halves of boxes with more points than this are computed on separate threads.
const PARALLEL: usize = 16_384;

/// Material index of the air around the patient.
const AIR: u8 = 0;

/// A part in grid coordinates: maps a voxel index to the part's own frame.
#[derive(Clone, Copy)]
struct GridPart {
    shape: Shape,
    slope: f32,
    step: [Local; 3],
    origin: Local,
}

impl GridPart {
    #[inline]
    fn at(&self, [i, j, k]: [f32; 3]) -> Local {
        self.origin + self.step[0] * i + self.step[1] * j + self.step[2] * k
    }

    /// Signed distances at grid indices.
    fn signed_each(&self, indices: &Places<LEAF>, out: &mut [f32]) {
        let mut local = Places::<LEAF>::default();
        for axis in 0..3 {
            let (origin, step) = (self.origin[axis], self.step.map(|step| step[axis]));
            let [i, j, k] = indices.axes(out.len());
            for (((at, i), j), k) in local.axis_mut(axis).iter_mut().zip(i).zip(j).zip(k) {
                *at = origin + step[0] * i + step[1] * j + step[2] * k;
            }
        }
        self.shape.signed_each(&local, out);
    }
}

/// A solid in grid coordinates.
struct GridSolid<'a> {
    solid: &'a Solid,
    carved: Vec<GridPart>,
    parts: Vec<GridPart>,
}

/// The parts of a solid that reach into a box, by index.
#[derive(Clone)]
struct SolidInBox {
    solid: usize,
    carved: Vec<u16>,
    parts: Vec<u16>,
}

/// A box of points: first index and number of columns, rows and layers; a slice has one layer per offset.
#[derive(Clone, Copy)]
struct Block {
    first: [usize; 3],
    count: [usize; 3],
}

/// The material index at every voxel centre; `pose` transforms from the solids' frame to the grid's.
pub(crate) fn rasterize(solids: &[Solid], pose: &Pose, grid: &Grid) -> Volume<u8> {
    Volume::new(grid.clone(), rasterize_samples(solids, pose, grid, &[[0.0; 3]]))
}

/// The material index at several points of every voxel, `[slice · offsets + offset, row, column]`. Offsets from the
/// centre are in voxels along columns, rows and slices; boxes are compact if they ascend in the last.
pub(crate) fn rasterize_samples(solids: &[Solid], pose: &Pose, grid: &Grid, offsets: &[[f64; 3]]) -> Array3<u8> {
    let scene = Scene::new(solids, pose, grid, offsets);
    let [slices, rows, columns] = grid.array_shape();
    let mut data = Array3::zeros([slices * offsets.len(), rows, columns]);
    if !data.is_empty() {
        let all = scene.everything();
        scene.fill(data.view_mut(), Block { first: [0; 3], count: [columns, rows, slices * offsets.len()] }, &all, AIR);
    }
    data
}

struct Scene<'a> {
    solids: Vec<GridSolid<'a>>,
    /// Steps between voxels, mm, as columns.
    steps: Matrix3<f32>,
    /// Sample points within a voxel, relative to its centre, voxels.
    offsets: Vec<[f32; 3]>,
    /// Their largest distance from the centre along each axis, voxels.
    widest: [f32; 3],
}

impl<'a> Scene<'a> {
    fn new(solids: &'a [Solid], pose: &Pose, grid: &Grid, offsets: &[[f64; 3]]) -> Self {
        let in_grid = |part: &crate::solid::Part| {
            let inverse = (pose * part.pose).inverse();
            let steps = inverse.rotation.to_rotation_matrix().matrix() * grid.steps();
            GridPart {
                shape: part.shape,
                slope: part.shape.slope(),
                step: std::array::from_fn(|axis| steps.column(axis).into_owned().cast::<f32>()),
                origin: (inverse * grid.origin).coords.cast::<f32>(),
            }
        };
        let solids = solids
            .iter()
            .map(|solid| GridSolid {
                solid,
                carved: solid.carved.iter().map(in_grid).collect(),
                parts: solid.parts.iter().map(in_grid).collect(),
            })
            .collect();
        let offsets: Vec<_> = offsets.iter().map(|offset| offset.map(|part| part as f32)).collect();
        let widest = std::array::from_fn(|axis| offsets.iter().map(|offset| offset[axis].abs()).fold(0.0, f32::max));
        Self { solids, steps: grid.steps().cast::<f32>(), offsets, widest }
    }

    /// Grid index of a point.
    #[inline]
    fn index(&self, column: usize, row: usize, layer: usize) -> [f32; 3] {
        let [i, j, k] = self.offsets[layer % self.offsets.len()];
        [column as f32 + i, row as f32 + j, (layer / self.offsets.len()) as f32 + k]
    }

    /// Lowest and highest grid index of a block's points along each axis.
    fn bounds(&self, block: Block) -> [[f32; 2]; 3] {
        let last: [usize; 3] = std::array::from_fn(|axis| block.first[axis] + block.count[axis] - 1);
        let across =
            |axis: usize| [block.first[axis] as f32 - self.widest[axis], last[axis] as f32 + self.widest[axis]];
        // Layers ascend within a slice; thick slices may overlap the next.
        let each = self.offsets.len();
        let depth = |layer: usize| self.index(0, 0, layer)[2];
        let low = (block.first[2]..=last[2]).take(each).map(depth).fold(f32::INFINITY, f32::min);
        let high = (block.first[2]..=last[2]).rev().take(each).map(depth).fold(f32::NEG_INFINITY, f32::max);
        [across(0), across(1), [low, high]]
    }

    fn everything(&self) -> Vec<SolidInBox> {
        let all = |parts: &[GridPart]| (0..parts.len() as u16).collect();
        self.solids
            .iter()
            .enumerate()
            .map(|(number, solid)| SolidInBox { solid: number, carved: all(&solid.carved), parts: all(&solid.parts) })
            .collect()
    }

    /// Fills a box from the solids that may reach into it; `background` is the material where none does.
    fn fill(&self, mut out: ArrayViewMut3<'_, u8>, block: Block, candidates: &[SolidInBox], background: u8) {
        let (reaching, background) = self.reaching(block, candidates, background);
        if reaching.is_empty() {
            out.fill(background);
            return;
        }
        let number: usize = block.count.iter().product();
        if number <= LEAF {
            self.evaluate(out, block, &reaching, background);
            return;
        }

        let layers = [1, 1, self.offsets.len()];
        let side_mm = |axis: usize| self.steps.column(axis).norm() * block.count[axis] as f32 / layers[axis] as f32;
        let longest = (0..3)
            .filter(|&axis| block.count[axis] > 1)
            .max_by(|&a, &b| side_mm(a).total_cmp(&side_mm(b)))
            .expect("a box with more points than a leaf has a side to halve");
        let half = block.count[longest] / 2;
        let (mut low, mut high) = (block, block);
        low.count[longest] = half;
        high.first[longest] += half;
        high.count[longest] -= half;
        let (low_out, high_out) = out.split_at(Axis(2 - longest), half);
        if number > PARALLEL {
            rayon::join(
                || self.fill(low_out, low, &reaching, background),
                || self.fill(high_out, high, &reaching, background),
            );
        } else {
            self.fill(low_out, low, &reaching, background);
            self.fill(high_out, high, &reaching, background);
        }
    }

    /// The solids that reach into a box, up to the first that fills it; its material is the new background.
    fn reaching(&self, block: Block, candidates: &[SolidInBox], background: u8) -> (Vec<SolidInBox>, u8) {
        let bounds = self.bounds(block);
        let centre = bounds.map(|[low, high]| (low + high) / 2.0);
        let half_mm = |axis: usize| self.steps.column(axis).norm() * (bounds[axis][1] - bounds[axis][0]) / 2.0;
        let radius = (half_mm(0).powi(2) + half_mm(1).powi(2) + half_mm(2).powi(2)).sqrt() + 1e-3;

        let mut reaching = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let solid = &self.solids[candidate.solid];
            let shell = solid.solid.shell.map_or(0.0, |(thickness, _)| thickness);
            let signed = |part: &GridPart| (part.shape.signed(part.at(centre)), part.slope * radius);

            let mut carved_away = false;
            let carved: Vec<u16> = (candidate.carved.iter().copied())
                .filter(|&part| {
                    let (distance, reach) = signed(&solid.carved[usize::from(part)]);
                    carved_away |= distance < -reach;
                    distance <= reach + shell
                })
                .collect();
            if carved_away {
                continue;
            }

            let mut filled = false;
            let parts: Vec<u16> = (candidate.parts.iter().copied())
                .filter(|&part| {
                    let (distance, reach) = signed(&solid.parts[usize::from(part)]);
                    filled |= distance < -reach - shell;
                    distance <= reach + solid.solid.blend_mm
                })
                .collect();
            if filled && carved.is_empty() {
                return (reaching, solid.solid.core);
            }
            if !parts.is_empty() {
                reaching.push(SolidInBox { solid: candidate.solid, carved, parts });
            }
        }
        (reaching, background)
    }

    /// The material at every point of a small box.
    fn evaluate(&self, mut out: ArrayViewMut3<'_, u8>, block: Block, reaching: &[SolidInBox], background: u8) {
        let mut indices = Places::<LEAF>::default();
        let mut number = 0;
        for layer in 0..block.count[2] {
            for row in 0..block.count[1] {
                for column in 0..block.count[0] {
                    let [i, j, k] = [column, row, layer];
                    indices.set(number, self.index(block.first[0] + i, block.first[1] + j, block.first[2] + k));
                    number += 1;
                }
            }
        }
        let (mut materials, mut undecided) = ([background; LEAF], [true; LEAF]);
        let mut distance = [0.0; LEAF];
        for reaching in reaching {
            let solid = self.solids[reaching.solid].solid;
            self.distances(reaching, &indices, &mut distance[..number]);
            let mut open = false;
            for ((material, undecided), distance) in materials.iter_mut().zip(&mut undecided).zip(&distance[..number]) {
                let inside = *undecided && *distance < 0.0;
                let shell = solid.shell.filter(|(thickness, _)| *distance > -thickness);
                *material = if inside { shell.map_or(solid.core, |(_, shell)| shell) } else { *material };
                *undecided &= !inside;
                open |= *undecided;
            }
            if !open {
                break;
            }
        }
        out.iter_mut().zip(materials).for_each(|(out, material)| *out = material);
    }

    /// Signed distances of the parts of a solid that reach into a box, joined and carved.
    fn distances(&self, reaching: &SolidInBox, indices: &Places<LEAF>, distance: &mut [f32]) {
        let GridSolid { solid, carved, parts } = &self.solids[reaching.solid];
        let mut scratch = [0.0; LEAF];
        let to_part = &mut scratch[..distance.len()];
        for (n, &part) in reaching.parts.iter().enumerate() {
            if n == 0 {
                parts[usize::from(part)].signed_each(indices, distance);
                continue;
            }
            parts[usize::from(part)].signed_each(indices, to_part);
            let pairs = distance.iter_mut().zip(&*to_part);
            if solid.blend_mm > 0.0 {
                pairs.for_each(|(distance, to_part)| *distance = smooth_min(*distance, *to_part, solid.blend_mm));
            } else {
                pairs.for_each(|(distance, to_part)| *distance = distance.min(*to_part));
            }
        }
        for &part in &reaching.carved {
            carved[usize::from(part)].signed_each(indices, to_part);
            distance.iter_mut().zip(&*to_part).for_each(|(distance, to_part)| *distance = distance.max(-to_part));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Population, Spine};
    use geometry::Point;
    use nalgebra::{Rotation3, Translation3, UnitQuaternion};
    use randomness::Stream;

    /// The reference method: evaluates every solid at every voxel.
    fn rasterize_by_brute_force(solids: &[Solid], pose: &Pose, grid: &Grid, offsets: &[[f64; 3]]) -> Array3<u8> {
        let scene = Scene::new(solids, pose, grid, offsets);
        let [slices, rows, columns] = grid.array_shape();
        let (mut data, all) = (Array3::zeros([slices * offsets.len(), rows, columns]), scene.everything());
        for layer in 0..slices * offsets.len() {
            for row in 0..rows {
                let out = data.slice_mut(ndarray::s![layer..=layer, row..=row, ..]);
                scene.evaluate(out, Block { first: [0, row, layer], count: [columns, 1, 1] }, &all, AIR);
            }
        }
        data
    }

    #[test]
    fn halving_the_grid_changes_no_voxel() {
        for seed in 0..4 {
            let parameters = Population::adult_lumbar().sample(&Stream::from_seed(seed));
            let spine = Spine::build(&parameters, true).expect("a draw is a spine");
            let turn = UnitQuaternion::from_euler_angles(0.1, -0.2, 0.15 * seed as f64);
            let pose = Pose::from_parts(Translation3::new(3.0, -20.0, 8.0), turn);
            let axes = *Rotation3::from_euler_angles(0.3, 0.2, -0.1).matrix();
            let grid = Grid::centred(Point::new(0.0, 0.0, -20.0), axes, [3.1, 2.9, 3.7], [90, 70, 60]);
            for offsets in [&[[0.0; 3]][..], &[[-0.375, 0.1, -0.7], [0.2, -0.3, 0.0], [0.1, 0.4, 0.6]][..]] {
                let fast = rasterize_samples(&spine.solids, &pose, &grid, offsets);
                let slow = rasterize_by_brute_force(&spine.solids, &pose, &grid, offsets);
                let differing = fast.iter().zip(&slow).filter(|(a, b)| a != b).count();
                assert_eq!(differing, 0, "seed {seed}: voxels differ from the brute-force ones");
            }
        }
    }
}
