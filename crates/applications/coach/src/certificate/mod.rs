//! The certificate of an attempt: who, which exercise, points by subject, the learning curve, what was marked and why,
//! the pictures. One description, which the `document` crate writes as a page of HTML or as a PDF.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `learning_curve` | the curve as a drawing |

mod learning_curve;
#[cfg(test)]
mod tests;
mod text;

use assessment::attempt::ProposalUse;
use document::{Align, Block, Cell, Column, Document, Picture, Row, Table, TextStyle};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use results::Arm;

use crate::history::CurvePoint;
use crate::record::{Mode, SessionRecord};
use crate::score::Subject;

/// The certificate of an attempt, with the trainee's learning curve up to now.
pub fn certificate(record: &SessionRecord, curve: &[CurvePoint], pictures: Vec<Picture>) -> Document {
    let is_failed = record.score.is_passed() == Some(false);
    let (title, statement, footer) = if is_failed {
        (text::FAILED_TITLE, text::FAILED_STATEMENT, text::FAILED_SHORT_STATEMENT)
    } else {
        (text::TITLE, text::STATEMENT, text::SHORT_STATEMENT)
    };
    let mut blocks = award(record, title, is_failed);
    blocks.extend(score(record));
    blocks.push(Block::text(TextStyle::Heading, text::LEARNING_CURVE));
    blocks.push(match learning_curve::drawing(curve, &record.ended_at) {
        Some(drawing) => Block::Drawing(drawing),
        None => Block::text(TextStyle::Quiet, text::FIRST_ATTEMPT),
    });
    blocks.push(Block::Notice(statement.to_owned()));
    blocks.push(Block::SignatureLines(text::SIGNATURES.map(str::to_owned).to_vec()));

    blocks.push(Block::PageBreak);
    blocks.push(Block::text(TextStyle::Heading, text::ITEMS));
    blocks.push(Block::Table(items(record)));
    if !pictures.is_empty() {
        blocks.push(Block::text(TextStyle::Heading, text::PICTURES));
        blocks.push(Block::Pictures(pictures));
    }
    blocks.push(Block::text(TextStyle::Heading, text::FACTS));
    blocks.push(Block::Table(facts(record)));

    Document {
        title: format!("{title}: {}", record.trainee.trim()),
        subject: format!("{}, in simulation", record.title),
        creator: text::program(),
        masthead: [text::PRODUCT.to_owned(), text::PRODUCT_LINE.to_owned()],
        footer: footer.to_owned(),
        created: record.ended_at.parse().ok(),
        blocks,
    }
}

fn award(record: &SessionRecord, title: &str, is_failed: bool) -> Vec<Block> {
    let circumstances = format!(
        "{} · {} · {} at the console",
        match record.mode {
            Mode::Practice => text::IN_PRACTICE,
            Mode::Exam => text::AS_EXAM,
        },
        moment(&record.ended_at),
        duration(record.duration_s)
    );
    let did = match record.score.is_passed() {
        Some(true) => text::PASSED_EXERCISE,
        Some(false) => text::ATTEMPTED,
        None => text::COMPLETED,
    };
    let lines = [
        (TextStyle::Title, title),
        (TextStyle::Quiet, text::CERTIFIES),
        (TextStyle::Display, record.trainee.trim()),
        (TextStyle::Quiet, did),
        (TextStyle::Subtitle, record.title.as_str()),
        (TextStyle::Quiet, circumstances.as_str()),
    ];
    let certifies = |(_, line): &(TextStyle, &str)| !is_failed || *line != text::CERTIFIES;
    lines.into_iter().filter(certifies).map(|(style, text)| Block::text(style, text).centred()).collect()
}

/// Points, whether that is enough, and what failed the examination.
fn score(record: &SessionRecord) -> Vec<Block> {
    let row = |subject: Subject| {
        let (points, of) = record.score.of(subject)?;
        let part = if of > 0.0 { points / of } else { 0.0 };
        Some(Row::of(vec![Cell::text(subject.name()), Cell::Bar(part), Cell::text(points_of(points, of))]))
    };
    let total = format!("{} {}", tenths(record.score.total()), text::OF_100);
    let columns = vec![Column::mm("", 30.0), Column::rest(""), Column::mm("", 28.0).align(Align::Right)];
    let mut blocks = vec![Block::text(TextStyle::Display, total).centred()];
    if let (Some(pass_mark), Some(is_passed)) = (record.score.pass_mark, record.score.is_passed()) {
        let verdict = if is_passed { text::PASSED } else { text::NOT_PASSED };
        let verdict = format!("{verdict} ({} {})", text::PASS_MARK, tenths(pass_mark));
        blocks.push(Block::text(TextStyle::Subtitle, verdict).centred());
    }
    blocks.extend(record.score.failures.iter().map(|reason| Block::Notice(format!("{} {reason}", text::FAILED_BY))));
    blocks.push(Block::Table(Table { columns, rows: Subject::ALL.into_iter().filter_map(row).collect() }));
    blocks
}

/// What was marked, item by item.
fn items(record: &SessionRecord) -> Table {
    let [subject, disc, points, explanation] = text::ITEM_COLUMNS;
    let mut before = None;
    let row = |item: &crate::score::Item| {
        let is_first = before.replace(item.subject) != Some(item.subject);
        let subject = if is_first { item.subject.name() } else { "" };
        let disc = item.disc.map(|disc| disc.to_string()).unwrap_or_default();
        let points = points_of(item.points, item.of);
        Row {
            cells: vec![Cell::strong(subject), Cell::text(disc), Cell::text(points), Cell::text(&*item.explanation)],
            line_above: is_first,
        }
    };
    Table {
        columns: vec![
            Column::mm(subject, 22.0),
            Column::mm(disc, 16.0),
            Column::mm(points, 22.0).align(Align::Right),
            Column::rest(explanation),
        ],
        rows: record.score.items.iter().map(row).collect(),
    }
}

/// Names and figures by which the attempt can be found and repeated, two beside each other.
fn facts(record: &SessionRecord) -> Table {
    let attempt = &record.attempt;
    let planned = match (attempt.proposal, attempt.arm) {
        (Some(ProposalUse::Accepted), _) => text::PROPOSAL_ACCEPTED,
        (Some(ProposalUse::Adjusted), _) => text::PROPOSAL_ADJUSTED,
        (Some(ProposalUse::Rejected), _) => text::PROPOSAL_REJECTED,
        (Some(ProposalUse::Shown), _) => text::PROPOSAL_SHOWN,
        (Some(ProposalUse::NotAsked), _) | (None, Arm::Manual) => text::BY_HAND,
        (None, Arm::Collaborative) => text::FROM_PROPOSAL,
        (None, Arm::Automated) => text::BY_AI,
    };
    let facts = [
        ("Scenario", attempt.scenario.clone()),
        ("Patient", format!("case {} of seed {}", attempt.case, attempt.seed)),
        ("Slices planned", planned.to_owned()),
        ("Planning time", duration(attempt.planning_time_s)),
        ("Scan time", format!("{} (simulated)", duration(attempt.scan_time_s))),
        ("Series repeated", attempt.repeats.to_string()),
        ("Ended", record.ended_at.clone()),
        ("Program", text::program()),
    ];
    let row = |pair: &[(&str, String)]| {
        Row::of(pair.iter().flat_map(|(name, fact)| [Cell::small(*name), Cell::text(&**fact)]).collect())
    };
    let columns = vec![Column::mm("", 30.0), Column::rest(""), Column::mm("", 30.0), Column::rest("")];
    Table { columns, rows: facts.chunks(2).map(row).collect() }
}

/// "4 May 2026, 10:30 UTC"; a time that cannot be read stays as it is.
fn moment(ended_at: &str) -> String {
    formatted(ended_at, "%-d %B %Y, %H:%M UTC")
}

/// "4 May 2026"
fn day(ended_at: &str) -> String {
    formatted(ended_at, "%-d %B %Y")
}

fn formatted(ended_at: &str, format: &str) -> String {
    ended_at
        .parse::<Timestamp>()
        .map_or_else(|_| ended_at.to_owned(), |time| TimeZone::UTC.to_datetime(time).strftime(format).to_string())
}

/// "42 s", "5 min 33 s", "1 h 02 min"
fn duration(seconds: f64) -> String {
    let s = seconds.max(0.0).round() as u64;
    match (s / 3600, s / 60 % 60, s % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, min, s) => format!("{min} min {s:02} s"),
        (h, min, _) => format!("{h} h {min:02} min"),
    }
}

/// "9.5 / 10"
fn points_of(points: f64, of: f64) -> String {
    format!("{} / {}", tenths(points), tenths(of))
}

/// One decimal where it says something.
fn tenths(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
