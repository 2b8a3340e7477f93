//! A planner with a fault between it and the instrument.

use std::thread;
use std::time::Duration;

use geometry::Orientation;
use planner::{PlanError, Planned, Planner, PlannerError, PlanningRequest, ScanPlan};
use results::PatternKind;
use serde::de::Error as _;

use super::PlantedFault;
use super::change::{Asked, change};

/// A planner whose answers are spoiled before anybody sees them.
pub struct FaultyPlanner {
    inner: Box<dyn Planner>,
    fault: PlantedFault,
    /// What is answered in place of the planner's own answer where the localizer is another patient's.
    stale: Option<ScanPlan>,
    time_limit: Duration,
    calls: u64,
}

impl FaultyPlanner {
    /// Puts a fault behind a planner. `stale` is the plan of another patient, for the fault that takes it for this one's;
    /// `time_limit` is what an answer may take.
    pub fn new(inner: Box<dyn Planner>, fault: PlantedFault, stale: Option<ScanPlan>, time_limit: Duration) -> Self {
        Self { inner, fault, stale, time_limit, calls: 0 }
    }
}

impl Planner for FaultyPlanner {
    fn name(&self) -> String {
        format!("{} with the planted fault {}", self.inner.name(), self.fault)
    }

    fn plan(&mut self, request: &PlanningRequest<'_>) -> Result<Planned, PlannerError> {
        let limit_ms = self.time_limit.as_millis() as u64;
        match self.fault.kind {
            PatternKind::Crash => return Err(PlannerError::Ended("signal: 6 (planted)".into())),
            PatternKind::Silent => return Err(PlannerError::Timeout(limit_ms)),
            PatternKind::Garbage => {
                return Err(PlannerError::Malformed(PlanError::Syntax(serde_json::Error::custom("planted"))));
            }
            PatternKind::Late => {
                let wait = self.time_limit + Duration::from_secs_f64(self.fault.size / 1e3);
                thread::sleep(wait);
                return Err(PlannerError::Late { after_ms: wait.as_millis() as u64, limit_ms });
            }
            _ => {}
        }
        let mut planned = self.inner.plan(request)?;
        if let (PatternKind::StaleLocalizer, Some(stale)) = (self.fault.kind, &self.stale) {
            planned.plan = stale.clone();
        }
        let sagittal = request.images.iter().find(|(orientation, _)| *orientation == Orientation::Sagittal);
        let asked = Asked { sagittal: sagittal.map(|(_, image)| &image.grid), calls: self.calls };
        change(&mut planned.plan, self.fault, &asked);
        self.calls += 1;
        Ok(planned)
    }
}
