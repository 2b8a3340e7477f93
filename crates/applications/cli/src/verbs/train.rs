//! `plumbline train`.

use imaging_io::same_file;
use training_data::TrainingSetup;
use vnet::{Model, ModelError};
use vnet_train::{TrainError, TrainingConfig, TrainingEvent};

use crate::arguments::TrainArguments;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::{interrupt, output, resources};

/// Trains on phantoms drawn on the fly; continues a training in the folder.
pub fn train(arguments: &TrainArguments) -> Result<ExitStatus, Failure> {
    let TrainingSetup { mut config, examples, validation, start, starts, origin } =
        TrainingSetup::load(&arguments.config, &resources::library())?;
    if config.commit == TrainingConfig::default().commit {
        config.commit = commit().unwrap_or(config.commit);
    }

    resources::ensure_folder(&arguments.out)?;
    let weights = arguments.out.join("weights.safetensors");
    if weights.exists()
        && (!vnet_train::has_checkpoint(&arguments.out) || starts.iter().any(|start| same_file(start, &weights)))
    {
        let weights = weights.display();
        return Err(Failure::wrong(format!(
            "{weights}: a model is there already, expected another folder to write to"
        )));
    }
    if let Some(folder) = &arguments.export {
        resources::make_folder(folder)?;
    }
    if !origin.is_empty() && !vnet_train::has_checkpoint(&arguments.out) {
        output::note(format!("starts from {}", origin.join(", ")));
    }
    let stop = interrupt::flag();
    let (steps, structures) = (config.steps, config.image.structure_names());
    let progress = Progress::new(0, steps);
    let summary =
        vnet_train::train(&config, start.as_ref(), &examples, &validation, &arguments.out, &stop, &mut |event| {
            show(&event, &progress, steps, structures);
        });
    progress.finish();
    let summary = summary.map_err(|error| match error {
        // A file that cannot be written is not wrong input.
        TrainError::Model(ModelError::Io { .. }) => Failure::unfinished(error),
        TrainError::Config(_) | TrainError::Model(_) | TrainError::InUse(_) => Failure::input(error),
        error => Failure::unfinished(error),
    })?;
    if summary.stopped {
        let kept = arguments.out.display();
        let then = if arguments.export.is_some() { ", and exports at its end" } else { "" };
        output::result(format!("{} of {steps} steps in {kept}; the same command continues{then}", summary.steps));
    } else {
        if let Some(dice) = summary.dice {
            output::result(format!("validation Dice: {}", dice_by_structure(dice, structures)));
        }
        let kept = arguments.out.display();
        output::result(match steps {
            0 if origin.len() == 1 => format!("the weights that it starts from in {kept}"),
            0 => format!("the mean of {} networks in {kept}", origin.len()),
            _ => format!("{steps} steps in {kept}"),
        });
    }
    if let Some(share) = summary.waiting_share {
        output::result(format!("{:.1} % of the time spent waiting for examples", 100.0 * share));
    }
    if summary.stopped {
        return Ok(ExitStatus::Unfinished);
    }
    if let Some(folder) = &arguments.export {
        let model = Model::load(&arguments.out).map_err(Failure::unfinished)?;
        model.save(&folder.join("weights.safetensors")).map_err(Failure::unfinished)?;
        output::result(format!("weights in {}", folder.display()));
    }
    Ok(ExitStatus::Success)
}

/// The commit of the current folder's repository, if there is one; with "-dirty" if files were changed.
fn commit() -> Option<String> {
    let described = std::process::Command::new("git").args(["describe", "--always", "--dirty"]).output().ok()?;
    let name = String::from_utf8(described.stdout).ok()?;
    described.status.success().then(|| name.trim().to_owned())
}

fn dice_by_structure(dice: [f64; 4], structures: [&str; 5]) -> String {
    let each = structures.into_iter().skip(1).zip(dice).map(|(structure, dice)| format!("{structure} {dice:.3}"));
    each.collect::<Vec<_>>().join(", ")
}

fn show(event: &TrainingEvent, progress: &Progress, steps: u64, structures: [&str; 5]) {
    match event {
        TrainingEvent::Resumed { step } if *step < steps => {
            progress.note(&format!("continued at step {step} of {steps}"))
        }
        TrainingEvent::Step { step, loss, .. } => {
            progress.at(*step, &format!("loss {loss:.3}"));
        }
        TrainingEvent::Validation { step, dice } => {
            progress.note(&format!("step {step}: validation Dice {}", dice_by_structure(*dice, structures)));
        }
        TrainingEvent::Resumed { .. } | TrainingEvent::Checkpoint { .. } => {}
    }
}
