//! A scenario as an exercise at the console: what the trainee is asked, and how the AI behaves.
//!
//! `plumbline run` checks the table and otherwise leaves it alone.

use geometry::{Disc, Orientation, PatientPosition, Vertebra};
use scanner::Protocol;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mistake::{Mistake, mistake};

/// Longest time limit of an exercise, s: a working day.
const LONGEST_S: f64 = 8.0 * 3600.0;

/// Points from which an exercise is passed if it does not say otherwise (choice: a few faults may be left, none of them
/// grave).
const PASS_MARK: f64 = 70.0;

/// Most that the AI can be made to tilt a group, degrees: beyond it no one would be fooled.
const MOST_TILT_DEG: f64 = 45.0;

/// Most that the AI can be made to shift a group, mm: a level's height.
const MOST_SHIFT_MM: f64 = 50.0;

/// An exercise: one of the scenario's cases, examined by a trainee.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Lesson {
    /// How it is taken.
    pub mode: LessonMode,
    /// What the referring physician asks.
    pub indication: String,
    /// Time for planning, from the complete localizer to the last change of the plan, s; without it 600. It is shown, and
    /// marks for time fall beyond it.
    pub time_limit_s: Option<f64>,
    /// How the patient is to be positioned.
    pub position: PatientPosition,
    /// How the AI behaves.
    pub assist: Assist,
    /// Which of the scenario's cases is examined.
    pub case: u64,
    /// Implants and the like that the patient tells of when asked.
    pub implants: Vec<String>,
    /// Who built the exercise.
    pub instructor: String,
    /// What is to be scanned: told beforehand, and marked; nothing else is.
    pub order: LessonOrder,
    /// Points out of 100 from which the exercise is passed: told beforehand, and on the certificate.
    pub pass_mark: f64,
}

impl Default for Lesson {
    /// Practice on the first case, head first supine, with an honest AI and without a time limit.
    fn default() -> Self {
        Self {
            mode: LessonMode::default(),
            indication: String::new(),
            time_limit_s: None,
            position: PatientPosition::HeadFirstSupine,
            assist: Assist::default(),
            case: 0,
            implants: Vec::new(),
            instructor: String::new(),
            order: LessonOrder::default(),
            pass_mark: PASS_MARK,
        }
    }
}

/// What is to be scanned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct LessonOrder {
    /// Discs through which axial slices are ordered; none stands for every disc from L1/L2 to the sacrum.
    pub levels: Vec<Disc>,
    /// The series that are ordered, by the protocol's names for them; none stands for its sagittal and its axial series.
    pub series: Vec<String>,
    /// Whether the saturation band in front of the spine is ordered.
    pub saturation_band: bool,
}

impl Default for LessonOrder {
    /// The protocol's sagittal and axial series at every lumbar disc, with the saturation band.
    fn default() -> Self {
        Self { levels: Vec::new(), series: Vec::new(), saturation_band: true }
    }
}

/// How an exercise is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LessonMode {
    /// With hints.
    #[default]
    Practice,
    /// Without hints; the score is shown at the end.
    Exam,
}

/// How the AI behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Assist {
    /// What it does to its own plan before it shows it.
    pub kind: AssistKind,
    /// The disc whose group it gets wrong (tilted, shifted).
    pub level: Option<Disc>,
    /// By how much: degrees (tilted) or mm (shifted).
    pub amount: Option<f64>,
}

/// What the AI does to its own plan before it shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AssistKind {
    /// Nothing.
    #[default]
    Honest,
    /// It is switched off.
    Off,
    /// It tilts one group in the sagittal view.
    Tilted,
    /// It shifts one group along its normal.
    Shifted,
    /// It counts one level wrongly: every label is that of the disc above.
    Miscounted,
}

impl AssistKind {
    /// The name in a scenario file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Honest => "honest",
            Self::Off => "off",
            Self::Tilted => "tilted",
            Self::Shifted => "shifted",
            Self::Miscounted => "miscounted",
        }
    }
}

impl Lesson {
    /// What must hold beyond the types, in a scenario of so many cases.
    pub(super) fn check(&self, cases: u64) -> Result<(), Mistake> {
        if self.case >= cases {
            let help = format!("the scenario has {cases}, numbered from 0");
            return mistake("lesson.case", format!("there is no case {}", self.case), help);
        }
        if let Some(limit_s) = self.time_limit_s
            && !(1.0..=LONGEST_S).contains(&limit_s)
        {
            let help = format!("expected 1 to {LONGEST_S} seconds");
            return mistake("lesson.time-limit-s", format!("time-limit-s is {limit_s}"), help);
        }
        if !(1.0..=100.0).contains(&self.pass_mark) {
            let help = "expected points from 1 to 100";
            return mistake("lesson.pass-mark", format!("pass-mark is {}", self.pass_mark), help);
        }
        self.order.check()?;
        self.assist.check()
    }
}

impl LessonOrder {
    fn check(&self) -> Result<(), Mistake> {
        for (n, disc) in self.levels.iter().enumerate() {
            let at = format!("lesson.order.levels.{n}");
            if disc.upper < Vertebra::L1 {
                let help = "expected discs that are prescribed: L1/L2 to L5/S1";
                return mistake(at, format!("{disc} is no lumbar disc"), help);
            }
            if self.levels[..n].contains(disc) {
                return mistake(at, format!("{disc} stands twice"), "expected each level once");
            }
        }
        Ok(())
    }

    /// What must hold beside the protocol that the scenario names: it has every series that is ordered, and levels are
    /// ordered only with a series that shows them.
    pub(super) fn check_series(&self, protocol: &Protocol) -> Result<(), Mistake> {
        let known = protocol.series_names();
        for (n, name) in self.series.iter().enumerate() {
            let at = format!("lesson.order.series.{n}");
            if !known.iter().any(|(known, _)| known == name) {
                let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
                let help = format!("the protocol has {}", names.join(", "));
                return mistake(at, format!("the protocol has no series '{name}'"), help);
            }
            if self.series[..n].contains(name) {
                return mistake(at, format!("'{name}' stands twice"), "expected each series once");
            }
        }
        let is_axial = |name: &String| known.contains(&(name.as_str(), Orientation::Axial));
        if !self.levels.is_empty() && !self.series.is_empty() && !self.series.iter().any(is_axial) {
            let help = "expected an axial series beside the levels, or no levels";
            return mistake("lesson.order.levels", "levels are ordered without an axial series", help);
        }
        Ok(())
    }
}

impl Assist {
    fn check(&self) -> Result<(), Mistake> {
        let kind = self.kind.name();
        let (unit, most) = match self.kind {
            AssistKind::Tilted => ("degrees", MOST_TILT_DEG),
            AssistKind::Shifted => ("millimetres", MOST_SHIFT_MM),
            AssistKind::Honest | AssistKind::Off | AssistKind::Miscounted => {
                if self.level.is_some() || self.amount.is_some() {
                    let field = if self.level.is_some() { "level" } else { "amount" };
                    let help = "only tilted and shifted have a level and an amount";
                    return mistake(format!("lesson.assist.{field}"), format!("{kind} has no {field}"), help);
                }
                return Ok(());
            }
        };
        match self.level {
            None => {
                let help = "expected the disc whose group is wrong, such as level = \"L4/L5\"";
                return mistake("lesson.assist.kind", format!("{kind} without a level"), help);
            }
            Some(disc) if disc.upper < Vertebra::L1 => {
                let help = "expected a disc that is prescribed: L1/L2 to L5/S1";
                return mistake("lesson.assist.level", format!("{disc} is no lumbar disc"), help);
            }
            Some(_) => {}
        }
        let help = format!("expected {unit}, above 0 or below it, up to {most}");
        match self.amount {
            None => mistake("lesson.assist.kind", format!("{kind} without an amount"), help),
            Some(amount) if amount != 0.0 && amount.abs() <= most => Ok(()),
            Some(amount) => mistake("lesson.assist.amount", format!("amount is {amount}"), help),
        }
    }
}
