//! Where a run is written: a folder of its own, unless the user asks it to take the place of another.

use std::path::{Path, PathBuf};

use results::identity::{Identity, Selection};
use run_store::folder;
use run_store::replacement::Replacement;
use scenario::ScenarioSetup;

use crate::arguments::RunArguments;
use crate::failure::{Failure, store_failure};
use crate::output;

/// The folder that a run is written to, and whose place it takes when it is whole.
pub struct RunFolder {
    folder: PathBuf,
    replacement: Option<Replacement>,
}

impl RunFolder {
    /// The folder of `plumbline run`: the one named, or a default one, which is said if it is not the usual.
    pub fn choose(arguments: &RunArguments, setups: &[ScenarioSetup], identity: &Identity) -> Result<Self, Failure> {
        if let Some(out) = &arguments.out {
            return Self::named(out, arguments.replace, identity.selection);
        }
        let usual = default_folder(&arguments.scenarios, setups, identity);
        let folder = if arguments.resume { folder::to_continue(&usual, identity) } else { folder::next_free(&usual) };
        let folder = folder.map_err(store_failure)?;
        if folder != usual {
            let usual = usual.display();
            output::note(match arguments.resume {
                true => format!("continues {}", folder.display()),
                false => {
                    format!("{usual} holds another run, which is kept; this one is written to {}", folder.display())
                }
            });
        }
        Ok(Self { folder, replacement: None })
    }

    /// The folder with this name.
    pub fn named(out: &Path, replace: bool, coming: Selection) -> Result<Self, Failure> {
        let replacement = if replace { Replacement::of(out, coming).map_err(store_failure)? } else { None };
        let folder = replacement.as_ref().map_or(out, Replacement::staging).to_owned();
        Ok(Self { folder, replacement })
    }

    /// Where to write.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts a whole run in its place, and gives back where its page then is. One that was stopped stays beside the former.
    pub fn keep(&self, page: &Path, stopped: bool) -> Result<PathBuf, Failure> {
        match &self.replacement {
            Some(replacement) if !stopped => {
                let folder = replacement.complete().map_err(store_failure)?;
                Ok(folder.join(page.file_name().unwrap_or_default()))
            }
            _ => Ok(page.to_owned()),
        }
    }
}

/// `reports/` and the scenario's name, or that of the folder that holds several; a part has a folder of its own.
fn default_folder(paths: &[PathBuf], setups: &[ScenarioSetup], identity: &Identity) -> PathBuf {
    let name = match setups {
        [only] => only.scenario.name.clone(),
        _ => paths[0].file_stem().map_or_else(|| "suite".into(), |stem| stem.to_string_lossy().into_owned()),
    };
    let name = match &identity.fault {
        Some(fault) => format!("{name}-fault-{}", fault.replace(':', "-")),
        None => name,
    };
    Path::new("reports").join(match identity.selection {
        Selection::All => name,
        Selection::Case(case) => format!("{name}-case-{case}"),
        Selection::Shard { index, count } => format!("{name}-shard-{index}-of-{count}"),
    })
}
