//! The typefaces of the PDF: how wide a line is, where it breaks, which letters there are.

use krilla::text::Font;
use rustybuzz::{Face, UnicodeBuffer};

/// Which face a line is set in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// What is read.
    Text,
    /// What is found.
    Bold,
    /// Title, name, total.
    Display,
}

impl Style {
    fn data(self) -> &'static [u8] {
        match self {
            Self::Text => dejavu::sans_condensed::regular(),
            Self::Bold => dejavu::sans_condensed::bold(),
            Self::Display => dejavu::serif::regular(),
        }
    }
}

/// The three faces, read once.
pub(super) struct Typefaces {
    faces: [Face<'static>; 3],
    fonts: [Font; 3],
}

impl Typefaces {
    pub(super) fn new() -> Self {
        let styles = [Style::Text, Style::Bold, Style::Display];
        Self {
            faces: styles.map(|style| Face::from_slice(style.data(), 0).expect("DejaVu is a typeface")),
            fonts: styles.map(|style| Font::new(style.data().into(), 0).expect("DejaVu is a typeface")),
        }
    }

    pub(super) fn font(&self, style: Style) -> Font {
        self.fonts[style as usize].clone()
    }

    /// Width of a line, pt.
    pub(super) fn width(&self, style: Style, size: f32, text: &str) -> f32 {
        let face = &self.faces[style as usize];
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let shaped = rustybuzz::shape(face, &[], buffer);
        let advance: i32 = shaped.glyph_positions().iter().map(|position| position.x_advance).sum();
        advance as f32 * size / face.units_per_em() as f32
    }

    /// Lines no wider than `width` pt, broken between words, and inside a word that is wider than that.
    pub(super) fn lines(&self, style: Style, size: f32, width: f32, text: &str) -> Vec<String> {
        let fits = |line: &str| self.width(style, size, line) <= width;
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if fits(&longer) {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                line.push(letter);
                if !fits(&line) && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, letter.to_string()));
                }
            }
        }
        if !line.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// The first letter that a face has no shape for.
    pub(super) fn missing(&self, style: Style, text: &str) -> Option<char> {
        let face = &self.faces[style as usize];
        text.chars().find(|&letter| !letter.is_whitespace() && face.glyph_index(letter).is_none())
    }
}
