//! Progress on stderr: a bar on a terminal, lines elsewhere.

use std::io::IsTerminal as _;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use crate::output;

/// Progress towards a known number of steps.
pub struct Progress {
    bar: Option<ProgressBar>,
    done: std::sync::atomic::AtomicU64,
    steps: u64,
    begin: Instant,
}

impl Progress {
    /// Progress that begins at `done` of `steps`.
    pub fn new(done: u64, steps: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:32} {pos}/{len}  {elapsed} gone, {eta} to go  {wide_msg}");
            let bar = ProgressBar::new(steps).with_style(style.expect("a test reads the template"));
            bar.set_position(done);
            bar.reset_eta();
            bar
        });
        Self { bar, done: done.into(), steps, begin: Instant::now() }
    }

    /// One step further, with a line that stays.
    pub fn step(&self, line: &str) {
        let done = self.done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        match &self.bar {
            Some(bar) => {
                bar.println(line);
                bar.inc(1);
            }
            None => {
                let each_s = self.begin.elapsed().as_secs_f64() / done as f64;
                let left_s = each_s * self.steps.saturating_sub(done) as f64;
                output::note(format!("{done}/{} {line} ({left_s:.0} s to go)", self.steps));
            }
        }
    }

    /// At a step, with a message that is replaced by the next; shown only on a terminal.
    pub fn at(&self, step: u64, message: &str) {
        if let Some(bar) = &self.bar {
            bar.set_position(step);
            bar.set_message(message.to_owned());
        }
    }

    /// A line that stays.
    pub fn note(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            None => output::note(line),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_sound() {
        assert!(ProgressStyle::with_template("{bar:32} {pos}/{len}  {elapsed} gone, {eta} to go  {wide_msg}").is_ok());
        let progress = Progress::new(3, 5);
        progress.at(4, "message");
        progress.finish();
    }
}
