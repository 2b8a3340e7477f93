//! Every case with its pictures, the worst first.

use maud::{Markup, html};

use crate::text::{base64, figure};
use geometry::Structure;
use results::{Arm, AttemptResult, CaseSummary, Run};
use run_store::files::sheet_path;

/// What the gallery says of one case.
struct Card<'a> {
    scenario: &'a str,
    case: u64,
    summary: CaseSummary,
    worst_centre_mm: Option<f64>,
    disc_dice: Option<f64>,
    /// Localizers that were planned on.
    repeats: usize,
    least_coverage: Option<f64>,
    notes: &'a [String],
}

impl Card<'_> {
    /// Worst first: silent failures, errors, missed levels, then angle.
    fn severity(&self) -> f64 {
        let weight = |holds: bool, weight: f64| if holds { weight } else { 0.0 };
        weight(self.summary.silent_failure, 1e6)
            + weight(self.summary.error.is_some(), 1e5)
            + self.summary.missed_levels as f64 * 1e3
            + weight(self.summary.flagged, 1e2)
            + self.summary.worst_disc.map_or(0.0, |(_, angle_deg)| angle_deg)
    }

    fn anchor(&self) -> String {
        format!("{}-{}", self.scenario, self.case)
    }
}

fn cards(run: &Run) -> Vec<Card<'_>> {
    let mut cards: Vec<Card<'_>> = Vec::new();
    for case in &run.cases {
        let attempts: Vec<&AttemptResult> = case.attempts_of(Arm::Automated).collect();
        if attempts.is_empty() {
            continue;
        }
        let discs = || attempts.iter().flat_map(|attempt| &attempt.plan.discs);
        let structures = attempts.iter().flat_map(|attempt| &attempt.structures);
        let disc_dice = structures.filter(|result| result.structure == Structure::Disc).map(|result| result.dice);
        cards.push(Card {
            scenario: &case.scenario,
            case: case.case,
            summary: CaseSummary::of(attempts.iter().copied()),
            worst_centre_mm: discs().filter_map(|disc| disc.centre_mm).reduce(f64::max),
            disc_dice: disc_dice.reduce(f64::min),
            repeats: attempts.len(),
            least_coverage: discs().map(|disc| disc.coverage).reduce(f64::min),
            notes: &case.warnings,
        });
    }
    cards.sort_by(|a, b| b.severity().total_cmp(&a.severity()).then(a.case.cmp(&b.case)));
    cards
}

/// What the index says beside a case's number.
fn mark(summary: &CaseSummary) -> Option<&'static str> {
    match summary {
        CaseSummary { silent_failure: true, .. } => Some("silent"),
        CaseSummary { error: Some(_), .. } => Some("error"),
        CaseSummary { flagged: true, .. } => Some("flagged"),
        _ => None,
    }
}

/// Index and cards.
pub(super) fn gallery(run: &Run) -> Markup {
    let cards = cards(run);
    let several = run.manifest.scenarios.len() > 1;
    html! {
        p { "Worst first. Yellow: planned slices. Blue, dashed: the true disc planes and the true mid-sagittal plane. "
            "Overlay: vertebrae blue, discs orange, sacrum green, canal purple." }
        nav.index aria-label="cases" {
            @for card in &cards {
                a href={ "#" (card.anchor()) } class=[mark(&card.summary)] {
                    @if several { (card.scenario) " " }
                    (card.case)
                    @if let Some(word) = mark(&card.summary) { " " (word) }
                }
            }
        }
        @for card in &cards { (shown(run, card)) }
    }
}

fn shown(run: &Run, card: &Card<'_>) -> Markup {
    let summary = &card.summary;
    let picture = std::fs::read(sheet_path(&run.folder, card.scenario, card.case)).ok();
    html! {
        article.case id=(card.anchor()) {
            h3 { (card.scenario) " · case " (card.case) }
            p.facts {
                @if summary.silent_failure { span.bad { "silent failure" } }
                @if summary.flagged { span.warn { "flagged" } }
                @if summary.missed_levels > 0 { span.bad { (summary.missed_levels) " levels missed on " (card.repeats) " localizers" } }
                @if let Some((disc, angle)) = summary.worst_disc { span { "worst angle " (figure(angle, "°")) " (" (disc) ")" } }
                @if let Some(mm) = card.worst_centre_mm { span { "worst centre " (figure(mm, "mm")) } }
                @if let Some(coverage) = card.least_coverage.filter(|coverage| *coverage < 0.995) { span { "least coverage " (figure(coverage, "")) } }
                @if let Some(dice) = card.disc_dice { span { "disc Dice " (figure(dice, "")) } }
                @if let Some(error) = &summary.error { span.bad { (error) } }
            }
            @match picture {
                Some(png) => img loading="lazy" src={ "data:image/png;base64," (base64(&png)) }
                    alt={ "Localizer with planned and true slices, segmentation, and scanned series of case " (card.case) };,
                None => p.quiet { "No pictures are stored for this case." },
            }
            @if !card.notes.is_empty() { ul.notes { @for note in card.notes { li { (note) } } } }
        }
    }
}
