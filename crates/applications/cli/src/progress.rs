//! Progress on stderr: a bar on a terminal, otherwise lines.

use std::io::IsTerminal as _;
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use results::CaseSummary;

use crate::output;

/// Interval of progress lines where stderr is not a terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(30);

/// A case in one line: worst angle, missed levels, flags, errors.
pub fn summary_line(summary: &CaseSummary) -> String {
    let mut words = vec![match summary.worst_disc {
        Some((_, angle_deg)) => format!("worst disc {angle_deg:.1}°"),
        None => "no disc planned".into(),
    }];
    if summary.missed_levels > 0 {
        words.push(format!("{} levels missed", summary.missed_levels));
    }
    if summary.flagged {
        words.push("flagged".into());
    }
    if summary.silent_failure {
        words.push("SILENT FAILURE".into());
    }
    words.extend(summary.error.clone());
    words.join(", ")
}

/// Progress towards a known number of steps.
pub struct Progress {
    bar: Option<ProgressBar>,
    done: std::sync::atomic::AtomicU64,
    steps: u64,
    begin: Instant,
    /// The step before the first one of this session.
    first: OnceLock<u64>,
    /// When the last progress line was written.
    last_line: Mutex<Instant>,
}

impl Progress {
    /// Progress that begins at `done` of `steps`.
    pub fn new(done: u64, steps: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style =
                ProgressStyle::with_template("{bar:32} {pos}/{len}  {elapsed} elapsed, {eta} remaining  {wide_msg}");
            let bar = ProgressBar::new(steps).with_style(style.expect("a test parses the template"));
            bar.set_position(done);
            bar.reset_eta();
            bar
        });
        let begin = Instant::now();
        Self { bar, done: done.into(), steps, begin, first: OnceLock::new(), last_line: Mutex::new(begin) }
    }

    /// Adds a step, with a line that stays.
    pub fn step(&self, line: &str) {
        let done = self.done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        match &self.bar {
            Some(bar) => {
                bar.println(line);
                bar.inc(1);
            }
            None => {
                let left_s = self.left_s(done, done);
                output::note(format!("{done}/{} {line} ({left_s:.0} s remaining)", self.steps));
            }
        }
    }

    /// Sets the step, with a message that the next one replaces; without a terminal, a line at intervals.
    pub fn at(&self, step: u64, message: &str) {
        match &self.bar {
            Some(bar) => {
                bar.set_position(step);
                bar.set_message(message.to_owned());
            }
            None => {
                let mut last_line = self.last_line.lock().expect("nothing panics holding it");
                let first = *self.first.get_or_init(|| step.saturating_sub(1));
                if last_line.elapsed() >= LINE_INTERVAL {
                    *last_line = Instant::now();
                    let left_s = self.left_s(step, step - first);
                    output::note(format!("{step}/{} {message} ({left_s:.0} s remaining)", self.steps));
                }
            }
        }
    }

    /// Remaining time, s, at the mean speed of the `here` steps of this session.
    fn left_s(&self, done: u64, here: u64) -> f64 {
        self.begin.elapsed().as_secs_f64() / here.max(1) as f64 * self.steps.saturating_sub(done) as f64
    }

    /// A line that stays.
    pub fn note(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            None => output::note(line),
        }
    }

    /// Removes the bar.
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
    fn a_case_in_one_line() {
        let nothing = CaseSummary { error: Some("no answer".into()), ..CaseSummary::default() };
        assert_eq!(summary_line(&nothing), "no disc planned, no answer");
        let worst_disc = Some(("L4/L5".parse().expect("a disc"), 12.34));
        let wrong = CaseSummary { worst_disc, missed_levels: 2, silent_failure: true, ..CaseSummary::default() };
        assert_eq!(summary_line(&wrong), "worst disc 12.3°, 2 levels missed, SILENT FAILURE");
    }

    #[test]
    fn the_template_is_valid() {
        assert!(
            ProgressStyle::with_template("{bar:32} {pos}/{len}  {elapsed} elapsed, {eta} remaining  {wide_msg}")
                .is_ok()
        );
        let progress = Progress::new(3, 5);
        progress.at(4, "message");
        progress.finish();
    }
}
