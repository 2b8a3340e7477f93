//! Space to depth and back (with a 1×1×1 convolution these are the strided and the transposed one), and the joining of
//! channels.

use crate::fill::{fill, fill_pair};

/// Gathers every `stride` block of voxels into one voxel's channels:
/// `[D, R, C, ch]` → `[D/s0, R/s1, C/s2, s0·s1·s2·ch]`. The extents must be multiples of the stride.
pub fn space_to_depth(extent: [usize; 3], channels: usize, stride: [usize; 3], x: &[f32]) -> Vec<f32> {
    let coarse: [usize; 3] = std::array::from_fn(|axis| extent[axis] / stride[axis]);
    let fan = stride.iter().product::<usize>() * channels;
    let run = stride[2] * channels;
    fill(x.len(), coarse[2] * fan, |line, out| {
        let (d, r) = (line / coarse[1], line % coarse[1]);
        for sd in 0..stride[0] {
            for sr in 0..stride[1] {
                let source = ((d * stride[0] + sd) * extent[1] + r * stride[1] + sr) * extent[2] * channels;
                for c in 0..coarse[2] {
                    let target = c * fan + (sd * stride[1] + sr) * run;
                    out[target..target + run].copy_from_slice(&x[source + c * run..][..run]);
                }
            }
        }
    })
}

/// Inverse of [`space_to_depth`]; `extent` and `channels` are those of the fine side.
pub fn depth_to_space(extent: [usize; 3], channels: usize, stride: [usize; 3], x: &[f32]) -> Vec<f32> {
    let coarse: [usize; 3] = std::array::from_fn(|axis| extent[axis] / stride[axis]);
    let fan = stride.iter().product::<usize>() * channels;
    let run = stride[2] * channels;
    fill(x.len(), extent[2] * channels, |line, out| {
        let (d, r) = (line / extent[1], line % extent[1]);
        let source = (d / stride[0] * coarse[1] + r / stride[1]) * coarse[2] * fan;
        let part = ((d % stride[0]) * stride[1] + r % stride[1]) * run;
        for c in 0..coarse[2] {
            out[c * run..][..run].copy_from_slice(&x[source + c * fan + part..][..run]);
        }
    })
}

/// Voxels that one task joins or splits.
const RUN: usize = 256;

/// Concatenates the channels of two activations `[voxel, channel]`, of so many channels each.
pub fn join_channels(a: &[f32], b: &[f32], [first, second]: [usize; 2]) -> Vec<f32> {
    let width = first + second;
    fill(a.len() / first * width, RUN * width, |number, y| {
        let (a, b) = (&a[number * RUN * first..], &b[number * RUN * second..]);
        let parts = a.chunks_exact(first).zip(b.chunks_exact(second));
        for (y, (a, b)) in y.chunks_exact_mut(width).zip(parts) {
            y[..first].copy_from_slice(a);
            y[first..].copy_from_slice(b);
        }
    })
}

/// Inverse of [`join_channels`].
pub fn split_channels(y: &[f32], [first, second]: [usize; 2]) -> [Vec<f32>; 2] {
    let width = first + second;
    let voxels = y.len() / width;
    let len = [voxels * first, voxels * second];
    fill_pair(len, [RUN * first, RUN * second], |number, a, b| {
        let parts = a.chunks_exact_mut(first).zip(b.chunks_exact_mut(second));
        for ((a, b), y) in parts.zip(y[number * RUN * width..].chunks_exact(width)) {
            a.copy_from_slice(&y[..first]);
            b.copy_from_slice(&y[first..]);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_to_space_inverts_space_to_depth() {
        let (extent, channels, stride) = ([4, 6, 8], 3, [2, 3, 2]);
        let x: Vec<f32> = (0..4 * 6 * 8 * 3).map(|i| i as f32).collect();
        let deep = space_to_depth(extent, channels, stride, &x);
        assert_eq!(&deep[..6], &x[..6], "two columns of the first row come first");
        assert_eq!(depth_to_space(extent, channels, stride, &deep), x);
    }
    #[test]
    fn split_inverts_join() {
        let (a, b) = (vec![1.0; 2 * 300], (0..3 * 300).map(|i| i as f32).collect::<Vec<_>>());
        let joined = join_channels(&a, &b, [2, 3]);
        assert_eq!(joined[5..10], [1.0, 1.0, 3.0, 4.0, 5.0]);
        assert_eq!(split_channels(&joined, [2, 3]), [a, b]);
    }
}
