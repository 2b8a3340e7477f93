//! Damaged text files are refused or read, but never cause a panic: the parsers of the fuzz targets in `fuzz/`, on
//! mutations of shipped files.

use std::path::Path;

use geometry::{Direction, Disc, Point, Vertebra};
use phantom::Population;
use planner::{PlannedLevel, ScanPlan};
use proptest::prelude::*;
use scanner::Protocol;
use scenario::{Library, ScenarioSetup};

/// Invalid values: beyond every limit, of another type, or missing.
const INVALID: [&str; 14] = [
    "-1",
    "0",
    "1e308",
    "-1e308",
    "1e-308",
    "nan",
    "inf",
    "18446744073709551615",
    "-9223372036854775808",
    "\"\"",
    "[]",
    "{}",
    "true",
    "",
];

/// One change of a text.
#[derive(Clone, Debug)]
enum Damage {
    /// A byte is replaced.
    Byte(f64, u8),
    /// A number is replaced by an invalid value.
    Number(f64, usize),
    /// A line is removed or duplicated.
    Line(f64, bool),
    /// The rest is removed.
    Cut(f64),
}

fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let place = || 0.0f64..1.0;
    let one = prop_oneof![
        2 => (place(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        6 => (place(), 0..INVALID.len()).prop_map(|(at, invalid)| Damage::Number(at, invalid)),
        2 => (place(), any::<bool>()).prop_map(|(at, twice)| Damage::Line(at, twice)),
        1 => place().prop_map(Damage::Cut),
    ];
    proptest::collection::vec(one, 1..4)
}

fn damaged(text: &str, damages: &[Damage]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for damage in damages {
        let place = |share: f64, count: usize| ((share * count as f64) as usize).min(count.saturating_sub(1));
        match *damage {
            Damage::Byte(at, byte) if !bytes.is_empty() => {
                let at = place(at, bytes.len());
                bytes[at] = byte;
            }
            Damage::Number(at, invalid) => {
                let digit = |at: &usize| bytes[*at].is_ascii_digit();
                let starts: Vec<usize> = (0..bytes.len())
                    .filter(|at| digit(at) && (*at == 0 || !b".0123456789e".contains(&bytes[at - 1])))
                    .collect();
                if let Some(start) = starts.get(place(at, starts.len())) {
                    let length = bytes[*start..].iter().take_while(|b| b".0123456789e".contains(b)).count();
                    bytes.splice(*start..start + length, INVALID[invalid].bytes());
                }
            }
            Damage::Line(at, twice) => {
                let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
                let at = place(at, lines.len());
                let line = lines.remove(at);
                if twice {
                    lines.insert(at, line);
                    lines.insert(at, line);
                }
                bytes = lines.join(&b'\n');
            }
            Damage::Cut(at) => bytes.truncate(place(at, bytes.len())),
            Damage::Byte(..) => {}
        }
    }
    bytes
}

/// A plan with a level and groups, as `plumbline plan` writes it.
fn plan() -> String {
    let protocol = Protocol::builtin("lumbar-1.5t").expect("ships with the program");
    let level = PlannedLevel {
        label: Disc::between(Vertebra::L4, Vertebra::L5),
        centre: Point::new(1.0, -20.5, 33.25),
        normal: Direction::new_normalize(geometry::Vector::new(0.0, 0.2, 1.0)),
        confidence: 0.93,
    };
    let plan = ScanPlan { levels: vec![level], groups: scanner::localizer(&protocol).into(), ..ScanPlan::default() };
    serde_json::to_string_pretty(&plan).expect("a plan has a JSON form")
}

/// Reads many damaged copies of a text without a panic. Some must be refused and some accepted, or nothing was tested.
fn never_panics(text: &str, cases: u32, reads: impl Fn(&[u8]) -> bool) {
    assert!(reads(text.as_bytes()), "the shipped file is valid");
    let tally = std::cell::Cell::new([0u32; 2]);
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) };
    proptest!(config, |(damages in damage())| {
        let mut count = tally.get();
        count[usize::from(reads(&damaged(text, &damages)))] += 1;
        tally.set(count);
    });
    let [refused, read] = tally.get();
    assert!(refused > cases / 10 && read > 0, "{refused} refused, {read} read");
}

/// A file that is not UTF-8 is refused before it is parsed as TOML.
fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

#[test]
fn damaged_populations_never_panic() {
    never_panics(include_str!("../../phantoms/adult-lumbar.toml"), 3000, |bytes| {
        text_of(bytes).is_some_and(|text| Population::from_toml(text).is_ok())
    });
}

#[test]
fn damaged_protocols_never_panic() {
    never_panics(include_str!("../../crates/patient/scanner/protocols/lumbar-1.5t.toml"), 3000, |bytes| {
        text_of(bytes).is_some_and(|text| Protocol::from_toml(text).is_ok())
    });
}

#[test]
fn damaged_plans_never_panic() {
    never_panics(&plan(), 5000, |bytes| ScanPlan::from_json(bytes).is_ok());
}

#[test]
fn damaged_scenarios_never_panic() {
    let file = Path::new("scenarios/smoke.toml");
    let library = Library::near(Path::new(env!("CARGO_MANIFEST_DIR")));
    never_panics(include_str!("../../scenarios/smoke.toml"), 2000, |bytes| {
        text_of(bytes).is_some_and(|text| ScenarioSetup::from_text(file, text, &library).is_ok())
    });
}
