//! What must hold before a scan. Each rule is asked of the scanner alone, on a copy that keeps the others: the scanner
//! itself names only the first that is broken.

use geometry::{PhaseEncoding, SliceGroup};
use scanner::sequence::HZ_PER_PPM_AND_T;
use scanner::{SeriesError, SeriesProtocol};
use serde::{Deserialize, Serialize};

use super::Parameter;
use super::access::{set_timing, value};

/// Gradient strength along one axis, mT/m: that of usual whole-body scanners.
pub(super) const GRADIENT_MT_PER_M: f64 = 45.0;
/// Longer than any sequence, ms.
const ENDLESS_MS: f64 = 1e9;
/// A bandwidth at which the readout takes no time, Hz per pixel.
const BOUNDLESS_HZ: f64 = 1e300;

/// Something that must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A value is a number that the console offers.
    Range(Parameter),
    /// Slices follow each other: thickness and gap together are positive.
    SliceStep,
    /// The stack is not too large.
    StackSize,
    /// The echo comes before the next excitation.
    EchoInRepetition,
    /// Readout and pulses fit into the shortest time of the sequence.
    ShortestTime,
    /// The effective echo is one of the train's.
    EchoInTrain,
    /// Inversion and echo train end before the next excitation.
    TrainInRepetition,
    /// The slices of one pass fit into TR.
    SlicesInRepetition,
    /// The patient is not heated too much.
    AbsorptionRate,
    /// The readout needs no stronger gradient than there is.
    GradientStrength,
    /// What else the scanner refuses, such as a group that is skewed.
    Scanner,
}

/// A series with its slices in a scanner.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub series: SeriesProtocol,
    pub group: SliceGroup,
    pub field_t: f64,
}

impl State {
    pub fn value(&self, parameter: Parameter) -> Option<f64> {
        value(&self.series, &self.group, parameter)
    }

    /// The rules that are broken.
    pub fn broken(&self) -> Vec<Rule> {
        let refused = self.series.check(&self.group).is_err();
        let mut broken = Vec::new();
        if refused {
            // A protocol may go beyond what the console offers as long as the scanner takes it.
            broken.extend(Parameter::ALL.into_iter().filter(|&p| self.is_out_of_range(p)).map(Rule::Range));
            let timed = [
                Rule::SliceStep,
                Rule::StackSize,
                Rule::EchoInRepetition,
                Rule::ShortestTime,
                Rule::EchoInTrain,
                Rule::TrainInRepetition,
                Rule::SlicesInRepetition,
            ];
            broken.extend(timed.into_iter().filter(|rule| self.breaks(*rule)));
        }
        broken.extend([Rule::AbsorptionRate, Rule::GradientStrength].into_iter().filter(|rule| self.breaks(*rule)));
        if refused && broken.iter().all(|rule| matches!(rule, Rule::AbsorptionRate | Rule::GradientStrength)) {
            broken.push(Rule::Scanner);
        }
        broken
    }

    fn is_out_of_range(&self, parameter: Parameter) -> bool {
        self.value(parameter).is_some_and(|value| !parameter.range(&self.series).contains(value))
    }

    fn breaks(&self, rule: Rule) -> bool {
        match rule {
            Rule::Range(parameter) => self.is_out_of_range(parameter),
            Rule::SliceStep => self.group.slice_step_mm() <= 0.0,
            Rule::StackSize => self.too_many().is_some(),
            Rule::EchoInRepetition => {
                matches!(self.series.check_timing(), Err(SeriesError::EchoAfterRepetition { .. }))
            }
            Rule::ShortestTime => self.shortest().is_some(),
            Rule::EchoInTrain => {
                let alone = self.with(&[(Parameter::Tr, ENDLESS_MS)], Some(BOUNDLESS_HZ));
                matches!(alone.check_timing(), Err(SeriesError::EchoOutsideTrain { .. }))
            }
            Rule::TrainInRepetition => {
                self.has_train() && {
                    let alone = self.with_first_echo().check_timing();
                    matches!(
                        alone,
                        Err(SeriesError::TrainAfterRepetition { .. } | SeriesError::EchoAfterRepetition { .. })
                    )
                }
            }
            Rule::SlicesInRepetition => {
                let alone = self.with_first_echo().check(&self.ordinary_group());
                matches!(alone, Err(SeriesError::SlicesAfterRepetition { .. }))
            }
            Rule::AbsorptionRate => self.series.check_exposure(&self.group, self.field_t).is_err(),
            Rule::GradientStrength => self.gradient_mt_per_m() > GRADIENT_MT_PER_M,
            Rule::Scanner => self.series.check(&self.group).is_err(),
        }
    }

    /// What there is too much of: its name, how many, how many are allowed.
    pub fn too_many(&self) -> Option<(&'static str, usize, usize)> {
        let ordinary = self.ordinary_group();
        let group = SliceGroup { matrix: self.group.matrix, ..ordinary };
        match self.series.check(&group) {
            Err(SeriesError::TooMany { name, found, limit }) => Some((name, found, limit)),
            _ => None,
        }
    }

    /// The shortest time that readout and pulses need, ms, if it is more than there is, and the readout's part.
    pub fn shortest(&self) -> Option<(f64, f64)> {
        let alone = match self.shortest_parameter() {
            Parameter::Tr => self.series.clone(),
            _ => self.with(&[(Parameter::Tr, ENDLESS_MS)], None),
        };
        match alone.check_timing() {
            Err(SeriesError::TooShort { shortest_ms, readout_ms, .. }) => Some((shortest_ms, readout_ms)),
            _ => None,
        }
    }

    /// The time that readout and pulses have to fit into.
    pub fn shortest_parameter(&self) -> Parameter {
        let times = [Parameter::EchoSpacing, Parameter::Te];
        times.into_iter().find(|time| self.value(*time).is_some()).unwrap_or(Parameter::Tr)
    }

    fn has_train(&self) -> bool {
        self.value(Parameter::EchoTrainLength).is_some()
    }

    /// A copy with other timing.
    fn with(&self, timing: &[(Parameter, f64)], bandwidth_hz_per_px: Option<f64>) -> SeriesProtocol {
        let mut series = self.series.clone();
        timing.iter().for_each(|&(parameter, value)| set_timing(&mut series.sequence, parameter, value));
        series.bandwidth_hz_per_px = bandwidth_hz_per_px.unwrap_or(series.bandwidth_hz_per_px);
        series
    }

    /// A copy with its effective echo at the train's first and a readout that takes no time.
    fn with_first_echo(&self) -> SeriesProtocol {
        let first = self.value(Parameter::EchoSpacing).map(|spacing_ms| (Parameter::Te, spacing_ms));
        self.with(first.as_slice(), Some(BOUNDLESS_HZ))
    }

    /// As many slices of an ordinary size.
    fn ordinary_group(&self) -> SliceGroup {
        SliceGroup { thickness_mm: 4.0, gap_mm: 0.0, fov_mm: [256.0, 256.0], matrix: [64, 64], ..self.group.clone() }
    }

    /// Strength of the readout's gradient: the bandwidth of all samples spread over the field of view.
    pub fn gradient_mt_per_m(&self) -> f64 {
        let axis = self.read_axis();
        let samples = self.group.matrix[axis] as f64 * self.series.read_resolution;
        let hz_per_mt = HZ_PER_PPM_AND_T * 1e3;
        self.series.bandwidth_hz_per_px * samples / (hz_per_mt * self.group.fov_mm[axis] * 1e-3)
    }

    /// 0 if the rows' stack is read out, 1 if a row is.
    pub const fn read_axis(&self) -> usize {
        match self.group.phase_encoding {
            PhaseEncoding::Row => 0,
            PhaseEncoding::Column => 1,
        }
    }

    /// The parameter to look at first.
    pub fn parameter(&self, rule: Rule) -> Parameter {
        match rule {
            Rule::Range(parameter) => parameter,
            Rule::SliceStep => Parameter::Gap,
            Rule::StackSize | Rule::Scanner => Parameter::Slices,
            Rule::EchoInRepetition | Rule::EchoInTrain => Parameter::Te,
            Rule::ShortestTime => self.shortest_parameter(),
            Rule::TrainInRepetition | Rule::AbsorptionRate => Parameter::Tr,
            Rule::SlicesInRepetition => Parameter::Concatenations,
            Rule::GradientStrength => Parameter::Bandwidth,
        }
    }
}
