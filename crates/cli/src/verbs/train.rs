//! `plumbline train`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use harness::diagnosis::Diagnosis;
use harness::training::{PhantomExamples, TrainingFile};
use randomness::Stream;
use vnet::{Model, SlicePlane, TrainError, TrainingConfig, TrainingEvent};

use crate::arguments::TrainArguments;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::{interrupt, output, resources};

/// Trains on phantoms as they are drawn; continues what is in the folder.
pub fn train(arguments: &TrainArguments) -> Result<ExitCode, Failure> {
    let path = &arguments.config;
    let text =
        std::fs::read_to_string(path).map_err(|e| Failure::wrong(format!("cannot read {}: {e}", path.display())))?;
    let mut file: TrainingFile =
        toml::from_str(&text).map_err(|e| Failure::diagnosis(&Diagnosis::of_toml(path, &text, &e)))?;
    if let Some(fault) = file.training.fault() {
        let place = format!("training.{}", fault.field);
        return Err(Failure::diagnosis(&Diagnosis::at(path, &text, &place, fault.to_string(), "")));
    }
    if let Some(fault) = file.examples.contrasts.fault(file.training.image.plane) {
        return Err(Failure::diagnosis(&Diagnosis::at(path, &text, "examples.contrasts", fault, "")));
    }
    if let Some(fault) = file.examples.faults.fault() {
        return Err(Failure::diagnosis(&Diagnosis::at(path, &text, "examples.faults", fault, "")));
    }
    let start = match &file.training.start_from {
        Some(start) => {
            let folder = path.parent().unwrap_or(Path::new(""));
            let wrong = |reason| Failure::diagnosis(&Diagnosis::at(path, &text, "training.start-from", reason, ""));
            let load = |file: &PathBuf| Model::load(&folder.join(file)).map_err(|error| wrong(error.to_string()));
            let models: Vec<Model> = start.paths().iter().map(load).collect::<Result<_, _>>()?;
            let named = |(file, model): (&PathBuf, &Model)| {
                format!("{} (weights {}, {} steps)", file.display(), &model.hash()[..12], model.provenance().steps)
            };
            let origin: Vec<String> = start.paths().iter().zip(&models).map(named).collect();
            output::note(format!("starts from {}", origin.join(", ")));
            Some(vnet::mean(&models).map_err(wrong)?)
        }
        None => None,
    };
    if file.training.commit == TrainingConfig::default().commit {
        file.training.commit = commit().unwrap_or(file.training.commit);
    }
    let examples = |seed| examples(&file, seed);
    let (source, validation) = (examples(file.examples.seed)?, examples(file.examples.validation_seed)?);

    resources::no_file(&arguments.out)?;
    if let Some(folder) = &arguments.export {
        resources::folder(folder)?;
    }
    let stop = interrupt::flag();
    let steps = file.training.steps;
    let progress = Progress::new(0, steps);
    let summary =
        vnet::train(&file.training, start.as_ref(), &source, &validation, &arguments.out, &stop, &mut |event| {
            tell(&event, &progress, steps, file.training.image.plane);
        });
    progress.finish();
    let summary = summary.map_err(|error| match error {
        TrainError::Config(_) | TrainError::Model(_) => Failure::input(error),
        error => Failure::unfinished(error),
    })?;
    if summary.stopped {
        let kept = arguments.out.display();
        let then = if arguments.export.is_some() { ", and exports at its end" } else { "" };
        output::result(format!("{} of {steps} steps in {kept}; the same command continues{then}", summary.steps));
    } else {
        if let Some(dice) = summary.dice {
            output::result(format!("validation Dice: {}", dice_by_class(dice, file.training.image.plane)));
        }
        let kept = arguments.out.display();
        output::result(match &file.training.start_from {
            Some(start) if steps == 0 => format!("the mean of {} networks in {kept}", start.paths().len()),
            _ => format!("{steps} steps in {kept}"),
        });
    }
    if let Some(share) = summary.waiting_share {
        output::result(format!("{:.1} % of the time spent waiting for examples", 100.0 * share));
    }
    if summary.stopped {
        return Ok(ExitCode::from(3));
    }
    if let Some(folder) = &arguments.export {
        let model = Model::load(&arguments.out).map_err(Failure::unfinished)?;
        model.save(&folder.join("weights.safetensors")).map_err(Failure::unfinished)?;
        output::result(format!("weights in {}", folder.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// The commit of the folder that this is run in, if it is one of a repository; "-dirty" if it was changed since.
fn commit() -> Option<String> {
    let described = std::process::Command::new("git").args(["describe", "--always", "--dirty"]).output().ok()?;
    let name = String::from_utf8(described.stdout).ok()?;
    described.status.success().then(|| name.trim().to_owned())
}

fn examples(file: &TrainingFile, seed: u64) -> Result<PhantomExamples, Failure> {
    let recipe = &file.examples;
    Ok(PhantomExamples {
        population: resources::population(&recipe.population)?,
        positioning: recipe.positioning.clone(),
        protocols: recipe.protocols.iter().map(|name| resources::protocol(name)).collect::<Result<_, _>>()?,
        contrasts: recipe.contrasts,
        faults: recipe.faults.clone(),
        image: file.training.image.clone(),
        body_cortex: file.training.tells_body_cortex_apart(),
        stream: Stream::from_seed(seed),
    })
}

fn dice_by_class(dice: [f64; 4], plane: SlicePlane) -> String {
    let classes = plane.labels().into_iter().skip(1).zip(dice).map(|(class, dice)| format!("{class} {dice:.3}"));
    classes.collect::<Vec<_>>().join(", ")
}

fn tell(event: &TrainingEvent, progress: &Progress, steps: u64, plane: SlicePlane) {
    match event {
        TrainingEvent::Resumed { step } if *step < steps => {
            progress.note(&format!("continued at step {step} of {steps}"))
        }
        TrainingEvent::Step { step, loss, .. } => {
            progress.at(*step, &format!("loss {loss:.3}"));
            if step % 50 == 0 {
                progress.note(&format!("step {step} of {steps}: loss {loss:.3}"));
            }
        }
        TrainingEvent::Validation { step, dice } => {
            progress.note(&format!("step {step}: validation Dice {}", dice_by_class(*dice, plane)));
        }
        TrainingEvent::Resumed { .. } | TrainingEvent::Checkpoint { .. } => {}
    }
}
