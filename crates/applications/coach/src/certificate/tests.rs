//! What stands on the paper.

use std::io::Write;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::certificate::text::STATEMENT;
use crate::history::fixture::record;
use crate::history::{CurvePoint, Filter, History};
use crate::record::SessionRecord;

/// A grey picture with a bright disc.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    let (cx, cy, r) = (f64::from(width) / 2.0, f64::from(height) / 2.0, f64::from(width.min(height)) / 3.0);
    let pixels: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).map(move |x| (f64::from(x) - cx).hypot(f64::from(y) - cy)))
        .map(|distance| if distance < r { 210 } else { 40 })
        .collect();
    encoder.write_header().and_then(|mut writer| writer.write_image_data(&pixels)).expect("a picture in memory");
    bytes
}

/// Eight attempts that get better, the last but one of which is the record.
fn lesson() -> (SessionRecord, Vec<CurvePoint>) {
    let folder = tempfile::tempdir().expect("a folder");
    let history = History::open(&folder.path().join("history.sqlite")).expect("open").history;
    for (day, tilt_deg) in (1..).zip([10.0, 8.5, 9.0, 6.0, 5.5, 3.0, 2.2, 1.1]) {
        history
            .add(&record("Zoë Łukasiewicz-Ağaoğlu", &format!("2026-05-{day:02}T10:30:00Z"), tilt_deg))
            .expect("kept");
    }
    let id = history.attempts(&Filter::default()).expect("listed")[1].id;
    let record = history.attempt(id).expect("there");
    let curve = history.learning_curve(&record.trainee).expect("a curve");
    (record, curve)
}

#[test]
fn the_page_says_everything_and_loads_nothing() {
    let (record, curve) = lesson();
    let picture = png(64, 48);
    let pictures = vec![Picture { caption: "Sagittal localizer".to_owned(), png: picture.clone() }];
    let page = certificate(&record, &curve, pictures).to_html();

    for item in &record.score.items {
        assert!(page.contains(&item.explanation), "{}", item.explanation);
    }
    for text in ["Zoë Łukasiewicz-Ağaoğlu", &record.title, "7 May 2026, 10:30 UTC", "5 min 33 s", STATEMENT] {
        assert!(page.contains(text), "{text}");
    }
    assert!(page.contains(&format!("{:.1} of 100 points", record.score.total())));
    assert_eq!(page.matches("<circle").count(), 8);
    assert_eq!(page.matches("fill=\"#ffffff\"").count(), 1, "one ring: this attempt");

    let embedded = page.split_once("data:image/png;base64,").expect("embedded").1;
    let data = embedded.split_once('"').expect("an attribute").0;
    assert_eq!(STANDARD.decode(data).expect("base64"), picture);
    for outside in ["http", "<script", "<link", "url(", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn a_failed_attempt_is_no_certificate_and_says_why() {
    let passed = certificate(&record("Ada", "2026-05-04T10:30:00Z", 1.0), &[], Vec::new()).to_html();
    assert!(passed.contains("passed the exercise") && passed.contains("Passed (pass mark 70)"), "{passed}");

    let mut graveyard = record("Ada", "2026-05-04T10:30:00Z", 1.0);
    let reason = "Pacemaker or defibrillator: it is MR unsafe, yet: proceed";
    graveyard.score.failures = vec![reason.to_owned()];
    let mut poor = record("Ada", "2026-05-04T10:30:00Z", 1.0);
    poor.score.pass_mark = Some(99.0);
    for (failed, says) in [(&graveyard, reason), (&poor, "Not passed (pass mark 99)")] {
        let page = certificate(failed, &[], Vec::new()).to_html();
        assert!(page.contains(says) && page.contains("Not passed"), "{page}");
        for praise in ["Certificate", "certify", "passed the exercise", "completed", "earned"] {
            assert!(!page.contains(praise), "{praise} of a failed attempt");
        }
    }
    assert!((graveyard.score.total() - 35.0).abs() < 1e-9, "half of the pass mark is left");
}

#[test]
fn what_a_trainee_typed_stays_text() {
    let mut attempt = record("<script>alert(1)</script>", "2026-05-04T10:30:00Z", 1.0);
    attempt.title = "A & B \" <b>".to_owned();
    let page = certificate(&attempt, &[], Vec::new()).to_html();
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
    assert!(page.contains("A &amp; B") && !page.contains("<b>\""));
}

#[test]
fn a_first_attempt_has_no_curve_and_says_so() {
    let attempt = record("Ada", "2026-05-04T10:30:00Z", 1.0);
    let first = certificate(&attempt, &[], Vec::new());
    assert!(first.to_html().contains("first attempt"));
    assert!(first.to_pdf().expect("a PDF").starts_with(b"%PDF-"));
}

/// Reads the PDF with poppler, a reader that is not ours.
#[test]
#[expect(clippy::print_stderr, reason = "a test that did not run says so")]
fn another_reader_finds_it_all_in_the_pdf() {
    if Command::new("pdftotext").arg("-v").output().is_err() {
        eprintln!("skipped: pdftotext is not installed (package poppler-utils)");
        return;
    }
    let (mut record, curve) = lesson();
    let more: Vec<_> = record.score.items.iter().cycle().take(60).cloned().collect();
    record.score.items.extend(more); // over several pages
    let (wide, high) = (png(320, 160), png(100, 400));
    let pictures = [("Sagittal localizer", wide), ("Coronal localizer", high)];
    let pictures = pictures.map(|(caption, png)| Picture { caption: caption.to_owned(), png }).to_vec();
    let bytes = certificate(&record, &curve, pictures).to_pdf().expect("a PDF");

    let text = piped("pdftotext", &["-layout", "-", "-"], &bytes);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for line in ["Zoë Łukasiewicz-Ağaoğlu", "Certificate of Simulation", "7 May 2026, 10:30 UTC", "Coronal localizer"]
    {
        assert!(words(&text).contains(line), "{line} in\n{text}");
    }
    let raw = words(&piped("pdftotext", &["-raw", "-", "-"], &bytes));
    assert!(raw.contains(STATEMENT), "{raw}");
    for item in &record.score.items {
        assert!(raw.contains(&words(&item.explanation)), "{} in {raw}", item.explanation);
    }

    let info = piped("pdfinfo", &["-"], &bytes);
    let value = |key: &str| info.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().trim().to_owned();
    assert!(value("Page size:").starts_with("595.276 x 841.89"), "{info}");
    assert_eq!((value("Tagged:").as_str(), value("JavaScript:").as_str()), ("yes", "no"), "{info}");
    let pages: usize = value("Pages:").parse().expect("a number");
    assert!((4..9).contains(&pages), "{info}");
    assert!(text.contains(&format!("page {pages} of {pages}")));
    assert_eq!(piped("pdfimages", &["-list", "-"], &bytes).lines().skip(2).count(), 2);
}

/// What a program says of what it is given.
fn piped(program: &str, arguments: &[&str], input: &[u8]) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} comes with poppler: {error}"));
    child.stdin.take().expect("piped").write_all(input).expect("it reads all before it answers");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{program} refuses the PDF");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn times_and_points_read_as_a_person_writes_them() {
    assert_eq!(moment("2026-05-04T00:30:00+02:00"), "3 May 2026, 22:30 UTC");
    assert_eq!(day("yesterday"), "yesterday");
    assert_eq!([41.6, 333.3, 59.9, 3725.0].map(duration), ["42 s", "5 min 33 s", "1 min 00 s", "1 h 02 min"]);
    assert_eq!((points_of(9.04, 10.0), tenths(82.449)), ("9 / 10".to_owned(), "82.4".to_owned()));
}
