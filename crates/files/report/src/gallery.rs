//! Cases with their pictures, the worst first. A page holds the pictures of some cases; those of the others lie beside it.

use maud::{Markup, PreEscaped, html};

use crate::text::{base64, figure};
use geometry::Structure;
use results::{Arm, AttemptResult, CaseSummary, Run};
use run_store::files::{PICTURES, case_folder, sheet_path};

/// Pictures of the worst cases within the page.
const WORST: usize = 12;
/// Pictures of a sample of the others, evenly spaced from bad to good: half a megabyte each keeps any cohort's page small.
const SAMPLE: usize = 12;
/// Rows of the index that are seen at once.
const INDEX_SHOWN: usize = 24;

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

    /// Where a file of the case lies, seen from the page.
    fn link(&self, name: &str) -> String {
        format!("{PICTURES}/{}/case-{:06}{name}", self.scenario, self.case)
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

/// The places, in order of severity, of the cases whose pictures are within the page.
fn embedded(cases: usize) -> Vec<usize> {
    let others = cases.saturating_sub(WORST);
    let sampled = others.min(SAMPLE);
    let sample = (0..sampled).map(|n| WORST + (2 * n + 1) * others / (2 * sampled));
    (0..cases.min(WORST)).chain(sample).collect()
}

/// What is wrong with a case, in a few words: class and text.
fn faults(card: &Card<'_>) -> Vec<(&'static str, String)> {
    let summary = &card.summary;
    let mut faults = Vec::new();
    if summary.silent_failure {
        faults.push(("bad", "silent failure".to_owned()));
    }
    if summary.error.is_some() {
        faults.push(("bad", "ended in an error".to_owned()));
    }
    if summary.missed_levels > 0 {
        let on = if card.repeats == 1 { "1 localizer".to_owned() } else { format!("{} localizers", card.repeats) };
        let noun = if summary.missed_levels == 1 { "level" } else { "levels" };
        faults.push(("bad", format!("{} {noun} missed on {on}", summary.missed_levels)));
    }
    if summary.flagged {
        faults.push(("warn", "flagged".to_owned()));
    }
    faults
}

/// Legend, index and cards.
pub(super) fn gallery(run: &Run) -> Markup {
    let cards = cards(run);
    let within = embedded(cards.len());
    let (first, further) = cards.split_at(cards.len().min(INDEX_SHOWN));
    html! {
        (legend())
        p { (cards.len()) " cases, the worst first: silent failures, errors, missed levels, flags, then the largest angle."
            @if within.len() < cards.len() { " This page holds the pictures of the " (WORST) " worst and of a sample of " (within.len() - WORST)
                " others; the rest lie beside it in " code { (PICTURES) } " and are linked." } }
        (index(first, &within, 0))
        @if !further.is_empty() {
            details { summary { "The other " (further.len()) " cases" } (index(further, &within, first.len())) }
        }
        @for place in within { (shown(run, &cards[place])) }
    }
}

fn index(cards: &[Card<'_>], within: &[usize], from: usize) -> Markup {
    html! {
        table.index {
            thead { tr { th { "case" } th { "what is wrong" } th.number { "worst angle" } th.number { "worst centre" } th { "files" } } }
            tbody { @for (n, card) in cards.iter().enumerate() {
                @let faults = faults(card);
                tr {
                    td { @if within.contains(&(from + n)) { a href={ "#" (card.anchor()) } { (card.scenario) " " (card.case) } }
                         @else { (card.scenario) " " (card.case) } }
                    td { @if faults.is_empty() { span.quiet { "nothing" } }
                         @for (n, (class, text)) in faults.iter().enumerate() { @if n > 0 { ", " } span class=(class) { (text) } } }
                    td.number { @if let Some((disc, angle)) = card.summary.worst_disc { (figure(angle, "°")) " " span.quiet { (disc) } } @else { "–" } }
                    td.number { @match card.worst_centre_mm { Some(mm) => (figure(mm, "mm")), None => "–" } }
                    td { a href=(card.link(".png")) { "picture" } " · " a href=(card.link("/plan.json")) { "plan" } " · " a href=(card.link("/truth.json")) { "truth" } }
                }
            } }
        }
    }
}

/// A line as it is drawn in the pictures.
fn swatch(colour: &str, dashed: bool) -> Markup {
    let dash = if dashed { " stroke-dasharray=\"5 3\"" } else { "" };
    PreEscaped(format!(
        "<svg class=\"swatch\" width=\"28\" height=\"10\" aria-hidden=\"true\"><line x1=\"1\" y1=\"5\" x2=\"27\" y2=\"5\" stroke=\"{colour}\" stroke-width=\"3\"{dash}/></svg>"
    ))
}

/// An area as it is tinted in the pictures.
fn patch(colour: &str) -> Markup {
    PreEscaped(format!(
        "<svg class=\"swatch\" width=\"14\" height=\"12\" aria-hidden=\"true\"><rect width=\"14\" height=\"12\" fill=\"{colour}\"/></svg>"
    ))
}

/// Every mark of the pictures. Colours are those of Okabe and Ito, as the pictures have them.
fn legend() -> Markup {
    let lines = [
        ("#f0e442", false, "planned slices, with the planned level's name"),
        ("#56b4e9", true, "true disc planes and true mid-sagittal plane"),
    ];
    let areas = [("#56b4e9", "vertebrae"), ("#e69f00", "discs"), ("#009e73", "sacrum"), ("#cc79a7", "canal")];
    html! {
        dl.legend {
            @for (colour, dashed, meaning) in lines { div { dt { (swatch(colour, dashed)) } dd { (meaning) } } }
            @for (colour, meaning) in areas { div { dt { (patch(colour)) } dd { "segmented " (meaning) } } }
            div { dt.bad { "silent failure" } dd { "a plan that is wrong and warns of nothing" } }
            div { dt.warn { "flagged" } dd { "the planner asked for a person" } }
        }
    }
}

fn shown(run: &Run, card: &Card<'_>) -> Markup {
    let summary = &card.summary;
    let picture = std::fs::read(sheet_path(&run.folder, card.scenario, card.case)).ok();
    let replanned = case_folder(&run.folder, card.scenario, card.case).join("first-plan.json").exists();
    html! {
        article.case id=(card.anchor()) {
            h3 { (card.scenario) " · case " (card.case) }
            p.facts {
                @for (class, text) in faults(card) { span class=(class) { (text) } }
                @if let Some((disc, angle)) = summary.worst_disc { span { "worst angle " (figure(angle, "°")) " (" (disc) ")" } }
                @if let Some(mm) = card.worst_centre_mm { span { "worst centre " (figure(mm, "mm")) } }
                @if let Some(coverage) = card.least_coverage.filter(|coverage| *coverage < 0.995) { span { "least coverage " (figure(coverage, "")) } }
                @if let Some(dice) = card.disc_dice { span { "disc Dice " (figure(dice, "")) } }
                @if replanned { span { "planned anew: " a href=(card.link("/first-plan.json")) { "first plan" } } }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_the_worst_and_of_an_even_sample_are_within_the_page() {
        assert_eq!(embedded(0), Vec::<usize>::new());
        assert_eq!(embedded(3), [0, 1, 2]);
        assert_eq!(embedded(24), (0..24).collect::<Vec<_>>());
        let of_many = embedded(1522);
        assert_eq!((of_many.len(), of_many[11], of_many[12]), (24, 11, 74));
        assert!(of_many.is_sorted_by(|a, b| a < b) && of_many[23] < 1522);
    }
}
