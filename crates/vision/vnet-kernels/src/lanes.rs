//! SIMD registers of 8 or 16 f32, for whichever vector unit the machine has.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Lanes of the widest register.
pub(crate) const MAX_LANES: usize = 16;

/// A vector of f32 lanes. The only way to make one is [`Self::load`], which may be called only where the unit exists.
pub trait Lanes: Copy {
    /// Number of lanes, at most [`MAX_LANES`].
    const WIDTH: usize;
    /// Loads [`Self::WIDTH`] values.
    ///
    /// # Safety
    /// The machine must have the unit, and `from` must be readable for [`Self::WIDTH`] f32.
    unsafe fn load(from: *const f32) -> Self;
    /// Stores [`Self::WIDTH`] values.
    ///
    /// # Safety
    /// `to` must be writable for [`Self::WIDTH`] f32.
    unsafe fn store(self, to: *mut f32);
    /// `self + x · w` for one scalar x.
    fn fused_add(self, x: f32, w: Self) -> Self;
}

/// Which vector unit the kernels use: the widest of this machine, detected once, at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VectorUnit {
    /// 512-bit registers, and as many of 256 bits.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// 256-bit registers with fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// No intrinsics: whatever the compiler makes of plain code.
    Portable,
}

/// Index of the selected unit in [`VectorUnit::ALL`] plus one; 0 before the first kernel runs. Only units that were
/// detected are ever stored.
static SELECTED: AtomicUsize = AtomicUsize::new(0);

impl VectorUnit {
    /// Widest first.
    const ALL: &[Self] = &[
        #[cfg(target_arch = "x86_64")]
        Self::Avx512,
        #[cfg(target_arch = "x86_64")]
        Self::Avx2,
        Self::Portable,
    ];

    /// The selected unit.
    #[inline]
    pub(crate) fn current() -> Self {
        match SELECTED.load(Ordering::Relaxed).checked_sub(1) {
            Some(index) => Self::ALL[index],
            None => Self::select_widest(),
        }
    }

    /// The result of `compute` on each unit of this machine, widest first, for tests that the bits are the same. The
    /// selection holds for the whole process while `compute` runs.
    pub fn each<T>(compute: impl Fn() -> T) -> Vec<(Self, T)> {
        let on = |unit: &Self| {
            unit.select();
            (*unit, compute())
        };
        let results = Self::ALL.iter().filter(|unit| unit.is_available()).map(on).collect();
        Self::select_widest();
        results
    }

    #[cold]
    fn select_widest() -> Self {
        let widest = Self::ALL.iter().find(|unit| unit.is_available()).copied().unwrap_or(Self::Portable);
        widest.select();
        widest
    }

    fn select(self) {
        let number = Self::ALL.iter().position(|unit| *unit == self).map_or(0, |index| index + 1);
        SELECTED.store(number, Ordering::Relaxed);
    }

    fn is_available(&self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => {
                Self::Avx2.is_available() && is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl")
            }
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            Self::Portable => true,
        }
    }
}

/// A plain array, with fused multiply-add so that it gives the same bits as the vector units.
#[derive(Clone, Copy)]
pub struct Plain<const N: usize>([f32; N]);

impl<const N: usize> Lanes for Plain<N> {
    const WIDTH: usize = N;

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller guarantees as many readable values.
        Self(unsafe { from.cast::<[f32; N]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller guarantees as many writable values.
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
            // SAFETY: the caller guarantees sixteen readable values.
            Self(unsafe { _mm512_loadu_ps(from) })
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller guarantees sixteen writable values.
            unsafe { _mm512_storeu_ps(to, self.0) }
        }

        #[inline(always)]
        fn fused_add(self, x: f32, w: Self) -> Self {
            // SAFETY: only reached behind `VectorUnit::Avx512`.
            Self(unsafe { _mm512_fmadd_ps(_mm512_set1_ps(x), w.0, self.0) })
        }
    }

    /// `N` 256-bit registers.
    #[derive(Clone, Copy)]
    pub struct Ymm<const N: usize>([__m256; N]);

    impl<const N: usize> Lanes for Ymm<N> {
        const WIDTH: usize = 8 * N;

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller guarantees eight readable values per register.
            Self(std::array::from_fn(|n| unsafe { _mm256_loadu_ps(from.add(8 * n)) }))
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            for (n, register) in self.0.into_iter().enumerate() {
                // SAFETY: the caller guarantees eight writable values per register.
                unsafe { _mm256_storeu_ps(to.add(8 * n), register) }
            }
        }

        #[inline(always)]
        fn fused_add(self, x: f32, w: Self) -> Self {
            // SAFETY: only reached behind a unit with AVX2 and FMA.
            let x = unsafe { _mm256_set1_ps(x) };
            // SAFETY: as above.
            Self(std::array::from_fn(|n| unsafe { _mm256_fmadd_ps(x, w.0[n], self.0[n]) }))
        }
    }
}

/// Defines a function whose body is compiled once per vector unit and dispatched at run time. The body must not fuse
/// multiplications and additions, so that every unit gives the same bits.
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
            match $crate::lanes::VectorUnit::current() {
                // SAFETY: the unit was detected at run time.
                #[cfg(target_arch = "x86_64")]
                $crate::lanes::VectorUnit::Avx512 => unsafe { avx512($($arg),*) },
                // SAFETY: the unit was detected at run time.
                #[cfg(target_arch = "x86_64")]
                $crate::lanes::VectorUnit::Avx2 => unsafe { avx2($($arg),*) },
                $crate::lanes::VectorUnit::Portable => plain($($arg),*),
            }
        }
    };
}
pub(crate) use vectorized;
