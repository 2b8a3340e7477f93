//! One description of a document, written as one page of HTML or as a PDF of A4 pages.
//!
//! ```
//! use document::{Align, Block, Cell, Column, Document, Row, Table, TextStyle};
//!
//! let points = Table {
//!     columns: vec![Column::rest("Subject"), Column::mm("Points", 24.0).align(Align::Right)],
//!     rows: vec![Row::of(vec![Cell::strong("Angle"), Cell::text("9.5 / 10")])],
//! };
//! let document = Document {
//!     title: "Certificate: Ada".to_owned(),
//!     blocks: vec![Block::text(TextStyle::Title, "Certificate").centred(), Block::Table(points)],
//!     ..Document::default()
//! };
//! assert!(document.to_html().contains("9.5 / 10"));
//! assert!(document.to_pdf()?.starts_with(b"%PDF-"));
//! # Ok::<(), document::DocumentError>(())
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | `drawing` | drawings as both show them |
//! | `html` | the page, with its style and its pictures in it; it loads nothing |
//! | `pdf` | the PDF: embedded typefaces, lines, pages, tags for screen readers |
//!
//! krilla writes the PDF. Typst would lay it out as well, at the price of some 300 further crates in every first build;
//! parley and usvg would take over lines and drawings, but ask for other features of crates that Bevy stands on.

mod drawing;
mod html;
mod pdf;
#[cfg(test)]
mod tests;

pub use drawing::{Drawing, Shape, Tint};
pub use pdf::DocumentError;

/// A document: what it says, in order. The masthead opens it, the footer stands on every page.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// For the window's title and the PDF's metadata.
    pub title: String,
    /// One sentence of what it is, for the PDF's metadata.
    pub subject: String,
    /// The program that wrote it, with its version.
    pub creator: String,
    /// Left and right above everything: who issues the document.
    pub masthead: [String; 2],
    /// Below everything; a PDF adds the page's number.
    pub footer: String,
    /// When the event that it reports took place.
    pub created: Option<jiff::Timestamp>,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// One part of a document.
#[derive(Clone, Debug)]
pub enum Block {
    /// A paragraph or a heading.
    Text {
        /// How it looks.
        style: TextStyle,
        /// Where its lines lie.
        align: Align,
        /// What it says.
        text: String,
    },
    /// A paragraph in a box: what a reader must not overlook.
    Notice(String),
    /// Rows and columns; column headings are repeated on every page.
    Table(Table),
    /// A drawing as wide as the text.
    Drawing(Drawing),
    /// Pictures with captions, two beside each other.
    Pictures(Vec<Picture>),
    /// Lines to sign on, at the foot of the page, with what is to be written there.
    SignatureLines(Vec<String>),
    /// What follows begins on a new page.
    PageBreak,
}

impl Block {
    /// Text at the left.
    pub fn text(style: TextStyle, text: impl Into<String>) -> Self {
        Self::Text { style, align: Align::Left, text: text.into() }
    }

    /// The same text in the middle.
    #[must_use]
    pub fn centred(self) -> Self {
        match self {
            Self::Text { style, text, .. } => Self::Text { style, align: Align::Centre, text },
            other => other,
        }
    }
}

/// How a text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextStyle {
    /// The document's title.
    Title,
    /// The heading of a section.
    Heading,
    /// A name or a figure set large.
    Display,
    /// The line below a title.
    Subtitle,
    /// Body text.
    #[default]
    Body,
    /// Body text in bold.
    Strong,
    /// Secondary text.
    Quiet,
    /// Captions and column headings.
    Small,
}

/// Where lines lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Align {
    #[default]
    Left,
    Centre,
    Right,
}

/// Rows and columns.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The columns, from left to right; no headings are shown if all are empty.
    pub columns: Vec<Column>,
    /// The rows, each with a cell for every column.
    pub rows: Vec<Row>,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// What stands above it.
    pub heading: String,
    /// Its width, mm; columns without one share what is left.
    pub width_mm: Option<f32>,
    /// Where its texts lie.
    pub align: Align,
}

impl Column {
    /// A column of a given width, mm.
    pub fn mm(heading: &str, width_mm: f32) -> Self {
        Self { heading: heading.to_owned(), width_mm: Some(width_mm), align: Align::Left }
    }

    /// A column that takes what the others leave.
    pub fn rest(heading: &str) -> Self {
        Self { heading: heading.to_owned(), width_mm: None, align: Align::Left }
    }

    /// The same column with its texts elsewhere.
    #[must_use]
    pub fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }
}

/// A row of a table.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<Cell>,
    /// True if a line parts it from the row above.
    pub line_above: bool,
}

impl Row {
    /// A row of cells without a line above.
    pub fn of(cells: Vec<Cell>) -> Self {
        Self { cells, line_above: false }
    }
}

/// A cell of a table.
#[derive(Clone, Debug)]
pub enum Cell {
    /// Words.
    Text {
        /// How they look.
        style: TextStyle,
        /// What they say.
        text: String,
    },
    /// A bar that is filled from the left: a part, 0…1.
    Bar(f64),
}

impl Cell {
    /// Words as they are read.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { style: TextStyle::Body, text: text.into() }
    }

    /// Words in bold.
    pub fn strong(text: impl Into<String>) -> Self {
        Self::Text { style: TextStyle::Strong, text: text.into() }
    }

    /// Small, quiet words.
    pub fn small(text: impl Into<String>) -> Self {
        Self::Text { style: TextStyle::Small, text: text.into() }
    }
}

/// A picture with its caption.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What it shows.
    pub caption: String,
    /// The bytes of a PNG file.
    pub png: Vec<u8>,
}
