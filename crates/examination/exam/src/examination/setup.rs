//! The patient: what was registered, and how they lie on the table.

use super::Examination;
use crate::event::Event;
use crate::patient_setup::PatientSetup;
use crate::refused::Refused;
use crate::registration::Registration;

impl Examination {
    pub(super) fn registered(&self) -> Result<&Registration, Refused> {
        self.registration.as_ref().ok_or(Refused::NotRegistered)
    }

    /// Images and plan are labelled by the position: another one discards them.
    pub(super) fn register(&mut self, registration: Registration) -> Event {
        if self.registration.as_ref().is_some_and(|old| old.position != registration.position) {
            self.discard();
        }
        self.registration = Some(registration);
        Event::Registered
    }

    /// What the case drew of how the patient lies stays: rotations, offsets, restlessness.
    pub(super) fn position_patient(&mut self, setup: PatientSetup) -> Result<Event, Refused> {
        setup.check()?;
        self.patient = setup.apply_to(&self.patient);
        self.scanner = setup.coil.fitted(&self.equipped, setup.coil_centre_mm);
        self.setup = Some(setup);
        self.discard();
        Ok(Event::PatientPositioned)
    }

    pub(super) fn move_patient_out(&mut self) -> Event {
        self.setup = None;
        self.discard();
        Event::PatientMovedOut
    }

    /// Forgets what was scanned and planned: it shows a patient who lay otherwise. The time it took stays.
    fn discard(&mut self) {
        self.localizer.clear();
        self.proposal = None;
        self.plan = None;
        self.queue.clear();
        self.unchecked = None;
    }
}
