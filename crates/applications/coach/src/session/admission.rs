//! Registration, screening, the table.

use super::{Refusal, Session, Weight, refuse, refused};
use crate::exercise::LESSON_DAY;
use crate::intent::{Intent, Phase};
use crate::registration_form::Field;
use crate::safety::Question;
use crate::scanner_room::Order;

impl Session {
    pub(super) fn fill(&mut self, field: Field, text: &str) -> Result<(), Refusal> {
        self.before_the_localizer()?;
        self.form.set(field, text);
        // Somebody who notices a mistake at the table may mend it until the first scan.
        if self.registration.is_some() {
            self.registration = self.form.to_registration(LESSON_DAY).ok();
        }
        Ok(())
    }

    pub(super) fn ask(&mut self, question: Question) {
        let answer = self.screening.ask(question).map(|words| format!("{}: {words}", question.label()));
        if let Some(answer) = answer {
            self.say(Weight::Info, answer);
        }
    }

    fn before_the_localizer(&self) -> Result<(), Refusal> {
        if self.localizer.is_empty() {
            Ok(())
        } else {
            refuse("images carry the registration already: it can no longer be changed")
        }
    }

    /// From the registration to the table: the form must be complete and the screening decided.
    pub(super) fn admit(&mut self) -> Result<(), Refusal> {
        let registration = self.form.to_registration(LESSON_DAY).map_err(|problems| {
            let words: Vec<String> = problems.iter().map(|problem| problem.message.clone()).collect();
            Refusal(words.join("; "))
        })?;
        if self.screening.is_called_off() {
            return refuse("the radiologist calls the examination off: this patient must not enter");
        }
        for problem in self.screening.problems() {
            self.say(Weight::Warning, problem.message);
        }
        self.registration = Some(registration);
        Ok(())
    }

    pub(super) fn at_the_table(&mut self, intent: &Intent) -> Result<(), Refusal> {
        if self.registration.is_none() {
            return refuse("register the patient first");
        }
        if self.is_busy() {
            return refuse("the scanner is busy: nobody enters the room");
        }
        let was = self.table.clone();
        let table = &mut self.table;
        match intent {
            Intent::Lay(position) => table.lay(*position).map_err(refused)?,
            Intent::Cushion(on) => table.cushion(*on).map_err(refused)?,
            Intent::Plug { coil, centre_mm } => table.plug(*coil, *centre_mm).map_err(refused)?,
            Intent::Laser(on) => table.laser_on = *on,
            Intent::MoveTable(travel_mm) => table.move_to(*travel_mm).map_err(refused)?,
            Intent::SetLandmark => table.set_landmark().map_err(refused)?,
            Intent::ToIsocentre => table.to_isocentre().map_err(refused)?,
            _ => {}
        }
        // Whoever moves the patient throws away what was planned on the old images.
        if !self.localizer.is_empty() && self.table.landing() != was.landing() {
            self.forget_images();
            self.say(Weight::Warning, "the patient has moved: the localizer no longer holds");
        }
        Ok(())
    }

    fn forget_images(&mut self) {
        self.localizer.clear();
        self.proposal = None;
        self.cards.clear();
        self.landing = None;
        self.draft = slice_editor::Draft::new(self.exercise.setup.prescription.clone());
    }

    pub(super) fn scan_localizer(&mut self) -> Result<(), Refusal> {
        let Some(registration) = self.registration.clone() else { return refuse("register the patient first") };
        if self.is_busy() {
            return refuse("the scanner is busy");
        }
        let landing = self.table.landing().map_err(refused)?;
        if !self.localizer.is_empty() {
            self.repeats += 1;
            self.forget_images();
        }
        self.landing = Some(landing);
        self.order(Order::Localize(landing, registration));
        self.phase = Phase::Planning;
        Ok(())
    }
}
