//! The figures: distributions of error, overlap, agreement and latency.

use std::sync::Arc;

use kuva::plot::annotations::ReferenceLine;
use kuva::prelude::*;
use maud::{Markup, html};
use scoring::agreement::BlandAltman;

use crate::text::round;
use geometry::Structure;
use results::Run;
use results::case_result::attempts_of;
use results::manifest::Manifest;
use results::{Arm, DiscResult, Timings};

/// A figure of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// File name without ending.
    pub name: &'static str,
    /// What it shows, in a sentence.
    pub caption: &'static str,
    /// The drawing.
    pub svg: String,
}

const WIDTH: f64 = 620.0;
const HEIGHT: f64 = 260.0;

/// The colour of an arm, the same everywhere (Okabe and Ito 2008).
pub(super) const fn colour(arm: Arm) -> &'static str {
    match arm {
        Arm::Automated => "#0072b2",
        Arm::Collaborative => "#009e73",
        Arm::Manual => "#d55e00",
    }
}

/// Every figure that the run has values for.
pub(super) fn all(run: &Run) -> Vec<Figure> {
    let figures = [
        (
            "disc-angle",
            "Angle between the planned slices and the true disc plane; each point is one disc in one attempt. Limits of the project: ideal to 3°, acceptable to 5°, failed over 10°.",
            by_arm(run, "angle to the true disc plane, °", |disc| disc.angle_deg),
        ),
        (
            "disc-centre",
            "Distance of the planned from the true disc centre; each point is one disc in one attempt.",
            by_arm(run, "distance from the true disc centre, mm", |disc| disc.centre_mm),
        ),
        ("disc-angle-by-level", "The same angle by level, automated arm.", by_level(run)),
        (
            "dice",
            "Overlap of the segmentation with the truth on the localizer's voxels; each point is one patient on one localizer.",
            dice(run),
        ),
        (
            "between-observer-sd",
            "Between-observer standard deviation of a disc's planned tilt with its 95 % interval over patients. In the automated arm the “observers” are repeated localizers.",
            agreement(run, "agreement.angle_sd_deg", "between-observer SD of the tilt, °", from_zero),
        ),
        (
            "between-observer-position-sd",
            "The same for the planned position of the disc along the table.",
            agreement(run, "agreement.position_sd_mm", "between-observer SD of the position, mm", from_zero),
        ),
        (
            "icc",
            "Agreement of single observers on the planned tilt (ICC): what patients differ within a level, and not the lordosis that all share; with its 95 % interval over patients.",
            agreement(run, "agreement.icc", "ICC", |layout, least| {
                layout.with_x_axis_min(share_below(least).min(0.8)).with_x_axis_max(1.0)
            }),
        ),
        (
            "bland-altman",
            "Planned against true sagittal tilt (Bland and Altman 1986), manual arm orange, collaborative green, automated blue; lines: bias and 95 % limits of the automated arm.",
            bland_altman(run),
        ),
        (
            "confidence",
            "Does the planner know when it is wrong? Angle error of each disc over the confidence it was given.",
            confidence(run),
        ),
        (
            "latency",
            "Wall clock by stage on the machine of the run (logarithmic). Segment, label, count and plan make up the loop.",
            latency(run),
        ),
    ];
    figures
        .into_iter()
        .filter_map(|(name, caption, svg)| Some(Figure { name, caption, svg: own_ids(&scalable(&svg?), name) }))
        .collect()
}

/// What all figures have in common.
pub(super) fn legend(manifest: &Manifest) -> Markup {
    let arms = Arm::ALL.into_iter().filter(|arm| manifest.by_arm.contains_key(arm.name()));
    html! {
        "Colours: " @for (n, arm) in arms.enumerate() { @if n > 0 { ", " } strong style={ "color:" (colour(arm)) } { (arm.name()) } }
        " arm. A box spans the middle half of the values, its line is the median, whiskers reach to the last value within one and a half boxes; "
        "points beside it are single values. Of more than " (MAX_DRAWN) " values a group, that many are drawn, evenly spaced in their order."
    }
}

/// A drawing that fills the width it is given: its size becomes its coordinate system.
fn scalable(svg: &str) -> String {
    let size = |name: &str| {
        let value = svg.split_once(&format!(" {name}=\""))?.1;
        value.split_once('"').map(|(number, _)| number.to_owned())
    };
    match (size("width"), size("height")) {
        (Some(width), Some(height)) => {
            let fixed = format!(" width=\"{width}\" height=\"{height}\"");
            svg.replacen(&fixed, &format!("{fixed} viewBox=\"0 0 {width} {height}\""), 1)
        }
        _ => svg.to_owned(),
    }
}

/// The library numbers its clip paths through the whole process; in one page, and in the same bytes every
/// time, each figure needs names of its own.
fn own_ids(svg: &str, figure: &str) -> String {
    const PREFIX: &str = "kuva-clip-";
    let mut seen: Vec<String> = Vec::new();
    let mut parts = svg.split(PREFIX);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(digits);
        let place = seen.iter().position(|known| known == number).unwrap_or_else(|| {
            seen.push(number.to_owned());
            seen.len() - 1
        });
        text.push_str(&format!("{figure}-clip-{place}{rest}"));
    }
    text
}

/// Values or points of one group that a figure draws: more are a smear, and megabytes.
const MAX_DRAWN: usize = 800;

/// At most [`MAX_DRAWN`] of many values, evenly spaced in their order, so that box, cloud and points keep their shape.
fn thinned(mut values: Vec<f64>) -> Vec<f64> {
    if values.len() <= MAX_DRAWN {
        return values;
    }
    values.sort_by(f64::total_cmp);
    let last = values.len() - 1;
    (0..MAX_DRAWN).map(|n| values[n * last / (MAX_DRAWN - 1)]).collect()
}

/// At most [`MAX_DRAWN`] of many points, evenly spaced in the order of patients.
fn thinned_points(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let step = points.len().div_ceil(MAX_DRAWN).max(1);
    points.into_iter().step_by(step).collect()
}

/// The discs of an arm's attempts.
fn discs(run: &Run, arm: Arm) -> impl Iterator<Item = &DiscResult> {
    attempts_of(&run.cases, arm).into_iter().flat_map(|planned| &planned.attempt.plan.discs)
}

fn drawn(plots: Vec<Plot>, x_label: &str, y_label: &str, adjust: impl FnOnce(Layout) -> Layout) -> String {
    let layout = Layout::auto_from_plots(&plots).with_x_label(x_label).with_y_label(y_label);
    kuva::render_to_svg(plots, adjust(layout.with_width(WIDTH).with_height(HEIGHT)))
}

fn by_arm(run: &Run, label: &str, value: impl Fn(&DiscResult) -> Option<f64>) -> Option<String> {
    let mut plot = RaincloudPlot::new().with_horizontal(true).with_cloud_width(24.0).with_rain_size(2.2).with_seed(1);
    let mut colours = Vec::new();
    // Drawn from below: the manual arm first puts the automated arm on top.
    for arm in Arm::ALL.into_iter().rev() {
        let values: Vec<f64> = discs(run, arm).filter_map(&value).map(round).collect();
        if values.len() > 1 {
            plot = plot.with_group(arm.name(), thinned(values));
            colours.push(colour(arm));
        }
    }
    if colours.is_empty() {
        return None;
    }
    let plot = plot.with_group_colors(colours);
    // High enough that the topmost cloud is whole.
    Some(drawn(vec![plot.into()], label, "", |layout| layout.with_x_axis_min(0.0).with_height(300.0)))
}

fn by_level(run: &Run) -> Option<String> {
    let mut plot = BoxPlot::new().with_color(colour(Arm::Automated)).with_strip(0.25).with_overlay_size(2.5);
    let mut any = false;
    for level in ["L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1"] {
        let of_level = discs(run, Arm::Automated).filter(|disc| disc.disc.to_string() == level);
        let values: Vec<f64> = of_level.filter_map(|disc| disc.angle_deg).map(round).collect();
        if !values.is_empty() {
            plot = plot.with_group(level, thinned(values));
            any = true;
        }
    }
    any.then(|| drawn(vec![plot.into()], "", "angle, °", |layout| layout.with_y_axis_min(0.0)))
}

fn dice(run: &Run) -> Option<String> {
    let mut plot = BoxPlot::new().with_color(colour(Arm::Automated)).with_strip(0.25).with_overlay_size(2.5);
    let mut lowest: f64 = 1.0;
    let mut any = false;
    for structure in Structure::FOREGROUND {
        let results = run.cases.iter().flat_map(|case| &case.attempts).flat_map(|attempt| &attempt.structures);
        let of_structure = results.filter(|result| result.structure == structure);
        let values: Vec<f64> = of_structure.map(|result| round(result.dice)).collect();
        if !values.is_empty() {
            lowest = values.iter().copied().fold(lowest, f64::min);
            plot = plot.with_group(structure.name(), thinned(values));
            any = true;
        }
    }
    let floor = ((lowest * 20.0).floor() / 20.0).clamp(0.0, 0.8);
    any.then(|| drawn(vec![plot.into()], "", "Dice", |layout| layout.with_y_axis_min(floor).with_y_axis_max(1.0)))
}

/// The next twentieth below a share: where an axis that ends at 1 may begin.
fn share_below(share: f64) -> f64 {
    (share * 20.0).floor() / 20.0
}

fn from_zero(layout: Layout, _: f64) -> Layout {
    layout.with_x_axis_min(0.0)
}

/// `axis` sees the least end of an interval.
fn agreement(run: &Run, metric: &str, label: &str, axis: impl Fn(Layout, f64) -> Layout) -> Option<String> {
    let mut plot = ForestPlot::new().with_show_null_line(false).with_marker_size(7.0);
    let mut least = f64::INFINITY;
    for arm in Arm::ALL {
        let summary = run.manifest.by_arm.get(arm.name()).and_then(|figures| figures.get(metric));
        if let Some(summary) = summary {
            let [low, high] = summary.ci95.unwrap_or([summary.mean; 2]);
            plot = plot.with_colored_row(arm.name(), round(summary.mean), round(low), round(high), colour(arm));
            least = least.min(low);
        }
    }
    let adjust = |layout: Layout| axis(layout.with_height(190.0), least);
    least.is_finite().then(|| drawn(vec![plot.into()], label, "", adjust))
}

fn bland_altman(run: &Run) -> Option<String> {
    let mut plots: Vec<Plot> = Vec::new();
    let mut lines = Vec::new();
    for arm in Arm::ALL.into_iter().rev() {
        let tilts = |disc: &DiscResult| Some((disc.planned_sagittal_tilt_deg?, disc.true_sagittal_tilt_deg?));
        let pairs: Vec<(f64, f64)> = discs(run, arm).filter_map(tilts).collect();
        let (planned, truth): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        let Ok(fitted) = BlandAltman::of(&planned, &truth) else { continue };
        let points = pairs.iter().map(|(planned, truth)| (round((planned + truth) / 2.0), round(planned - truth)));
        let points = thinned_points(points.collect());
        let plot = ScatterPlot::new().with_data(points).with_color(colour(arm)).with_size(2.6).with_marker_opacity(0.6);
        plots.push(plot.into());
        if arm == Arm::Automated {
            for value in [fitted.bias, fitted.limits[0], fitted.limits[1]] {
                let mut line = ReferenceLine::horizontal(round(value));
                line.color = colour(arm).into();
                lines.push(line);
            }
        }
    }
    if plots.is_empty() {
        return None;
    }
    let adjust = |layout: Layout| lines.into_iter().fold(layout, Layout::with_reference_line);
    Some(drawn(plots, "mean of planned and true tilt, °", "planned − true, °", adjust))
}

fn confidence(run: &Run) -> Option<String> {
    let point = |disc: &DiscResult| Some((round(disc.confidence?), round(disc.angle_deg?)));
    let points: Vec<(f64, f64)> = discs(run, Arm::Automated).filter_map(point).collect();
    let (low, high) = points.iter().fold((1.0_f64, 0.0_f64), |(low, high), (c, _)| (low.min(*c), high.max(*c)));
    // One confidence for all discs says nothing, and would be one vertical line.
    if high - low < 0.001 {
        return None;
    }
    let least = points.iter().map(|(confidence, _)| *confidence).fold(1.0, f64::min);
    let from = share_below(least).min(0.95);
    let plot = ScatterPlot::new()
        .with_data(thinned_points(points))
        .with_color(colour(Arm::Automated))
        .with_size(2.8)
        .with_marker_opacity(0.6);
    let adjust = move |layout: Layout| {
        let layout = layout.with_y_axis_min(0.0).with_x_axis_min(from).with_x_axis_max(1.0);
        layout.with_x_tick_format(TickFormat::Fixed(2))
    };
    Some(drawn(vec![plot.into()], "confidence", "angle, °", adjust))
}

fn latency(run: &Run) -> Option<String> {
    type Stage = (&'static str, fn(&Timings) -> Option<f64>);
    let stages: [Stage; 7] = [
        ("acquire", |timings| timings.acquire_ms),
        ("segment", |timings| timings.segment_ms),
        ("label", |timings| timings.label_ms),
        ("count", |timings| timings.count_ms),
        ("plan", |timings| timings.plan_ms),
        ("check", |timings| timings.check_ms),
        ("loop", |timings| timings.loop_ms),
    ];
    let mut plot = BoxPlot::new().with_color("#7a7a7a").with_strip(0.2).with_overlay_size(2.2);
    let mut any = false;
    for (name, value) in stages {
        let timings = run.cases.iter().flat_map(|case| &case.attempts).map(|attempt| &attempt.timings);
        let values: Vec<f64> = timings.filter_map(value).filter(|ms| *ms > 0.0).collect();
        if !values.is_empty() {
            plot = plot.with_group(name, thinned(values));
            any = true;
        }
    }
    let plain = TickFormat::Custom(Arc::new(|ms| format!("{ms}")));
    any.then(|| drawn(vec![plot.into()], "", "ms", |layout| layout.with_log_y().with_y_tick_format(plain)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_values_are_thinned_and_keep_their_distribution() {
        assert_eq!(thinned(vec![3.0, 1.0]), [3.0, 1.0], "few stay as they are");
        let many = thinned((0..100_000).rev().map(f64::from).collect());
        assert_eq!((many.len(), many[0], many[MAX_DRAWN - 1]), (MAX_DRAWN, 0.0, 99_999.0));
        assert!((many[MAX_DRAWN / 2] - 50_000.0).abs() < 100.0, "the median stays");
        let points = thinned_points((0..100_000).map(|n| (f64::from(n), 0.0)).collect());
        assert!((MAX_DRAWN / 2..=MAX_DRAWN).contains(&points.len()));
    }
}
