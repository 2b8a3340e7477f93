use std::path::Path;

use super::*;

/// A right scenario; tests break one line of it.
const RIGHT: &str = "\
format-version = 1
name = \"test\"
seed = 7
cases = 3
[patients]
population = \"adult-lumbar\"
[patients.positioning]
roll-deg = { sd = 4.0, limit = 10.0 }
[scanner]
protocol = \"lumbar-1.5t\"
[planner]
kind = \"command\"
command = \"./planner\"
[prescription]
sat-band-thickness-mm = 60.0
sat-band-clearance-mm = 5.0
sagittal = { slices = 15, thickness-mm = 4.0, gap-mm = 0.4, fov-mm = [300.0, 300.0], matrix = [384, 384] }
axial = { slices = 5, thickness-mm = 4.0, gap-mm = 0.4, fov-mm = [180.0, 180.0], matrix = [256, 256] }
[arms]
automated-repeats = 2
[[criteria]]
metric = \"dice.vertebra\"
statistic = \"mean\"
at-least = 0.9
";

fn load(text: &str) -> Result<ScenarioSetup, ScenarioError> {
    ScenarioSetup::from_text(Path::new("s.toml"), text, &Library::default())
}

#[test]
fn a_right_scenario_is_taken_and_its_hash_follows_its_text() {
    let setup = load(RIGHT).expect("right");
    assert_eq!((setup.scenario.cases, setup.scenario.arms.automated_repeats), (3, 2));
    let again = load(&RIGHT.replace("seed = 7", "seed = 8")).expect("right");
    assert_ne!(setup.hash, again.hash);
    let eased = load(&RIGHT.replace("at-least = 0.9", "at-least = 0.8")).expect("right");
    assert_eq!(setup.patients_hash, eased.patients_hash, "another limit leaves the patients as they are");
    let turned = load(&RIGHT.replace("sd = 4.0", "sd = 5.0")).expect("right");
    assert_ne!(setup.patients_hash, turned.patients_hash);
    assert_eq!(setup.identity(Some(9)).seed, 9);
}

#[test]
fn every_mistake_is_shown_in_place_with_what_was_expected() {
    let mistakes = [
        // (right, wrong, message)
        (
            "cases = 3",
            "casess = 3",
            "s.toml:4:1: unknown field `casess`, expected one of `format-version`, `name`, \
            `title`, `description`, `seed`, `cases`, `patients`, `scanner`, `prescription`, `planner`, `arms`, `loop`, \
            `judged-by`, `criteria`, `lesson` (did you mean 'cases'?)",
        ),
        ("cases = 3", "cases = 0", "s.toml:4:9: cases is 0 (expected 1 to 1000000 patients)"),
        ("cases = 3", "cases = -3", "s.toml:4:9: invalid value: integer `-3`, expected a whole number, 0 or more"),
        (
            "cases = 3",
            "cases = \"many\"",
            "s.toml:4:9: invalid type: string \"many\", expected a whole number, 0 or more",
        ),
        ("format-version = 1", "format-version = 2", "s.toml:1:18: format-version is 2 (this program reads version 1)"),
        (
            "\"test\"",
            "\"Test run\"",
            "s.toml:2:8: 'Test run' is no name for a scenario (expected small letters, digits and \
            hyphens, such as lumbar-routine)",
        ),
        (
            "adult-lumbar",
            "adult-lumber",
            "s.toml:6:14: unknown population 'adult-lumber' (did you mean 'adult-lumbar'?)",
        ),
        (
            "adult-lumbar",
            "nobody.toml",
            "s.toml:6:14: cannot read nobody.toml: No such file or directory (os error 2) (expected a file)",
        ),
        (
            "lumbar-1.5t",
            "brain",
            "s.toml:10:12: unknown protocol 'brain' (known: lumbar-1.5t, lumbar-3t, lumbar-fast-1.5t, \
            lumbar-postoperative-1.5t, lumbar-trauma-1.5t, lumbar-paediatric-1.5t, lumbar-volume-3t; or a path that \
            ends in .toml)",
        ),
        (
            "roll-deg",
            "roll-rad",
            "s.toml:8:1: unknown field `roll-rad`, expected one of `positions`, `roll-deg`, `pitch-deg`, \
            `yaw-deg`, `offset-left-mm`, `offset-posterior-mm`, `offset-head-mm`, `landmark-error-mm`, \
            `knee-cushion-probability`, `motion`, `restless-probability` (did you mean 'roll-deg'?)",
        ),
        ("sd = 4.0", "sd = -4.0", "s.toml:8:12: positioning: sd and limit of roll-deg must not be negative"),
        ("sd = 4.0", "sd = nan", "s.toml:8:12: positioning: sd of roll-deg is NaN, expected a finite number"),
        (
            "slices = 5, thickness-mm = 4.0",
            "slices = 5, thickness-mm = -4.0",
            "s.toml:18:38: thickness-mm is -4 (expected \
            millimetres above 0, up to 100)",
        ),
        ("matrix = [256, 256]", "matrix = [256, 0]", "s.toml:18:97: matrix.1 is 0 (expected 1 to 1024)"),
        ("matrix = [256, 256]", "matrix = [2048, 256]", "s.toml:18:92: matrix.0 is 2048 (expected 1 to 1024)"),
        (
            "kind = \"command\"",
            "kind = \"comand\"",
            "s.toml:12:8: unknown variant `comand`, expected `builtin` or `command` \
            (did you mean 'command'?)",
        ),
        (
            "command = \"./planner\"",
            "command = \"\"",
            "s.toml:13:11: no command is given (a planner of kind 'command' needs \
            the program to start)",
        ),
        ("automated-repeats = 2", "automated-repeats = 0", "s.toml:20:21: automated-repeats is 0 (expected 1 to 100)"),
        (
            "automated-repeats = 2",
            "arms = [\"manual\"]",
            "s.toml:20:8: the automated arm is missing (it is the planner under \
            test, and the others build on it)",
        ),
        (
            "dice.vertebra",
            "dice.vertebre",
            "s.toml:22:10: unknown metric 'dice.vertebre' (did you mean 'dice.vertebra'?)",
        ),
        (
            "dice.vertebra",
            "happiness",
            "s.toml:22:10: unknown metric 'happiness' ('plumbline explain' lists the metrics)",
        ),
        (
            "\"mean\"",
            "\"medain\"",
            "s.toml:23:13: unknown variant `medain`, expected one of `mean`, `median`, `p95`, `min`, \
            `max`, `rate` (did you mean 'median'?)",
        ),
        (
            "\"mean\"",
            "\"rate\"",
            "s.toml:23:13: dice.vertebra has no rate: its values are not yes or no (expected mean, \
            median, p95, min or max)",
        ),
        (
            "at-least = 0.9",
            "at-least = 90",
            "s.toml:24:12: at-least is 90 (dice.vertebra lies between 0 and 1; 90 % is 0.90)",
        ),
        ("at-least = 0.9", "at-least = nan", "s.toml:24:12: at-least is NaN (expected a number from 0)"),
        ("at-least = 0.9", "", "s.toml:21:1: no limit is given (expected one of at-least and at-most)"),
        (
            "at-least = 0.9",
            "at-least = 0.9\narm = \"manuel\"",
            "s.toml:25:7: unknown variant `manuel`, expected one of \
            `automated`, `collaborative`, `manual` (did you mean 'manual'?)",
        ),
    ];
    for (right, wrong, message) in mistakes {
        let text = RIGHT.replacen(right, wrong, 1);
        assert_ne!(text, RIGHT, "'{right}' is not in the scenario");
        let error = load(&text).expect_err(wrong).to_string();
        assert_eq!(error.lines().next(), Some(message), "for {wrong}");
    }
}

/// The text of a scenario with a protocol and nothing of its own to prescribe.
fn with_protocol(name: &str) -> String {
    let own = RIGHT.find("[prescription]").expect("there")..RIGHT.find("[arms]").expect("there");
    RIGHT.replace(&RIGHT[own], "").replace("lumbar-1.5t", name)
}

#[test]
fn a_scenario_prescribes_what_its_protocol_does() {
    for name in scanner::Protocol::BUILTIN_NAMES {
        let setup = load(&with_protocol(name)).expect("right");
        assert_eq!(setup.prescription, setup.protocol.prescription(), "{name}");
    }
    let axial_mm = |name: &str| load(&with_protocol(name)).expect("right").prescription.axial.thickness_mm;
    assert_eq!((axial_mm("lumbar-postoperative-1.5t"), axial_mm("lumbar-paediatric-1.5t")), (3.5, 3.0));
    let sagittal = |name: &str| load(&with_protocol(name)).expect("right").prescription.sagittal;
    assert_eq!(sagittal("lumbar-trauma-1.5t").fov_mm, [360.0, 360.0]);
    let volume = sagittal("lumbar-volume-3t");
    assert_eq!((volume.slices, volume.thickness_mm), (30, 0.9));
}

#[test]
fn a_scenario_changes_single_sizes_of_its_protocol() {
    let text = format!(
        "{}\n[prescription]\nsat-band-thickness-mm = 0.0\naxial = {{ slices = 3 }}\n",
        with_protocol("lumbar-postoperative-1.5t")
    );
    let prescription = load(&text).expect("right").prescription;
    assert_eq!((prescription.axial.slices, prescription.axial.thickness_mm), (3, 3.5));
    assert_eq!((prescription.sat_band_thickness_mm, prescription.sat_band_clearance_mm), (0.0, 5.0));
    assert_eq!(prescription.sagittal.slices, 15);
    let impossible = text.replace("slices = 3", "slices = 256, matrix = [1024, 1024]");
    let message = load(&impossible).expect_err("too many voxels for one series").to_string();
    assert!(message.contains("series 'axial-t2'"), "{message}");
}

#[test]
fn the_shipped_scenarios_prescribe_routine_sizes_but_after_surgery() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../scenarios");
    let setups = ScenarioSetup::load_all(&[folder.clone(), folder.join("lessons")]).expect("right");
    for setup in setups {
        let mut expected = geometry::PrescriptionRules::default();
        if setup.scenario.name == "post-operative" {
            (expected.sagittal.thickness_mm, expected.axial.thickness_mm) = (3.5, 3.5);
        }
        assert_eq!(setup.prescription, expected, "{}", setup.scenario.name);
    }
}

#[test]
fn broken_toml_is_shown_in_place() {
    let error = load(&RIGHT.replace("seed = 7", "seed = ")).expect_err("no value");
    assert!(error.to_string().starts_with("s.toml:3:"), "{error}");
    assert!(matches!(load("\u{0}"), Err(ScenarioError::Wrong(_))));
}

#[test]
fn agreement_of_one_plan_with_itself_is_refused() {
    let text =
        RIGHT.replace("dice.vertebra", "agreement.icc").replace("automated-repeats = 2", "automated-repeats = 1");
    let error = load(&text).expect_err("one repeat").to_string();
    assert!(error.contains("needs plans on repeated localizers"), "{error}");
}

#[test]
fn the_lesson_is_read_and_checked() {
    let lesson = "[lesson]\nmode = \"exam\"\nindication = \"Pain\"\ntime-limit-s = 900.0\nposition = \"FFS\"\ncase = 2\n\
                  implants = [\"a stent\"]\nassist = { kind = \"tilted\", level = \"L4/L5\", amount = -10.0 }\n";
    let text = format!("{RIGHT}{lesson}");
    let setup = load(&text).expect("right");
    let read = setup.scenario.lesson.expect("a lesson");
    assert_eq!((read.mode, read.case, read.assist.kind), (LessonMode::Exam, 2, AssistKind::Tilted));
    assert_eq!(read.position, geometry::PatientPosition::FeetFirstSupine);
    assert_eq!(
        load(&format!("{RIGHT}[lesson]\n")).expect("all has a default").scenario.lesson,
        Some(Lesson::default())
    );

    for (right, wrong, message) in [
        ("case = 2\n", "case = 3\n", "s.toml:30:8: there is no case 3 (the scenario has 3, numbered from 0)"),
        ("900.0", "0.0", "s.toml:28:16: time-limit-s is 0 (expected 1 to 28800 seconds)"),
        ("\"tilted\"", "\"honest\"", "honest has no level (only tilted and shifted have a level and an amount)"),
        ("level = \"L4/L5\", ", "", "tilted without a level"),
        ("L4/L5", "T11/T12", "T11/T12 is no lumbar disc (expected a disc that is prescribed: L1/L2 to L5/S1)"),
        (", amount = -10.0", "", "tilted without an amount (expected degrees"),
        ("-10.0", "nan", "amount is NaN (expected degrees"),
        ("\"exam\"", "\"test\"", "unknown variant `test`, expected `practice` or `exam`"),
        ("indication", "question", "unknown field `question`"),
    ] {
        let broken = text.replacen(right, wrong, 1);
        assert_ne!(broken, text, "'{right}' is not in the scenario");
        let told = load(&broken).expect_err(wrong).to_string();
        assert!(told.contains(message), "{told}");
    }
}

#[test]
fn an_order_is_checked_against_the_protocol_and_the_pass_mark_against_100() {
    let order = "[lesson]\npass-mark = 80.0\n[lesson.order]\nlevels = [\"L4/L5\", \"L5/S1\"]\n\
                 series = [\"T1 TSE sagittal\", \"T2 TSE axial\"]\nsaturation-band = false\n";
    let text = format!("{RIGHT}{order}");
    let lesson = load(&text).expect("right").scenario.lesson.expect("a lesson");
    assert_eq!((lesson.pass_mark, lesson.order.levels.len(), lesson.order.saturation_band), (80.0, 2, false));
    assert_eq!(Lesson::default().pass_mark, 70.0);
    for (right, wrong, message) in [
        ("pass-mark = 80.0", "pass-mark = 0.0", "pass-mark is 0 (expected points from 1 to 100)"),
        ("pass-mark = 80.0", "pass-mark = 101.0", "pass-mark is 101"),
        ("L5/S1", "T11/T12", "T11/T12 is no lumbar disc (expected discs that are prescribed: L1/L2 to L5/S1)"),
        ("L5/S1", "L4/L5", "L4/L5 stands twice (expected each level once)"),
        (
            "T1 TSE sagittal",
            "T1 sagittal",
            "the protocol has no series 'T1 sagittal' (the protocol has T2 TSE sagittal,",
        ),
        ("T1 TSE sagittal", "T2 TSE axial", "'T2 TSE axial' stands twice"),
        (", \"T2 TSE axial\"", "", "levels are ordered without an axial series"),
    ] {
        let broken = text.replacen(right, wrong, 1);
        assert_ne!(broken, text, "'{right}' is not in the scenario");
        let told = load(&broken).expect_err(wrong).to_string();
        assert!(told.starts_with("s.toml:") && told.contains(message), "{told}");
    }
}

#[test]
fn the_shipped_lessons_are_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../scenarios/lessons");
    let setups = ScenarioSetup::load_all(&[folder]).expect("right");
    assert!(setups.len() >= 6, "{}", setups.len());
    for setup in &setups {
        let lesson = setup.scenario.lesson.as_ref().expect("an exercise");
        assert!(!lesson.indication.is_empty() && setup.scenario.description.len() > 80, "{}", setup.scenario.name);
        let (patient, _) = crate::patient_of_case(setup, setup.scenario.seed, lesson.case);
        assert!(patient.truth().discs.len() >= 5, "{}", setup.scenario.name);
    }
}

#[test]
fn a_named_phantom_is_the_patient_of_every_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../scenarios");
    let (file, library) = (folder.join("one-person.toml"), Library::near(&folder));
    let load = |name: &str| ScenarioSetup::from_text(&file, &RIGHT.replace("adult-lumbar", name), &library);
    let setup = load("isthmic-slip").expect("a named phantom");
    let of_case = |case| crate::patient_of_case(&setup, setup.scenario.seed, case).0;
    let (first, second) = (of_case(0), of_case(1));
    assert_eq!(first.spine.parameters(), second.spine.parameters());
    assert_eq!(first.spine.parameters().person.age_years, 34.0);
    assert_ne!(first.positioning, second.positioning, "laid anew");
    let by_path = load("../phantoms/gallery/isthmic-slip.toml").expect("the same by its path");
    assert_eq!(setup.patients_hash, by_path.patients_hash);
    assert!(load("scoliosis").expect("both there are").individual.is_none(), "the population comes first");
    let message = load("isthmic-slib").expect_err("misspelled").to_string();
    assert!(message.contains("did you mean 'isthmic-slip'?"), "{message}");
}

#[test]
fn the_shipped_scenarios_are_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../scenarios");
    let setups = ScenarioSetup::load_all(std::slice::from_ref(&folder)).expect("right");
    let cases: Vec<_> = setups.iter().map(|setup| (setup.scenario.name.as_str(), setup.scenario.cases)).collect();
    assert_eq!(cases.len(), 10, "{cases:?}");
    assert!(cases.iter().all(|(name, cases)| *cases == if *name == "smoke" { 3 } else { 60 }), "{cases:?}");
    assert!(setups.iter().all(|setup| setup.scenario.criteria.len() >= 4));
    for name in cases.iter().map(|(name, _)| name) {
        let findings = ScenarioSetup::lint(&folder.join(format!("{name}.toml"))).expect("readable");
        assert!(findings.mistakes.is_empty() && findings.warnings.is_empty(), "{name}: {findings:?}");
    }
    let mut seeds: Vec<_> = setups.iter().map(|setup| setup.scenario.seed).collect();
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), setups.len(), "no two cohorts share a seed");
}

#[test]
fn missing_files_and_empty_folders_are_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let missing = ScenarioSetup::load(&folder.path().join("none.toml")).expect_err("missing").to_string();
    assert!(missing.contains("none.toml"), "{missing}");
    let empty = ScenarioSetup::load_all(&[folder.path().to_owned()]).expect_err("empty").to_string();
    assert!(empty.contains("holds no scenario"), "{empty}");
}
