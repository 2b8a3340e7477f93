//! `report.html`: verdict, figures, the worst cases and a sample in pictures, and how each number came about, in one file;
//! the other cases' pictures lie beside it.
//! It is built from what the run directory holds, so it can be built anew.

mod arms;
pub mod comparison;
mod criteria;
mod figures;
mod gallery;
mod methods;
mod page;
mod provenance;
mod references;
mod text;

use std::fs;
use std::path::PathBuf;

use results::Run;
use run_store::StoreError;
use run_store::files::write_whole;

pub use figures::Figure;

/// Name of the page in the run directory.
pub const REPORT: &str = "report.html";
/// Folder of the figures in the run directory.
const FIGURES: &str = "figures";

/// Writes `report.html` and `figures/*.svg` and returns the page's path. The same results give the same bytes.
///
/// # Errors
/// [`StoreError::Io`] when the disk is full or refuses.
pub fn write(run: &Run) -> Result<PathBuf, StoreError> {
    let figures = figures::all(run);
    let folder = run.folder.join(FIGURES);
    fs::create_dir_all(&folder).map_err(StoreError::io("create", &folder))?;
    for figure in &figures {
        write_whole(&folder.join(format!("{}.svg", figure.name)), figure.svg.as_bytes())?;
    }
    let path = run.folder.join(REPORT);
    write_whole(&path, html(run, &figures).as_bytes())?;
    Ok(path)
}

/// The page as text.
pub fn html(run: &Run, figures: &[Figure]) -> String {
    page::page(run, figures).into_string()
}

#[cfg(test)]
mod tests;
