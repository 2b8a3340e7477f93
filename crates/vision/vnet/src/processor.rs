//! The processor that a network runs on.

use std::sync::Arc;

use crate::gpu::{GpuDevice, GpuError};

/// The processor that a network runs on.
#[derive(Clone, Debug, Default)]
pub enum Processor {
    /// The CPU in f32: the same bits on every machine.
    #[default]
    Cpu,
    /// The CPU in bf16, sums in f32, by AMX or AVX-512 BF16.
    CpuBf16,
    /// A GPU; if it fails for an image, the CPU takes over.
    Gpu(Arc<GpuDevice>),
}

/// Why a network cannot run on a processor.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ProcessorError {
    /// There is no such GPU, or it cannot be used.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// The CPU lacks the bf16 instructions.
    #[error("this CPU has no AVX-512 BF16")]
    NoBf16,
    /// A level has an odd number of channels, which bf16 multiplies in pairs.
    #[error("bf16 needs even widths, the network's level {level} has {width} channels")]
    OddWidth {
        /// The level, from 0.
        level: usize,
        /// Its number of channels.
        width: usize,
    },
}

impl Processor {
    /// The CPU in bf16.
    ///
    /// # Errors
    /// [`ProcessorError::NoBf16`] if it has no such instructions.
    pub fn cpu_bf16() -> Result<Self, ProcessorError> {
        if vnet_kernels::bf16_is_native() { Ok(Self::CpuBf16) } else { Err(ProcessorError::NoBf16) }
    }
}
