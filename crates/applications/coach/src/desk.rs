//! The trainee's desk: the worklist, and the patient being examined.

use exam::Job;

use crate::exercise::Exercise;
use crate::intent::Intent;
use crate::session::{FinishedJob, Refusal, Session};
use crate::worklist::Worklist;

/// Everything that the console shows, apart from windows.
#[derive(Default)]
pub struct Desk {
    /// Today's patients.
    pub worklist: Worklist,
    /// Who sits at the console.
    pub trainee: String,
    /// The patient being examined.
    pub session: Option<Session>,
    opened: Option<Exercise>,
    left: Option<Session>,
}

impl Desk {
    /// A desk with its worklist.
    pub fn new(worklist: Worklist, trainee: &str) -> Self {
        Self { worklist, trainee: trainee.to_owned(), session: None, opened: None, left: None }
    }

    /// Does what is asked for.
    ///
    /// # Errors
    /// [`Refusal`] if it makes no sense now.
    pub fn handle(&mut self, intent: &Intent) -> Result<(), Refusal> {
        match intent {
            Intent::SitDown { trainee } if self.session.is_none() => {
                // A name is typed letter by letter: the space between two words comes at its end first.
                trainee.clone_into(&mut self.trainee);
                Ok(())
            }
            Intent::Open { exercise, emergency } if self.session.is_none() => {
                if self.trainee.trim().is_empty() {
                    return Err(Refusal("say who you are first: attempts are kept under your name".into()));
                }
                let unknown = || Refusal(format!("there is no exercise '{exercise}' on the worklist"));
                let chosen = self.worklist.exercise(exercise).ok_or_else(unknown)?.clone();
                self.opened = Some(chosen.clone());
                self.session = Some(Session::new(chosen, self.trainee.trim(), *emergency));
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

    /// The session that was left since the last call: an unfinished lesson is kept.
    pub const fn take_left(&mut self) -> Option<Session> {
        self.left.take()
    }

    /// The exercise that was opened since the last call: its planner is to be loaded.
    pub const fn take_opened(&mut self) -> Option<Exercise> {
        self.opened.take()
    }

    /// Time passes.
    pub fn advance(&mut self, wall_s: f64) {
        if let Some(session) = &mut self.session {
            session.advance(wall_s);
        }
    }

    /// The examination's job that was started and not fetched yet.
    pub fn take_job(&mut self) -> Option<Job> {
        self.session.as_mut().and_then(Session::take_job)
    }

    /// A job of the examination has ended.
    pub fn finish_job(&mut self, finished: FinishedJob) {
        if let Some(session) = &mut self.session {
            session.finish_job(finished);
        }
    }
}
