//! Every case with its pictures, the worst first.

use maud::{Markup, html};

use crate::text::{base64, figure};
use results::Run;
use results::record::{Arm, CaseRow};
use run_store::files::sheet_path;

/// What the gallery says of one case.
struct Card<'a> {
    scenario: &'a str,
    case: u64,
    /// Angle and disc.
    worst_angle_deg: Option<(f64, &'a str)>,
    worst_centre_mm: Option<f64>,
    disc_dice: Option<f64>,
    missed: usize,
    /// Localizers that were planned on.
    repeats: usize,
    least_coverage: Option<f64>,
    flagged: bool,
    silent: bool,
    error: Option<&'a str>,
    notes: Vec<&'a str>,
}

impl Card<'_> {
    /// Worst first: silent failures, errors, missed levels, then angle.
    fn severity(&self) -> f64 {
        let weight = |holds: bool, weight: f64| if holds { weight } else { 0.0 };
        weight(self.silent, 1e6)
            + weight(self.error.is_some(), 1e5)
            + self.missed as f64 * 1e3
            + weight(self.flagged, 1e2)
            + self.worst_angle_deg.map_or(0.0, |(angle, _)| angle)
    }

    fn anchor(&self) -> String {
        format!("{}-{}", self.scenario, self.case)
    }
}

fn cards(run: &Run) -> Vec<Card<'_>> {
    let mut cards: Vec<Card<'_>> = Vec::new();
    let automated: Vec<&CaseRow> = run.rows.iter().filter(|row| row.arm == Arm::Automated.name()).collect();
    for part in automated.chunk_by(|a, b| (&a.scenario, a.case) == (&b.scenario, b.case)) {
        let most = |value: &dyn Fn(&CaseRow) -> Option<f64>| part.iter().filter_map(|row| value(row)).reduce(f64::max);
        let disc = |row: &CaseRow| row.structure.contains('/');
        let (scenario, case) = (part[0].scenario.as_str(), part[0].case);
        let warnings = run.manifest.warnings.iter().filter(|w| w.scenario == scenario && w.case == case);
        cards.push(Card {
            scenario,
            case,
            worst_angle_deg: part
                .iter()
                .filter(|row| disc(row))
                .filter_map(|row| Some((row.angle_deg?, row.structure.as_str())))
                .max_by(|a, b| a.0.total_cmp(&b.0)),
            worst_centre_mm: most(&|row| row.centre_mm),
            disc_dice: part.iter().filter(|row| row.structure == "disc").filter_map(|row| row.dice).reduce(f64::min),
            missed: part.iter().filter(|row| row.identified == Some(false)).count(),
            repeats: part.iter().filter(|row| row.structure == "case").count(),
            least_coverage: part.iter().filter(|row| disc(row)).filter_map(|row| row.coverage).reduce(f64::min),
            flagged: part.iter().any(|row| row.flagged == Some(true)),
            silent: part.iter().any(|row| row.silent_failure == Some(true)),
            error: part.iter().find_map(|row| row.error.as_deref()),
            notes: warnings.map(|warning| warning.message.as_str()).collect(),
        });
    }
    cards.sort_by(|a, b| b.severity().total_cmp(&a.severity()).then(a.case.cmp(&b.case)));
    cards
}

/// What the index says beside a case's number.
fn mark(card: &Card<'_>) -> Option<&'static str> {
    match card {
        Card { silent: true, .. } => Some("silent"),
        Card { error: Some(_), .. } => Some("error"),
        Card { flagged: true, .. } => Some("flagged"),
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
                a href={ "#" (card.anchor()) } class=[mark(card)] {
                    @if several { (card.scenario) " " }
                    (card.case)
                    @if let Some(word) = mark(card) { " " (word) }
                }
            }
        }
        @for card in &cards { (shown(run, card)) }
    }
}

fn shown(run: &Run, card: &Card<'_>) -> Markup {
    let picture = std::fs::read(sheet_path(&run.folder, card.scenario, card.case)).ok();
    html! {
        article.case id=(card.anchor()) {
            h3 { (card.scenario) " · case " (card.case) }
            p.facts {
                @if card.silent { span.bad { "silent failure" } }
                @if card.flagged { span.warn { "flagged" } }
                @if card.missed > 0 { span.bad { (card.missed) " levels missed on " (card.repeats) " localizers" } }
                @if let Some((angle, disc)) = card.worst_angle_deg { span { "worst angle " (figure(angle, "°")) " (" (disc) ")" } }
                @if let Some(mm) = card.worst_centre_mm { span { "worst centre " (figure(mm, "mm")) } }
                @if let Some(coverage) = card.least_coverage.filter(|coverage| *coverage < 0.995) { span { "least coverage " (figure(coverage, "")) } }
                @if let Some(dice) = card.disc_dice { span { "disc Dice " (figure(dice, "")) } }
                @if let Some(error) = card.error { span.bad { (error) } }
            }
            @match picture {
                Some(png) => img loading="lazy" src={ "data:image/png;base64," (base64(&png)) }
                    alt={ "Localizer with planned and true slices, segmentation, and scanned series of case " (card.case) };,
                None => p.quiet { "No pictures are stored for this case." },
            }
            @if !card.notes.is_empty() { ul.notes { @for note in &card.notes { li { (note) } } } }
        }
    }
}
