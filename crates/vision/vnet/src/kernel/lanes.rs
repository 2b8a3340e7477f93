//! Eight or sixteen floats at a time, on whatever vector unit the machine has.

use std::sync::OnceLock;

/// Most lanes of a register.
pub(super) const MOST_LANES: usize = 16;

/// Some f32 in vector registers. None is made but by [`Self::load`], which only a machine with the unit may call.
pub trait Lanes: Copy {
    /// How many: at most sixteen.
    const WIDTH: usize;
    /// Reads as many values.
    ///
    /// # Safety
    /// The machine must have the unit, and `from` be readable for [`Self::WIDTH`] f32.
    unsafe fn load(from: *const f32) -> Self;
    /// Writes as many values.
    ///
    /// # Safety
    /// `to` must be writable for [`Self::WIDTH`] f32.
    unsafe fn store(self, to: *mut f32);
    /// `self + x · w` for one scalar x.
    fn fused_add(self, x: f32, w: Self) -> Self;
}

/// Which vector unit the kernels use; chosen once, at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VectorUnit {
    /// 512-bit registers, and as many of 256 bits.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// 256-bit registers with fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// Whatever the compiler makes of plain code.
    Portable,
}

impl VectorUnit {
    /// The widest unit of this machine.
    pub fn best() -> Self {
        #[cfg(test)]
        if let Some(unit) = Self::forced() {
            return unit;
        }
        static BEST: OnceLock<VectorUnit> = OnceLock::new();
        *BEST.get_or_init(|| Self::all()[0])
    }

    /// The units of this machine, the widest first.
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl") {
                all.push(Self::Avx512);
            }
            all.push(Self::Avx2);
        }
        all.push(Self::Portable);
        all
    }
}

#[cfg(test)]
mod forced {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::VectorUnit;

    /// One more than the number of a unit in [`VectorUnit::all`]; 0 for the best. Tests that run at the same time may see
    /// it change, which changes nothing: all units give the same bits.
    static FORCED: AtomicUsize = AtomicUsize::new(0);

    impl VectorUnit {
        pub(super) fn forced() -> Option<Self> {
            FORCED.load(Ordering::Relaxed).checked_sub(1).map(|number| Self::all()[number])
        }

        /// What `compute` gives on each unit of this machine.
        pub(crate) fn each<T>(compute: impl Fn() -> T) -> Vec<(Self, T)> {
            let on = |(number, unit)| {
                FORCED.store(number + 1, Ordering::Relaxed);
                (unit, compute())
            };
            let all = Self::all().into_iter().enumerate().map(on).collect();
            FORCED.store(0, Ordering::Relaxed);
            all
        }
    }
}

/// Plain arrays; fused so that every unit gives the same bits.
#[derive(Clone, Copy)]
pub struct Plain<const N: usize>([f32; N]);

impl<const N: usize> Lanes for Plain<N> {
    const WIDTH: usize = N;

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller grants as many readable values.
        Self(unsafe { from.cast::<[f32; N]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller grants as many writable values.
        unsafe { to.cast::<[f32; N]>().write_unaligned(self.0) }
    }

    #[inline(always)]
    fn fused_add(self, x: f32, w: Self) -> Self {
        Self(std::array::from_fn(|lane| x.mul_add(w.0[lane], self.0[lane])))
    }
}

#[cfg(target_arch = "x86_64")]
pub use x86::{Ymm, Zmm};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::Lanes;

    /// One 512-bit register.
    #[derive(Clone, Copy)]
    pub struct Zmm(__m512);

    impl Lanes for Zmm {
        const WIDTH: usize = 16;

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller grants sixteen readable values.
            Self(unsafe { _mm512_loadu_ps(from) })
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller grants sixteen writable values.
            unsafe { _mm512_storeu_ps(to, self.0) }
        }

        #[inline(always)]
        fn fused_add(self, x: f32, w: Self) -> Self {
            // SAFETY: only reached behind `VectorUnit::Avx512`.
            Self(unsafe { _mm512_fmadd_ps(_mm512_set1_ps(x), w.0, self.0) })
        }
    }

    /// Some 256-bit registers.
    #[derive(Clone, Copy)]
    pub struct Ymm<const N: usize>([__m256; N]);

    impl<const N: usize> Lanes for Ymm<N> {
        const WIDTH: usize = 8 * N;

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller grants eight readable values for each register.
            Self(std::array::from_fn(|n| unsafe { _mm256_loadu_ps(from.add(8 * n)) }))
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            for (n, register) in self.0.into_iter().enumerate() {
                // SAFETY: the caller grants eight writable values for each register.
                unsafe { _mm256_storeu_ps(to.add(8 * n), register) }
            }
        }

        #[inline(always)]
        fn fused_add(self, x: f32, w: Self) -> Self {
            // SAFETY: only reached behind a unit that has them.
            let x = unsafe { _mm256_set1_ps(x) };
            // SAFETY: as above.
            Self(std::array::from_fn(|n| unsafe { _mm256_fmadd_ps(x, w.0[n], self.0[n]) }))
        }
    }
}

/// Defines a function whose plain body is compiled once for each vector unit and chosen at run time.
/// The body has no fused operations, so that every unit gives the same bits.
macro_rules! vectorized {
    ($(#[$doc:meta])* fn $name:ident $(<$number:ident: $format:path>)? ($($arg:ident: $type:ty),* $(,)?) $body:block) => {
        $(#[$doc])*
        fn $name $(<$number: $format>)? ($($arg: $type),*) {
            #[inline(always)]
            fn plain $(<$number: $format>)? ($($arg: $type),*) $body
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512vl")]
            fn avx512 $(<$number: $format>)? ($($arg: $type),*) { plain($($arg),*) }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            fn avx2 $(<$number: $format>)? ($($arg: $type),*) { plain($($arg),*) }
            match $crate::kernel::lanes::VectorUnit::best() {
                // SAFETY: the unit was detected at run time.
                #[cfg(target_arch = "x86_64")]
                $crate::kernel::lanes::VectorUnit::Avx512 => unsafe { avx512($($arg),*) },
                // SAFETY: the unit was detected at run time.
                #[cfg(target_arch = "x86_64")]
                $crate::kernel::lanes::VectorUnit::Avx2 => unsafe { avx2($($arg),*) },
                $crate::kernel::lanes::VectorUnit::Portable => plain($($arg),*),
            }
        }
    };
}
pub(crate) use vectorized;
