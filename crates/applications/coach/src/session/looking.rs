//! What the views show.

use geometry::Orientation;
use imaging_io::picture::Window;

use super::{Refusal, Session, VIEWS, refuse};
use crate::intent::{Look, Shows};

/// One view of images.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Which images.
    pub shows: Shows,
    /// Which slice; `None` for the middle one.
    pub slice: Option<usize>,
    /// Middle of the grey values, relative to the images' own window.
    pub level: f64,
    /// Their width, relative to the images' own window.
    pub width: f64,
    /// Magnification.
    pub zoom: f64,
    /// Middle of the picture, from the image's, mm right and down.
    pub pan_mm: [f64; 2],
    /// What was measured, image mm from its upper left corner.
    pub measured: Vec<Vec<[f64; 2]>>,
}

impl View {
    fn of(shows: Shows) -> Self {
        Self { shows, slice: None, level: 1.0, width: 1.0, zoom: 1.0, pan_mm: [0.0; 2], measured: Vec::new() }
    }

    /// The grey values, given those that suit the images.
    pub fn window(&self, own: Window) -> Window {
        let (middle, half) = ((own.low + own.high) / 2.0, (own.high - own.low) / 2.0);
        let (middle, half) = (middle * self.level as f32, half * self.width as f32);
        Window { low: middle - half, high: middle + half }
    }
}

/// Sagittal, coronal and axial localizer; the fourth place shows the scanner room, and later a series.
pub(super) fn at_first() -> [View; VIEWS] {
    let localizer = |orientation| View::of(Shows::Localizer(orientation));
    [
        localizer(Orientation::Sagittal),
        localizer(Orientation::Coronal),
        localizer(Orientation::Axial),
        localizer(Orientation::Sagittal),
    ]
}

impl Session {
    pub(super) fn look(&mut self, view: usize, look: &Look) -> Result<(), Refusal> {
        if view >= VIEWS {
            return refuse(format!("there are {VIEWS} views, counted from 0"));
        }
        let shown = match look {
            Look::Show(Shows::Series(series)) => Some(Shows::Series(self.find(series)?.into())),
            Look::Show(shows) => Some(shows.clone()),
            _ => None,
        };
        if shown.as_ref().is_some_and(|shows| self.stack(shows).is_none()) {
            return refuse("there are no such images yet");
        }
        let view = &mut self.views[view];
        let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
        if let Some(shows) = shown {
            *view = View::of(shows);
            return Ok(());
        }
        match look {
            Look::Slice(slice) => view.slice = Some(*slice),
            Look::Window { level, width } if finite(&[*level, *width]) => {
                view.level = level.clamp(0.0, 4.0);
                view.width = width.clamp(0.02, 4.0);
            }
            Look::Zoom(zoom) if finite(&[*zoom]) => view.zoom = zoom.clamp(0.25, 16.0),
            Look::Pan(pan_mm) if finite(pan_mm) => view.pan_mm = pan_mm.map(|mm| mm.clamp(-500.0, 500.0)),
            Look::Measure(points) if points.len() >= 2 && points.iter().all(|point| finite(point)) => {
                view.measured.push(points.clone());
            }
            Look::Wipe => view.measured.clear(),
            _ => return refuse("a view needs numbers that are finite, and a measurement two points or more"),
        }
        Ok(())
    }

    /// The slice that a view shows.
    pub fn slice_of(&self, view: &View) -> Option<usize> {
        let slices = self.stack(&view.shows)?.group.slices;
        if let Some(running) = self.running().filter(|running| view.slice.is_none() && running.shows == view.shows) {
            // While images come in, the slice that is being scanned is the one to look at.
            return running.arrival.received().iter().rposition(|rows| *rows > 0).or(Some(0));
        }
        Some(view.slice.unwrap_or(slices.saturating_sub(1) / 2).min(slices.saturating_sub(1)))
    }

    /// After the end plan and truth are compared where slices were planned; the sagittal series shows more than the
    /// localizer.
    pub(super) fn show_result(&mut self) {
        self.views = at_first();
        let is_sagittal = |stack: &exam::Stack| stack.group.target == geometry::SliceTarget::Sagittal;
        let mut scanned = self.exam().queue().iter().filter(|series| series.scanned.is_some());
        if let Some(series) = scanned.find(|series| series.scanned.as_ref().is_some_and(is_sagittal)) {
            self.views[0] = View::of(Shows::Series(series.id.into()));
        }
    }

    /// What arrives is shown in the last view.
    pub(super) fn show_arriving(&mut self, shows: &Shows) {
        self.views[VIEWS - 1] = View::of(shows.clone());
    }

    /// Four series at a time for reading: the first that were scanned; views that show one keep it.
    pub(super) fn show_series(&mut self) {
        let scanned = self.exam().queue().iter().filter(|series| series.scanned.is_some());
        let scanned: Vec<Shows> = scanned.map(|series| Shows::Series(series.id.into())).collect();
        let is_series = |view: &View| matches!(view.shows, Shows::Series(_));
        if self.views.iter().filter(|view| is_series(view)).count() >= 2 {
            return;
        }
        for (view, shows) in self.views.iter_mut().zip(scanned) {
            *view = View::of(shows);
        }
    }
}
