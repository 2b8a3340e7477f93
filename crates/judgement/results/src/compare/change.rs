//! The four words for how a candidate stands to a baseline, and the rule that chooses among them.

use schemars::JsonSchema;
use scoring::paired::PairedChange;
use serde::{Deserialize, Serialize};

/// Probability of calling any row of a comparison worse or better if no row differs.
pub const FAMILY_ERROR: f64 = 0.05;

/// How a candidate stands to a baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// A change for the better that is no chance: its probability, adjusted for the number of rows, is at most 5 %.
    Better,
    /// The 95 % interval of the change for the worse ends within the margin.
    NotWorse,
    /// None of the others: the interval reaches beyond the margin, and the change is small or may be chance.
    Inconclusive,
    /// A change for the worse of more than the margin that is no chance: its probability, adjusted for the number of rows,
    /// is at most 5 %.
    Worse,
}

impl Change {
    /// The words in tables.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::NotWorse => "not worse within the margin",
            Self::Inconclusive => "inconclusive",
            Self::Worse => "worse",
        }
    }

    /// The words, with the number of patients that would settle what is inconclusive.
    pub fn words_with(self, patients_needed: Option<u64>) -> String {
        match (self, patients_needed) {
            (Self::Inconclusive, Some(needed)) => format!("inconclusive: {needed} cases would settle it"),
            (Self::Inconclusive, None) => "inconclusive: no number of cases would settle it".to_owned(),
            (change, _) => change.words().to_owned(),
        }
    }

    /// Judges one row. Non-inferiority needs no adjustment, since all rows must show it (Berger, Technometrics
    /// 1982;24:295); what is called worse or better does, since one row suffices. That a change for the worse must exceed
    /// the margin keeps large runs from calling worse what matters to nobody.
    pub fn of(change: &PairedChange, p_holm: Option<f64>, margin: f64) -> Self {
        let no_chance = p_holm.is_some_and(|p| p <= FAMILY_ERROR);
        let within = change.ci95().is_some_and(|[_, worst]| worst <= margin);
        match change.change() {
            by if no_chance && by > margin => Self::Worse,
            by if no_chance && by < 0.0 => Self::Better,
            _ if within => Self::NotWorse,
            _ => Self::Inconclusive,
        }
    }

    /// The word for several rows: worse if any is, else inconclusive if any is, else better if any is.
    pub fn of_all(rows: impl IntoIterator<Item = Self>) -> Self {
        rows.into_iter().max_by_key(|change| change.gravity()).unwrap_or(Self::Inconclusive)
    }

    /// Which of several words decides: the one with the most.
    pub(super) const fn gravity(self) -> u8 {
        match self {
            Self::NotWorse => 0,
            Self::Better => 1,
            Self::Inconclusive => 2,
            Self::Worse => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(change: f64, standard_error: f64, p_holm: f64) -> Change {
        Change::of(&PairedChange::Mean { patients: 1000, change, standard_error }, Some(p_holm), 0.5)
    }

    #[test]
    fn interval_margin_and_chance_decide() {
        assert_eq!(judged(-0.4, 0.1, 0.01), Change::Better);
        assert_eq!(judged(-0.4, 0.1, 0.2), Change::NotWorse, "better, but perhaps by chance");
        assert_eq!(judged(0.2, 0.1, 1.0), Change::NotWorse);
        assert_eq!(judged(0.2, 0.01, 0.0), Change::NotWorse, "surely worse, but within the margin");
        assert_eq!(judged(0.4, 0.1, 0.01), Change::Inconclusive, "the interval reaches beyond the margin");
        assert_eq!(judged(0.9, 0.4, 0.3), Change::Inconclusive, "beyond the margin, but perhaps by chance");
        assert_eq!(judged(0.9, 0.1, 0.01), Change::Worse);
        let one = PairedChange::of_mean(&[0.0]).expect("a patient");
        assert_eq!(Change::of(&one, None, 0.5), Change::Inconclusive);
    }

    #[test]
    fn the_gravest_row_decides_and_no_row_shows_nothing() {
        use Change::{Better, Inconclusive, NotWorse, Worse};
        assert_eq!(Change::of_all([Better, Inconclusive, Worse, NotWorse]), Worse);
        assert_eq!(Change::of_all([Better, Inconclusive, NotWorse]), Inconclusive);
        assert_eq!(Change::of_all([Better, NotWorse]), Better);
        assert_eq!(Change::of_all([NotWorse]), NotWorse);
        assert_eq!(Change::of_all([]), Inconclusive);
    }
}
