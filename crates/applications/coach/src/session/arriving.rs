//! Images as they come in, line by line in simulated time.

use std::sync::Arc;

use exam::arrival::{Arrival, reveal};
use geometry::Orientation;
use geometry::Volume;

use super::{CardState, Refusal, Session, Weight, refuse};
use crate::intent::Shows;
use crate::scanner_room::{Order, Stack};

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
        let Some(running) = self.running.take() else { return refuse("nothing is being scanned") };
        self.scanning_all = false;
        match running.shows {
            Shows::Localizer(_) => self.localizer.clear(),
            Shows::Series(name) => {
                let elapsed_s = running.arrival.elapsed_s();
                if let Some(card) = self.card_mut(&name) {
                    card.state = CardState::Stopped;
                    card.scanned = None;
                }
                self.order(Order::Stop { name, elapsed_s });
            }
        }
        self.say(Weight::Warning, "the scan was broken off");
        Ok(())
    }

    pub(super) fn localizer_comes(&mut self, stacks: Vec<(Orientation, Stack)>) {
        self.localizer = stacks;
        if let Some((orientation, stack)) = self.localizer.first() {
            self.running = Some(Running::of(Shows::Localizer(*orientation), stack, self.speed));
        }
        self.arrive(0.0);
    }

    pub(super) fn begin_arrival(&mut self, name: &str, stack: &Stack) {
        self.running = Some(Running::of(Shows::Series(name.to_owned()), stack, self.speed));
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
                let at = self.localizer.iter().position(|(other, _)| other == orientation).unwrap_or(0);
                if let Some((next, stack)) = self.localizer.get(at + 1) {
                    self.running = Some(Running::of(Shows::Localizer(*next), stack, self.speed));
                } else {
                    self.planning_s = Some((self.clock_s, self.clock_s));
                    self.say(Weight::Info, "the localizer is complete");
                }
            }
            Shows::Series(name) => self.series_arrived(name),
        }
    }

    /// The localizer's stacks, complete or not.
    pub fn localizer(&self) -> &[(Orientation, Stack)] {
        &self.localizer
    }

    /// True once the whole localizer can be seen.
    pub fn has_localizer(&self) -> bool {
        let arriving = self.running.as_ref().is_some_and(|running| matches!(running.shows, Shows::Localizer(_)));
        !self.localizer.is_empty() && !arriving
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
                self.localizer.iter().find(|(orientation, _)| orientation == wanted).map(|(_, stack)| stack)
            }
            Shows::Series(name) => self.card(name)?.scanned.as_ref(),
        }
    }

    /// Stacks of the localizer after the one that is being scanned.
    fn is_to_come(&self, shows: &Shows) -> bool {
        let place = |shows: &Shows| match shows {
            Shows::Localizer(wanted) => self.localizer.iter().position(|(orientation, _)| orientation == wanted),
            Shows::Series(_) => None,
        };
        let running = self.running.as_ref().and_then(|running| place(&running.shows));
        running.is_some_and(|running| place(shows).is_some_and(|asked| asked > running))
    }
}
