//! Damaged text files are refused or read, never a crash: the same readers as the fuzz targets in `fuzz/`, on
//! mutations of files that ship.

use std::path::Path;

use geometry::{Direction, Disc, Point, Vertebra};
use phantom::Population;
use planner::{PlannedLevel, ScanPlan};
use proptest::prelude::*;
use scanner::Protocol;
use scenario::{Library, ScenarioSetup};

/// What files get wrong: values beyond every limit, of another type, or none.
const ODD: [&str; 14] = [
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
    /// A byte becomes another.
    Byte(f64, u8),
    /// A number becomes something odd.
    Number(f64, usize),
    /// A line is lost or doubled.
    Line(f64, bool),
    /// The rest is lost.
    Cut(f64),
}

fn damage() -> impl Strategy<Value = Vec<Damage>> {
    let place = || 0.0f64..1.0;
    let one = prop_oneof![
        2 => (place(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        6 => (place(), 0..ODD.len()).prop_map(|(at, odd)| Damage::Number(at, odd)),
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
            Damage::Number(at, odd) => {
                let digit = |at: &usize| bytes[*at].is_ascii_digit();
                let starts: Vec<usize> = (0..bytes.len())
                    .filter(|at| digit(at) && (*at == 0 || !b".0123456789e".contains(&bytes[at - 1])))
                    .collect();
                if let Some(start) = starts.get(place(at, starts.len())) {
                    let length = bytes[*start..].iter().take_while(|b| b".0123456789e".contains(b)).count();
                    bytes.splice(*start..start + length, ODD[odd].bytes());
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

/// Reads a text many times over, damaged each time in another way; some damage must be noticed and some forgiven, or
/// nothing was tested.
fn survives(text: &str, cases: u32, reads: impl Fn(&[u8]) -> bool) {
    assert!(reads(text.as_bytes()), "the file that ships is read");
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

/// TOML is text: a file that is not UTF-8 is refused before it is parsed.
fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

#[test]
fn populations() {
    survives(include_str!("../../phantoms/adult-lumbar.toml"), 3000, |bytes| {
        text_of(bytes).is_some_and(|text| Population::from_toml(text).is_ok())
    });
}

#[test]
fn protocols() {
    survives(include_str!("../../crates/patient/scanner/protocols/lumbar-1.5t.toml"), 3000, |bytes| {
        text_of(bytes).is_some_and(|text| Protocol::from_toml(text).is_ok())
    });
}

#[test]
fn plans() {
    survives(&plan(), 5000, |bytes| ScanPlan::from_json(bytes).is_ok());
}

#[test]
fn scenarios() {
    let file = Path::new("scenarios/smoke.toml");
    let library = Library::near(Path::new(env!("CARGO_MANIFEST_DIR")));
    survives(include_str!("../../scenarios/smoke.toml"), 2000, |bytes| {
        text_of(bytes).is_some_and(|text| ScenarioSetup::from_text(file, text, &library).is_ok())
    });
}
