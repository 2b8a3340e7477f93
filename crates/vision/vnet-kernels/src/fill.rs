//! Vectors filled in parallel without being zeroed first.
//!
//! `vec![0.0; n]` writes zeros that are overwritten a moment later. Here each task fills a small buffer that stays in the
//! cache, which is then copied to its place.

use std::mem::MaybeUninit;

use rayon::prelude::*;

/// `len` values in pieces of `piece`, the last of which may be shorter. `write` is given the number of a piece and its
/// values, which hold anything before.
pub(crate) fn fill(len: usize, piece: usize, write: impl Fn(usize, &mut [f32]) + Sync) -> Vec<f32> {
    fill_with(len, piece, || (), |(), number, out| write(number, out))
}

/// The same with a state per task, from `init`.
pub(crate) fn fill_with<S>(
    len: usize,
    piece: usize,
    init: impl Fn() -> S + Sync + Send,
    write: impl Fn(&mut S, usize, &mut [f32]) + Sync,
) -> Vec<f32> {
    let mut values = Vec::with_capacity(len);
    let pieces = values.spare_capacity_mut()[..len].par_chunks_mut(piece.max(1)).enumerate();
    pieces.for_each_init(
        || (init(), Vec::new()),
        |(state, buffer), (number, out)| fill_and_copy(buffer, out, |buffer| write(state, number, buffer)),
    );
    // SAFETY: every piece has been written.
    unsafe { values.set_len(len) };
    values
}

/// `slices` times `slice` values, of which the same `piece` of `depth` slices is filled at once. `write` is given the first
/// slice and the offset of the piece in it.
///
/// # Panics
/// If `slices` is not a multiple of `depth`, or `slice` of `piece`.
pub(crate) fn fill_blocks<S>(
    [slices, slice]: [usize; 2],
    [depth, piece]: [usize; 2],
    init: impl Fn() -> S + Sync + Send,
    write: impl Fn(&mut S, [usize; 2], &mut [&mut [f32]]) + Sync,
) -> Vec<f32> {
    assert!(
        slices.is_multiple_of(depth) && slice.is_multiple_of(piece),
        "slices and their values come in whole pieces"
    );
    let len = slices * slice;
    let mut values = Vec::with_capacity(len);
    let mut parts = Vec::with_capacity(len / (depth * piece));
    for (group, values) in values.spare_capacity_mut()[..len].chunks_exact_mut(depth * slice).enumerate() {
        let first = parts.len();
        parts.extend((0..slice).step_by(piece).map(|begin| ([group * depth, begin], Vec::with_capacity(depth))));
        for values in values.chunks_exact_mut(slice) {
            for ((_, part), values) in parts[first..].iter_mut().zip(values.chunks_exact_mut(piece)) {
                part.push(values);
            }
        }
    }
    parts.into_par_iter().for_each_init(
        || (init(), vec![0.0; depth * piece]),
        |(state, buffer), (at, out)| {
            let mut pieces: Vec<&mut [f32]> = buffer.chunks_exact_mut(piece).collect();
            write(state, at, &mut pieces);
            for (out, buffer) in out.into_iter().zip(buffer.chunks_exact(piece)) {
                out.write_copy_of_slice(buffer);
            }
        },
    );
    // SAFETY: every piece has been written.
    unsafe { values.set_len(len) };
    values
}

/// Two such vectors, whose pieces are filled together.
pub(crate) fn fill_pair(
    len: [usize; 2],
    piece: [usize; 2],
    write: impl Fn(usize, &mut [f32], &mut [f32]) + Sync,
) -> [Vec<f32>; 2] {
    let mut pair = len.map(Vec::with_capacity);
    let [first, second] = &mut pair;
    let first_pieces = first.spare_capacity_mut()[..len[0]].par_chunks_mut(piece[0].max(1));
    let second_pieces = second.spare_capacity_mut()[..len[1]].par_chunks_mut(piece[1].max(1));
    assert_eq!(first_pieces.len(), second_pieces.len(), "both vectors have the same number of pieces");
    first_pieces.zip(second_pieces).enumerate().for_each_init(
        || (Vec::new(), Vec::new()),
        |(first_buffer, second_buffer), (number, (first, second))| {
            fill_and_copy(first_buffer, first, |first_buffer| {
                fill_and_copy(second_buffer, second, |second_buffer| write(number, first_buffer, second_buffer));
            });
        },
    );
    for (values, len) in pair.iter_mut().zip(len) {
        // SAFETY: every piece has been written.
        unsafe { values.set_len(len) };
    }
    pair
}

/// Has a buffer filled and copied to `out`.
fn fill_and_copy(buffer: &mut Vec<f32>, out: &mut [MaybeUninit<f32>], write: impl FnOnce(&mut [f32])) {
    buffer.resize(out.len(), 0.0);
    write(buffer);
    out.write_copy_of_slice(buffer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_in_its_place() {
        let found = fill(10, 4, |number, piece| piece.fill(number as f32));
        assert_eq!(found, [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0]);
        let [first, second] = fill_pair([4, 6], [2, 3], |number, first, second| {
            first.fill(number as f32);
            second.fill(-(number as f32));
        });
        assert_eq!(first, [0.0, 0.0, 1.0, 1.0]);
        assert_eq!(second, [0.0, 0.0, 0.0, -1.0, -1.0, -1.0]);
        assert!(fill(0, 0, |_, _| {}).is_empty());
    }

    #[test]
    fn every_piece_of_every_slice_is_in_its_place() {
        let found = fill_blocks(
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
