//! Registration, screening, the table.

use exam::Command;
use slice_editor::Draft;

use super::{Refusal, Session, Severity, refuse, refused};
use crate::exercise::LESSON_DAY;
use crate::intent::{Intent, Phase};
use crate::registration_form::Field;
use crate::safety::Question;

impl Session {
    pub(super) fn fill(&mut self, field: Field, text: &str) -> Result<(), Refusal> {
        self.before_the_localizer()?;
        self.form.set(field, text);
        // A mistake that is noticed at the table may be corrected until the first scan.
        match self.form.to_registration(LESSON_DAY) {
            Ok(registration) if self.exam.registration().is_some() => self.command(Command::Register(registration)),
            _ => Ok(()),
        }
    }

    pub(super) fn ask(&mut self, question: Question) {
        let answer = self.screening.ask(question).map(|words| format!("{}: {words}", question.label()));
        if let Some(answer) = answer {
            self.say(Severity::Info, answer);
        }
    }

    fn before_the_localizer(&self) -> Result<(), Refusal> {
        if !self.exam.localizer().is_empty() {
            return refuse("images carry the registration already: it can no longer be changed");
        }
        if self.is_awaiting() {
            return refuse("the scanner is busy");
        }
        Ok(())
    }

    /// True once the patient is registered, with what the form holds now.
    pub(super) fn is_registered(&self) -> bool {
        let entered = self.form.to_registration(LESSON_DAY);
        entered.is_ok_and(|entered| self.exam.registration() == Some(&entered))
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
        if self.exam.registration() != Some(&registration) {
            self.command(Command::Register(registration))?;
        }
        for problem in self.screening.problems() {
            self.say(Severity::Warning, problem.message);
        }
        Ok(())
    }

    pub(super) fn at_the_table(&mut self, intent: &Intent) -> Result<(), Refusal> {
        if !self.is_registered() {
            return refuse("register the patient first");
        }
        if self.is_busy() {
            return refuse("the scanner is busy: nobody enters the scanner room");
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
        // The images show the patient where they no longer lie.
        if !self.exam.localizer().is_empty() && self.table.patient_setup() != was.patient_setup() {
            self.command(Command::MovePatientOut)?;
            self.draft = self.empty_draft();
            self.say(Severity::Warning, "the patient has moved: scan the localizer again");
        }
        Ok(())
    }

    fn empty_draft(&self) -> Draft {
        Draft::new(self.exercise.setup.prescription.clone())
    }

    pub(super) fn scan_localizer(&mut self) -> Result<(), Refusal> {
        if !self.is_registered() {
            return refuse("register the patient first");
        }
        if self.is_busy() {
            return refuse("the scanner is busy");
        }
        let setup = self.table.patient_setup().map_err(refused)?;
        if self.exam.setup() != Some(&setup) {
            self.command(Command::PositionPatient(setup))?;
        }
        if !self.exam.localizer().is_empty() {
            self.draft = self.empty_draft();
            self.prescribe()?;
        }
        self.command(Command::ScanLocalizer)?;
        self.phase = Phase::Planning;
        Ok(())
    }
}
