//! A recording is a script: lines of JSON with an intent and the session's time, and a few words for whoever plays it.
//!
//! ```text
//! # comments and empty lines are passed over
//! {"at-s": 0.0, "do": {"open": {"exercise": "first-examination"}}}
//! {"at-s": 4.5, "do": "scan-localizer"}
//! {"wait": "idle"}
//! {"picture": "planning"}
//! ```

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::desk::Desk;
use crate::exercise::Exercise;
use crate::intent::Intent;
use crate::scanner_room::{Delivery, ScannerRoom};
use crate::session::{Refusal, Session};

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Line {
    /// The session's time, s; at once if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_s: Option<f64>,
    /// What the trainee does.
    #[serde(rename = "do", default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// The scanner room answered: a recording's own line, so that a replay answers at the same time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub delivered: bool,
    /// Wait until nothing is being scanned or planned any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// Take a picture of the window, of this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// What a script can wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// Until nothing is being scanned or planned any more.
    Idle,
}

/// A line that is none.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct ScriptError {
    /// Its number, from 1.
    pub line: usize,
    /// What was found and expected.
    pub reason: String,
}

impl Line {
    /// An empty line.
    pub const fn nothing() -> Self {
        Self { at_s: None, intent: None, delivered: false, wait: None, picture: None }
    }

    /// An intent at a time.
    pub fn intent(at_s: f64, intent: Intent) -> Self {
        Self { at_s: Some(at_s), intent: Some(intent), ..Self::nothing() }
    }

    /// An answer of the scanner room at a time.
    pub fn delivered(at_s: f64) -> Self {
        Self { at_s: Some(at_s), delivered: true, ..Self::nothing() }
    }
}

/// Reads a script.
///
/// # Errors
/// [`ScriptError`] with the line that is wrong; times must not run backwards.
pub fn read(text: &str) -> Result<Vec<Line>, ScriptError> {
    let mut lines = Vec::new();
    let mut now_s = 0.0;
    for (number, line) in text.lines().enumerate() {
        let wrong = |reason: String| ScriptError { line: number + 1, reason };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line: Line = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        if let Some(at_s) = line.at_s {
            if !at_s.is_finite() || at_s < now_s {
                return Err(wrong(format!("at-s is {at_s}, expected {now_s} or later")));
            }
            now_s = at_s;
        }
        lines.push(line);
    }
    Ok(lines)
}

/// What playing the next line came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// The line is done.
    Done,
    /// The scanner room has not answered, or a scan still runs: ask again.
    Waiting,
    /// Somebody is to take a picture of this name now.
    Picture(String),
    /// There are no more lines.
    Ended,
    /// The desk refused a line.
    Refused {
        /// The line's place among those that were read, from 0.
        at: usize,
        /// What it said.
        refusal: Refusal,
    },
}

/// Plays lines on a desk, one at a time; whoever owns the scanner room hands deliveries over.
#[derive(Debug, Default)]
pub struct Player {
    lines: Vec<Line>,
    next: usize,
}

/// Time that passes at a look while a script waits for a scan, s.
const WAIT_STEP_S: f64 = 0.25;

impl Player {
    /// A player at the first line.
    pub const fn new(lines: Vec<Line>) -> Self {
        Self { lines, next: 0 }
    }

    /// True once every line was played.
    pub const fn has_ended(&self) -> bool {
        self.next >= self.lines.len()
    }

    /// Plays the next line. `delivery` gives what the scanner room has brought, if it has.
    pub fn step(&mut self, desk: &mut Desk, delivery: &mut dyn FnMut(&mut Desk) -> Option<Delivery>) -> Step {
        let Some(line) = self.lines.get(self.next).cloned() else { return Step::Ended };
        if let (Some(at_s), Some(session)) = (line.at_s, &mut desk.session) {
            session.advance(at_s - session.clock_s);
        }
        if line.delivered && desk.session.as_ref().is_some_and(Session::is_awaiting) {
            match delivery(desk) {
                Some(delivery) => desk.receive(delivery),
                None => return Step::Waiting,
            }
        }
        if line.wait == Some(Wait::Idle) && desk.session.as_ref().is_some_and(Session::is_busy) {
            if desk.session.as_ref().is_some_and(Session::is_awaiting)
                && let Some(delivery) = delivery(desk)
            {
                desk.receive(delivery);
            } else if desk.session.as_ref().is_some_and(|session| session.running().is_some()) {
                desk.advance(WAIT_STEP_S);
            }
            return Step::Waiting;
        }
        self.next += 1;
        if let Some(intent) = &line.intent
            && let Err(refusal) = desk.handle(intent)
        {
            return Step::Refused { at: self.next - 1, refusal };
        }
        line.picture.map_or(Step::Done, Step::Picture)
    }
}

/// Plays a whole script without a window, the scanner room in place.
///
/// # Errors
/// The line that was refused, from 0, and why; or why a scanner room could not be made.
pub fn play(
    desk: &mut Desk,
    lines: Vec<Line>,
    room_of: &mut dyn FnMut(&Exercise) -> Result<ScannerRoom, String>,
) -> Result<(), (usize, Refusal)> {
    let mut player = Player::new(lines);
    let mut room: Option<ScannerRoom> = None;
    let mut orders = VecDeque::new();
    loop {
        let step = player.step(desk, &mut |desk| {
            orders.extend(desk.take_orders());
            Some(room.as_mut()?.carry_out(orders.pop_front()?))
        });
        match step {
            Step::Ended => return Ok(()),
            Step::Refused { at, refusal } => return Err((at, refusal)),
            Step::Done | Step::Waiting | Step::Picture(_) => {}
        }
        if let Some(exercise) = desk.take_entered() {
            room = Some(room_of(&exercise).map_err(|reason| (player.next, Refusal(reason)))?);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read_line_by_line_and_a_mistake_names_its_line() {
        let text = "# first\n\n{\"at-s\": 1.5, \"do\": \"scan-localizer\"}\n{\"wait\": \"idle\"}\n{\"picture\": \"a\"}";
        let lines = read(text).expect("a script");
        assert_eq!(lines[0], Line::intent(1.5, Intent::ScanLocalizer));
        assert_eq!((lines[1].wait, lines[2].picture.as_deref()), (Some(Wait::Idle), Some("a")));
        let error = read("{\"wait\": \"idle\"}\n{\"do\": \"fly\"}").expect_err("no such intent");
        assert!(error.to_string().starts_with("line 2: unknown variant `fly`"), "{error}");
        assert!(read("{\"at-s\": 2.0}\n{\"at-s\": 1.0}").expect_err("backwards").to_string().contains("at-s is 1"));
    }

    #[test]
    fn what_is_written_is_read() {
        let line = Line::intent(3.25, Intent::MoveTable(640.0));
        let text = serde_json::to_string(&line).expect("plain data");
        assert_eq!(read(&text).expect("a script"), vec![line]);
    }
}
