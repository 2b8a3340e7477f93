//! Time and memory of the V-Net's forward pass by image size and threads:
//!
//! ```text
//! cargo bench --bench scaling                          # the table, and target/scaling.svg
//! cargo bench --bench scaling -- benches/scaling.svg   # the same, with another path of the picture
//! ```
//!
//! Every point is measured in its own process, with its own thread pool, buffers and peak memory.
#![expect(clippy::print_stdout, reason = "a bench prints its result")]

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use kuva::TickFormat;
use kuva::prelude::*;
use ndarray::Array3;
use vnet::Model;

/// As in the `plumbline` program.
#[global_allocator]
static ALLOCATOR: memory::Allocator = memory::Allocator;

/// Slices, rows, columns: from a part of a localizer to an isotropic volume; the fourth is a whole localizer.
const EXTENTS: [[usize; 3]; 7] =
    [[8, 128, 80], [8, 192, 112], [16, 192, 112], [20, 256, 160], [24, 320, 208], [40, 320, 256], [64, 384, 288]];
/// Number of threads and its colour in the figure (Okabe and Ito 2008).
const THREADS: [(usize, &str); 2] = [(1, "#d55e00"), (2, "#0072b2")];
/// Number of passes, of which the fastest counts, because other load only slows a pass. One pass before them fills
/// the buffers.
const PASSES: usize = 7;
/// First argument of the process that measures one point.
const MEASURE: &str = "measure";

/// The result of one process.
#[derive(Clone, Copy)]
struct Point {
    voxels: f64,
    seconds: f64,
    /// Peak memory of the process, MiB; `None` if the system does not report it.
    peak_mib: Option<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    memory::keep_pages();
    // cargo itself adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    match arguments.as_slice() {
        [measure, extent @ ..] if measure == MEASURE => measure_point(extent),
        [] => scaling(Path::new("target/scaling.svg")),
        [picture, ..] => scaling(Path::new(picture)),
    }
}

fn scaling(picture: &Path) -> Result<(), Box<dyn Error>> {
    println!("slices  rows  columns  Mvoxel  threads      s   Mvoxel/s  peak MiB");
    let mut lines = Vec::new();
    for (threads, colour) in THREADS {
        let mut points = Vec::new();
        for extent in EXTENTS {
            let point = measure_in_process(extent, threads)?;
            let [slices, rows, columns] = extent;
            let (megavoxels, peak) = (point.voxels / 1e6, point.peak_mib.map_or("?".into(), |mib| format!("{mib:.0}")));
            println!(
                "{slices:>6}  {rows:>4}  {columns:>7}  {megavoxels:>6.2}  {threads:>7}  {:>5.3}  {:>9.2}  {peak:>8}",
                point.seconds,
                megavoxels / point.seconds
            );
            points.push(point);
        }
        lines.push((threads, colour, points));
    }
    std::fs::write(picture, figure(&lines))?;
    println!("{}", picture.display());
    Ok(())
}

/// Starts a process for one point.
fn measure_in_process(extent: [usize; 3], threads: usize) -> Result<Point, Box<dyn Error>> {
    let output = Command::new(std::env::current_exe()?)
        .arg(MEASURE)
        .args(extent.map(|length| length.to_string()))
        .env("RAYON_NUM_THREADS", threads.to_string())
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [seconds, rest @ ..] = numbers.as_slice() else {
        return Err(format!("measuring {extent:?} failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    };
    let voxels = extent.iter().product::<usize>() as f64;
    Ok(Point { voxels, seconds: *seconds, peak_mib: rest.first().copied() })
}

/// Prints the time of the fastest pass, s, and the peak memory, MiB.
fn measure_point(extent: &[String]) -> Result<(), Box<dyn Error>> {
    let lengths: Vec<usize> = extent.iter().map(|length| length.parse()).collect::<Result<_, _>>()?;
    let [slices, rows, columns] = lengths[..] else { return Err("expected SLICES ROWS COLUMNS".into()) };
    let model = Model::load(Path::new("models/lumbar-vnet"))?;
    let image = Array3::from_shape_fn((slices, rows, columns), |(k, j, i)| ((k * 7 + j * 3 + i * 5) % 11) as f32 / 5.0);
    let pass = |_| {
        let begun = Instant::now();
        std::hint::black_box(model.logits(&image));
        begun.elapsed().as_secs_f64()
    };
    let fastest = (0..=PASSES).map(pass).skip(1).fold(f64::INFINITY, f64::min);
    println!("{fastest} {}", peak_mib().map_or(String::new(), |mib| mib.to_string()));
    Ok(())
}

/// Peak memory of this process so far, MiB; only on Linux.
fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib: f64 =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1024.0)
}

/// The figure: time and memory by number of voxels, both axes logarithmic.
fn figure(lines: &[(usize, &str, Vec<Point>)]) -> String {
    let panel = |of: fn(&Point) -> Option<f64>| -> Vec<Plot> {
        let mut plots = Vec::new();
        for (threads, colour, points) in lines {
            let data: Vec<(f64, f64)> =
                points.iter().filter_map(|point| Some((point.voxels / 1e6, of(point)?))).collect();
            let name = if *threads == 1 { "1 thread".to_owned() } else { format!("{threads} threads") };
            plots.push(LinePlot::new().with_data(data.clone()).with_color(*colour).with_legend(name).into());
            plots.push(ScatterPlot::new().with_data(data).with_color(*colour).with_size(3.0).into());
        }
        plots
    };
    let panels = vec![panel(|point| Some(point.seconds)), panel(|point| point.peak_mib)];
    // More than one label per decade would overlap.
    let decades = TickFormat::Custom(Arc::new(|value: f64| {
        let is_decade = (value.log10() - value.log10().round()).abs() < 1e-6;
        if is_decade { format!("{value}") } else { String::new() }
    }));
    let layouts = panels.iter().zip(["forward pass, s", "peak memory, MiB"]).map(|(plots, label)| {
        Layout::auto_from_plots(plots)
            .with_x_label("voxels, million")
            .with_y_label(label)
            .with_log_scale()
            .with_x_tick_format(decades.clone())
    });
    let layouts = layouts.collect();
    let rendered = Figure::new(1, 2).with_cell_size(420.0, 300.0).with_plots(panels).with_layouts(layouts);
    SvgBackend::new().render_scene(&rendered.render())
}
