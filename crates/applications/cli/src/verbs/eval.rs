//! `plumbline eval`: measures a model on the patients of scenarios.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use results::case_result::attempts_of;
use results::metrics::{self, MetricSummary};
use results::{Arm, CaseSummary};
use scenario::Arms;
use scenario::ScenarioSetup;

use crate::arguments::EvalArguments;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::model_card::{ModelCard, Population};
use crate::progress::{Progress, summary_line};
use crate::table::Align::{Left, Right};
use crate::table::Table;
use crate::{interrupt, output, resources};

/// Plans every patient's localizer with the model; writes only the card, if one is given.
pub fn eval(arguments: &EvalArguments) -> Result<ExitStatus, Failure> {
    if arguments.cases == Some(0) {
        return Err(Failure::wrong("--cases is 0, expected 1 or more"));
    }
    let card = arguments.card.as_deref().map(ModelCard::open).transpose()?;
    arguments.card.as_deref().map_or(Ok(()), resources::ensure_writable)?;
    let setups = ScenarioSetup::load_all(&arguments.cohorts)?;
    if let Some(card) = &card {
        card.keeps_its_populations(setups.iter().map(|setup| setup.scenario.name.as_str()))?;
    }
    let networks = resources::networks(Some(&arguments.model), arguments.device)?;
    if !networks.counts_by_ribs() {
        output::note("the model has no coronal.safetensors: levels are counted without the ribs");
    }
    let cases = |setup: &ScenarioSetup| arguments.cases.unwrap_or(setup.scenario.cases);
    let stop = interrupt::flag();
    let progress = Progress::new(0, setups.iter().map(cases).sum());
    networks.warm_up();
    let mut planner = networks.planner();
    let mut populations = Vec::new();
    for mut setup in setups {
        setup.scenario.arms = Arms { arms: vec![Arm::Automated], automated_repeats: 1, ..setup.scenario.arms };
        let mut results = Vec::new();
        let mut patients = 0;
        while patients < cases(&setup) && !stop.load(Ordering::Relaxed) {
            let result = runner::plan_only(&setup, setup.scenario.seed, patients, &mut planner);
            let case = format!("{} case {patients}", setup.scenario.name);
            result.warnings.iter().for_each(|warning| progress.note(&format!("{case}: {warning}")));
            progress.step(&format!("{case}: {}", summary_line(&CaseSummary::of_first_attempt(&result))));
            results.push(result);
            patients += 1;
        }
        let figures = metrics::summaries(&attempts_of(&results, Arm::Automated));
        populations.push(Population { name: setup.scenario.name, patients, figures });
    }
    progress.finish();
    if arguments.json {
        match populations.as_slice() {
            [only] => output::json(&only.figures),
            several => output::json(&several.iter().map(|p| (&p.name, &p.figures)).collect::<BTreeMap<_, _>>()),
        }
    } else {
        output::result(format!("model {} on {}", networks.hash(), networks.sagittal.processor()));
        populations.iter().for_each(print);
    }
    if stop.load(Ordering::Relaxed) {
        return Ok(ExitStatus::Unfinished);
    }
    if let Some(card) = card {
        card.write(&networks.hash(), networks.sagittal.processor(), &populations)?;
    }
    Ok(ExitStatus::Success)
}

fn print(population: &Population) {
    let Population { name, patients, figures } = population;
    let noun = if *patients == 1 { "patient" } else { "patients" };
    output::result(format!("\n{name}, {patients} {noun}"));
    let mut table = Table::new([Left, Right, Right, Right, Right, Right, Left]).with_header([
        "",
        "n",
        "mean",
        "95 % interval",
        "median",
        "p95",
        "",
    ]);
    // In the order of the catalogue; metrics that an evaluation does not measure have no figure.
    for metric in metrics::all() {
        if let Some(MetricSummary { n, mean, median, p95, ci95, .. }) = figures.get(metric.name) {
            table.push([
                metric.name.to_owned(),
                n.to_string(),
                format!("{mean:.3}"),
                ci95.map_or_else(String::new, |[low, high]| format!("[{low:.3}, {high:.3}]")),
                format!("{median:.3}"),
                format!("{p95:.3}"),
                metric.title.to_owned(),
            ]);
        }
    }
    table.lines().iter().for_each(output::result);
}
