//! The trainee's desk: the worklist, and the patient being examined.

use crate::exercise::Exercise;
use crate::intent::Intent;
use crate::scanner_room::{Delivery, Order};
use crate::session::{Refusal, Session};
use crate::worklist::Worklist;

/// Everything that the console shows, apart from windows.
#[derive(Default)]
pub struct Desk {
    /// Today's patients.
    pub worklist: Worklist,
    /// Who sits here.
    pub trainee: String,
    /// The patient being examined.
    pub session: Option<Session>,
    entered: Option<Exercise>,
    left: Option<Session>,
}

impl Desk {
    /// A desk with its worklist.
    pub fn new(worklist: Worklist, trainee: &str) -> Self {
        Self { worklist, trainee: trainee.to_owned(), session: None, entered: None, left: None }
    }

    /// Carries a wish out.
    ///
    /// # Errors
    /// [`Refusal`] if it makes no sense now.
    pub fn handle(&mut self, intent: &Intent) -> Result<(), Refusal> {
        match intent {
            Intent::SitDown { trainee } if self.session.is_none() => {
                trainee.trim().clone_into(&mut self.trainee);
                Ok(())
            }
            Intent::Open { exercise, emergency } if self.session.is_none() => {
                if self.trainee.is_empty() {
                    return Err(Refusal("say who you are first: attempts are kept under your name".into()));
                }
                let unknown = || Refusal(format!("there is no exercise '{exercise}' on the worklist"));
                let chosen = self.worklist.exercise(exercise).ok_or_else(unknown)?.clone();
                self.entered = Some(chosen.clone());
                self.session = Some(Session::new(chosen, &self.trainee, *emergency));
                Ok(())
            }
            Intent::Leave => {
                self.left = self.session.take();
                Ok(())
            }
            other => match &mut self.session {
                Some(session) => session.handle(other),
                None => Err(Refusal("choose a patient first".into())),
            },
        }
    }

    /// The patient who was left since this was asked last: an unfinished lesson is kept.
    pub const fn take_left(&mut self) -> Option<Session> {
        self.left.take()
    }

    /// The patient who came in since this was asked last: the scanner room makes ready for them.
    pub const fn take_entered(&mut self) -> Option<Exercise> {
        self.entered.take()
    }

    /// Time passes.
    pub fn advance(&mut self, wall_s: f64) {
        if let Some(session) = &mut self.session {
            session.advance(wall_s);
        }
    }

    /// Orders for the scanner room.
    pub fn take_orders(&mut self) -> Vec<Order> {
        self.session.as_mut().map(Session::take_orders).unwrap_or_default()
    }

    /// The scanner room answers.
    pub fn receive(&mut self, delivery: Delivery) {
        if let Some(session) = &mut self.session {
            session.receive(delivery);
        }
    }
}
