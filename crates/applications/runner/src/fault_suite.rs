//! The instrument's own acceptance test: known faults are planted in a planner's answers one after the other, and each must
//! be found and named.

use assessment::PlantedFault;
use rayon::prelude::*;
use results::pattern::{self, ErrorPattern};
use results::{CaseResult, CaseSummary};
use scenario::ScenarioSetup;

use crate::case::{plans_of_case, with_fault};
use crate::{PlannerCase, PlannerFactory};

/// What was planted, and what was found.
#[derive(Clone, Debug)]
pub struct SuiteRow {
    /// What was planted; `None` for the planner as it is, in which no fault must be found.
    pub planted: Option<PlantedFault>,
    /// What was found, the most telling first.
    pub found: Vec<ErrorPattern>,
    /// Plans that were wrong and carried no warning.
    pub silent_failures: usize,
    /// Plans that ended in an error.
    pub errors: usize,
    /// Plans in all.
    pub plans: usize,
}

impl SuiteRow {
    /// The pattern that names the planted fault, if it was found.
    pub fn named(&self) -> Option<&ErrorPattern> {
        let planted = self.planted?;
        self.found.iter().find(|pattern| pattern.kind == planted.kind)
    }

    /// True if what was planted is named, or nothing was planted and nothing is named.
    pub fn is_right(&self) -> bool {
        if self.planted.is_some() { self.named().is_some() } else { self.found.is_empty() }
    }
}

/// Plants every fault in the answers of a planner on the first `cases` patients of a scenario, each planned twice on
/// localizers of its own; the planner as it is comes first.
pub fn fault_suite(
    setup: &ScenarioSetup,
    seed: u64,
    cases: u64,
    make_planner: &PlannerFactory<'_>,
    sink: &(dyn Fn(&SuiteRow) + Sync),
) -> Vec<SuiteRow> {
    let planted: Vec<Option<PlantedFault>> = std::iter::once(None).chain(PlantedFault::all().map(Some)).collect();
    let row = |planted: Option<PlantedFault>| {
        let results: Vec<CaseResult> = (0..cases)
            .map(|case| {
                let asked = PlannerCase { number: 0, setup, seed, case };
                let mut planner = match planted {
                    Some(fault) => with_fault(asked, fault, make_planner),
                    None => make_planner(asked),
                };
                plans_of_case(setup, seed, case, 2, planner.as_mut())
            })
            .collect();
        let summaries =
            results.iter().flat_map(|case| &case.attempts).map(|attempt| CaseSummary::of(std::iter::once(attempt)));
        let summaries: Vec<CaseSummary> = summaries.collect();
        let row = SuiteRow {
            planted,
            found: pattern::find(&results.iter().collect::<Vec<_>>(), setup.localizer_affine().as_ref()),
            silent_failures: summaries.iter().filter(|summary| summary.silent_failure).count(),
            errors: summaries.iter().filter(|summary| summary.error.is_some()).count(),
            plans: summaries.len(),
        };
        sink(&row);
        row
    };
    planted.into_par_iter().map(row).collect()
}
