//! Drawings as the page and the PDF show them.

use crate::Align;

/// Lines, dots and labels.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// Its height, pt.
    pub height: f32,
    /// What it shows, for a reader who cannot see it.
    pub description: String,
    /// Its parts, the lowest first.
    pub shapes: Vec<Shape>,
}

impl Drawing {
    /// Width of every drawing, pt: the text's.
    pub const WIDTH: f32 = 481.8;
}

/// Part of a drawing; places and sizes in pt, from its upper left corner.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A line through points.
    Line {
        /// Its points.
        points: Vec<[f32; 2]>,
        /// How thick it is.
        weight: f32,
        /// Its colour.
        tint: Tint,
    },
    /// A filled circle.
    Disc {
        /// Its centre.
        centre: [f32; 2],
        /// Its radius.
        radius: f32,
        /// Its colour.
        tint: Tint,
    },
    /// A circle with white inside.
    Ring {
        /// Its centre.
        centre: [f32; 2],
        /// The radius of its line's middle.
        radius: f32,
        /// How thick its line is.
        weight: f32,
        /// Its colour.
        tint: Tint,
    },
    /// Small words.
    Label {
        /// Where they begin, have their middle or end, and where their base lies.
        at: [f32; 2],
        /// Which of the three.
        align: Align,
        /// The words.
        text: String,
    },
}

/// A colour of the documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tint {
    /// Body text and data.
    Ink,
    /// Secondary text: labels and captions.
    Quiet,
    /// Emphasis: headings and the main figure.
    Accent,
    /// Rules between blocks and table rows.
    Rule,
    /// The unfilled part of a bar.
    Bed,
    /// The background of a notice.
    Pale,
}

impl Tint {
    /// Red, green, blue.
    pub(crate) const fn rgb(self) -> [u8; 3] {
        match self {
            Self::Ink => [0x1c, 0x24, 0x30],
            Self::Quiet => [0x5b, 0x66, 0x73],
            Self::Accent => [0x1f, 0x5f, 0x6b],
            Self::Rule => [0xd3, 0xd9, 0xde],
            Self::Bed => [0xe9, 0xed, 0xf0],
            Self::Pale => [0xf4, 0xf6, 0xf7],
        }
    }

    pub(crate) fn css(self) -> String {
        let [r, g, b] = self.rgb();
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}
