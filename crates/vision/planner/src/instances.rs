//! The discs of a class map, one by one, from the head downwards.

use geometry::{Point, Structure, Vector};
use rayon::iter::Either;
use rayon::prelude::*;

use crate::class_map::ClassMap;
use crate::components::{Component, components};
use crate::disc_plane::{MeasuredDisc, measure};

/// Less than this is no disc, mm³ (a lumbar disc has 8000 to 20000).
const LEAST_DISC_MM3: f64 = 1200.0;
/// Pieces are pieces of a disc from here on, mm³.
const LEAST_PIECE_MM3: f64 = 250.0;
/// A disc is flat: more spread along its shortest axis means that several hang together, mm.
const FLAT_MM: f64 = 6.0;
/// Pieces whose middles lie closer than this along the spine are one disc, mm.
const SAME_DISC_MM: f64 = 13.0;
/// Further from the canal than this, front to back and side to side, nothing is a disc, mm.
const NEAR_CANAL_MM: f64 = 60.0;
/// Less than this is no sacrum, mm³.
const LEAST_SACRUM_MM3: f64 = 4000.0;

/// What was found.
#[derive(Clone, Debug)]
pub struct Instances {
    /// From the head downwards.
    pub discs: Vec<MeasuredDisc>,
    /// The sacrum, if it is in view.
    pub sacrum: Option<Component>,
    /// Pieces too small or too odd to be measured, but too large to be noise.
    pub unmeasured: Vec<Point>,
}

/// Finds discs and sacrum.
pub fn find(map: &ClassMap<'_>) -> Instances {
    let left = map.labels.grid.left();
    let sought =
        [(Structure::Sacrum, LEAST_SACRUM_MM3), (Structure::Canal, LEAST_DISC_MM3), (Structure::Disc, LEAST_PIECE_MM3)];
    let [sacrum, canal, disc_pieces] = sought
        .into_par_iter()
        .map(|(structure, least_mm3)| components(map.labels, least_mm3, |label| *label == structure.label()))
        .collect::<Vec<_>>()
        .try_into()
        .expect("one list a structure");
    let sacrum = sacrum.into_iter().max_by(|a: &Component, b| a.volume_mm3.total_cmp(&b.volume_mm3));

    let mut pieces = Vec::new();
    for piece in disc_pieces {
        if near_canal(&piece, &canal, map) {
            pieces.extend(separated(piece, map));
        }
    }
    let mut pieces = joined(pieces, map);
    pieces.retain(|piece| piece.volume_mm3 >= LEAST_DISC_MM3);
    let (mut discs, unmeasured): (Vec<_>, Vec<_>) = pieces
        .par_iter()
        .partition_map(|piece| measure(map, piece, &left).map_or(Either::Right(piece.centroid), Either::Left));
    discs.sort_by(|a, b| b.plane.centre.z.total_cmp(&a.plane.centre.z));
    Instances { discs, sacrum, unmeasured }
}

/// True if some canal runs beside a piece, or if there is none to go by.
fn near_canal(piece: &Component, canal: &[Component], map: &ClassMap<'_>) -> bool {
    if canal.is_empty() {
        return true;
    }
    let grid = &map.labels.grid;
    canal.iter().flat_map(|part| part.voxels.iter().step_by(7)).any(|&[k, j, i]| {
        let d = grid.point([i as f64, j as f64, k as f64]) - piece.centroid;
        d.norm() < NEAR_CANAL_MM
    })
}

/// Discs that hang together come apart where their probability is lower.
fn separated(piece: Component, map: &ClassMap<'_>) -> Vec<Component> {
    if piece.spread_mm[0] <= FLAT_MM {
        return vec![piece];
    }
    let disc = map.probabilities[usize::from(Structure::Disc.label())];
    for threshold in [0.7, 0.85, 0.95] {
        let mut core = disc.map(|_| false);
        for voxel in &piece.voxels {
            core.data[*voxel] = disc.data[*voxel] > threshold;
        }
        let parts = components(&core, LEAST_PIECE_MM3, |inside| *inside);
        if parts.len() > 1 && parts.iter().all(|part| part.spread_mm[0] <= FLAT_MM) {
            return parts;
        }
    }
    vec![piece]
}

/// Pieces of one disc are put together again.
fn joined(mut pieces: Vec<Component>, map: &ClassMap<'_>) -> Vec<Component> {
    pieces.sort_by(|a, b| b.volume_mm3.total_cmp(&a.volume_mm3));
    let mut discs: Vec<Component> = Vec::new();
    for piece in pieces {
        let same = |disc: &&mut Component| {
            let across: Vector = piece.centroid - disc.centroid;
            across.dot(&disc.axes[0]).abs() < SAME_DISC_MM && across.norm() < 35.0
        };
        match discs.iter_mut().find(same) {
            Some(disc) => *disc = disc.clone().joined(piece, map.labels),
            None => discs.push(piece),
        }
    }
    discs
}
