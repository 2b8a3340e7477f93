//! How the images of a series come in while it is scanned: simulated time without a clock.
//!
//! The examination scans in one step; whoever shows it plays the arrival back and, if it is broken off, tells the
//! examination by [`crate::Command::Stop`] how far it came.
//!
//! ```
//! use exam::Arrival;
//!
//! let protocol = scanner::Protocol::builtin("lumbar-1.5t").expect("it ships");
//! let [sagittal, ..] = scanner::localizer(&protocol);
//! let mut arrival = Arrival::new(&protocol.localizer.series, &sagittal);
//! arrival.speed = 10.0;
//! arrival.advance(arrival.scan_time_s() / 20.0); // of somebody's time
//! assert!((arrival.elapsed_s() / arrival.scan_time_s() - 0.5).abs() < 1e-9);
//! assert!(!arrival.is_complete() && arrival.received()[0] == sagittal.matrix[0]);
//! ```

use geometry::{SliceGroup, Volume};
use scanner::SeriesProtocol;

/// A series on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// Simulated seconds a second of somebody's time: 1 is a real scanner, [`f64::INFINITY`] arrives at once.
    pub speed: f64,
    /// True while nothing arrives.
    pub paused: bool,
    elapsed_s: f64,
    scan_time_s: f64,
    slices: usize,
    rows: usize,
    /// Number of groups of slices that arrive one after the other.
    turns: usize,
}

impl Arrival {
    /// A series that has just been started, at the speed of a real scanner. Gradient echoes arrive slice after slice;
    /// spin echoes and their trains pass by pass, all slices of a pass together (every n-th slice, as they
    /// interleave); a slab all at once.
    pub fn new(series: &SeriesProtocol, group: &SliceGroup) -> Self {
        let turns = if series.sequence.is_gradient_echo() { group.slices } else { series.passes(group) };
        Self {
            speed: 1.0,
            paused: false,
            elapsed_s: 0.0,
            scan_time_s: series.scan_time_s(group),
            slices: group.slices,
            rows: group.matrix[0],
            turns: turns.clamp(1, group.slices.max(1)),
        }
    }

    /// Lets some of somebody's time pass, s.
    pub fn advance(&mut self, wall_s: f64) {
        if self.paused || !(wall_s >= 0.0 && self.speed > 0.0) {
            return;
        }
        // Nothing times infinity is no number; instant means at the first look.
        let passed_s = if self.speed.is_infinite() { f64::INFINITY } else { wall_s * self.speed };
        self.elapsed_s = (self.elapsed_s + passed_s).min(self.scan_time_s);
    }

    /// Simulated time since the start, s.
    pub fn elapsed_s(&self) -> f64 {
        self.elapsed_s
    }

    /// Simulated time from start to end, s.
    pub fn scan_time_s(&self) -> f64 {
        self.scan_time_s
    }

    /// Part of the scan time that has passed, 0…1.
    pub fn progress(&self) -> f64 {
        if self.scan_time_s > 0.0 { self.elapsed_s / self.scan_time_s } else { 1.0 }
    }

    /// True once everything is there.
    pub fn is_complete(&self) -> bool {
        self.elapsed_s >= self.scan_time_s
    }

    /// Number of rows that each slice has received, from the top.
    pub fn received(&self) -> Vec<usize> {
        let turn = self.progress() * self.turns as f64;
        let of_slice = |slice: usize| {
            let part = (turn - (slice % self.turns) as f64).clamp(0.0, 1.0);
            (part * self.rows as f64).floor() as usize
        };
        (0..self.slices).map(of_slice).collect()
    }
}

/// What has arrived of images: `received` rows of each slice, 0 below. A slice of which nothing is said has not come.
pub fn reveal(images: &Volume<f32>, received: &[usize]) -> Volume<f32> {
    let mut shown = images.clone();
    for ((slice, row, _), value) in shown.data.indexed_iter_mut() {
        if row >= received.get(slice).copied().unwrap_or(0) {
            *value = 0.0;
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use scanner::{Protocol, Sequence};

    fn series() -> Vec<(SeriesProtocol, SliceGroup)> {
        let protocol = Protocol::builtin("lumbar-1.5t").expect("it ships");
        let [sagittal, ..] = scanner::localizer(&protocol);
        let train = SliceGroup { slices: 16, matrix: [384, 384], ..sagittal.clone() };
        let two_passes = SeriesProtocol { concatenations: Some(2), ..protocol.sagittal_t2.clone() };
        assert!(matches!(two_passes.sequence, Sequence::TurboSpinEcho { .. }));
        vec![(protocol.localizer.series.clone(), sagittal), (two_passes, train)]
    }

    #[test]
    fn what_has_come_stays_grows_with_time_and_is_whole_at_the_end() {
        for (series, group) in series() {
            let mut arrival = Arrival::new(&series, &group);
            let whole = group.slices * group.matrix[0];
            let mut before = arrival.received();
            assert!(before.iter().all(|rows| *rows == 0));
            for step in 1..=64 {
                assert!(!arrival.is_complete(), "complete before step {step}");
                arrival.advance(series.scan_time_s(&group) / 64.0);
                let now = arrival.received();
                assert!(now.iter().zip(&before).all(|(now, before)| now >= before), "rows were lost");
                let expected = whole as f64 * f64::from(step) / 64.0;
                let rows = now.iter().sum::<usize>() as f64;
                // Rows are whole: each slice under way may lack one.
                assert!((rows - expected).abs() <= group.slices as f64, "{rows} rows at step {step}, not {expected}");
                before = now;
            }
            assert!(arrival.is_complete() && before.iter().all(|rows| *rows == group.matrix[0]));
            assert_eq!(arrival.elapsed_s(), series.scan_time_s(&group));
        }
    }

    #[test]
    fn gradient_echoes_come_slice_after_slice_and_trains_pass_by_pass() {
        let [(echo, few), (train, many)] = <[_; 2]>::try_from(series()).expect("two");
        let mut arrival = Arrival::new(&echo, &few);
        arrival.advance(1.5 / few.slices as f64 * arrival.scan_time_s());
        assert_eq!(arrival.received()[..3], [few.matrix[0], few.matrix[0] / 2, 0]);
        let mut arrival = Arrival::new(&train, &many);
        arrival.advance(0.75 * arrival.scan_time_s());
        assert_eq!(arrival.received()[..4], [384, 192, 384, 192]);
    }

    #[test]
    fn a_pause_holds_and_instant_is_at_once() {
        let [(series, group), _] = <[_; 2]>::try_from(series()).expect("two");
        let mut arrival = Arrival::new(&series, &group);
        arrival.paused = true;
        arrival.speed = f64::INFINITY;
        arrival.advance(10.0);
        assert_eq!(arrival.elapsed_s(), 0.0);
        arrival.paused = false;
        arrival.advance(0.0);
        assert!(arrival.is_complete());
        arrival.advance(f64::NAN);
        assert!(arrival.is_complete());
    }

    #[test]
    fn only_what_has_come_is_shown() {
        let [(_, group), _] = <[_; 2]>::try_from(series()).expect("two");
        let images = Volume::filled(group.grid(), 7.0f32);
        let shown = reveal(&images, &[2, 0, group.matrix[0]]);
        assert_eq!((shown.data[[0, 1, 5]], shown.data[[0, 2, 5]], shown.data[[1, 0, 0]]), (7.0, 0.0, 0.0));
        let sum = shown.data.sum();
        assert_eq!(sum, 7.0 * ((2 + group.matrix[0]) * group.matrix[1]) as f32);
    }
}
