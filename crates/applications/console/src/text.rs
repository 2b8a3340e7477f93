//! Every word of the console's own, in one place: a translation is another file like this one. What the session says
//! (refusals, notices, explanations of marks) is the `coach` crate's (`coach/src/text/`).

use coach::intent::Phase;
use exam::CoilChoice;
use geometry::Orientation;
use geometry::PatientPosition;

/// Turns of the patient: about the table's long axis, nodding, in the table's plane.
pub const TURNS: [&str; 3] = ["roll ", "pitch ", "yaw "];

/// Columns of the class overview.
pub const CLASS_COLUMNS: [&str; 5] = ["trainee", "attempts", "best", "latest", "weakest at"];

macro_rules! words {
    ($($name:ident = $text:expr;)*) => { $( #[expect(missing_docs, reason = "the text says it")] pub const $name: &str = $text; )* };
}

words! {
    PRODUCT = "Plumbline";
    WORKLIST = "Worklist";
    EMPTY_WORKLIST = "There are no patients today: start with --scenario FILE or DIR.";
    SEARCH = "Search";
    SEARCH_HINT = "name, number, indication";
    TRAINEE = "At the console";
    YOUR_NAME = "your name";
    EXAMINE = "Examine";
    EMERGENCY = "Emergency";
    EMERGENCY_HINT = "Register without the order's data";
    EXAM = "EXAM";
    YOUR_ATTEMPTS = "Your attempts";
    NO_ATTEMPTS = "none yet";
    LEARNING_CURVE = "score";
    INSTRUCTOR = "Instructor";
    CLASS = "Class";
    CLOSE = "Close";
    SAVE_EXERCISE = "Save exercise";
    SAVED = "saved as";
    SAVE_HINT = "saved as a scenario: the worklist shows it, plumbline run runs it";
    EXERCISE_NAME = "Name (small letters, hyphens)";
    EXERCISE_TITLE = "Title";
    INDICATION = "Indication";
    PHANTOM = "Patient";
    SEED = "seed";
    TURNED = "Lies turned";
    ASIDE = "to the left ";
    MOTION = "Motion";
    RESTLESS = "breathes and moves during scans";
    MACHINE = "Faults of the machine";
    NOISE = "noise +";
    GHOST = "ghost ";
    LEVELS_HINT = "axial slices are ordered here; with no level chosen, at every lumbar disc";
    WITH_T1 = "sagittal T1";
    WITH_BAND = "saturation band";
    TIME_FOR_PLANNING = "Time for planning";
    MODE = "Mode";
    AS_EXAM = "exam: no hints";
    IMPLANTS = "Disclosed on questioning (one per line)";
    FOLDER = "Folder";
    NOBODY = "nobody registered";
    LEAVE = "Worklist";
    CONSOLE_TIME = "time at the console";
    AT_ONCE = "at once";
    SPEED_HINT = "how fast scans run";
    AI_PLANS = "the AI plans";
    CHECKING = "checking";
    PREPARING = "preparing";
    WRISTBAND = "Order and wristband";
    ORDERED_POSITION = "Position asked for";
    SCALES = "Weight and height";
    REGISTRATION = "Registration";
    CHOOSE = "choose";
    TO_THE_TABLE = "To the table ▶";
    SCREENING = "Safety screening";
    SCREENING_HINT = "Ask before anybody enters; decide on what you hear.";
    ASK = "Ask";
    AT_THE_TABLE = "At the table";
    LYING = "The patient lies";
    CUSHION = "cushion under the knees";
    COIL = "Coil";
    ELEMENTS = "elements above L3";
    LANDMARK = "Landmark";
    LANDMARK_HINT = "The iliac crests stand level with L4/L5, about";
    LANDMARK_HINT_END = "below the middle of L3, which belongs at the isocentre.";
    LASER = "laser";
    TABLE_HINT = "travel of the table into the bore";
    SET_LANDMARK = "Set landmark";
    TO_ISOCENTRE = "To isocentre";
    TABLE_OUT = "Table out";
    LANDMARK_AT = "Landmark at";
    NONE = "none";
    PATIENT_IS = "Patient";
    AT_ISOCENTRE = "in the bore";
    OUTSIDE = "outside";
    SCAN_LOCALIZER = "Scan localizer ▶";
    NOT_READY = "set a landmark and move the patient to the isocentre";
    BACK_TO_REGISTRATION = "◀ Registration";
    QUEUE = "Queue";
    SCAN_ALL = "Scan all";
    EMPTY_QUEUE = "Draw slices, or ask the AI.";
    LOCALIZER = "Localizer";
    LEFT = "left";
    PAUSE = "Pause";
    RESUME = "Resume";
    STOP = "Stop";
    REMOVE = "remove";
    REPEAT = "Repeat";
    SCAN = "Scan";
    ACCEPTED = "image check passed";
    REPEAT_RECOMMENDED = "repeat recommended:";
    REPLAN_SHOWN = "as these images show, re-plan:";
    CHANGED_SINCE = "changed since it was scanned";
    WAITING = "waiting";
    SCANNING = "scanning";
    DONE = "done";
    STOPPED = "stopped";
    ADD_SERIES = "+ further series";
    SCAN_TIME = "time";
    VOXEL = "voxel";
    RELATIVE_SNR = "SNR";
    SAR = "SAR";
    AI = "AI";
    AI_OFF = "switched off in this exercise";
    ASK_AI = "Propose a plan";
    ACCEPT = "Accept";
    ADJUST = "Adjust";
    REJECT = "Reject";
    OVERLAY = "segmentation over the localizer";
    PRESCRIPTION = "Prescription";
    ADD_SAGITTAL = "+ Sagittal";
    ADD_AXIAL = "+ Axial";
    ADD_BAND = "+ Sat band";
    UNDO = "Undo";
    REDO = "Redo";
    FLIP_PHASE = "Swap phase";
    LEVEL = "Level";
    SNAP = "Snap to disc";
    SNAP_HINT = "onto the AI's disc of this name, or the nearest";
    COPY_FROM = "Copy position";
    CENTRE = "Centre";
    TILT = "Turn";
    FINISH = "Finish examination";
    CALL_OFF = "Call the examination off";
    NO_IMAGES = "no images yet";
    OF_100 = "of 100 points";
    ORDERED = "Ordered:";
    PASSED = "Passed";
    NOT_PASSED = "Not passed";
    PASS_MARK = "pass mark";
    PLANNING_TIME = "planning";
    PLANNING_TIME_HINT = "from the complete localizer; marks for time count the last change of the plan";
    PLANNED_IN = "planned in";
    UNFINISHED = "A lesson was left unfinished.";
    CONTINUE = "Continue";
    REPLAY = "replay";
    IS_REPLAY = "REPLAY";
    SCANNER_TIME = "scanner time";
    EMERGENCY_ORDER = "Emergency: there is no order. Weight and position must be known, the rest can wait.";
    NOTHING_FOUND = "nobody of that name, number or indication";
    EXPORT = "Certificate and export";
    EXPORT_HINT = "writes the certificate (HTML, PDF) and the attempt for plumbline run --attempts";
    CERTIFICATE_PICTURE = "Planned disc groups (yellow) and the truth (blue, dashed) on the sagittal localizer";
    EXPORTED = "written to";
    SHOW_TRUTH = "show the truth (blue, dashed)";
    TOOLS = "Tools";
    WIPE = "Wipe";
    SERIES = "Images";
    TOOL_WINDOW = "Window";
    TOOL_PAN = "Pan";
    TOOL_DISTANCE = "Distance";
    TOOL_ANGLE = "Angle";
    TOOL_AREA = "Area";
}

/// A position in words.
pub const fn position(position: PatientPosition) -> &'static str {
    match position {
        PatientPosition::HeadFirstSupine => "head first, on the back",
        PatientPosition::HeadFirstProne => "head first, on the belly",
        PatientPosition::HeadFirstDecubitusRight => "head first, on the right side",
        PatientPosition::HeadFirstDecubitusLeft => "head first, on the left side",
        PatientPosition::FeetFirstSupine => "feet first, on the back",
        PatientPosition::FeetFirstProne => "feet first, on the belly",
        PatientPosition::FeetFirstDecubitusRight => "feet first, on the right side",
        PatientPosition::FeetFirstDecubitusLeft => "feet first, on the left side",
    }
}

/// A coil's name.
pub const fn coil(coil: CoilChoice) -> &'static str {
    match coil {
        CoilChoice::SpineArray => "spine array",
        CoilChoice::SpineAndBodyArray => "spine and body array",
        CoilChoice::BodyCoil => "body coil",
    }
}

/// A phase's name.
pub const fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Registration => "1 Registration",
        Phase::Positioning => "2 Positioning",
        Phase::Planning => "3 Planning",
        Phase::Viewing => "4 Viewer",
        Phase::Review => "5 Score",
    }
}

/// A plane's name.
pub const fn orientation(orientation: Orientation) -> &'static str {
    match orientation {
        Orientation::Sagittal => "sagittal",
        Orientation::Coronal => "coronal",
        Orientation::Axial => "axial",
    }
}
