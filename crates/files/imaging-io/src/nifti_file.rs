//! NIfTI-1 files. NIfTI coordinates are RAS (x to the right, y to the front), ours are LPS: x and y are negated when
//! reading and writing.

use std::fs::File;
use std::io::{BufRead as _, BufReader, ErrorKind, Read};
use std::path::Path;

use flate2::bufread::GzDecoder;
use geometry::{Grid, Point, Volume};
use nalgebra::{Matrix3, UnitQuaternion};
use ndarray::{Array3, Ix3};
use nifti::writer::WriterOptions;
use nifti::{InMemNiftiVolume, IntoNdArray, NiftiError, NiftiHeader};

use crate::error::FileError;
use crate::whole_file::part_of;

/// Images with more voxels are refused.
const MAX_VOXELS: usize = 1 << 28;

/// Largest compression ratio of deflate (zlib's technical details): limits the uncompressed size of a file.
const DEFLATE_LIMIT: u64 = 1032;

/// Length of the header, bytes.
const HEADER_BYTES: u64 = 348;
/// Least offset of the first voxel, bytes.
const FIRST_VOXEL: u64 = 352;

/// First byte of a gzip member.
const GZIP: u8 = 0x1f;

/// What is expected of a damaged file.
const WHOLE: &str = "a complete NIfTI-1 file (.nii or .nii.gz)";

/// Voxel types that can be written.
pub trait NiftiValue: Copy + nifti::DataElement {}
impl NiftiValue for f32 {}
impl NiftiValue for u8 {}

/// Writes a volume as `.nii` or, compressed, as `.nii.gz`.
///
/// # Errors
/// [`FileError::Unreadable`] with the operating system's error; no partial file remains.
pub fn write_nifti<T>(path: &Path, volume: &Volume<T>) -> Result<(), FileError>
where
    T: NiftiValue + bytemuck::Pod,
{
    // The library knows the extensions only in lower case.
    let part = part_of(path);
    let part = part.with_file_name(part.file_name().unwrap_or_default().to_string_lossy().to_lowercase());
    let header = header_of(&volume.grid);
    // Our arrays are [k, j, i]; in the library's output the first axis varies fastest.
    let data = volume.data.view().reversed_axes();
    let written = WriterOptions::new(&part).reference_header(&header).write_nifti(&data).map_err(|error| match error {
        NiftiError::Io(error) => FileError::unreadable(path)(error),
        error => FileError::unreadable(path)(error),
    });
    let renamed = written.and_then(|()| std::fs::rename(&part, path).map_err(FileError::unreadable(path)));
    if renamed.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    renamed
}

/// Converts the library's errors to messages for users; `end` describes a file that is too short.
fn refused(path: &Path, error: NiftiError, end: &str) -> FileError {
    let found = match error {
        NiftiError::Io(error) => match error.kind() {
            ErrorKind::UnexpectedEof => end.to_owned(),
            ErrorKind::InvalidInput | ErrorKind::InvalidData => error.to_string(),
            _ => return FileError::unreadable(path)(error),
        },
        NiftiError::IncompatibleLength(..) => end.to_owned(),
        NiftiError::ReserveVolume(..) | NiftiError::ReserveExtended(..) => return FileError::unreadable(path)(error),
        // The parser's own messages are not meant for users.
        _ => "a missing or damaged NIfTI header".to_owned(),
    };
    FileError::unsuitable(path, found, WHOLE)
}

/// LPS to RAS, or back.
fn mirrored(m: Matrix3<f64>) -> Matrix3<f64> {
    Matrix3::from_diagonal(&nalgebra::Vector3::new(-1.0, -1.0, 1.0)) * m
}

fn header_of(grid: &Grid) -> NiftiHeader {
    let steps = mirrored(grid.steps());
    let origin = [-grid.origin.x, -grid.origin.y, grid.origin.z];
    let row = |r: usize| [steps[(r, 0)] as f32, steps[(r, 1)] as f32, steps[(r, 2)] as f32, origin[r] as f32];
    // qform: a rotation, and a negative sign of the third axis if the axes are left-handed.
    let axes = mirrored(grid.axes);
    let hand = if axes.determinant() < 0.0 { -1.0 } else { 1.0 };
    let mut rotation = axes;
    rotation.column_mut(2).scale_mut(hand);
    let q = UnitQuaternion::from_matrix(&rotation);
    let sign = if q.w < 0.0 { -1.0 } else { 1.0 };
    let mut pixdim = [1.0; 8];
    pixdim[0] = hand as f32;
    for axis in 0..3 {
        pixdim[axis + 1] = grid.spacing_mm[axis] as f32;
    }
    NiftiHeader {
        pixdim,
        xyzt_units: 2, // mm
        qform_code: 1, // scanner coordinates
        sform_code: 1,
        quatern_b: (sign * q.i) as f32,
        quatern_c: (sign * q.j) as f32,
        quatern_d: (sign * q.k) as f32,
        quatern_x: origin[0] as f32,
        quatern_y: origin[1] as f32,
        quatern_z: origin[2] as f32,
        srow_x: row(0),
        srow_y: row(1),
        srow_z: row(2),
        ..NiftiHeader::default()
    }
}

/// Reads a 3-D NIfTI file.
///
/// # Errors
/// [`FileError`] with the file and what was expected of it.
pub fn read_nifti(path: &Path) -> Result<Volume<f32>, FileError> {
    let unsuitable = |found: String, expected| FileError::unsuitable(path, found, expected);
    let compressed = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz"));
    let mut content = content(path, compressed).map_err(FileError::unreadable(path))?;
    let header = NiftiHeader::from_reader(&mut content)
        .map_err(|error| refused(path, error, "a file that ends within its header"))?;
    if header.magic != *b"n+1\0" {
        return Err(unsuitable("a header without voxels (.hdr and .img)".into(), WHOLE));
    }
    let Some(bits) = bits_of(header.datatype) else {
        return Err(unsuitable(format!("voxels of datatype {}", header.datatype), "integers or real numbers"));
    };
    if header.bitpix != bits {
        let found = format!("{} bits per voxel with datatype {}", header.bitpix, header.datatype);
        return Err(unsuitable(found, "a bitpix that matches the datatype"));
    }
    let dim = header.dim;
    let dim = &dim[1..=usize::from(dim[0].clamp(1, 7))];
    // Extents are signed in the format but not in the library.
    if dim.iter().any(|d| d.cast_signed() < 1) {
        let found = dim.iter().map(|d| d.cast_signed()).collect::<Vec<_>>();
        return Err(unsuitable(format!("axes of {found:?} voxels"), "at least one voxel along every axis"));
    }
    let extents: Vec<usize> = dim.iter().map(|d| usize::from(*d)).collect();
    let extra: usize = extents.iter().skip(3).product();
    if extents.len() < 3 || extra != 1 {
        return Err(unsuitable(format!("{} axes of {extents:?} voxels", extents.len()), "a 3-D image"));
    }
    let voxels = extents.iter().try_fold(1usize, |n, d| n.checked_mul(*d)).filter(|n| (1..=MAX_VOXELS).contains(n));
    let Some(voxels) = voxels else {
        return Err(unsuitable(format!("{extents:?} voxels"), "between 1 and 2^28 voxels"));
    };
    let length = std::fs::metadata(path).map_err(FileError::unreadable(path))?.len();
    let room = length.saturating_mul(if compressed { DEFLATE_LIMIT } else { 1 });
    // Checked before any allocation: a damaged header may claim gigabytes.
    let needed = voxels as u64 * u64::from(header.bitpix.unsigned_abs()) / 8;
    if room < needed {
        let found = format!("{length} bytes for {extents:?} voxels, which need {needed} bytes uncompressed");
        return Err(unsuitable(found, WHOLE));
    }
    let grid = grid_of(&header, [extents[0], extents[1], extents[2]]).ok_or_else(|| {
        unsuitable("voxel axes that are skewed, zero or not finite".into(), "perpendicular axes (sform or qform)")
    })?;

    let short = |error| refused(path, error, "a file that ends before its last voxel");
    // Between header and voxels are at least four bytes, and extensions, which are skipped.
    let first = f64::from(header.vox_offset);
    if !(0.0..=room as f64).contains(&first) {
        return Err(unsuitable(format!("voxels that begin at byte {first}"), "an offset within the file"));
    }
    let between = (first as u64).max(FIRST_VOXEL) - HEADER_BYTES;
    std::io::copy(&mut content.by_ref().take(between), &mut std::io::sink()).map_err(|error| short(error.into()))?;
    let array = InMemNiftiVolume::from_reader(&mut content, &header).and_then(|volume| volume.into_ndarray::<f32>());
    let array = array.map_err(short)?;
    // Read to the end, where a compressed file has its checksum.
    let rest = std::io::copy(&mut content, &mut std::io::sink());
    rest.map_err(|error| refused(path, error.into(), "a compressed file that ends before its checksum"))?;
    let count = array.len();
    let array = array
        .into_shape_with_order((Ix3(extents[0], extents[1], extents[2]), ndarray::Order::ColumnMajor))
        .map_err(|_| unsuitable(format!("{count} values"), "one value per voxel"))?;
    let data: Array3<f32> = array.reversed_axes().as_standard_layout().into_owned();
    Ok(Volume::new(grid, data))
}

/// The content of a file, decompressed if necessary.
fn content(path: &Path, compressed: bool) -> std::io::Result<Box<dyn Read>> {
    let file = BufReader::new(File::open(path)?);
    Ok(if compressed { Box::new(Members(Some(GzDecoder::new(file)))) } else { Box::new(file) })
}

/// All members of a gzip file, one after the other; data after the last member, such as zero padding, is ignored.
struct Members(Option<GzDecoder<BufReader<File>>>);

impl Read for Members {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while let Some(mut member) = self.0.take() {
            let count = member.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                self.0 = Some(member);
                return Ok(count);
            }
            let mut file = member.into_inner();
            if file.fill_buf()?.first() == Some(&GZIP) {
                self.0 = Some(GzDecoder::new(file));
            }
        }
        Ok(0)
    }
}

/// Bits per voxel of a real scalar `datatype`. For colours, complex numbers and a wrong `bitpix` the library would panic.
fn bits_of(datatype: i16) -> Option<i16> {
    use nifti::NiftiType::{Float32, Float64, Int8, Int16, Int32, Int64, Uint8, Uint16, Uint32, Uint64};
    let known = [
        (8, [Int8, Uint8].as_slice()),
        (16, &[Int16, Uint16]),
        (32, &[Int32, Uint32, Float32]),
        (64, &[Int64, Uint64, Float64]),
    ];
    known.into_iter().find_map(|(bits, types)| types.iter().any(|t| *t as i16 == datatype).then_some(bits))
}

/// Millimetres per unit of length of the header; without a unit, millimetres are assumed.
fn unit_mm(header: &NiftiHeader) -> f64 {
    match header.xyzt_units & 7 {
        1 => 1000.0,
        3 => 0.001,
        _ => 1.0,
    }
}

/// The voxel grid, from the sform or else from the qform.
fn grid_of(header: &NiftiHeader, shape: [usize; 3]) -> Option<Grid> {
    let (steps, origin) = if header.sform_code > 0 {
        let rows = [header.srow_x, header.srow_y, header.srow_z];
        (Matrix3::from_fn(|r, c| f64::from(rows[r][c])), rows.map(|row| f64::from(row[3])))
    } else if header.qform_code > 0 {
        let [b, c, d] = [header.quatern_b, header.quatern_c, header.quatern_d].map(f64::from);
        let a = (1.0 - b * b - c * c - d * d).max(0.0).sqrt();
        let rotation = UnitQuaternion::new_normalize(nalgebra::Quaternion::new(a, b, c, d)).to_rotation_matrix();
        let mut steps = *rotation.matrix();
        for axis in 0..3 {
            let hand = if axis == 2 && header.pixdim[0] < 0.0 { -1.0 } else { 1.0 };
            steps.column_mut(axis).scale_mut(hand * f64::from(header.pixdim[axis + 1]));
        }
        (steps, [header.quatern_x, header.quatern_y, header.quatern_z].map(f64::from))
    } else {
        return None;
    };
    let steps = mirrored(steps) * unit_mm(header);
    let origin = origin.map(|length| length * unit_mm(header));
    let spacing: [f64; 3] = std::array::from_fn(|axis| steps.column(axis).norm());
    if !spacing.iter().all(|s| s.is_finite() && *s > 1e-6) || !origin.iter().all(|x| x.is_finite()) {
        return None;
    }
    let mut axes = steps;
    for (axis, spacing_mm) in spacing.iter().enumerate() {
        axes.column_mut(axis).scale_mut(1.0 / spacing_mm);
    }
    let skew = (axes.transpose() * axes - Matrix3::identity()).amax();
    (skew < 1e-3).then(|| Grid {
        origin: Point::new(-origin[0], -origin[1], origin[2]),
        axes,
        spacing_mm: spacing,
        shape,
    })
}
