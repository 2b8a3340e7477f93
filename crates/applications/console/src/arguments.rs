//! The console's command line.

use std::path::PathBuf;

use clap::Parser;

/// A virtual MRI console for lumbar spine examinations.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "plumbline-console",
    version,
    after_help = "\
Examples:
  plumbline-console
  plumbline-console --tutorial
  plumbline-console --export-attempts class.jsonl
  plumbline-console --script scenarios/lessons/first-examination.jsonl --screenshot-dir pictures"
)]
pub struct Arguments {
    /// Scenario files or folders for the worklist [default: scenarios/lessons]
    #[arg(long = "scenario", value_name = "FILE|DIR")]
    pub scenarios: Vec<PathBuf>,
    /// Who sits at the console
    #[arg(long, value_name = "NAME")]
    pub trainee: Option<String>,
    /// Be led through the first examination
    #[arg(long)]
    pub tutorial: bool,
    /// Play an examination from a script or a recording, and end
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// Where the script's pictures go
    #[arg(long, value_name = "DIR", requires = "script")]
    pub screenshot_dir: Option<PathBuf>,
    /// Leave the window open when the script has ended
    #[arg(long, requires = "script")]
    pub stay: bool,
    /// Say where the selected group's handles are, in the window's points, once the script has ended (for tests)
    #[arg(long, value_name = "FILE", requires = "stay", hide = true)]
    pub layout_to: Option<PathBuf>,
    /// The file that keeps all attempts [default: in the user's data folder]
    #[arg(long, value_name = "FILE")]
    pub database: Option<PathBuf>,
    /// Write everybody's attempts as lines for `plumbline run --attempts`, and end; needs no display
    #[arg(long, value_name = "FILE")]
    pub export_attempts: Option<PathBuf>,
    /// Print how long frames took when the console ends
    #[arg(long)]
    pub frame_times: bool,
    /// Size of the window, pixels
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "1280x800", value_parser = size)]
    pub size: (u32, u32),
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let parts = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    match parts {
        Some((width @ 640..=7680, height @ 480..=4320)) => Ok((width, height)),
        _ => Err(format!("'{text}' is no size: expected 640x480 to 7680x4320, such as 1280x800")),
    }
}
