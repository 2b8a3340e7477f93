//! Reading and setting one parameter.

use geometry::{PhaseEncoding, SliceGroup};
use scanner::{Sequence, SeriesProtocol};

use super::Parameter;

/// Why a parameter was not set.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ParameterRefused {
    /// The sequence has none.
    #[error("this sequence has no {}", .0.label())]
    NotInSequence(Parameter),
    /// Outside what the console offers.
    #[error(
        "{} is {value}, expected {} to {}",
        parameter.label(),
        parameter.shown(*low),
        parameter.shown(*high)
    )]
    OutOfRange {
        /// Which parameter.
        parameter: Parameter,
        /// What it should have become.
        value: f64,
        /// The least it may be.
        low: f64,
        /// The most it may be.
        high: f64,
    },
}

/// The value of a parameter; `None` where the sequence has none.
pub fn value(series: &SeriesProtocol, group: &SliceGroup, parameter: Parameter) -> Option<f64> {
    let sequence = &series.sequence;
    let train = matches!(sequence, Sequence::TurboSpinEcho { .. } | Sequence::InversionRecovery { .. });
    // A part of 0.57 is shown as 57 %, not as 56.99999999999999 %.
    let percent = |part: f64| (part * 1e8).round() / 1e6;
    Some(match parameter {
        Parameter::Slices => group.slices as f64,
        Parameter::Thickness => group.thickness_mm,
        Parameter::Gap => group.gap_mm,
        Parameter::FovRows => group.fov_mm[0],
        Parameter::FovColumns => group.fov_mm[1],
        Parameter::Tr => sequence.tr_ms(),
        Parameter::Te if matches!(sequence, Sequence::Bssfp { .. }) => return None,
        Parameter::Te => sequence.te_ms(),
        Parameter::Averages => series.averages as f64,
        Parameter::Ti => return sequence.inversion_time_ms(),
        Parameter::FlipAngle if !sequence.is_gradient_echo() => return None,
        Parameter::FlipAngle => sequence.flip_deg(),
        Parameter::EchoTrainLength | Parameter::EchoSpacing if !train => return None,
        Parameter::EchoTrainLength => sequence.echo_train().0 as f64,
        Parameter::EchoSpacing => sequence.echo_train().1,
        Parameter::FatSaturation => f64::from(u8::from(series.fat_saturation)),
        Parameter::MatrixRows => group.matrix[0] as f64,
        Parameter::MatrixColumns => group.matrix[1] as f64,
        Parameter::PhaseResolution => percent(series.phase_resolution),
        Parameter::ReadResolution => percent(series.read_resolution),
        Parameter::Acceleration => series.acceleration,
        Parameter::PhaseEncodingDirection => match group.phase_encoding {
            PhaseEncoding::Row => 0.0,
            PhaseEncoding::Column => 1.0,
        },
        Parameter::PhaseOversampling => percent(series.phase_oversampling),
        // Gradient echoes go slice by slice, a slab is excited as a whole.
        Parameter::Concatenations if sequence.is_gradient_echo() || sequence.is_three_d() => return None,
        Parameter::Concatenations => series.concatenations.unwrap_or(0) as f64,
        Parameter::Bandwidth => series.bandwidth_hz_per_px,
    })
}

/// Sets a parameter; whole ones are rounded. Conflicts with others are not its concern.
///
/// # Errors
/// [`ParameterRefused`] if the sequence has no such parameter or the value lies outside its range; nothing has then
/// been changed.
pub fn set(
    series: &mut SeriesProtocol,
    group: &mut SliceGroup,
    parameter: Parameter,
    value: f64,
) -> Result<(), ParameterRefused> {
    if self::value(series, group, parameter).is_none() {
        return Err(ParameterRefused::NotInSequence(parameter));
    }
    let range = parameter.range(series);
    if !range.contains(value) {
        return Err(ParameterRefused::OutOfRange { parameter, value, low: range.low, high: range.high });
    }
    let whole = value.round() as usize;
    match parameter {
        Parameter::Slices => group.slices = whole,
        Parameter::Thickness => group.thickness_mm = value,
        Parameter::Gap => group.gap_mm = value,
        Parameter::FovRows => group.fov_mm[0] = value,
        Parameter::FovColumns => group.fov_mm[1] = value,
        Parameter::MatrixRows => group.matrix[0] = whole,
        Parameter::MatrixColumns => group.matrix[1] = whole,
        Parameter::PhaseEncodingDirection => {
            group.phase_encoding = if whole == 0 { PhaseEncoding::Row } else { PhaseEncoding::Column };
        }
        Parameter::Averages => series.averages = whole,
        Parameter::FatSaturation => series.fat_saturation = whole == 1,
        Parameter::PhaseResolution => series.phase_resolution = value / 100.0,
        Parameter::ReadResolution => series.read_resolution = value / 100.0,
        Parameter::PhaseOversampling => series.phase_oversampling = value / 100.0,
        Parameter::Acceleration => series.acceleration = value,
        Parameter::Concatenations => series.concatenations = (whole > 0).then_some(whole),
        Parameter::Bandwidth => series.bandwidth_hz_per_px = value,
        Parameter::Tr
        | Parameter::Te
        | Parameter::Ti
        | Parameter::FlipAngle
        | Parameter::EchoTrainLength
        | Parameter::EchoSpacing => set_timing(&mut series.sequence, parameter, value),
    }
    Ok(())
}

/// Sets what belongs to the sequence itself; others it ignores.
pub(super) fn set_timing(sequence: &mut Sequence, parameter: Parameter, value: f64) {
    let (tr, te, ti, flip, length, spacing) = match sequence {
        Sequence::SpoiledGradientEcho { tr_ms, te_ms, flip_deg } => {
            (tr_ms, Some(te_ms), None, Some(flip_deg), None, None)
        }
        Sequence::Bssfp { tr_ms, flip_deg } => (tr_ms, None, None, Some(flip_deg), None, None),
        Sequence::SpinEcho { tr_ms, te_ms } => (tr_ms, Some(te_ms), None, None, None, None),
        Sequence::TurboSpinEcho { tr_ms, te_ms, echo_train_length, echo_spacing_ms, .. } => {
            (tr_ms, Some(te_ms), None, None, Some(echo_train_length), Some(echo_spacing_ms))
        }
        Sequence::InversionRecovery { tr_ms, te_ms, ti_ms, echo_train_length, echo_spacing_ms } => {
            (tr_ms, Some(te_ms), Some(ti_ms), None, Some(echo_train_length), Some(echo_spacing_ms))
        }
    };
    let place = match parameter {
        Parameter::Tr => Some(tr),
        Parameter::Te => te,
        Parameter::Ti => ti,
        Parameter::FlipAngle => flip,
        Parameter::EchoSpacing => spacing,
        Parameter::EchoTrainLength => {
            if let Some(length) = length {
                *length = value.round() as usize;
            }
            None
        }
        _ => None,
    };
    if let Some(place) = place {
        *place = value;
    }
}
