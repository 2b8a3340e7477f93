//! Every word of the parameters that a trainee reads: a translation is another file like this one.

use scanner::SeriesError;

use super::rule::{GRADIENT_MT_PER_M, Rule, State};
use super::{Parameter, Tab};

impl Tab {
    /// What the tab says.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Routine => "Routine",
            Self::Contrast => "Contrast",
            Self::Resolution => "Resolution",
            Self::Geometry => "Geometry",
            Self::System => "System",
        }
    }
}

impl Parameter {
    /// What stands before its value.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Slices => "Slices",
            Self::Thickness => "Slice thickness",
            Self::Gap => "Gap",
            Self::FovRows => "FOV rows",
            Self::FovColumns => "FOV columns",
            Self::Tr => "TR",
            Self::Te => "TE",
            Self::Averages => "Averages",
            Self::Ti => "TI",
            Self::FlipAngle => "Flip angle",
            Self::EchoTrainLength => "Echo train length",
            Self::FatSaturation => "Fat saturation",
            Self::MatrixRows => "Matrix rows",
            Self::MatrixColumns => "Matrix columns",
            Self::PhaseResolution => "Phase resolution",
            Self::ReadResolution => "Read resolution",
            Self::Acceleration => "Acceleration",
            Self::PhaseEncodingDirection => "Phase encoding",
            Self::PhaseOversampling => "Phase oversampling",
            Self::Concatenations => "Concatenations",
            Self::Bandwidth => "Bandwidth",
            Self::EchoSpacing => "Echo spacing",
        }
    }

    /// What stands behind its value; empty for plain numbers.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Tr | Self::Te | Self::Ti | Self::EchoSpacing => "ms",
            Self::Thickness | Self::Gap | Self::FovRows | Self::FovColumns => "mm",
            Self::FlipAngle => "°",
            Self::PhaseResolution | Self::ReadResolution | Self::PhaseOversampling => "%",
            Self::Bandwidth => "Hz/px",
            _ => "",
        }
    }

    /// The words for its values, from 0, where a word says more than a number.
    pub const fn words(self) -> Option<[&'static str; 2]> {
        match self {
            Self::FatSaturation => Some(["off", "on"]),
            Self::PhaseEncodingDirection => Some(["row", "column"]),
            _ => None,
        }
    }

    /// A value as it is shown, with its unit.
    pub fn shown(self, value: f64) -> String {
        if let Some(words) = self.words() {
            return words[usize::from(value >= 0.5)].to_owned();
        }
        if self == Self::Concatenations && value == 0.0 {
            return "automatic".to_owned();
        }
        let rounded = (value * 100.0).round() / 100.0;
        let parted = if matches!(self.unit(), "" | "°") { "" } else { " " };
        format!("{rounded}{parted}{}", self.unit())
    }
}

impl State {
    /// What is wrong, in a trainee's words.
    pub fn message(&self, rule: Rule) -> String {
        let (tr_ms, te_ms) = (self.series.sequence.tr_ms(), self.series.sequence.te_ms());
        let (echoes, spacing_ms) = self.series.sequence.echo_train();
        let train_ms = echoes as f64 * spacing_ms;
        match rule {
            Rule::Range(parameter) => {
                let range = parameter.range(&self.series);
                let found = self.value(parameter).unwrap_or(f64::NAN);
                let (low, high) = (parameter.shown(range.low), parameter.shown(range.high));
                format!("{} is {found}, expected {low} to {high}", parameter.label())
            }
            Rule::SliceStep => format!(
                "with a thickness of {:.1} mm and a gap of {:.1} mm the slices do not follow each other",
                self.group.thickness_mm, self.group.gap_mm
            ),
            Rule::StackSize => match self.too_many() {
                Some((name, found, limit)) => format!("{found} {name} are too many: the scanner takes {limit}"),
                None => "the stack is too large".to_owned(),
            },
            Rule::EchoInRepetition => {
                format!("the echo at {te_ms:.1} ms comes after the next excitation at {tr_ms:.1} ms")
            }
            Rule::ShortestTime => {
                let (shortest_ms, readout_ms) = self.shortest().unwrap_or_default();
                format!(
                    "{} is too short: the readout takes {readout_ms:.2} ms, {shortest_ms:.2} ms with its pulses",
                    self.shortest_parameter().label()
                )
            }
            Rule::EchoInTrain => format!(
                "TE {te_ms:.1} ms lies outside the echo train, which lasts from {spacing_ms:.1} to {train_ms:.1} ms"
            ),
            Rule::TrainInRepetition => match self.series.sequence.inversion_time_ms() {
                Some(ti_ms) => format!(
                    "inversion and echo train take {:.0} ms and do not fit into TR {tr_ms:.0} ms",
                    ti_ms + train_ms
                ),
                None => format!("the echo train of {train_ms:.0} ms does not fit into TR {tr_ms:.0} ms"),
            },
            Rule::SlicesInRepetition => {
                let (slices, slice_ms) = (self.group.slices, self.series.slice_ms());
                let needed = (slices as f64 * slice_ms / tr_ms).ceil();
                format!("{slices} slices of {slice_ms:.0} ms each need {needed:.0} concatenations at TR {tr_ms:.0} ms")
            }
            Rule::AbsorptionRate => match self.series.check_exposure(&self.group, self.field_t) {
                Err(SeriesError::AbsorptionRate { sar, limit }) => {
                    format!("the whole-body SAR of {sar:.1} W/kg exceeds {limit} W/kg (IEC 60601-2-33)")
                }
                _ => "the whole-body SAR is too high".to_owned(),
            },
            Rule::GradientStrength => format!(
                "the readout needs a gradient of {:.0} mT/m, the scanner has {GRADIENT_MT_PER_M} mT/m",
                self.gradient_mt_per_m()
            ),
            Rule::Scanner => match self.series.check(&self.group) {
                Err(error) => error.to_string(),
                Ok(()) => "the scanner refuses it".to_owned(),
            },
        }
    }

    /// Changes as a suggestion shows them: "TE 300 ms to 178.5 ms".
    pub fn changes(&self, changes: &[(Parameter, f64)]) -> String {
        let change = |&(parameter, after): &(Parameter, f64)| {
            let before = self.value(parameter).map_or_else(String::new, |before| parameter.shown(before));
            format!("{} {before} to {}", parameter.label(), parameter.shown(after))
        };
        changes.iter().map(change).collect::<Vec<_>>().join(", ")
    }
}
