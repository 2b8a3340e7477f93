//! How far observers agree.

use crate::metrics::{Better, Metric, Source, agreement};

/// Between plans of the same disc.
pub(super) static AGREEMENT: [Metric; 3] = [
    Metric {
        name: "agreement.angle_sd_deg",
        title: "Interobserver SD of the disc plane's tilt",
        what: "Standard deviation between observers of the planned sagittal tilt of the same disc, pooled over patients and \
               discs, with an interval over patients; for the automated arm, between plans on repeated localizers. Takes \
               two patients.",
        why: "A follow-up scan is compared with this one; the planes should not depend on who stood at the console.",
        limit: "Manual planning has about 3° (proxy: endplate angles); the collaborative arm should stay below it.",
        better: Better::Lower,
        margin: 0.25,
        source: Source::Agreement(agreement::angle_sd_deg),
    },
    Metric {
        name: "agreement.position_sd_mm",
        title: "Interobserver SD of the slice position",
        what: "Standard deviation between observers of the planned disc position along the table, pooled over patients and \
               discs, with an interval over patients. Takes two patients.",
        why: "A follow-up scan is compared with this one; the slices should lie where they lay.",
        limit: "Manual planning has 1.5–2.5 mm (assumption).",
        better: Better::Lower,
        margin: 0.25,
        source: Source::Agreement(agreement::position_sd_mm),
    },
    Metric {
        name: "agreement.icc",
        title: "Interobserver agreement, ICC",
        what: "Intraclass correlation of the planned sagittal tilt, absolute agreement, single observer. At one level \
               (agreement.icc@L4/L5) ICC(2,1) over patients (Shrout & Fleiss 1979; interval of McGraw & Wong 1996). Over \
               all levels from the variances of patients within a level, of observers and of what is left, so that the \
               lordosis that all patients share does not count as a difference between them (adjusted repeatability, \
               Nakagawa & Schielzeth 2010, doi:10.1111/j.1469-185X.2010.00141.x; interval by jackknife over patients, \
               Arvesen & Schmitz 1970). Takes two patients.",
        why: "How much of the difference between two plans of the same level is the patient, and how much the observer.",
        limit: "At least 0.90 for the collaborative arm (project choice); 0.83 is the closest published figure for \
                planning (oblique rectal planes, radiographer against radiologist).",
        better: Better::Higher,
        margin: 0.02,
        source: Source::Agreement(agreement::icc),
    },
];
