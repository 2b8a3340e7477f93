//! The bf16 convolution by AMX: one instruction multiplies sixteen voxels × up to 32 inputs by 32 inputs × sixteen output
//! channels (Intel 64 Software Developer's Manual, volume 1, chapter 18).
//!
//! Channels are contiguous and so are neighbouring voxels: the inputs of a row of taps are one contiguous run, which is cut
//! into pieces of equal size. [`PairedWeights`] already has the pairs of inputs that the instruction reads.

use std::arch::asm;
use std::arch::x86_64::__cpuid_count;
use std::mem::offset_of;
use std::sync::OnceLock;

use crate::bf16::{Bf16, LANES, PairedWeights};
use crate::conv_line::{InputLine, ROW_TAPS};

/// Voxels (rows) of a tile.
pub(crate) const VOXELS: usize = 16;

/// Tiles of sums held at once; a further tile holds inputs and another one weights.
const TILES: usize = 6;

/// Most inputs in a tile's row, 64 bytes.
const MAX_INPUTS: usize = 32;

/// Whether this machine has the instructions and the operating system lets this process use them.
pub(crate) fn is_available() -> bool {
    static AVAILABLE: OnceLock<bool> = OnceLock::new();
    *AVAILABLE.get_or_init(|| {
        let (tiles, bf16) = (1 << 24, 1 << 22);
        __cpuid_count(7, 0).edx & (tiles | bf16) == tiles | bf16 && tile_data_is_granted()
    })
}

/// Requests the tile registers, which Linux enables per process
/// (<https://docs.kernel.org/arch/x86/xstate.html>).
#[cfg(target_os = "linux")]
fn tile_data_is_granted() -> bool {
    const ARCH_REQ_XCOMP_PERM: libc::c_ulong = 0x1023;
    const XFEATURE_XTILEDATA: libc::c_ulong = 18;
    // SAFETY: the call only changes this process's permissions.
    unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0 }
}

#[cfg(not(target_os = "linux"))]
fn tile_data_is_granted() -> bool {
    false
}

/// Shapes of the tile registers, in the layout of `ldtilecfg`.
#[repr(C, align(64))]
struct TileShapes {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

impl TileShapes {
    /// Sums of sixteen voxels × `outputs`, `inputs` of sixteen voxels, weights of `inputs` × `outputs`.
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

/// Memory that a group of tiles reads and writes; all offsets in bytes.
#[repr(C)]
struct Job {
    source: *const Bf16,
    source_voxel: usize,
    /// Offset from one tile's voxels to the next one's.
    source_tile: usize,
    /// Size of a piece's weights.
    weight_piece: usize,
    out: *mut f32,
    out_voxel: usize,
    out_tile: usize,
    /// Initial sums, the same for all voxels.
    initial: *const f32,
}

/// Size of the equal pieces into which a run of inputs is cut: even, at most [`MAX_INPUTS`], as few pieces as possible.
fn piece(run: usize) -> usize {
    (run.div_ceil(MAX_INPUTS)..=run / 2).find(|count| run.is_multiple_of(2 * count)).map_or(2, |count| run / count)
}

/// Fills a line of voxels `[column, out]`.
///
/// # Safety
/// [`is_available`], there are at least [`VOXELS`] columns, and every tap of every voxel lies in the source.
pub(crate) unsafe fn line(weights: &PairedWeights, input: &InputLine<'_, Bf16>, out: &mut [f32]) {
    let (inputs, outputs) = (weights.inputs, weights.outputs);
    let columns = out.len() / outputs;
    let row_taps = if input.step == inputs && input.taps_form_rows() { ROW_TAPS } else { 1 };
    let run = row_taps * inputs;
    let piece = piece(run);
    let pieces: Vec<usize> =
        input.taps.iter().step_by(row_taps).flat_map(|tap| (*tap..tap + run).step_by(piece)).collect();
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
                initial: weights.initial[block * LANES..][..LANES].as_ptr(),
            };
            // SAFETY: the tiles' voxels lie within the line; the caller guarantees their inputs.
            unsafe { add_tiles(tiles, &shapes, &job, &pieces, block_weights) }
        };
        // Nearly equal groups of tiles: a single tile would stall on the latency of its sums.
        let mut done = 0;
        for left in (1..=whole.div_ceil(TILES)).rev() {
            let tiles = (whole - done).div_ceil(left);
            convolve(done * VOXELS, tiles);
            done += tiles;
        }
        if !columns.is_multiple_of(VOXELS) {
            // The last tile overlaps the one before it.
            convolve(columns - VOXELS, 1);
        }
    }
}

/// Defines [`add_tiles`] for some numbers of tiles.
macro_rules! add_tiles {
    ($($count:literal: $($tile:literal)*;)*) => {
        /// Sums a group of tiles over all pieces.
        ///
        /// # Safety
        /// The job's pointers and offsets must stay within their allocations.
        unsafe fn add_tiles(tiles: usize, shapes: &TileShapes, job: &Job, pieces: &[usize], weights: &[Bf16]) {
            match tiles {
                // SAFETY: guaranteed by the caller; all tile registers are declared as clobbered.
                $($count => unsafe { asm!(
                    "ldtilecfg [{shapes}]",
                    // Without an index register every row of the tile reads the same address.
                    "mov {at}, [{job} + {initial}]",
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
                    initial = const offset_of!(Job, initial),
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
                _ => unreachable!("a group has 1 to {TILES} tiles"),
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
    fn runs_are_cut_into_few_even_pieces() {
        for (run, size) in [(2, 2), (16, 16), (18, 18), (32, 32), (48, 24), (60, 30), (96, 32), (34, 2), (288, 32)] {
            assert_eq!(piece(run), size, "a run of {run}");
        }
    }
}
