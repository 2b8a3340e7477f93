//! How each figure came about, and what it cannot show.

use maud::{Markup, html};

use results::metrics;

pub(super) fn methods() -> Markup {
    html! {
        ul {
            li { "Patients are parametric spines drawn from the population's statistics; each lies on the table as the scenario's positioning says. "
                 "Truth (disc planes, centres, levels) comes from the parameters, never from voxels." }
            li { "The scanner simulates a three-plane localizer and the planned series from tissue maps, signal equations, coil sensitivity and complex noise. "
                 "The planner sees images with their geometry and the registration, nothing else." }
            li { "A level is identified if its label is right and its centre lies within 8 mm of the true one. A plan fails if a disc is not identified, "
                 "tilted by more than 10°, off by more than a slice, or less than three quarters covered; it fails silently if it carries no warning." }
            li { "Intervals are 95 % intervals over patients, since a patient's discs and repeats resemble each other: of means Student's, of quantiles Woodruff's (1952), "
                 "of rates exact (Clopper and Pearson 1934), a patient's answers counted as one; of agreement Student's, at one level that of ICC(2,1) from the F distribution. "
                 "Where something happened never or always, a rate's interval ends at the one-sided 95 % limit. Latencies are wall-clock times on this machine." }
            li { "What this cannot show: the patients are simulated, pathology included, and so are the technologists, whose perceptual error, bias and lapses are a model. "
                 "Figures hold for planners relative to each other and for regressions; they do not replace images of people." }
        }
        details {
            summary { "Every metric: what it is, why it matters, and where its limit comes from" }
            dl { @for metric in metrics::all() {
                dt { (metric.title) ": " code { (metric.name) } @if !metric.unit().is_empty() { span.quiet { " [" (metric.unit()) "]" } } }
                dd { (metric.what) br; span.quiet { (metric.why) " Limit: " (metric.limit) } }
            } }
        }
        p.quiet { "On the command line: " code { "plumbline explain METRIC" } "." }
    }
}
