//! The learning curve of a trainee as a drawing.

use document::{Align, Drawing, Shape, Tint};

use super::day;
use crate::history::CurvePoint;

/// Where the curve's frame lies in the drawing, pt.
const LEFT: f32 = 24.0;
const WIDTH: f32 = Drawing::WIDTH - 6.0 - LEFT;
const TOP: f32 = 6.0;
const HEIGHT: f32 = 104.0;
/// Heights at which a line is ruled, points of 100.
const RULED: [u8; 5] = [0, 25, 50, 75, 100];

/// The points of each attempt in order, with a ring around the attempt that ended at `ended_at`; `None` with fewer than
/// two attempts.
pub(super) fn drawing(curve: &[CurvePoint], ended_at: &str) -> Option<Drawing> {
    let [first, .., last] = curve else { return None };
    let at = |part: f32, points: f64| {
        let height = (points / 100.0).clamp(0.0, 1.0) as f32;
        [LEFT + part * WIDTH, TOP + (1.0 - height) * HEIGHT]
    };
    let label = |at: [f32; 2], align, text: String| Shape::Label { at, align, text };

    let mut shapes = Vec::new();
    for points in RULED {
        let [left, right] = [at(0.0, f64::from(points)), at(1.0, f64::from(points))];
        let weight = if points == 0 { 0.9 } else { 0.5 };
        shapes.push(Shape::Line { points: vec![left, right], weight, tint: Tint::Rule });
        shapes.push(label([left[0] - 6.0, left[1] + 3.0], Align::Right, points.to_string()));
    }

    let steps = (curve.len() - 1) as f32;
    let places = || curve.iter().enumerate().map(|(step, point)| at(step as f32 / steps, point.total));
    shapes.push(Shape::Line { points: places().collect(), weight: 1.4, tint: Tint::Accent });
    let this = curve.iter().rposition(|point| point.ended_at == ended_at);
    shapes.extend(places().enumerate().map(|(step, centre)| {
        if this == Some(step) {
            Shape::Ring { centre, radius: 3.8, weight: 1.7, tint: Tint::Accent }
        } else {
            Shape::Disc { centre, radius: 2.0, tint: Tint::Accent }
        }
    }));

    let below = TOP + HEIGHT + 14.0;
    let ring = if this.is_some() { " (ring: this one)" } else { "" };
    shapes.push(label([LEFT, below], Align::Left, day(&first.ended_at)));
    shapes.push(label([LEFT + WIDTH / 2.0, below], Align::Centre, format!("{} attempts{ring}", curve.len())));
    shapes.push(label([LEFT + WIDTH, below], Align::Right, day(&last.ended_at)));
    Some(Drawing {
        height: below + 8.0,
        description: format!(
            "Learning curve of {} attempts: {:.1} points in the first, {:.1} in the last",
            curve.len(),
            first.total,
            last.total
        ),
        shapes,
    })
}
