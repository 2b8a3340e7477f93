//! The figures of a model card, written by the evaluation that measured them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use results::metrics::MetricSummary;

use crate::failure::Failure;
use crate::resources;
use crate::table::{Align, Table};

/// The generated part of a card lies between these lines.
const MARKERS: [&str; 2] = ["<!-- figures by plumbline eval -->", "<!-- end of figures -->"];
/// The classes of the sagittal network.
const CLASSES: [&str; 4] = ["vertebra", "disc", "sacrum", "canal"];

/// One population's figures.
pub struct Population {
    /// The scenario's name.
    pub name: String,
    /// Patients examined.
    pub patients: u64,
    /// Summaries by metric.
    pub figures: BTreeMap<String, MetricSummary>,
}

/// A card whose figures will be replaced.
pub struct ModelCard {
    path: PathBuf,
    before: String,
    figures: String,
    after: String,
}

impl ModelCard {
    /// Reads a card; it must contain both marker lines.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let name = path.display();
        let text =
            std::fs::read_to_string(path).map_err(|error| Failure::wrong(format!("cannot read {name}: {error}")))?;
        let parts = text.split_once(MARKERS[0]).and_then(|(before, rest)| {
            let (figures, after) = rest.split_once(MARKERS[1])?;
            Some([before, figures, after].map(str::to_owned))
        });
        let expected = || format!("{name}: expected the line '{}' and after it the line '{}'", MARKERS[0], MARKERS[1]);
        let [before, figures, after] = parts.ok_or_else(|| Failure::wrong(expected()))?;
        Ok(Self { path: path.into(), before, figures, after })
    }

    /// Refuses a new table that lacks populations of the present one.
    pub fn keeps_its_populations<'a>(&self, names: impl Iterator<Item = &'a str>) -> Result<(), Failure> {
        let names: Vec<&str> = names.collect();
        let lost: Vec<&str> = self.populations().into_iter().filter(|name| !names.contains(name)).collect();
        if lost.is_empty() {
            return Ok(());
        }
        let (card, lost) = (self.path.display(), lost.join(", "));
        Err(Failure::wrong(format!(
            "{card} also has figures of {lost}, which would be lost; expected these cohorts as well, or a card that is empty between its marker lines"
        )))
    }

    /// Populations of the card: the first column of its first table.
    fn populations(&self) -> Vec<&str> {
        let rows = self.figures.lines().skip_while(|line| !line.starts_with("| ---")).skip(1);
        rows.map_while(|row| row.strip_prefix("| ")?.split(" |").next()).collect()
    }

    /// Writes the card with new figures.
    pub fn write(&self, hash: &str, processor: &str, populations: &[Population]) -> Result<(), Failure> {
        let [begin, end] = MARKERS;
        let text = format!("{}{begin}\n\n{}\n{end}{}", self.before, figures(hash, processor, populations), self.after);
        resources::write(&self.path, text.as_bytes())
    }
}

fn figures(hash: &str, processor: &str, populations: &[Population]) -> String {
    let by_class = |prefix: &'static str, unit: &'static str| CLASSES.map(|class| format!("{prefix}.{class}{unit}"));
    let short: Vec<&str> = hash.split(' ').map(|hash| hash.get(..12).unwrap_or(hash)).collect();
    let weights = short.join(" and ");
    let mut text = format!(
        "Weights {weights}, run on {processor}. Means over patients with 95 % confidence intervals: Student's, and \
         for rates exact binomial intervals with each patient counted once, one-sided if none or all are positive. A figure \
         in parentheses is the number of patients with a value, if some have none (no surface without the class).\n\n"
    );
    let tables = [
        ("Dice", CLASSES.map(str::to_owned), by_class("dice", ""), 3),
        ("HD95, mm", CLASSES.map(str::to_owned), by_class("surface", "_mm"), 2),
        ("ASSD, mm", CLASSES.map(str::to_owned), by_class("surface_mean", "_mm"), 2),
        ("ECE", CLASSES.map(str::to_owned), by_class("calibration", ""), 3),
        (
            "planning",
            ["identified", "disc planes off by, °", "flagged", "silent failures"].map(str::to_owned),
            ["label.identification_rate", "plan.disc_angle_deg", "plan.flagged_rate", "plan.silent_failure_rate"]
                .map(str::to_owned),
            3,
        ),
    ];
    for (title, columns, metrics, digits) in tables {
        let header = [title, "patients"].into_iter().map(str::to_owned).chain(columns);
        let mut table = Table::new([Align::Left; 6]).with_header(header);
        for Population { name, patients, figures } in populations {
            let figure =
                |metric: &String| figures.get(metric).map_or_else(|| "–".into(), |s| cell(s, digits, *patients));
            table.push([name.clone(), patients.to_string()].into_iter().chain(metrics.iter().map(figure)));
        }
        text += &table.markdown();
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// Mean and interval, and the number of patients if some have no value.
fn cell(summary: &MetricSummary, digits: usize, patients: u64) -> String {
    let interval = summary.ci95.map_or_else(String::new, |[low, high]| format!(" [{low:.digits$}, {high:.digits$}]"));
    let some = (summary.n as u64) < patients;
    let some = if some { format!(" ({})", summary.n) } else { String::new() };
    format!("{:.digits$}{interval}{some}", summary.mean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit_status::ExitStatus;

    #[test]
    fn figures_are_replaced_and_other_text_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("README.md");
        std::fs::write(&path, format!("# card\n{}\nold\n{}\nthe end\n", MARKERS[0], MARKERS[1])).expect("written");
        let summary = |mean| MetricSummary {
            n: 2,
            mean,
            sd: None,
            median: mean,
            p95: mean,
            min: mean,
            max: mean,
            ci95: Some([mean - 0.1, mean + 0.1]),
        };
        let figures = BTreeMap::from([("dice.disc".to_owned(), summary(0.8))]);
        let mut population = Population { name: "few".into(), patients: 2, figures };
        for _ in 0..2 {
            let card = ModelCard::open(&path).expect("has markers");
            card.write("0123456789abcdef", "cpu", std::slice::from_ref(&population)).expect("written");
        }
        let text = std::fs::read_to_string(&path).expect("read");
        assert!(text.starts_with("# card\n") && text.ends_with("\nthe end\n") && !text.contains("old"), "{text}");
        assert!(text.contains("| few | 2 | – | 0.800 [0.700, 0.900] | – | – |"), "{text}");
        assert!(text.contains("Weights 0123456789ab, run on cpu."), "{text}");
        population.patients = 3;
        let card = ModelCard::open(&path).expect("has markers");
        card.write("0123456789abcdef", "cpu", std::slice::from_ref(&population)).expect("written");
        let text = std::fs::read_to_string(&path).expect("read");
        assert!(text.contains("| few | 3 | – | 0.800 [0.700, 0.900] (2) |"), "{text}");
        let card = ModelCard::open(&path).expect("has markers");
        assert_eq!(card.populations(), ["few"]);
        assert!(card.keeps_its_populations(["more", "few"].into_iter()).is_ok());
        let refused = card.keeps_its_populations(["more"].into_iter()).expect_err("few would be lost");
        assert_eq!(refused.status(), ExitStatus::WrongInput);
    }

    #[test]
    fn a_card_without_markers_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("README.md");
        std::fs::write(&path, "# card\n").expect("written");
        assert_eq!(ModelCard::open(&path).err().map(|refused| refused.status()), Some(ExitStatus::WrongInput));
    }
}
