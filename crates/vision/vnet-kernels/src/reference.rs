//! The slow, obviously right twin of the convolution: what tests compare with.

use crate::conv3d::ConvShape;

/// Direct convolution in seven loops with sums in f64; arguments as for [`crate::conv3d::forward`].
pub fn conv3d(shape: &ConvShape, x: &[f32], weights: &[f32], bias: &[f32]) -> Vec<f32> {
    let [depth, rows, columns] = shape.extent;
    let [kernel_depth, kernel_rows, kernel_columns] = shape.kernel;
    let mut y = vec![0.0; shape.voxels() * shape.outputs];
    for d in 0..depth {
        for r in 0..rows {
            for c in 0..columns {
                for o in 0..shape.outputs {
                    let mut sum = f64::from(bias[o]);
                    for kd in 0..kernel_depth {
                        for kr in 0..kernel_rows {
                            for kc in 0..kernel_columns {
                                let source = [d + kd, r + kr, c + kc];
                                let half = shape.kernel.map(|k| k / 2);
                                if (0..3).any(|a| source[a] < half[a] || source[a] - half[a] >= shape.extent[a]) {
                                    continue;
                                }
                                let voxel = ((source[0] - half[0]) * rows + source[1] - half[1]) * columns + source[2]
                                    - half[2];
                                let tap = (kd * kernel_rows + kr) * kernel_columns + kc;
                                for i in 0..shape.inputs {
                                    sum += f64::from(x[voxel * shape.inputs + i])
                                        * f64::from(weights[(tap * shape.inputs + i) * shape.outputs + o]);
                                }
                            }
                        }
                    }
                    y[((d * rows + r) * columns + c) * shape.outputs + o] = sum as f32;
                }
            }
        }
    }
    y
}
