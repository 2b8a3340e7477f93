//! The exit statuses of the command, which scripts and CI jobs branch on.

use std::process::ExitCode;

use results::Verdict;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitStatus {
    /// The command did what was asked; of a run, all criteria are shown to hold.
    Success = 0,
    /// A criterion failed or is not shown to hold, a comparison did not show non-inferiority, or a plan carries a critical flag.
    CriterionFailed = 1,
    /// The input is wrong: an option, a file or an image. Nothing was written.
    WrongInput = 2,
    /// The command could not finish; finished cases and checkpoints are kept.
    Unfinished = 3,
    /// A second Ctrl-C ended the process at once: 128 + SIGINT, as shells report it.
    Interrupted = 130,
}

impl ExitStatus {
    /// The end of `plumbline --help`.
    pub const HELP: &str = "\
Exit status:
  0  all criteria are shown to hold
  1  a criterion failed, or too few patients show that it holds
  2  the input is wrong
  3  the run could not finish; what is done is kept";

    /// The number that the process ends with.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Verdict> for ExitStatus {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass | Verdict::Warn => Self::Success,
            Verdict::Fail | Verdict::NotShown => Self::CriterionFailed,
            Verdict::Incomplete => Self::Unfinished,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lists_every_status_that_a_command_returns() {
        for status in [ExitStatus::Success, ExitStatus::CriterionFailed, ExitStatus::WrongInput, ExitStatus::Unfinished]
        {
            assert!(ExitStatus::HELP.contains(&format!("\n  {}  ", status.code())), "{status:?}");
        }
    }
}
