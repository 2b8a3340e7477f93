//! Mistakes in the text files that a user writes: where, what was found, what was expected.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One mistake in a text file, with everything needed to show it in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The file, as the user named it.
    pub file: PathBuf,
    /// Its whole text.
    pub text: String,
    /// The wrong part of the text, in bytes.
    pub span: Range<usize>,
    /// What was found.
    pub message: String,
    /// What was expected, in a sentence; may be empty.
    pub help: String,
}

impl Diagnosis {
    /// A mistake at a TOML path such as `criteria.2.metric`. If the file lacks the value (it was left to its
    /// default), the place is the table that would hold it.
    pub fn at(file: &Path, text: &str, path: &str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            text: text.to_owned(),
            span: locate(text, path),
            message: message.into(),
            help: help.into(),
        }
    }

    /// An error of the TOML parser; for an unknown name, the help suggests a similar one.
    pub fn of_toml(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        let message = in_words(error.message());
        let help = suggestion_in(&message);
        Self { file: file.to_owned(), text: text.to_owned(), span: error.span().unwrap_or(0..0), message, help }
    }

    /// Line and column of the mistake, both from 1; columns count characters.
    pub fn line_and_column(&self) -> (usize, usize) {
        let before = self.text.get(..self.span.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.line_and_column();
        write!(f, "{}:{line}:{column}: {}", self.file.display(), self.message)?;
        if !self.help.is_empty() {
            write!(f, " ({})", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnosis {}

/// The bytes of the value at a dotted TOML path, or of the deepest table on the way that exists.
fn locate(text: &str, path: &str) -> Range<usize> {
    let Ok(root) = toml::de::DeTable::parse(text) else { return 0..0 };
    let mut span = 0..0;
    let mut table = Some(root.get_ref());
    let mut value: Option<&toml::de::DeValue<'_>> = None;
    for step in path.split('.').filter(|step| !step.is_empty()) {
        let next = match (table, value) {
            (Some(table), _) => table.get(step),
            (None, Some(value)) => step.parse::<usize>().ok().and_then(|index| value.as_array()?.get(index)),
            (None, None) => None,
        };
        let Some(next) = next else { break };
        span = next.span();
        value = Some(next.get_ref());
        table = next.get_ref().as_table();
    }
    span
}

/// The parser's message, with Rust's type names replaced by plain words.
fn in_words(message: &str) -> String {
    let Some((found, expected)) = message.rsplit_once(", expected ") else { return message.to_owned() };
    let expected = match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        other => other,
    };
    format!("{found}, expected {expected}")
}

/// "did you mean …?" from a message of the form "unknown field `x`, expected one of `a`, `b`".
fn suggestion_in(message: &str) -> String {
    if !message.starts_with("unknown ") {
        return String::new();
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let Some(found) = quoted.next() else { return String::new() };
    did_you_mean(found, quoted)
}

/// "did you mean 'y'?" if one of the known names is similar, else an empty text.
pub fn did_you_mean<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let nearest = known.into_iter().map(|name| (edit_distance(found, name), name)).min();
    match nearest {
        // Up to a third of the letters wrong is taken for a typo, more for another word.
        Some((distance, name)) if distance <= 1 + found.chars().count() / 3 => format!("did you mean '{name}'?"),
        _ => String::new(),
    }
}

/// Least number of inserted, deleted, replaced and swapped neighbouring letters (Damerau 1964, in the
/// restricted form that edits no place twice).
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut cost = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            cost[i][j] = match (i, j) {
                (0, edits) | (edits, 0) => edits,
                _ => {
                    let replaced = cost[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                    let swap = if swapped { cost[i - 2][j - 2] + 1 } else { usize::MAX };
                    replaced.min(cost[i - 1][j] + 1).min(cost[i][j - 1] + 1).min(swap)
                }
            };
        }
    }
    cost[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edit_distance_of_known_pairs() {
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("medain", "median"), 1, "two letters swapped");
        assert_eq!(edit_distance("dice", "dice"), 0);
    }

    #[test]
    fn only_similar_names_are_suggested() {
        assert_eq!(did_you_mean("medain", ["mean", "median"]), "did you mean 'median'?");
        assert_eq!(did_you_mean("torque", ["mean", "median"]), "");
    }

    #[test]
    fn rust_types_in_parser_messages_become_plain_words() {
        let refused = |text: &str| {
            let error = toml::from_str::<std::collections::BTreeMap<String, u64>>(text).expect_err("no whole number");
            Diagnosis::of_toml(Path::new("f"), text, &error).message
        };
        assert_eq!(refused("cases = \"x\""), "invalid type: string \"x\", expected a whole number, 0 or more");
        assert_eq!(refused("cases = -1"), "invalid value: integer `-1`, expected a whole number, 0 or more");
        assert_eq!(in_words("unknown field `x`, expected `y`"), "unknown field `x`, expected `y`");
    }

    #[test]
    fn a_path_locates_its_value_or_the_deepest_existing_table() {
        let text = "a = 1\n[[list]]\nname = \"x\"\n[[list]]\nname = \"yy\"\n";
        assert_eq!(&text[locate(text, "list.1.name")], "\"yy\"");
        assert_eq!(&text[locate(text, "a")], "1");
        let fallback = locate(text, "list.1.missing");
        assert_eq!(text[..fallback.start].matches('\n').count(), 3, "the second [[list]] header");
    }

    #[test]
    fn columns_count_characters() {
        let text = "x = 1\nname = \"Käse\" # ü\n";
        let start = text.find('#').expect("a hash");
        let diagnosis = Diagnosis {
            file: "f".into(),
            text: text.into(),
            span: start..start + 1,
            message: String::new(),
            help: String::new(),
        };
        assert_eq!(diagnosis.line_and_column(), (2, 15));
    }
}
