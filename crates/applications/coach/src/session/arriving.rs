//! Images as they come in, line by line in simulated time.

use std::sync::Arc;

use exam::arrival::{Arrival, reveal};
use exam::{Command, Stack};
use geometry::Volume;

use super::{Refusal, Session, Severity, refuse};
use crate::intent::Shows;

/// A scan that runs.
#[derive(Clone, Debug)]
pub struct Running {
    /// What comes in.
    pub shows: Shows,
    /// How much has come.
    pub arrival: Arrival,
    /// What can be seen so far.
    pub seen: Arc<Volume<f32>>,
    whole: Arc<Volume<f32>>,
}

impl Running {
    fn of(shows: Shows, stack: &Stack, speed: f64) -> Self {
        let mut arrival = Arrival::new(&stack.protocol, &stack.group);
        arrival.speed = speed;
        let nothing = Arc::new(Volume::filled(stack.images.grid.clone(), 0.0));
        Self { shows, arrival, seen: nothing, whole: Arc::clone(&stack.images) }
    }
}

impl Session {
    /// The scan that runs.
    pub const fn running(&self) -> Option<&Running> {
        self.running.as_ref()
    }

    pub(super) fn set_speed(&mut self, speed: f64) -> Result<(), Refusal> {
        if !(speed.is_finite() && speed >= 0.0) {
            return refuse("simulated time runs at 1, 10, or 0 for at once");
        }
        self.speed = if speed == 0.0 { f64::INFINITY } else { speed };
        if let Some(running) = &mut self.running {
            running.arrival.speed = self.speed;
        }
        Ok(())
    }

    pub(super) fn pause(&mut self, paused: bool) -> Result<(), Refusal> {
        match &mut self.running {
            Some(running) => {
                running.arrival.paused = paused;
                Ok(())
            }
            None => refuse("nothing is being scanned"),
        }
    }

    pub(super) fn stop(&mut self) -> Result<(), Refusal> {
        let Some(running) = &self.running else { return refuse("nothing is being scanned") };
        let elapsed_s = running.arrival.elapsed_s();
        let command = match &running.shows {
            Shows::Localizer(orientation) => {
                let earlier = self.exam.localizer().iter().take_while(|(earlier, _)| earlier != orientation);
                let earlier_s: f64 = earlier.map(|(_, stack)| stack.scan_time_s()).sum();
                Command::StopLocalizer { elapsed_s: earlier_s + elapsed_s }
            }
            Shows::Series(series) => Command::Stop { series: self.find(series)?, elapsed_s },
        };
        self.running = None;
        self.scanning_all = false;
        self.command(command)?;
        self.say(Severity::Warning, "the scan was stopped");
        Ok(())
    }

    pub(super) fn localizer_arrives(&mut self) {
        if let Some((orientation, stack)) = self.exam.localizer().first() {
            self.running = Some(Running::of(Shows::Localizer(*orientation), stack, self.speed));
        }
        self.arrive(0.0);
    }

    pub(super) fn begin_arrival(&mut self, shows: Shows, stack: &Stack) {
        self.running = Some(Running::of(shows, stack, self.speed));
        self.arrive(0.0);
    }

    /// Lets a running scan go on; at its end the next stack of the localizer begins with the time that is left, so that
    /// it does not matter in how many steps time passes.
    pub(super) fn arrive(&mut self, wall_s: f64) {
        let mut left_s = wall_s;
        while let Some(running) = &mut self.running {
            let (before, before_s) = (running.arrival.received(), running.arrival.elapsed_s());
            running.arrival.advance(left_s);
            let speed = running.arrival.speed;
            if speed.is_finite() && speed > 0.0 {
                left_s = (left_s - (running.arrival.elapsed_s() - before_s) / speed).max(0.0);
            }
            if !running.arrival.is_complete() {
                let received = running.arrival.received();
                if received != before {
                    running.seen = Arc::new(reveal(&running.whole, &received));
                }
                return;
            }
            let shows = running.shows.clone();
            self.running = None;
            self.arrived(&shows);
        }
    }

    fn arrived(&mut self, shows: &Shows) {
        match shows {
            Shows::Localizer(orientation) => {
                let stacks = self.exam.localizer();
                let at = stacks.iter().position(|(other, _)| other == orientation).unwrap_or(0);
                if let Some((next, stack)) = stacks.get(at + 1) {
                    self.running = Some(Running::of(Shows::Localizer(*next), stack, self.speed));
                } else {
                    self.planning_s = Some((self.clock_s, self.clock_s));
                    self.say(Severity::Info, "the localizer is complete");
                }
            }
            Shows::Series(_) => {
                self.check_due = true;
                self.check_when_idle();
            }
        }
    }

    /// True once the whole localizer can be seen.
    pub fn has_localizer(&self) -> bool {
        let arriving = self.running.as_ref().is_some_and(|running| matches!(running.shows, Shows::Localizer(_)));
        !self.exam.localizer().is_empty() && !arriving
    }

    /// What can be seen of images now.
    pub fn images(&self, shows: &Shows) -> Option<Arc<Volume<f32>>> {
        if let Some(running) = self.running.as_ref().filter(|running| running.shows == *shows) {
            return Some(Arc::clone(&running.seen));
        }
        self.stack(shows).filter(|_| !self.is_to_come(shows)).map(|stack| Arc::clone(&stack.images))
    }

    /// A stack as it was scanned; whether it may be seen already is another question.
    pub fn stack(&self, shows: &Shows) -> Option<&Stack> {
        match shows {
            Shows::Localizer(wanted) => {
                self.exam.localizer().iter().find(|(orientation, _)| orientation == wanted).map(|(_, stack)| stack)
            }
            Shows::Series(series) => self.exam.series(self.find(series).ok()?)?.scanned.as_ref(),
        }
    }

    /// Stacks of the localizer after the one that is being scanned.
    fn is_to_come(&self, shows: &Shows) -> bool {
        let place = |shows: &Shows| match shows {
            Shows::Localizer(wanted) => self.exam.localizer().iter().position(|(orientation, _)| orientation == wanted),
            Shows::Series(_) => None,
        };
        let running = self.running.as_ref().and_then(|running| place(&running.shows));
        running.is_some_and(|running| place(shows).is_some_and(|asked| asked > running))
    }
}
