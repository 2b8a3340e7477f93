//! The learning curve of a trainee and the overview of a class.

use std::collections::BTreeMap;

use super::attempts::from_word;
use super::{History, HistoryError};
use crate::score::Subject;

/// One attempt on a learning curve.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePoint {
    /// When it ended, RFC 3339 in UTC.
    pub ended_at: String,
    /// Points out of 100.
    pub total: f64,
    /// Points out of 100 in each subject that was marked.
    pub by_subject: BTreeMap<Subject, f64>,
}

/// A trainee among the class.
#[derive(Clone, Debug, PartialEq)]
pub struct TraineeOverview {
    /// Their name.
    pub trainee: String,
    /// Finished attempts, at least one.
    pub attempts: usize,
    /// The best total, points out of 100.
    pub best: f64,
    /// The latest total, points out of 100.
    pub latest: f64,
    /// When the latest attempt ended, RFC 3339 in UTC.
    pub latest_at: String,
    /// Mean over the attempts, points out of 100, in each subject that was ever marked.
    pub mean_by_subject: BTreeMap<Subject, f64>,
    /// Where the mean is lowest; `None` if nothing was marked.
    pub weakest: Option<Subject>,
}

impl History {
    /// A trainee's attempts in the order in which they ended.
    ///
    /// # Errors
    /// A database that fails.
    pub fn learning_curve(&self, trainee: &str) -> Result<Vec<CurvePoint>, HistoryError> {
        Ok(self.curves(Some(trainee.trim()))?.pop().map(|(_, curve)| curve).unwrap_or_default())
    }

    /// Everyone with a finished attempt, by name.
    ///
    /// # Errors
    /// A database that fails.
    pub fn class_overview(&self) -> Result<Vec<TraineeOverview>, HistoryError> {
        Ok(self.curves(None)?.into_iter().map(|(trainee, curve)| overview(trainee, &curve)).collect())
    }

    /// The curves of one or all, by name; none of them is empty.
    fn curves(&self, trainee: Option<&str>) -> Result<Vec<(String, Vec<CurvePoint>)>, HistoryError> {
        let connection = self.connection();
        let mut statement = connection.prepare(
            "SELECT name, attempt.id, ended_at, total, subject, points, \"of\"
             FROM attempt JOIN trainee ON trainee.id = attempt.trainee
             LEFT JOIN subject_score ON subject_score.attempt = attempt.id
             WHERE ?1 IS NULL OR name = ?1 ORDER BY name, ended_at_ms, attempt.id",
        )?;
        let mut rows = statement.query([trainee])?;

        let mut curves: Vec<(String, Vec<CurvePoint>)> = Vec::new();
        let mut last_attempt = None;
        while let Some(row) = rows.next()? {
            let (name, id): (String, i64) = (row.get(0)?, row.get(1)?);
            if curves.last().is_none_or(|(last, _)| *last != name) {
                curves.push((name, Vec::new()));
            }
            let curve = &mut curves.last_mut().expect("one was pushed if there was none").1;
            if last_attempt.replace(id) != Some(id) {
                curve.push(CurvePoint { ended_at: row.get(2)?, total: row.get(3)?, by_subject: BTreeMap::new() });
            }
            if row.get::<_, Option<String>>(4)?.is_some() {
                let (points, of): (f64, f64) = (row.get(5)?, row.get(6)?);
                let part = if of > 0.0 { 100.0 * points / of } else { continue };
                let point = curve.last_mut().expect("pushed with the attempt's first row");
                point.by_subject.insert(from_word(row, 4)?, part);
            }
        }
        Ok(curves)
    }
}

fn overview(trainee: String, curve: &[CurvePoint]) -> TraineeOverview {
    let latest = curve.last().expect("a curve has a point");
    let mut sums: BTreeMap<Subject, (f64, f64)> = BTreeMap::new();
    for (&subject, &points) in curve.iter().flat_map(|point| &point.by_subject) {
        let (sum, number) = sums.entry(subject).or_default();
        *sum += points;
        *number += 1.0;
    }
    let mean_by_subject: BTreeMap<Subject, f64> =
        sums.into_iter().map(|(subject, (sum, number))| (subject, sum / number)).collect();

    TraineeOverview {
        attempts: curve.len(),
        best: curve.iter().map(|point| point.total).fold(f64::NEG_INFINITY, f64::max),
        latest: latest.total,
        latest_at: latest.ended_at.clone(),
        weakest: mean_by_subject.iter().min_by(|a, b| a.1.total_cmp(b.1)).map(|(&subject, _)| subject),
        mean_by_subject,
        trainee,
    }
}
