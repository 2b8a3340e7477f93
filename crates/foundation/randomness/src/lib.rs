//! The seed tree from which every random number of a run is derived.
//!
//! A [`Stream`] is a node of the tree. A child's key depends only on the parent's key and the child's
//! name. A case therefore draws the same numbers on any number of threads and in any order, and can be
//! replayed alone.
//!
//! ```
//! use randomness::Stream;
//! use rand::Rng;
//!
//! let run = Stream::from_seed(7);
//! let noise = run.child("case", 17).child("noise", 0);
//! let again = Stream::from_seed(7).child("case", 17).child("noise", 0);
//! assert_eq!(noise.rng().random::<u64>(), again.rng().random::<u64>());
//! ```

pub use rand;
pub use rand_distr;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use rand_distr::{Distribution, StandardNormal};

/// A node of the seed tree: a 64-bit key that names one stream of random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    key: u64,
}

impl Stream {
    /// The root of a run's tree.
    pub fn from_seed(seed: u64) -> Self {
        Self { key: mix(seed ^ 0x9e37_79b9_7f4a_7c15) }
    }

    /// The child named by a purpose ("phantom", "noise") and a number (case, slice, observer).
    pub fn child(&self, purpose: &str, number: u64) -> Self {
        let named = purpose.bytes().fold(self.key, |key, byte| mix(key ^ u64::from(byte)));
        Self { key: mix(named ^ mix(number.wrapping_add(0x6a09_e667_f3bc_c909))) }
    }

    /// A generator at the start of this stream.
    pub fn rng(&self) -> ChaCha12Rng {
        ChaCha12Rng::seed_from_u64(self.key)
    }
}

/// SplitMix64's finaliser (Steele et al., OOPSLA 2014): every input bit reaches every output bit.
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A draw from N(mean, sd²).
pub fn normal(rng: &mut impl Rng, mean: f64, sd: f64) -> f64 {
    let z: f64 = StandardNormal.sample(rng);
    mean + sd * z
}

/// A draw from N(mean, sd²) limited to ± `limit_sd` standard deviations by rejection sampling.
pub fn truncated_normal(rng: &mut impl Rng, mean: f64, sd: f64, limit_sd: f64) -> f64 {
    loop {
        let z: f64 = StandardNormal.sample(rng);
        if z.abs() <= limit_sd {
            return mean + sd * z;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_with_different_paths_differ() {
        let root = Stream::from_seed(1);
        let mut keys = vec![root.child("a", 0), root.child("a", 1), root.child("b", 0)];
        keys.push(root.child("a", 0).child("a", 0));
        keys.push(Stream::from_seed(2).child("a", 0));
        for (i, x) in keys.iter().enumerate() {
            assert!(keys[i + 1..].iter().all(|y| x != y));
        }
    }

    #[test]
    fn normal_has_the_requested_moments() {
        let mut rng = Stream::from_seed(3).rng();
        let n = 20_000;
        let draws: Vec<f64> = (0..n).map(|_| normal(&mut rng, 5.0, 2.0)).collect();
        let mean = draws.iter().sum::<f64>() / n as f64;
        let var = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1) as f64;
        assert!((mean - 5.0).abs() < 0.06, "mean {mean}");
        assert!((var.sqrt() - 2.0).abs() < 0.05, "sd {}", var.sqrt());
    }
}
