//! The learning curve as a picture.

use std::fmt::Write;

use crate::event::TrainingEvent;

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 420.0;
const MARGIN: f64 = 50.0;
/// Colours of the structures' Dice; the loss is grey. Okabe–Ito, safe for colour-blind readers.
const COLOURS: [&str; 4] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"];

/// Loss and validation Dice of the named structures (background first) over steps as SVG; both share the axis from 0 to 1
/// (larger losses are cut off).
pub fn svg(events: &[TrainingEvent], steps: u64, structures: [&str; 5]) -> String {
    let x = |step: u64| MARGIN + (WIDTH - 2.0 * MARGIN) * step as f64 / steps.max(1) as f64;
    let y = |value: f64| HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * value.clamp(0.0, 1.0);
    let line = |points: Vec<(u64, f64)>, colour: &str, width: f64| {
        let mut path = String::new();
        for (step, value) in points {
            write!(path, "{:.1},{:.1} ", x(step), y(value)).expect("writing to a string cannot fail");
        }
        format!("<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='{width}'/>\n")
    };
    let mut out = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' font-family='sans-serif' font-size='13'>\n\
         <rect width='100%' height='100%' fill='white'/>\n"
    );
    for tick in 0..=5 {
        let value = f64::from(tick) / 5.0;
        let step = steps * tick as u64 / 5;
        writeln!(
            out,
            "<line x1='{MARGIN}' x2='{}' y1='{1:.1}' y2='{1:.1}' stroke='#ddd'/><text x='18' y='{2:.1}'>{value:.1}</text>\
             <text x='{3:.1}' y='{4}' text-anchor='middle'>{step}</text>",
            WIDTH - MARGIN,
            y(value),
            y(value) + 4.0,
            x(step),
            HEIGHT - MARGIN + 20.0,
        )
        .expect("writing to a string cannot fail");
    }
    let losses = events.iter().filter_map(|e| match e {
        TrainingEvent::Step { step, loss, .. } => Some((*step, f64::from(*loss))),
        _ => None,
    });
    out += &line(losses.collect(), "#999", 1.0);
    for (class, (name, colour)) in structures[1..].iter().zip(COLOURS).enumerate() {
        let dice = events.iter().filter_map(|e| match e {
            TrainingEvent::Validation { step, dice } => Some((*step, dice[class])),
            _ => None,
        });
        out += &line(dice.collect(), colour, 2.5);
        writeln!(out, "<text x='{}' y='30' fill='{colour}'>Dice {name}</text>", MARGIN + 150.0 * class as f64)
            .expect("writing to a string cannot fail");
    }
    out + "<text x='700' y='30' fill='#777'>training loss</text>\n</svg>\n"
}
