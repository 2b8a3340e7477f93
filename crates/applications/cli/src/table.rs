//! Aligned columns: for a terminal, or as Markdown.

use results::criterion::{CriterionResult, JudgedBy};
use results::manifest::Manifest;
use results::{Arm, ErrorPattern, metrics};

use Align::{Left, Right};

/// On which side a column's cells are filled up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text begins at the left.
    Left,
    /// Numbers end at the right.
    Right,
}

/// A table with one alignment per column; a row may end early.
#[derive(Clone, Debug)]
pub struct Table {
    aligns: Vec<Align>,
    header: Option<Vec<String>>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(aligns: impl Into<Vec<Align>>) -> Self {
        Self { aligns: aligns.into(), header: None, rows: Vec::new() }
    }

    /// The same table with a first row of column names.
    #[must_use]
    pub fn with_header(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.header = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Adds a row.
    pub fn push(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// The lines with columns as wide as their widest cell, two spaces apart.
    pub fn lines(&self) -> Vec<String> {
        let rows = || self.header.iter().chain(&self.rows);
        let width = |column: usize| {
            rows().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.aligns.len()).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&self.aligns).zip(&widths).map(|((cell, align), &width)| match align {
                Left => format!("{cell:<width$}"),
                Right => format!("{cell:>width$}"),
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        rows().map(line).collect()
    }

    /// The table in Markdown, a line each, with the header first.
    pub fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let rule = vec!["---".to_owned(); self.aligns.len()];
        let header = self.header.clone().unwrap_or_else(|| vec![String::new(); self.aligns.len()]);
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        line(&header) + &line(&rule) + &rows
    }
}

/// The summary of a run: a line for every scenario, and below it one for every criterion.
pub fn summary(manifest: &Manifest) -> Vec<String> {
    let mut lines = Vec::new();
    for scenario in &manifest.scenarios {
        lines.push(format!(
            "{}: {} ({} of {} cases)",
            scenario.name,
            scenario.verdict.word(),
            scenario.cases_done,
            scenario.cases
        ));
        let mut table = Table::new([Left, Left, Right, Left, Left, Left, Left]);
        for criterion in &scenario.criteria {
            let metric = metrics::find_at(&criterion.metric).ok().map(|at| at.metric);
            let (unit, title) = metric.map_or(("", ""), |metric| (metric.unit(), metric.title));
            let figure =
                |value: f64| format!("{value:.3}{}{unit}", if unit.is_empty() || unit == "°" { "" } else { " " });
            let arm = match criterion.arm {
                Arm::Automated => String::new(),
                arm => format!(", {}", arm.name()),
            };
            let unnamed = if criterion.implied { " (holds in every scenario that does not say otherwise)" } else { "" };
            let unsettled = criterion.remedy().map(|remedy| format!(": {remedy}"));
            table.push([
                format!("  {}", criterion.word()),
                format!("{} ({}{arm})", criterion.metric, criterion.statistic.name()),
                criterion.value.map_or_else(|| "nothing to measure".into(), figure),
                criterion.ci95.map_or_else(String::new, |[low, high]| format!("[{low:.3}, {high:.3}]")),
                format!("{} {}{}", criterion.bound.sign(), figure(criterion.limit), by_point(criterion)),
                format!("n = {}", criterion.n),
                format!("{title}{unnamed}{}", unsettled.unwrap_or_default()),
            ]);
        }
        lines.extend(table.lines());
    }
    lines
}

/// Said of a criterion whose interval does not decide.
fn by_point(criterion: &CriterionResult) -> &'static str {
    if criterion.judged_by == JudgedBy::Point { " (point)" } else { "" }
}

/// What the planner's errors have in common, a line each.
pub fn patterns(manifest: &Manifest) -> Vec<String> {
    let several = manifest.scenarios.len() > 1;
    let line = |scenario: &str, pattern: &ErrorPattern| {
        let of = if several { format!(" ({scenario})") } else { String::new() };
        format!("the planner's errors are consistent with {pattern}{of}")
    };
    manifest
        .scenarios
        .iter()
        .flat_map(|scenario| scenario.patterns.iter().map(move |pattern| line(&scenario.name, pattern)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new([Left, Right]).with_header(["disc", "mm"]);
        table.push(["L4/L5", "1"]);
        table.push(["µ", "10.25"]);
        assert_eq!(table.lines(), ["disc      mm", "L4/L5      1", "µ      10.25"]);
        assert_eq!(table.markdown(), "| disc | mm |\n| --- | --- |\n| L4/L5 | 1 |\n| µ | 10.25 |\n");
    }
}
