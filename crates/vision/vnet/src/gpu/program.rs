//! The passes, recorded once for images of one size and run for each image.

use ndarray::Array3;
use pollster::block_on;
use wgpu::util::DeviceExt;

use super::packed::{GROUP, groups};
use super::{GpuDevice, GpuError, GpuNetwork};

/// Invocations of a workgroup, as in the shader.
const LANES: usize = 64;
/// Neighbouring columns that one invocation convolves, as in the shader.
const COLUMNS: usize = 4;
/// Voxels whose moments one workgroup gathers.
const CHUNK: usize = 2048;
/// Most workgroups along one axis that every device allows.
const WORKGROUPS: usize = 65535;

/// The passes for images of one size.
pub(super) struct Program {
    pub extent: [usize; 3],
    steps: Vec<Step>,
    image: wgpu::Buffer,
    logits: wgpu::Buffer,
    read_back: wgpu::Buffer,
    classes: usize,
}

/// One dispatch.
struct Step {
    pipeline: wgpu::ComputePipeline,
    bindings: wgpu::BindGroup,
    workgroups: [u32; 3],
}

/// An activation `[voxel, group]`.
struct Activation {
    extent: [usize; 3],
    groups: usize,
    buffer: wgpu::Buffer,
}

/// Some groups of an activation.
#[derive(Clone, Copy)]
struct Part<'a> {
    activation: &'a Activation,
    first: usize,
    groups: usize,
}

impl Activation {
    fn all(&self) -> Part<'_> {
        Part { activation: self, first: 0, groups: self.groups }
    }

    /// The first or second half.
    fn half(&self, number: usize) -> Part<'_> {
        Part { activation: self, first: number * self.groups / 2, groups: self.groups / 2 }
    }
}

/// The taps of a convolution.
#[derive(Clone, Copy)]
struct Taps {
    kernel: [usize; 3],
    origin: [usize; 3],
    step: [usize; 3],
}

impl Taps {
    fn around(kernel: [usize; 3]) -> Self {
        Self { kernel, origin: kernel.map(|k| k / 2), step: [1; 3] }
    }

    fn strided(stride: [usize; 3]) -> Self {
        Self { kernel: stride, origin: [0; 3], step: stride }
    }
}

/// Activations of one level, as in `inference::LevelBuffers`.
struct LevelActivations {
    entry: Activation,
    inner: Activation,
    joined: Option<Activation>,
}

/// Records the passes.
struct Recorder<'a> {
    network: &'a GpuNetwork,
    steps: Vec<Step>,
    /// A convolution's result before it is normalized.
    raw: wgpu::Buffer,
    /// Moments of the chunks.
    parts: wgpu::Buffer,
    /// Scale and shift of the normalization.
    scale_shift: wgpu::Buffer,
    /// Index of the next parameter.
    next: usize,
}

impl Program {
    /// Records the network's passes for images of an extent.
    pub fn record(network: &GpuNetwork, extent: [usize; 3]) -> Result<Self, GpuError> {
        let (gpu, shape) = (&network.gpu, &network.shape);
        let scope = gpu.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let mut here = extent;
        let mut levels = Vec::new();
        let mut raw_groups = extent.iter().product::<usize>() * groups(shape.classes);
        let mut widest = 0;
        for (number, level) in shape.levels.iter().enumerate() {
            here = std::array::from_fn(|axis| here[axis] / level.stride[axis]);
            let wide = groups(level.width);
            raw_groups = raw_groups.max(here.iter().product::<usize>() * wide);
            widest = widest.max(wide);
            let joins = number + 1 < shape.levels.len();
            let activation = |groups| activation(gpu, here, groups);
            let joined = if joins { Some(activation(2 * wide)?) } else { None };
            levels.push(LevelActivations { entry: activation(wide)?, inner: activation(wide)?, joined });
        }
        let image = activation(gpu, extent, 1)?;
        let logits = activation(gpu, extent, groups(shape.classes))?;
        let chunks = extent.iter().product::<usize>().div_ceil(CHUNK);
        let mut recorder = Recorder {
            network,
            steps: Vec::new(),
            raw: storage(gpu, raw_groups * GROUP)?,
            parts: storage(gpu, chunks * widest * 3 * GROUP)?,
            scale_shift: storage(gpu, 2 * widest * GROUP)?,
            next: 0,
        };
        recorder.encode(&levels, &image);
        recorder.decode(&levels);
        recorder.head(&levels[0].inner, &logits);
        let steps = recorder.steps;
        let read_back = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("logits to read"),
            size: logits.buffer.size(),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        if let Some(error) = block_on(scope.pop()) {
            return Err(gpu.failed(format!("out of memory: {error}")));
        }
        gpu.check()?;
        Ok(Self { extent, steps, image: image.buffer, logits: logits.buffer, read_back, classes: shape.classes })
    }

    /// Logits `[voxel, class]`.
    pub fn run(&self, gpu: &GpuDevice, image: &Array3<f32>) -> Result<Vec<f32>, GpuError> {
        let padded: Vec<[f32; GROUP]> = image.iter().map(|value| [*value, 0.0, 0.0, 0.0]).collect();
        gpu.queue.write_buffer(&self.image, 0, bytemuck::cast_slice(&padded));
        let mut encoder = gpu.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for step in &self.steps {
                pass.set_pipeline(&step.pipeline);
                pass.set_bind_group(0, &step.bindings, &[]);
                let [x, y, z] = step.workgroups;
                pass.dispatch_workgroups(x, y, z);
            }
        }
        encoder.copy_buffer_to_buffer(&self.logits, 0, &self.read_back, 0, self.logits.size());
        gpu.queue.submit([encoder.finish()]);

        let (sender, receiver) = std::sync::mpsc::channel();
        self.read_back.slice(..).map_async(wgpu::MapMode::Read, move |result| {
            // The receiver is gone only if waiting has failed already.
            let _ = sender.send(result);
        });
        gpu.device.poll(wgpu::PollType::wait_indefinitely()).map_err(|error| gpu.failed(error.to_string()))?;
        gpu.check()?;
        match receiver.try_recv() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(gpu.failed(error.to_string())),
            Err(_) => return Err(gpu.failed("the device finished without returning the logits")),
        }
        let logits = {
            let bytes = self.read_back.slice(..).get_mapped_range();
            let values: &[f32] = bytemuck::cast_slice(&bytes);
            let wide = groups(self.classes) * GROUP;
            values.chunks_exact(wide).flat_map(|voxel| &voxel[..self.classes]).copied().collect()
        };
        self.read_back.unmap();
        Ok(logits)
    }
}

impl Recorder<'_> {
    fn encode(&mut self, levels: &[LevelActivations], image: &Activation) {
        let network = self.network;
        for (number, level) in network.shape.levels.iter().enumerate() {
            let here = &levels[number];
            let (source, taps) = match number.checked_sub(1).and_then(|above| levels[above].joined.as_ref()) {
                None => (image.all(), Taps::around(level.kernel)),
                Some(above) => (above.half(1), Taps::strided(level.stride)),
            };
            self.block(source, taps, None, here.entry.all());
            for c in 0..level.convolutions {
                let source = if c == 0 { here.entry.all() } else { here.inner.all() };
                let last = c + 1 == level.convolutions;
                let target = match &here.joined {
                    Some(joined) if last => joined.half(1),
                    _ => here.inner.all(),
                };
                self.block(source, Taps::around(level.kernel), last.then(|| here.entry.all()), target);
            }
        }
    }

    fn decode(&mut self, levels: &[LevelActivations]) {
        let shape = &self.network.shape;
        for (number, here) in levels.iter().enumerate().rev() {
            let Some(joined) = &here.joined else { continue };
            let level = &shape.levels[number];
            self.transposed_block(levels[number + 1].inner.all(), shape.levels[number + 1].stride, joined.half(0));
            for c in 0..level.convolutions {
                let source = if c == 0 { joined.all() } else { here.entry.all() };
                let last = c + 1 == level.convolutions;
                let target = if last { here.inner.all() } else { here.entry.all() };
                self.block(source, Taps::around(level.kernel), last.then(|| joined.half(0)), target);
            }
        }
    }

    fn head(&mut self, source: &Activation, logits: &Activation) {
        let (weights, bias) = (self.learned(), self.learned());
        self.convolve(source.all(), Taps::around([1; 3]), &weights, Some(&bias), &logits.buffer, logits.groups);
    }

    /// Convolution, normalization, residual, PReLU.
    fn block(&mut self, source: Part<'_>, taps: Taps, residual: Option<Part<'_>>, target: Part<'_>) {
        let (weights, affine) = (self.learned(), self.learned());
        let raw = self.raw.clone();
        self.convolve(source, taps, &weights, None, &raw, target.groups);
        self.normalize(&affine, [1; 3], residual, target);
    }

    /// The same with a transposed convolution.
    fn transposed_block(&mut self, source: Part<'_>, stride: [usize; 3], target: Part<'_>) {
        let (weights, affine) = (self.learned(), self.learned());
        let raw = self.raw.clone();
        let fan: usize = stride.iter().product();
        self.convolve(source, Taps::around([1; 3]), &weights, None, &raw, target.groups * fan);
        self.normalize(&affine, stride, None, target);
    }

    fn learned(&mut self) -> wgpu::Buffer {
        self.next += 1;
        self.network.learned[self.next - 1].clone()
    }

    fn convolve(
        &mut self,
        source: Part<'_>,
        taps: Taps,
        weights: &wgpu::Buffer,
        bias: Option<&wgpu::Buffer>,
        raw: &wgpu::Buffer,
        outputs: usize,
    ) {
        let input = source.activation;
        let [slices, rows, columns]: [usize; 3] = std::array::from_fn(|axis| input.extent[axis] / taps.step[axis]);
        let uniform = [
            with(input.extent, input.groups),
            with([slices, rows, columns], outputs),
            with(taps.kernel, source.first),
            with(taps.origin, source.groups),
            with(taps.step, usize::from(bias.is_some())),
        ];
        let workgroups = [(rows * columns.div_ceil(COLUMNS)).div_ceil(LANES), slices, outputs];
        let buffers = [&input.buffer, weights, bias.unwrap_or(weights), raw];
        self.step(&self.network.pipelines.convolve, uniform.as_flattened(), &buffers, workgroups);
    }

    fn normalize(&mut self, affine: &wgpu::Buffer, stride: [usize; 3], residual: Option<Part<'_>>, target: Part<'_>) {
        let (raw, parts, scale_shift) = (self.raw.clone(), self.parts.clone(), self.scale_shift.clone());
        let (extent, groups) = (target.activation.extent, target.groups);
        let voxels: usize = extent.iter().product();
        let chunks = voxels.div_ceil(CHUNK);
        let uniform = [voxels, groups, CHUNK, chunks].map(|value| value as u32);
        let pipelines = &self.network.pipelines;
        self.step_at(&pipelines.gather_moments, &uniform, &[(1, &raw), (2, &parts)], [chunks, groups, 1]);
        let buffers = [(2, &parts), (3, affine), (4, &scale_shift)];
        self.step_at(&pipelines.fold_norm, &uniform, &buffers, [groups, 1, 1]);

        let (residual_groups, residual_first) = residual.map_or((0, 0), |part| (part.activation.groups, part.first));
        let buffers = [&raw, &scale_shift, affine, residual.map_or(&raw, |part| &part.activation.buffer)];
        let buffers = [buffers.as_slice(), &[&target.activation.buffer]].concat();
        let uniform = [
            with(extent, groups),
            with(stride, usize::from(residual.is_some())),
            [target.activation.groups, target.first, residual_groups, residual_first].map(|value| value as u32),
        ];
        let needed = (voxels * groups).div_ceil(LANES);
        let across = needed.min(WORKGROUPS);
        self.step(&pipelines.rectify, uniform.as_flattened(), &buffers, [across, needed.div_ceil(across), 1]);
    }

    /// A dispatch whose uniform is bound at 0 and whose buffers are bound from 1 upwards.
    fn step(
        &mut self,
        pipeline: &wgpu::ComputePipeline,
        uniform: &[u32],
        buffers: &[&wgpu::Buffer],
        workgroups: [usize; 3],
    ) {
        let bound: Vec<(u32, &wgpu::Buffer)> = (1..).zip(buffers.iter().copied()).collect();
        self.step_at(pipeline, uniform, &bound, workgroups);
    }

    fn step_at(
        &mut self,
        pipeline: &wgpu::ComputePipeline,
        uniform: &[u32],
        buffers: &[(u32, &wgpu::Buffer)],
        workgroups: [usize; 3],
    ) {
        let device = &self.network.gpu.device;
        let uniform = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
            label: Some("uniform"),
            contents: bytemuck::cast_slice(uniform),
            usage: wgpu::BufferUsages::UNIFORM,
        });
        let bound = std::iter::once((0, &uniform)).chain(buffers.iter().copied());
        let entries: Vec<_> = bound
            .map(|(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() })
            .collect();
        let layout = pipeline.get_bind_group_layout(0);
        let bindings =
            device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout: &layout, entries: &entries });
        self.steps.push(Step { pipeline: pipeline.clone(), bindings, workgroups: workgroups.map(|w| w as u32) });
    }
}

fn with(three: [usize; 3], fourth: usize) -> [u32; 4] {
    [three[0], three[1], three[2], fourth].map(|value| value as u32)
}

fn activation(gpu: &GpuDevice, extent: [usize; 3], groups: usize) -> Result<Activation, GpuError> {
    let buffer = storage(gpu, extent.iter().product::<usize>() * groups * GROUP)?;
    Ok(Activation { extent, groups, buffer })
}

/// A buffer of `values` f32 that passes read and write.
fn storage(gpu: &GpuDevice, values: usize) -> Result<wgpu::Buffer, GpuError> {
    let size = (values * size_of::<f32>()) as u64;
    let limits = gpu.device.limits();
    let most = limits.max_buffer_size.min(limits.max_storage_buffer_binding_size);
    if size > most {
        return Err(gpu.failed(format!("the image needs a buffer of {size} bytes, the device allows {most}")));
    }
    Ok(gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("activation"),
        size,
        usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC,
        mapped_at_creation: false,
    }))
}

/// A buffer that passes only read.
pub(super) fn filled(gpu: &GpuDevice, values: &[f32]) -> wgpu::Buffer {
    gpu.device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
        label: Some("parameters"),
        contents: bytemuck::cast_slice(values),
        usage: wgpu::BufferUsages::STORAGE,
    })
}
