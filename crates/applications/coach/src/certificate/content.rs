//! What a certificate says, in words and figures.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::record::{AttemptRecord, Mode};
use crate::score::Subject;
use results::record::Arm;

/// Above the name.
pub(super) const TITLE: &str = "Certificate of Simulation";
/// Who certifies.
pub(super) const PRODUCT: &str = "Plumbline";
/// What that is.
pub(super) const PRODUCT_LINE: &str = "Virtual MRI scanner · lumbar spine positioning";
/// What the paper is, and what it is not.
pub(super) const STATEMENT: &str = "This certificate was earned in simulation. The patient, the scanner and the images \
     were computed; nobody was examined. It confirms this one exercise. It confirms no clinical qualification, and no \
     competence with patients or with any manufacturer's equipment.";
/// The same in the space of a footer.
pub(super) const SHORT_STATEMENT: &str = "Simulation certificate: no clinical qualification";
/// Where there is no curve yet.
pub(super) const FIRST_ATTEMPT: &str = "This is the first attempt; a curve needs two.";

/// One subject's points.
pub(super) struct SubjectLine {
    pub(super) name: &'static str,
    /// "9.5 / 10"
    pub(super) points: String,
    /// Part of the points to be had, 0…1.
    pub(super) part: f64,
}

/// One thing that was marked.
pub(super) struct ItemLine {
    pub(super) subject: &'static str,
    /// The disc, or nothing.
    pub(super) disc: String,
    /// "9.5 / 10"
    pub(super) points: String,
    pub(super) explanation: String,
    /// True for the first item of its subject.
    pub(super) first: bool,
}

/// What a certificate says.
pub(super) struct Content {
    pub(super) trainee: String,
    pub(super) exercise: String,
    /// How, when and how long.
    pub(super) circumstances: String,
    /// Points out of 100, "82.4".
    pub(super) total: String,
    pub(super) subjects: Vec<SubjectLine>,
    pub(super) items: Vec<ItemLine>,
    /// Names and figures by which the attempt can be found and repeated.
    pub(super) facts: Vec<(&'static str, String)>,
}

impl Content {
    pub(super) fn of(record: &AttemptRecord) -> Self {
        let how = match record.mode {
            Mode::Practice => "in practice, with hints",
            Mode::Exam => "as an examination, without hints",
        };
        let (attempt, score) = (&record.attempt, &record.score);
        let subjects = Subject::ALL.into_iter().filter_map(|subject| {
            let (points, of) = score.of(subject)?;
            let part = if of > 0.0 { (points / of).clamp(0.0, 1.0) } else { 0.0 };
            Some(SubjectLine { name: subject.name(), points: points_of(points, of), part })
        });
        let mut items: Vec<ItemLine> = Vec::new();
        let mut before = None;
        for item in &score.items {
            items.push(ItemLine {
                subject: item.subject.name(),
                disc: item.disc.map(|disc| disc.to_string()).unwrap_or_default(),
                points: points_of(item.points, item.of),
                explanation: item.explanation.clone(),
                first: before.replace(item.subject) != Some(item.subject),
            });
        }

        Self {
            trainee: record.trainee.trim().to_owned(),
            exercise: record.title.clone(),
            circumstances: format!(
                "{how} · {} · {} at the console",
                moment(&record.ended_at),
                duration(record.duration_s)
            ),
            total: tenths(score.total()),
            subjects: subjects.collect(),
            items,
            facts: vec![
                ("Scenario", attempt.scenario.clone()),
                ("Patient", format!("case {} of seed {}", attempt.case, attempt.seed)),
                (
                    "Slices planned",
                    match attempt.arm {
                        Arm::Manual => "by hand".to_owned(),
                        Arm::Collaborative => "from the AI's proposal".to_owned(),
                        Arm::Automated => "by the AI alone".to_owned(),
                    },
                ),
                ("Planning time", duration(attempt.planning_time_s)),
                ("Scan time", format!("{} (simulated)", duration(attempt.scan_time_s))),
                ("Series repeated", attempt.repeats.to_string()),
                ("Ended", record.ended_at.clone()),
                ("Program", format!("Plumbline {}", env!("CARGO_PKG_VERSION"))),
            ],
        }
    }
}

/// "4 May 2026, 10:30 UTC"; a time that cannot be read stays as it is.
fn moment(ended_at: &str) -> String {
    shown(ended_at, "%-d %B %Y, %H:%M UTC")
}

/// "4 May 2026"
pub(super) fn day(ended_at: &str) -> String {
    shown(ended_at, "%-d %B %Y")
}

fn shown(ended_at: &str, format: &str) -> String {
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

fn points_of(points: f64, of: f64) -> String {
    format!("{} / {}", tenths(points), tenths(of))
}

/// One decimal where it says something.
fn tenths(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_points_read_as_a_person_writes_them() {
        assert_eq!(moment("2026-05-04T00:30:00+02:00"), "3 May 2026, 22:30 UTC");
        assert_eq!(day("yesterday"), "yesterday");
        assert_eq!([41.6, 333.3, 59.9, 3725.0].map(duration), ["42 s", "5 min 33 s", "1 min 00 s", "1 h 02 min"]);
        assert_eq!((points_of(9.04, 10.0), tenths(82.449)), ("9 / 10".to_owned(), "82.4".to_owned()));
    }
}
