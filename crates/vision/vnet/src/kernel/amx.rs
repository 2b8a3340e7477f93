//! The bf16 convolution by AMX: one instruction multiplies sixteen voxels × up to 32 inputs by 32 inputs × sixteen output
//! channels (Intel 64 Software Developer's Manual, volume 1, chapter 18).
//!
//! A channel's neighbours in memory are the next channels and then the next voxel's: what the taps of a row see is one
//! run of inputs, cut into pieces of equal size. Weights lie as [`PairedWeights`] has them, whose pairs of inputs are what
//! the instruction reads.

use std::arch::asm;
use std::arch::x86_64::__cpuid_count;
use std::mem::offset_of;
use std::sync::OnceLock;

use super::bf16::{Bf16, LANES, PairedWeights};
use super::conv_line::{IN_ROW, InputLine};

/// Voxels of a tile, its rows.
pub(super) const VOXELS: usize = 16;

/// Tiles of sums that are held at once; one more holds inputs and one weights.
const TILES: usize = 6;

/// Most inputs of a tile: 64 bytes.
const MOST_INPUTS: usize = 32;

/// Whether this machine has the instructions and the system lets this process use them.
pub(super) fn is_available() -> bool {
    static AVAILABLE: OnceLock<bool> = OnceLock::new();
    *AVAILABLE.get_or_init(|| {
        let (tiles, bf16) = (1 << 24, 1 << 22);
        __cpuid_count(7, 0).edx & (tiles | bf16) == tiles | bf16 && tile_data_is_granted()
    })
}

/// Asks for the tile registers, which Linux hands out on request
/// (<https://docs.kernel.org/arch/x86/xstate.html>).
#[cfg(target_os = "linux")]
fn tile_data_is_granted() -> bool {
    const ARCH_REQ_XCOMP_PERM: libc::c_ulong = 0x1023;
    const XFEATURE_XTILEDATA: libc::c_ulong = 18;
    // SAFETY: the call only changes what this process may do.
    unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0 }
}

#[cfg(not(target_os = "linux"))]
fn tile_data_is_granted() -> bool {
    false
}

/// The shapes of the tile registers, as `ldtilecfg` reads them.
#[repr(C, align(64))]
struct TileShapes {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

impl TileShapes {
    /// Sums of sixteen voxels × `outputs`; the inputs of sixteen voxels; weights of `inputs` × `outputs`.
    fn new(inputs: usize, outputs: usize) -> Self {
        let mut shapes = Self { palette: 1, start_row: 0, reserved: [0; 14], row_bytes: [0; 16], rows: [0; 16] };
        shapes.row_bytes[..TILES].fill((outputs * size_of::<f32>()) as u16);
        shapes.rows[..TILES].fill(VOXELS as u8);
        shapes.row_bytes[TILES] = (inputs * size_of::<Bf16>()) as u16;
        shapes.rows[TILES] = VOXELS as u8;
        shapes.row_bytes[TILES + 1] = (outputs * 2 * size_of::<Bf16>()) as u16;
        shapes.rows[TILES + 1] = (inputs / 2) as u8;
        shapes
    }
}

/// What a group of tiles reads and writes; all distances in bytes.
#[repr(C)]
struct Job {
    source: *const Bf16,
    source_voxel: usize,
    /// From one tile's voxels to the next one's.
    source_tile: usize,
    /// Weights of a piece.
    weight_piece: usize,
    out: *mut f32,
    out_voxel: usize,
    out_tile: usize,
    /// What the sums of all voxels begin with.
    start: *const f32,
}

/// The size of the pieces of a run of so many inputs: even, at most [`MOST_INPUTS`], as few as possible.
fn piece(run: usize) -> usize {
    (run.div_ceil(MOST_INPUTS)..=run / 2).find(|count| run.is_multiple_of(2 * count)).map_or(2, |count| run / count)
}

/// # Safety
/// [`is_available`], there are at least [`VOXELS`] columns, and every tap of every voxel lies in the source.
pub(super) unsafe fn line(weights: &PairedWeights, input: &InputLine<'_, Bf16>, out: &mut [f32]) {
    let (inputs, outputs) = (weights.inputs, weights.outputs);
    let columns = out.len() / outputs;
    let in_row = if input.step == inputs && input.taps_are_neighbours() { IN_ROW } else { 1 };
    let run = in_row * inputs;
    let piece = piece(run);
    let pieces: Vec<usize> =
        input.taps.iter().step_by(in_row).flat_map(|tap| (*tap..tap + run).step_by(piece)).collect();
    let whole = columns / VOXELS;
    for block in 0..outputs.div_ceil(LANES) {
        let used = (outputs - block * LANES).min(LANES);
        let shapes = TileShapes::new(piece, used);
        let block_weights = &weights.values[block * weights.taps * inputs * LANES..][..weights.taps * inputs * LANES];
        let mut convolve = |column: usize, tiles: usize| {
            let job = Job {
                source: input.source[column * input.step..].as_ptr(),
                source_tile: VOXELS * input.step * size_of::<Bf16>(),
                weight_piece: piece * LANES * size_of::<Bf16>(),
                out: out[column * outputs + block * LANES..].as_mut_ptr(),
                out_voxel: outputs * size_of::<f32>(),
                out_tile: VOXELS * outputs * size_of::<f32>(),
                source_voxel: input.step * size_of::<Bf16>(),
                start: weights.start[block * LANES..][..LANES].as_ptr(),
            };
            // SAFETY: the tiles' voxels lie within the line; the caller grants their inputs.
            unsafe { add_tiles(tiles, &shapes, &job, &pieces, block_weights) }
        };
        // Groups of tiles as equal as can be: a single tile would wait for its own sums.
        let mut begun = 0;
        for left in (1..=whole.div_ceil(TILES)).rev() {
            let tiles = (whole - begun).div_ceil(left);
            convolve(begun * VOXELS, tiles);
            begun += tiles;
        }
        if !columns.is_multiple_of(VOXELS) {
            // The last tile repeats some voxels of the one before it.
            convolve(columns - VOXELS, 1);
        }
    }
}

/// Defines [`add_tiles`] for some numbers of tiles.
macro_rules! add_tiles {
    ($($count:literal: $($tile:literal)*;)*) => {
        /// The sums of some tiles over all pieces.
        ///
        /// # Safety
        /// All that the job names is there.
        unsafe fn add_tiles(tiles: usize, shapes: &TileShapes, job: &Job, pieces: &[usize], weights: &[Bf16]) {
            match tiles {
                // SAFETY: granted by the caller; the tile registers are the compiler's to forget.
                $($count => unsafe { asm!(
                    "ldtilecfg [{shapes}]",
                    // Without an index all rows are the same.
                    "mov {at}, [{job} + {start}]",
                    $(concat!("tileloadd tmm", $tile, ", [{at}]"),)*
                    "2:",
                    "mov {at}, [{pieces}]",
                    "lea {at}, [{at} * 2]",
                    "add {at}, [{job} + {source}]",
                    "tileloadd tmm7, [{weights} + {lanes} * 1]",
                    $(
                        "tileloadd tmm6, [{at} + {voxel} * 1]",
                        concat!("tdpbf16ps tmm", $tile, ", tmm6, tmm7"),
                        "add {at}, [{job} + {source_tile}]",
                    )*
                    "add {pieces}, 8",
                    "add {weights}, [{job} + {weight_piece}]",
                    "dec {count}",
                    "jnz 2b",
                    "mov {at}, [{job} + {out}]",
                    "mov {voxel}, [{job} + {out_voxel}]",
                    $(
                        concat!("tilestored [{at} + {voxel} * 1], tmm", $tile),
                        "add {at}, [{job} + {out_tile}]",
                    )*
                    "tilerelease",
                    shapes = in(reg) shapes,
                    job = in(reg) job,
                    pieces = inout(reg) pieces.as_ptr() => _,
                    count = inout(reg) pieces.len() => _,
                    weights = inout(reg) weights.as_ptr() => _,
                    lanes = in(reg) LANES * 2 * size_of::<Bf16>(),
                    voxel = inout(reg) job.source_voxel => _,
                    at = out(reg) _,
                    start = const offset_of!(Job, start),
                    source = const offset_of!(Job, source),
                    source_tile = const offset_of!(Job, source_tile),
                    weight_piece = const offset_of!(Job, weight_piece),
                    out = const offset_of!(Job, out),
                    out_voxel = const offset_of!(Job, out_voxel),
                    out_tile = const offset_of!(Job, out_tile),
                    out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                    out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
                    options(nostack),
                ) },)*
                _ => unreachable!("groups hold one to {TILES} tiles"),
            }
        }
    };
}

add_tiles! {
    1: "0";
    2: "0" "1";
    3: "0" "1" "2";
    4: "0" "1" "2" "3";
    5: "0" "1" "2" "3" "4";
    6: "0" "1" "2" "3" "4" "5";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_even_and_few() {
        for (run, size) in [(2, 2), (16, 16), (18, 18), (32, 32), (48, 24), (60, 30), (96, 32), (34, 2), (288, 32)] {
            assert_eq!(piece(run), size, "a run of {run}");
        }
    }
}
