//! From solids to voxels: the grid is halved until a box holds one material or few solids.
//!
//! A box is ruled in or out of a part from the part's signed distance at the box's centre and the
//! box's radius. What is left in a small box is evaluated at every voxel centre; solids listed
//! first win. The result at a voxel depends on its position alone, never on how the boxes fell.

use geometry::{Grid, Pose, Volume};
use nalgebra::Matrix3;
use ndarray::{Array3, ArrayViewMut3, Axis};

use crate::shape::{Local, Shape, smooth_min};
use crate::solid::Solid;

/// Boxes with at most this many voxels are evaluated voxel by voxel (choice of a short bench).
const LEAF_VOXELS: usize = 192;

/// Boxes above this many voxels are halved on separate threads.
const PARALLEL_VOXELS: usize = 16_384;

/// Index of the material around the patient.
const AIR: u8 = 0;

/// A part as seen from the grid: voxel index to the part's own frame.
#[derive(Clone, Copy)]
struct Seen {
    shape: Shape,
    slope: f32,
    step: [Local; 3],
    origin: Local,
}

impl Seen {
    #[inline]
    fn at(&self, index: [f32; 3]) -> Local {
        self.origin + self.step[0] * index[0] + self.step[1] * index[1] + self.step[2] * index[2]
    }
}

/// A solid as seen from the grid.
struct SeenSolid<'a> {
    solid: &'a Solid,
    carved: Vec<Seen>,
    parts: Vec<Seen>,
}

/// What of a solid reaches into a box: indices of its parts.
#[derive(Clone)]
struct Reaching {
    solid: usize,
    carved: Vec<u16>,
    parts: Vec<u16>,
}

/// A box of voxels: first index and number along i, j, k.
#[derive(Clone, Copy)]
struct Voxels {
    first: [usize; 3],
    count: [usize; 3],
}

/// The material index at every voxel centre; `pose` takes the solids' frame to the grid's.
pub(crate) fn rasterize(solids: &[Solid], pose: &Pose, grid: &Grid) -> Volume<u8> {
    let scene = Scene::new(solids, pose, grid);
    let mut data = Array3::<u8>::zeros(grid.array_shape());
    if !grid.is_empty() {
        let all = scene.everything();
        scene.fill(data.view_mut(), Voxels { first: [0; 3], count: grid.shape }, &all, AIR);
    }
    Volume::new(grid.clone(), data)
}

struct Scene<'a> {
    solids: Vec<SeenSolid<'a>>,
    /// Steps between voxels, mm, as columns.
    steps: Matrix3<f32>,
}

impl<'a> Scene<'a> {
    fn new(solids: &'a [Solid], pose: &Pose, grid: &Grid) -> Self {
        let see = |part: &crate::solid::Part| {
            let inverse = (pose * part.pose).inverse();
            let steps = inverse.rotation.to_rotation_matrix().matrix() * grid.steps();
            Seen {
                shape: part.shape,
                slope: part.shape.slope(),
                step: std::array::from_fn(|axis| steps.column(axis).into_owned().cast::<f32>()),
                origin: (inverse * grid.origin).coords.cast::<f32>(),
            }
        };
        let solids = solids
            .iter()
            .map(|solid| SeenSolid {
                solid,
                carved: solid.carved.iter().map(see).collect(),
                parts: solid.parts.iter().map(see).collect(),
            })
            .collect();
        Self { solids, steps: grid.steps().cast::<f32>() }
    }

    fn everything(&self) -> Vec<Reaching> {
        let all = |seen: &[Seen]| (0..seen.len() as u16).collect();
        self.solids
            .iter()
            .enumerate()
            .map(|(solid, seen)| Reaching { solid, carved: all(&seen.carved), parts: all(&seen.parts) })
            .collect()
    }

    /// Fills a box from the solids that may reach into it; `ground` is the material where none does.
    fn fill(&self, mut out: ArrayViewMut3<'_, u8>, voxels: Voxels, candidates: &[Reaching], ground: u8) {
        let (reaching, ground) = self.reaching(voxels, candidates, ground);
        if reaching.is_empty() {
            out.fill(ground);
            return;
        }
        let number: usize = voxels.count.iter().product();
        if number <= LEAF_VOXELS {
            self.evaluate(out, voxels, &reaching, ground);
            return;
        }

        let side_mm = |axis: usize| self.steps.column(axis).norm() * voxels.count[axis] as f32;
        let longest = (0..3)
            .filter(|&axis| voxels.count[axis] > 1)
            .max_by(|&a, &b| side_mm(a).total_cmp(&side_mm(b)))
            .expect("a box with more voxels than a leaf has a side to halve");
        let half = voxels.count[longest] / 2;
        let (mut low, mut high) = (voxels, voxels);
        low.count[longest] = half;
        high.first[longest] += half;
        high.count[longest] -= half;
        let (low_out, high_out) = out.split_at(Axis(2 - longest), half);
        if number > PARALLEL_VOXELS {
            rayon::join(|| self.fill(low_out, low, &reaching, ground), || self.fill(high_out, high, &reaching, ground));
        } else {
            self.fill(low_out, low, &reaching, ground);
            self.fill(high_out, high, &reaching, ground);
        }
    }

    /// The solids that reach into a box, cut off at the first that fills it, which becomes the ground.
    fn reaching(&self, voxels: Voxels, candidates: &[Reaching], ground: u8) -> (Vec<Reaching>, u8) {
        let centre: [f32; 3] =
            std::array::from_fn(|axis| voxels.first[axis] as f32 + (voxels.count[axis] as f32 - 1.0) / 2.0);
        let half_mm = |axis: usize| self.steps.column(axis).norm() * (voxels.count[axis] as f32 - 1.0) / 2.0;
        let radius = (half_mm(0).powi(2) + half_mm(1).powi(2) + half_mm(2).powi(2)).sqrt() + 1e-3;

        let mut reaching = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let seen = &self.solids[candidate.solid];
            let shell = seen.solid.shell.map_or(0.0, |(thickness, _)| thickness);
            let signed = |part: &Seen| (part.shape.signed(part.at(centre)), part.slope * radius);

            let mut carved_away = false;
            let carved: Vec<u16> = (candidate.carved.iter().copied())
                .filter(|&part| {
                    let (distance, reach) = signed(&seen.carved[usize::from(part)]);
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
                    let (distance, reach) = signed(&seen.parts[usize::from(part)]);
                    filled |= distance < -reach - shell;
                    distance <= reach + seen.solid.blend_mm
                })
                .collect();
            if filled && carved.is_empty() {
                return (reaching, seen.solid.core);
            }
            if !parts.is_empty() {
                reaching.push(Reaching { solid: candidate.solid, carved, parts });
            }
        }
        (reaching, ground)
    }

    /// The material at every voxel centre of a box.
    fn evaluate(&self, mut out: ArrayViewMut3<'_, u8>, voxels: Voxels, reaching: &[Reaching], ground: u8) {
        for ((k, j, i), value) in out.indexed_iter_mut() {
            let offset = [i, j, k];
            let index = std::array::from_fn(|axis| (voxels.first[axis] + offset[axis]) as f32);
            *value = reaching.iter().find_map(|reaching| self.material(reaching, index)).unwrap_or(ground);
        }
    }

    /// The material of one solid at a voxel, if the voxel lies in it.
    #[inline]
    fn material(&self, reaching: &Reaching, index: [f32; 3]) -> Option<u8> {
        let SeenSolid { solid, carved, parts } = &self.solids[reaching.solid];
        let mut distance = f32::INFINITY;
        for &part in &reaching.parts {
            let part = &parts[usize::from(part)];
            let to_part = part.shape.signed(part.at(index));
            distance = if solid.blend_mm > 0.0 && distance.is_finite() {
                smooth_min(distance, to_part, solid.blend_mm)
            } else {
                distance.min(to_part)
            };
        }
        for &part in &reaching.carved {
            if distance >= 0.0 {
                return None;
            }
            let part = &carved[usize::from(part)];
            distance = distance.max(-part.shape.signed(part.at(index)));
        }
        match solid.shell {
            _ if distance >= 0.0 => None,
            Some((thickness, shell)) if distance > -thickness => Some(shell),
            _ => Some(solid.core),
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

    /// The slow twin: every solid at every voxel.
    fn rasterize_by_brute_force(solids: &[Solid], pose: &Pose, grid: &Grid) -> Volume<u8> {
        let scene = Scene::new(solids, pose, grid);
        let mut data = Array3::<u8>::zeros(grid.array_shape());
        scene.evaluate(data.view_mut(), Voxels { first: [0; 3], count: grid.shape }, &scene.everything(), AIR);
        Volume::new(grid.clone(), data)
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
            let fast = rasterize(&spine.solids, &pose, &grid);
            let slow = rasterize_by_brute_force(&spine.solids, &pose, &grid);
            let differing = fast.data.iter().zip(&slow.data).filter(|(a, b)| a != b).count();
            assert_eq!(differing, 0, "seed {seed}: voxels differ from the brute-force ones");
        }
    }
}
