//! New memory that is written once.
//!
//! `vec![0.0; n]` clears what is overwritten a moment later. A kernel writes a piece into a buffer that stays in the cache,
//! from where it goes to its place.

use std::mem::MaybeUninit;

use rayon::prelude::*;

/// `len` values in pieces of `piece`, the last of which may be shorter: `write` fills the piece of a number, whose values
/// begin as anything.
pub(crate) fn written(len: usize, piece: usize, write: impl Fn(usize, &mut [f32]) + Sync) -> Vec<f32> {
    written_init(len, piece, || (), |(), number, out| write(number, out))
}

/// The same with something of each thread's own.
pub(crate) fn written_init<S>(
    len: usize,
    piece: usize,
    init: impl Fn() -> S + Sync + Send,
    write: impl Fn(&mut S, usize, &mut [f32]) + Sync,
) -> Vec<f32> {
    let mut values = Vec::with_capacity(len);
    let pieces = values.spare_capacity_mut()[..len].par_chunks_mut(piece.max(1)).enumerate();
    pieces.for_each_init(
        || (init(), Vec::new()),
        |(state, own), (number, out)| through(own, out, |own| write(state, number, own)),
    );
    // SAFETY: every piece has been written.
    unsafe { values.set_len(len) };
    values
}

/// `slices` times `slice` values, where the same piece of `depth` slices is written at once: `write` is told the first
/// slice and where in it the piece begins.
///
/// # Panics
/// If `depth` does not divide the slices, or `piece` a slice.
pub(crate) fn written_across<S>(
    [slices, slice]: [usize; 2],
    [depth, piece]: [usize; 2],
    init: impl Fn() -> S + Sync + Send,
    write: impl Fn(&mut S, [usize; 2], &mut [&mut [f32]]) + Sync,
) -> Vec<f32> {
    assert!(slices.is_multiple_of(depth) && slice.is_multiple_of(piece), "whole pieces");
    let len = slices * slice;
    let mut values = Vec::with_capacity(len);
    let mut parts = Vec::with_capacity(len / (depth * piece));
    for (group, values) in values.spare_capacity_mut()[..len].chunks_exact_mut(depth * slice).enumerate() {
        let before = parts.len();
        parts.extend((0..slice).step_by(piece).map(|begin| ([group * depth, begin], Vec::with_capacity(depth))));
        for values in values.chunks_exact_mut(slice) {
            for ((_, part), values) in parts[before..].iter_mut().zip(values.chunks_exact_mut(piece)) {
                part.push(values);
            }
        }
    }
    parts.into_par_iter().for_each_init(
        || (init(), vec![0.0; depth * piece]),
        |(state, own), (at, out)| {
            let mut pieces: Vec<&mut [f32]> = own.chunks_exact_mut(piece).collect();
            write(state, at, &mut pieces);
            for (out, own) in out.into_iter().zip(own.chunks_exact(piece)) {
                out.write_copy_of_slice(own);
            }
        },
    );
    // SAFETY: every piece has been written.
    unsafe { values.set_len(len) };
    values
}

/// Two such vectors, whose pieces are written together.
pub(crate) fn written_pair(
    len: [usize; 2],
    piece: [usize; 2],
    write: impl Fn(usize, &mut [f32], &mut [f32]) + Sync,
) -> [Vec<f32>; 2] {
    let mut pair = len.map(Vec::with_capacity);
    let [first, second] = &mut pair;
    let first_pieces = first.spare_capacity_mut()[..len[0]].par_chunks_mut(piece[0].max(1));
    let second_pieces = second.spare_capacity_mut()[..len[1]].par_chunks_mut(piece[1].max(1));
    assert_eq!(first_pieces.len(), second_pieces.len(), "as many pieces of each");
    first_pieces.zip(second_pieces).enumerate().for_each_init(
        || (Vec::new(), Vec::new()),
        |(own_first, own_second), (number, (first, second))| {
            through(own_first, first, |own_first| {
                through(own_second, second, |own_second| write(number, own_first, own_second));
            });
        },
    );
    for (values, len) in pair.iter_mut().zip(len) {
        // SAFETY: every piece has been written.
        unsafe { values.set_len(len) };
    }
    pair
}

fn through(own: &mut Vec<f32>, out: &mut [MaybeUninit<f32>], write: impl FnOnce(&mut [f32])) {
    own.resize(out.len(), 0.0);
    write(own);
    out.write_copy_of_slice(own);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_comes_to_its_place() {
        let found = written(10, 4, |number, piece| piece.fill(number as f32));
        assert_eq!(found, [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0]);
        let [first, second] = written_pair([4, 6], [2, 3], |number, first, second| {
            first.fill(number as f32);
            second.fill(-(number as f32));
        });
        assert_eq!(first, [0.0, 0.0, 1.0, 1.0]);
        assert_eq!(second, [0.0, 0.0, 0.0, -1.0, -1.0, -1.0]);
        assert!(written(0, 0, |_, _| {}).is_empty());
    }

    #[test]
    fn pieces_of_several_slices_come_to_their_places() {
        let found = written_across(
            [4, 4],
            [2, 2],
            || (),
            |(), [slice, begin], pieces| {
                for (number, piece) in pieces.iter_mut().enumerate() {
                    piece.copy_from_slice(&[((slice + number) * 4 + begin) as f32, -1.0]);
                }
            },
        );
        assert_eq!(found, (0..16).map(|at| if at % 2 == 0 { at as f32 } else { -1.0 }).collect::<Vec<_>>());
    }
}
