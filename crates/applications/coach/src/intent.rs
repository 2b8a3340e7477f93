//! Everything that a trainee or an instructor can ask for. Mouse, keyboard, script and test give the same intents, and
//! a journal of them is the recording of an attempt.

use exam::{CoilChoice, SeriesId};
use geometry::Orientation;
use geometry::PatientPosition;
use serde::{Deserialize, Serialize};

use crate::registration_form::Field;
use crate::safety::{Decision, Question};
use slice_editor::Edit;
use slice_editor::parameters::Parameter;

/// One thing to be done at the console.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intent {
    /// Somebody sits down at the console.
    SitDown {
        /// The trainee's name.
        trainee: String,
    },
    /// Take a patient of the worklist, by the exercise's name.
    Open {
        /// The exercise.
        exercise: String,
        /// Without the order's data: the patient came by ambulance.
        #[serde(default)]
        emergency: bool,
    },
    /// Back to the worklist; what was done is kept as a draft.
    Leave,
    /// Go on to a phase, or back.
    Go(Phase),
    /// Type into a field of the registration.
    Fill {
        /// Which field.
        field: Field,
        /// The whole text.
        text: String,
    },
    /// Ask the patient.
    Ask(Question),
    /// Decide on what the patient said.
    Decide {
        /// About which question.
        question: Question,
        /// What is done.
        decision: Decision,
    },
    /// Choose how the patient lies.
    Lay(PatientPosition),
    /// Put the cushion under the knees, or take it away.
    Cushion(bool),
    /// Plug coils in.
    Plug {
        /// Which.
        coil: CoilChoice,
        /// Middle of the switched-on elements, from the L3 body to the head, mm.
        #[serde(default)]
        centre_mm: f64,
    },
    /// Switch the laser.
    Laser(bool),
    /// Move the table to a travel, mm.
    MoveTable(f64),
    /// Set the landmark where the light falls.
    SetLandmark,
    /// Move the landmark to the isocentre.
    ToIsocentre,
    /// Scan the localizer.
    ScanLocalizer,
    /// How fast simulated time runs: 1, 10, or 0 for at once.
    Speed(f64),
    /// Pause the scan, or resume it.
    Pause(bool),
    /// Stop the scan.
    Stop,
    /// Change the prescription.
    Draw(Edit),
    /// A drag begins; all its edits are undone at once.
    BeginGesture,
    /// The drag ends.
    EndGesture,
    /// Take the last change of the prescription back.
    Undo,
    /// Do it again.
    Redo,
    /// Add a further series of the protocol on the stack of another.
    AddSeries {
        /// The protocol's name for it, such as "sagittal T1".
        protocol: String,
    },
    /// Ask the AI for a plan.
    AskAi,
    /// Take the AI's plan as it is.
    AcceptProposal,
    /// Take the AI's plan to change it.
    AdjustProposal,
    /// Do without the AI's plan.
    RejectProposal,
    /// Change a parameter of a series.
    Set {
        /// The series.
        series: SeriesRef,
        /// Which parameter.
        parameter: Parameter,
        /// Its new value, in its unit.
        value: f64,
    },
    /// Do what the console suggests about a conflict, counted from 0.
    Resolve {
        /// The series.
        series: SeriesRef,
        /// Which conflict of those shown.
        conflict: usize,
    },
    /// Scan one series.
    Scan(SeriesRef),
    /// Scan all that wait, one after the other.
    ScanAll,
    /// Scan a series again.
    Repeat(SeriesRef),
    /// Look at images.
    Look(usize, Look),
    /// The examination is over: show the score.
    Finish,
}

/// Where the trainee stands in the examination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Who is it, and may they enter?
    Registration,
    /// At the table.
    Positioning,
    /// Localizer, slices, queue.
    Planning,
    /// The images.
    Viewing,
    /// The score.
    Review,
}

impl Phase {
    /// All, in their order.
    pub const ALL: [Self; 5] = [Self::Registration, Self::Positioning, Self::Planning, Self::Viewing, Self::Review];
}

/// What a view is to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Look {
    /// Show images.
    Show(Shows),
    /// Show a slice, from 0.
    Slice(usize),
    /// Grey values: level and width as parts of the images' own window, 1 and 1 at first.
    Window {
        /// Middle, relative to the images' own.
        level: f64,
        /// Width, relative to the images' own.
        width: f64,
    },
    /// Magnification.
    Zoom(f64),
    /// The middle of the picture, mm right and down of the image's.
    Pan([f64; 2]),
    /// Measure: two points a distance, three an angle, more an area; image mm from its upper left corner.
    Measure(Vec<[f64; 2]>),
    /// Clear the measurements.
    Wipe,
}

/// The images in a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shows {
    /// A stack of the localizer.
    Localizer(Orientation),
    /// A series.
    Series(SeriesRef),
}

/// A series as an intent names it: the console by its number, people who write a script by its name, if no other
/// series has the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeriesRef {
    /// By number.
    Id(SeriesId),
    /// By the slice group's name.
    Name(String),
}

impl From<SeriesId> for SeriesRef {
    fn from(id: SeriesId) -> Self {
        Self::Id(id)
    }
}

impl From<&str> for SeriesRef {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl Serialize for SeriesRef {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Id(id) => id.serialize(serializer),
            Self::Name(name) => name.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for SeriesRef {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrName;

        impl serde::de::Visitor<'_> for NumberOrName {
            type Value = SeriesRef;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the number or the name of a series")
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<SeriesRef, E> {
                let number =
                    u32::try_from(number).map_err(|_| E::custom(format!("no series has the number {number}")))?;
                Ok(SeriesRef::Id(SeriesId(number)))
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<SeriesRef, E> {
                Ok(name.into())
            }
        }

        deserializer.deserialize_any(NumberOrName)
    }
}
