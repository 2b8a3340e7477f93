//! How far observers agree.

use crate::metrics::{Better, Metric, Source, agreement};

/// Between plans of the same disc.
pub(super) static AGREEMENT: [Metric; 3] = [
    Metric {
        name: "agreement.angle_sd_deg",
        title: "Interobserver SD of the disc plane's tilt",
        what: "Standard deviation between observers of the planned sagittal tilt of the same disc, pooled over discs; \
               for the automated arm, between plans on repeated localizers.",
        why: "A follow-up scan is compared with this one; the planes should not depend on who stood at the console.",
        limit: "Manual planning has about 3° (proxy: endplate angles); the collaborative arm should stay below it.",
        better: Better::Lower,
        margin: 0.25,
        source: Source::Agreement(agreement::angle_sd_deg),
    },
    Metric {
        name: "agreement.position_sd_mm",
        title: "Interobserver SD of the slice position",
        what: "Standard deviation between observers of the planned disc position along the table, pooled over discs.",
        why: "A follow-up scan is compared with this one; the slices should lie where they lay.",
        limit: "Manual planning has 1.5–2.5 mm (assumption).",
        better: Better::Lower,
        margin: 0.25,
        source: Source::Agreement(agreement::position_sd_mm),
    },
    Metric {
        name: "agreement.icc",
        title: "Interobserver agreement, ICC(2,1)",
        what: "Intraclass correlation ICC(2,1) of the planned sagittal tilt: two-way random, absolute agreement, single \
               observer (Shrout & Fleiss 1979; interval of McGraw & Wong 1996).",
        why: "How much of the difference between two plans is the patient, and how much the observer.",
        limit: "At least 0.90 for the collaborative arm (project choice); 0.83 is the closest published figure for \
                planning (oblique rectal planes, radiographer against radiologist).",
        better: Better::Higher,
        margin: 0.02,
        source: Source::Agreement(agreement::icc),
    },
];
