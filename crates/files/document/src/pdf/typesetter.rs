//! Texts in lines: how wide a line is, where it breaks, which letters there are.

use std::rc::Rc;

use krilla::text::Font;
use rustybuzz::{Face, UnicodeBuffer};

use crate::{Align, TextStyle, Tint};

/// Distance of two lines, in parts of their size.
const LEADING: f32 = 1.42;
/// Where a line's base lies below its top, in parts of its size.
const ASCENT: f32 = 1.02;

/// DejaVu: Latin, Greek, Cyrillic, Hebrew and Arabic letters, free to embed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Typeface {
    Plain,
    Bold,
    /// With serifs; it lacks the Hebrew and Arabic letters, which the plain one has.
    Serif,
}

impl Typeface {
    fn data(self) -> &'static [u8] {
        match self {
            Self::Plain => dejavu::sans_condensed::regular(),
            Self::Bold => dejavu::sans_condensed::bold(),
            Self::Serif => dejavu::serif::regular(),
        }
    }
}

/// How a style is set: typeface, size and the smallest size to which it shrinks so that a line fits, pt, colour.
const fn look(style: TextStyle) -> (Typeface, f32, f32, Tint) {
    match style {
        TextStyle::Title => (Typeface::Serif, 25.0, 25.0, Tint::Accent),
        TextStyle::Display => (Typeface::Serif, 25.0, 15.0, Tint::Ink),
        TextStyle::Subtitle => (Typeface::Serif, 14.0, 11.0, Tint::Ink),
        TextStyle::Heading => (Typeface::Bold, 11.0, 11.0, Tint::Accent),
        TextStyle::Body => (Typeface::Plain, 9.5, 9.5, Tint::Ink),
        TextStyle::Strong => (Typeface::Bold, 9.5, 9.5, Tint::Ink),
        TextStyle::Quiet => (Typeface::Plain, 9.5, 9.5, Tint::Quiet),
        TextStyle::Small => (Typeface::Plain, 8.5, 8.5, Tint::Quiet),
    }
}

/// A text in lines of one typeface.
pub(super) struct SetText {
    pub(super) typeface: Typeface,
    pub(super) size: f32,
    pub(super) tint: Tint,
    pub(super) lines: Vec<SetLine>,
}

/// One line of it.
pub(super) struct SetLine {
    pub(super) text: String,
    /// Where it begins, pt from the left edge of its box.
    pub(super) indent: f32,
    pub(super) width: f32,
}

impl SetText {
    /// Height of a line, pt.
    pub(super) fn leading(&self) -> f32 {
        self.size * LEADING
    }

    /// Where a line's base lies below its top, pt.
    pub(super) fn ascent(&self) -> f32 {
        self.size * ASCENT
    }

    /// Height of all lines, pt.
    pub(super) fn height(&self) -> f32 {
        self.lines.len() as f32 * self.leading()
    }
}

/// The typefaces, read once, and what was missing in them.
pub(super) struct Typesetter {
    faces: [Face<'static>; 3],
    fonts: [Font; 3],
    /// The first letter that no typeface had, and the text it was in.
    pub(super) missing: Option<(char, String)>,
}

impl Typesetter {
    pub(super) fn new() -> Self {
        let all = [Typeface::Plain, Typeface::Bold, Typeface::Serif];
        Self {
            faces: all.map(|face| Face::from_slice(face.data(), 0).expect("DejaVu is a typeface")),
            fonts: all.map(|face| Font::new(face.data().into(), 0).expect("DejaVu is a typeface")),
            missing: None,
        }
    }

    pub(super) fn font(&self, typeface: Typeface) -> Font {
        self.fonts[typeface as usize].clone()
    }

    /// A text in lines no wider than `width` pt.
    pub(super) fn set(&mut self, text: &str, style: TextStyle, align: Align, width: f32) -> Rc<SetText> {
        let (mut typeface, mut size, least, tint) = look(style);
        if typeface == Typeface::Serif && self.missing_in(typeface, text).is_some() {
            typeface = Typeface::Plain;
        }
        if let (None, Some(letter)) = (&self.missing, self.missing_in(typeface, text)) {
            self.missing = Some((letter, text.to_owned()));
        }
        let whole = self.width(typeface, size, text);
        if whole > width {
            size = (size * width / whole).clamp(least, size);
        }
        let line = |text: String| {
            let taken = self.width(typeface, size, &text);
            let indent = match align {
                Align::Left => 0.0,
                Align::Centre => (width - taken) / 2.0,
                Align::Right => width - taken,
            };
            SetLine { text, indent, width: taken }
        };
        let lines = self.broken(typeface, size, width, text).into_iter().map(line).collect();
        Rc::new(SetText { typeface, size, tint, lines })
    }

    /// Width of a line, pt.
    fn width(&self, typeface: Typeface, size: f32, text: &str) -> f32 {
        let face = &self.faces[typeface as usize];
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let shaped = rustybuzz::shape(face, &[], buffer);
        let advance: i32 = shaped.glyph_positions().iter().map(|position| position.x_advance).sum();
        advance as f32 * size / face.units_per_em() as f32
    }

    /// Lines no wider than `width` pt, broken between words, and inside a word that is wider than that.
    fn broken(&self, typeface: Typeface, size: f32, width: f32, text: &str) -> Vec<String> {
        let fits = |line: &str| self.width(typeface, size, line) <= width;
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
        lines.push(line);
        lines
    }

    /// The first letter that a typeface has no shape for.
    fn missing_in(&self, typeface: Typeface, text: &str) -> Option<char> {
        let face = &self.faces[typeface as usize];
        text.chars().find(|&letter| !letter.is_whitespace() && face.glyph_index(letter).is_none())
    }
}
