//! The learning curve, in parts of its frame: both certificates draw the same.

use super::content::day;
use crate::history::CurvePoint;

/// A learning curve in a frame of width and height 1, origin below on the left.
pub(super) struct Chart {
    /// One place an attempt: to the right with each attempt, upwards with the points.
    pub(super) places: Vec<[f64; 2]>,
    /// Which of them this certificate is for.
    pub(super) this: Option<usize>,
    /// Days of the first and the last attempt.
    pub(super) days: [String; 2],
    /// For a reader who cannot see it.
    pub(super) description: String,
}

/// Heights, in points of 100, at which a line is ruled.
pub(super) const RULED: [u8; 5] = [0, 25, 50, 75, 100];

impl Chart {
    /// `None` with fewer than two attempts.
    pub(super) fn of(curve: &[CurvePoint], ended_at: &str) -> Option<Self> {
        let [first, .., last] = curve else { return None };
        let steps = (curve.len() - 1) as f64;
        let places = curve
            .iter()
            .enumerate()
            .map(|(step, point)| [step as f64 / steps, (point.total / 100.0).clamp(0.0, 1.0)])
            .collect();
        Some(Self {
            places,
            this: curve.iter().rposition(|point| point.ended_at == ended_at),
            days: [day(&first.ended_at), day(&last.ended_at)],
            description: format!(
                "Learning curve of {} attempts: {:.1} points in the first, {:.1} in the last",
                curve.len(),
                first.total,
                last.total
            ),
        })
    }
}
