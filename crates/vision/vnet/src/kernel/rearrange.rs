//! Space to depth and back: with a 1×1×1 convolution these are the strided and the transposed one.

use super::written::written;

/// Gathers every `stride` block of voxels into one voxel's channels:
/// `[D, R, C, ch]` → `[D/s0, R/s1, C/s2, s0·s1·s2·ch]`. The extents must be multiples of the stride.
pub fn space_to_depth(extent: [usize; 3], channels: usize, stride: [usize; 3], x: &[f32]) -> Vec<f32> {
    let coarse: [usize; 3] = std::array::from_fn(|axis| extent[axis] / stride[axis]);
    let fan = stride.iter().product::<usize>() * channels;
    let run = stride[2] * channels;
    written(x.len(), coarse[2] * fan, |line, out| {
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

/// Undoes [`space_to_depth`]; `extent` and `channels` are those of the fine side.
pub fn depth_to_space(extent: [usize; 3], channels: usize, stride: [usize; 3], x: &[f32]) -> Vec<f32> {
    let coarse: [usize; 3] = std::array::from_fn(|axis| extent[axis] / stride[axis]);
    let fan = stride.iter().product::<usize>() * channels;
    let run = stride[2] * channels;
    written(x.len(), extent[2] * channels, |line, out| {
        let (d, r) = (line / extent[1], line % extent[1]);
        let source = (d / stride[0] * coarse[1] + r / stride[1]) * coarse[2] * fan;
        let part = ((d % stride[0]) * stride[1] + r % stride[1]) * run;
        for c in 0..coarse[2] {
            out[c * run..][..run].copy_from_slice(&x[source + c * fan + part..][..run]);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let (extent, channels, stride) = ([4, 6, 8], 3, [2, 3, 2]);
        let x: Vec<f32> = (0..4 * 6 * 8 * 3).map(|i| i as f32).collect();
        let deep = space_to_depth(extent, channels, stride, &x);
        assert_eq!(&deep[..6], &x[..6], "two columns of the first row come first");
        assert_eq!(depth_to_space(extent, channels, stride, &deep), x);
    }
}
