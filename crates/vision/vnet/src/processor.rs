//! What computes.

use std::sync::Arc;

use crate::gpu::{GpuDevice, GpuError};

/// What a network runs on.
#[derive(Clone, Debug, Default)]
pub enum Processor {
    /// The CPU in f32: the same bits on every machine.
    #[default]
    Cpu,
    /// The CPU in bf16, sums in f32, by AMX or AVX-512 BF16.
    CpuBf16,
    /// A GPU; should it fail for an image, the CPU takes over.
    Gpu(Arc<GpuDevice>),
}

/// Why a network does not run there.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ProcessorError {
    /// No such GPU, or it refuses.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// The CPU lacks the instructions.
    #[error("this CPU has no AVX-512 BF16")]
    NoBf16,
    /// Bf16 multiplies pairs of channels.
    #[error("bf16 needs even widths, the network's level {level} has {width} channels")]
    OddWidth {
        /// The level, from 0.
        level: usize,
        /// Its channels.
        width: usize,
    },
}

impl Processor {
    /// The CPU in bf16.
    ///
    /// # Errors
    /// [`ProcessorError::NoBf16`] if it has no such instructions.
    pub fn cpu_bf16() -> Result<Self, ProcessorError> {
        if crate::kernel::bf16::is_native() { Ok(Self::CpuBf16) } else { Err(ProcessorError::NoBf16) }
    }
}
