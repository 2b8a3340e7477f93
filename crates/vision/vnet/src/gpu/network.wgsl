// The network's passes. Activations are [voxel, group] of four channels; the last group is padded with zeros.

struct Convolution {
    input: vec4<u32>,   // slices, rows, columns, groups of the source buffer
    output: vec4<u32>,  // slices, rows, columns, groups
    kernel: vec4<u32>,  // taps along slices, rows, columns; first group that is read
    origin: vec4<u32>,  // taps before the voxel itself; number of groups read
    step: vec4<u32>,    // input voxels per output voxel; 1 if there is a bias
}

@group(0) @binding(0) var<uniform> convolution: Convolution;
@group(0) @binding(1) var<storage, read> source: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> raw: array<vec4<f32>>;

const COLUMNS: u32 = 4u;

fn value(line: u32, column: i32, group: u32) -> vec4<f32> {
    if column < 0 || column >= i32(convolution.input.z) {
        return vec4<f32>(0.0);
    }
    return source[(line + u32(column)) * convolution.input.w + group];
}

// One invocation: one group of outputs in COLUMNS neighbouring columns.
@compute @workgroup_size(64)
fn convolve(@builtin(global_invocation_id) id: vec3<u32>) {
    let out = convolution.output;
    let blocks = (out.z + COLUMNS - 1u) / COLUMNS;
    let row = id.x / blocks;
    let column = id.x % blocks * COLUMNS;
    let slice = id.y;
    let group = id.z;
    if row >= out.y {
        return;
    }
    var sum: array<vec4<f32>, 4>;
    var start = vec4<f32>(0.0);
    if convolution.step.w == 1u {
        start = bias[group];
    }
    for (var c = 0u; c < COLUMNS; c++) {
        sum[c] = start;
    }
    let first = convolution.kernel.w;
    let groups = convolution.origin.w;
    let step = convolution.step.z;
    for (var s = 0u; s < convolution.kernel.x; s++) {
        let from_slice = i32(slice * convolution.step.x + s) - i32(convolution.origin.x);
        if from_slice < 0 || from_slice >= i32(convolution.input.x) {
            continue;
        }
        for (var r = 0u; r < convolution.kernel.y; r++) {
            let from_row = i32(row * convolution.step.y + r) - i32(convolution.origin.y);
            if from_row < 0 || from_row >= i32(convolution.input.y) {
                continue;
            }
            let line = (u32(from_slice) * convolution.input.y + u32(from_row)) * convolution.input.z;
            for (var t = 0u; t < convolution.kernel.z; t++) {
                let tap = (s * convolution.kernel.y + r) * convolution.kernel.z + t;
                let start_column = i32(column * step + t) - i32(convolution.origin.z);
                for (var g = 0u; g < groups; g++) {
                    let w = ((tap * groups + g) * out.w + group) * 4u;
                    let w0 = weights[w];
                    let w1 = weights[w + 1u];
                    let w2 = weights[w + 2u];
                    let w3 = weights[w + 3u];
                    for (var c = 0u; c < COLUMNS; c++) {
                        let x = value(line, start_column + i32(c * step), first + g);
                        sum[c] = fma(vec4(x.x), w0, fma(vec4(x.y), w1, fma(vec4(x.z), w2, fma(vec4(x.w), w3, sum[c]))));
                    }
                }
            }
        }
    }
    let at = (slice * out.y + row) * out.z + column;
    for (var c = 0u; c < COLUMNS; c++) {
        if column + c < out.z {
            raw[(at + c) * out.w + group] = sum[c];
        }
    }
}

// Mean and sum of squared deviations: Welford's method in each invocation, joined as by Chan, Golub and LeVeque (1983).

struct Moments {
    voxels: u32,
    groups: u32,
    chunk: u32,   // voxels of one workgroup
    chunks: u32,
}

struct Partial {
    count: f32,
    mean: vec4<f32>,
    squares: vec4<f32>,
}

@group(0) @binding(0) var<uniform> moments: Moments;
@group(0) @binding(1) var<storage, read> values: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> parts: array<Partial>;
@group(0) @binding(3) var<storage, read> affine: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> scale_shift_out: array<vec4<f32>>;

const LANES: u32 = 64u;
const EPSILON: f32 = 1e-5;

var<workgroup> lanes: array<Partial, 64>;

fn joined(a: Partial, b: Partial) -> Partial {
    let count = a.count + b.count;
    if count == 0.0 {
        return a;
    }
    let delta = b.mean - a.mean;
    let share = b.count / count;
    return Partial(count, a.mean + delta * share, a.squares + b.squares + delta * delta * (a.count * share));
}

fn join_lanes(lane: u32, own: Partial) -> Partial {
    lanes[lane] = own;
    for (var half = LANES / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if lane < half {
            lanes[lane] = joined(lanes[lane], lanes[lane + half]);
        }
    }
    workgroupBarrier();
    return lanes[0];
}

@compute @workgroup_size(64)
fn gather_moments(@builtin(workgroup_id) work: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let end = min((work.x + 1u) * moments.chunk, moments.voxels);
    var own = Partial(0.0, vec4<f32>(0.0), vec4<f32>(0.0));
    for (var voxel = work.x * moments.chunk + lane; voxel < end; voxel += LANES) {
        let x = values[voxel * moments.groups + work.y];
        own.count += 1.0;
        let delta = x - own.mean;
        own.mean += delta / own.count;
        own.squares += delta * (x - own.mean);
    }
    let all = join_lanes(lane, own);
    if lane == 0u {
        parts[work.y * moments.chunks + work.x] = all;
    }
}

// Normalization and affine map folded into scale and shift.
@compute @workgroup_size(64)
fn fold_norm(@builtin(workgroup_id) work: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let group = work.x;
    var own = Partial(0.0, vec4<f32>(0.0), vec4<f32>(0.0));
    for (var part = lane; part < moments.chunks; part += LANES) {
        own = joined(own, parts[group * moments.chunks + part]);
    }
    let all = join_lanes(lane, own);
    if lane == 0u {
        let scale = affine[group] / sqrt(all.squares / all.count + EPSILON);
        scale_shift_out[group] = scale;
        scale_shift_out[moments.groups + group] = affine[moments.groups + group] - all.mean * scale;
    }
}

// PReLU(raw * scale + shift + residual), spread over finer voxels where the convolution was a transposed one.

struct Rectification {
    extent: vec4<u32>,    // slices, rows, columns of the target; groups
    stride: vec4<u32>,    // of the transposed convolution; 1 if a residual is added
    placing: vec4<u32>,   // groups of the target buffer, first group written; the same for the residual
}

@group(0) @binding(0) var<uniform> rectification: Rectification;
@group(0) @binding(1) var<storage, read> found: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> scale_shift: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> learned: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> activation: array<vec4<f32>>;

@compute @workgroup_size(64)
fn rectify(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) count: vec3<u32>) {
    let extent = rectification.extent;
    let stride = rectification.stride;
    let groups = extent.w;
    let number = id.y * count.x * 64u + id.x;
    let voxel = number / groups;
    let group = number % groups;
    let column = voxel % extent.z;
    let row = voxel / extent.z % extent.y;
    let slice = voxel / (extent.z * extent.y);
    if slice >= extent.x {
        return;
    }
    let coarse = (slice / stride.x * (extent.y / stride.y) + row / stride.y) * (extent.z / stride.z) + column / stride.z;
    let part = (slice % stride.x * stride.y + row % stride.y) * stride.z + column % stride.z;
    let fan = stride.x * stride.y * stride.z;
    var y = fma(found[(coarse * fan + part) * groups + group], scale_shift[group], scale_shift[groups + group]);
    if stride.w == 1u {
        y += residual[voxel * rectification.placing.z + rectification.placing.w + group];
    }
    let slope = learned[2u * groups + group];
    activation[voxel * rectification.placing.x + rectification.placing.y + group] = select(y * slope, y, y >= vec4<f32>(0.0));
}
