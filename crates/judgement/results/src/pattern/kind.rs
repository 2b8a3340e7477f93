//! The errors that can be named, which are also those that can be planted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($variant:ident $name:literal [$unit:literal] $describe:literal,)*) => {
        /// An error of a planner that can be planted, and named.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum PatternKind {
            $(#[doc = $describe] $variant,)*
        }

        impl PatternKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name, as `--fault` takes it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// In a radiographer's words.
            pub const fn describe(self) -> &'static str {
                match self { $(Self::$variant => $describe),* }
            }

            /// Unit of its size; empty where it has none.
            pub const fn unit(self) -> &'static str {
                match self { $(Self::$variant => $unit),* }
            }
        }
    };
}

kinds![
    Tilted "tilted" ["°"] "axial slices tilted in the sagittal view (forwards is positive)",
    TiltedLevel "tilted-level" ["°"] "axial slices of one level tilted in the sagittal view (forwards is positive)",
    TiltedCoronal "tilted-coronal" ["°"] "axial slices tilted in the coronal view (to the left is positive)",
    TurnedInPlane "turned-in-plane" ["°"] "axial slices turned in their plane (clockwise is positive)",
    RowsReversed "rows-reversed" [""] "rows of the axial images reversed: left and right swapped on the picture",
    ShiftedLeft "shifted-left" ["mm"] "axial slices shifted to the patient's left",
    ShiftedBack "shifted-back" ["mm"] "axial slices shifted to the back",
    ShiftedHead "shifted-head" ["mm"] "axial slices shifted to the head",
    StackTurned "stack-turned" ["°"] "sagittal stack turned about the body's long axis (left side to the back is positive)",
    StackTilted "stack-tilted" ["°"] "sagittal stack tilted in the coronal view (left side to the head is positive)",
    StackTurnedInPlane "stack-turned-in-plane" ["°"] "sagittal stack turned in its plane (clockwise is positive)",
    StackShifted "stack-shifted" ["mm"] "sagittal stack shifted to the patient's left",
    HalfVoxel "half-voxel" ["mm"] "everything off by half a voxel of the localizer: its corner taken for its middle",
    Mirrored "mirrored" [""] "left and right mirrored",
    AxesPermuted "axes-permuted" [""] "axes permuted",
    SignFlipped "sign-flipped" [""] "head and feet, or front and back, mirrored: the sign of an axis flipped",
    RasForLps "ras-for-lps" [""] "RAS coordinates in place of LPS: left and right, front and back swapped",
    VoxelsForMm "voxels-for-mm" [""] "voxel numbers of the localizer in place of millimetres",
    LandmarkTwice "landmark-twice" [""] "one disc taken for two: two levels in one place",
    WrongLevel "wrong-level" ["levels"] "levels miscounted (towards the feet is positive)",
    MissingLevel "missing-level" [""] "a level is never planned",
    DoubledLevel "doubled-level" [""] "a level is planned twice",
    NoGroups "no-groups" [""] "levels without slices",
    NormalsToFeet "normals-to-feet" [""] "disc normals point to the feet",
    StaleLocalizer "stale-localizer" [""] "planned on another patient's localizer",
    TableMoved "table-moved" ["mm"] "everything shifted along the table (to the head is positive): table moved, or another isocentre",
    SliceCount "slice-count" ["slices"] "number of slices not as prescribed",
    Thickness "thickness" ["mm"] "slice thickness not as prescribed",
    Gap "gap" ["mm"] "gap between slices not as prescribed",
    FieldOfView "field-of-view" ["mm"] "field of view not as prescribed",
    Matrix "matrix" ["px"] "matrix not as prescribed",
    PhaseSwapped "phase-swapped" [""] "phase and frequency encoding swapped",
    BandOverCanal "band-over-canal" [""] "saturation band over the canal",
    NoBand "no-band" [""] "saturation band missing",
    FlagEverything "flag-everything" [""] "a warning on every plan",
    NeverFlag "never-flag" [""] "never a warning, also where one is due",
    Late "late" [""] "answers come too late",
    Silent "silent" [""] "no answer comes",
    Crash "crash" [""] "the planner crashes",
    Garbage "garbage" [""] "answers that are no plan",
    OtherAnswer "other-answer" ["°"] "another answer at each call: standard deviation of the tilt between repeats",
];

impl std::fmt::Display for PatternKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
