//! Marks on pages, from the top downwards; nothing is painted yet.

use super::typeface::{Style, Typefaces};

/// Width and height of A4, pt.
pub(super) const PAGE: [f32; 2] = [595.276, 841.89];
/// What stays free on the left and on the right, pt: 20 mm.
pub(super) const MARGIN: f32 = 56.7;
/// Where a page's content begins and ends, pt from the top.
pub(super) const TOP: f32 = 51.0;
pub(super) const BOTTOM: f32 = PAGE[1] - 62.0;
/// Width between the margins, pt.
pub(super) const MEASURE: f32 = PAGE[0] - 2.0 * MARGIN;

/// Distance of two lines, in parts of their size.
const LEADING: f32 = 1.42;
/// Where a line's base lies below its top, in parts of its size.
const ASCENT: f32 = 1.02;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];
pub(super) const INK: Colour = [0x1c, 0x24, 0x30];
pub(super) const QUIET: Colour = [0x5b, 0x66, 0x73];
pub(super) const ACCENT: Colour = [0x1f, 0x5f, 0x6b];
pub(super) const RULE: Colour = [0xd3, 0xd9, 0xde];
pub(super) const BED: Colour = [0xe9, 0xed, 0xf0];
pub(super) const PALE: Colour = [0xf4, 0xf6, 0xf7];
pub(super) const WHITE: Colour = [0xff; 3];

/// How a line is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub(super) style: Style,
    /// Size, pt.
    pub(super) size: f32,
    pub(super) colour: Colour,
}

impl Setting {
    pub(super) const fn new(style: Style, size: f32, colour: Colour) -> Self {
        Self { style, size, colour }
    }

    /// Distance of two lines, pt.
    pub(super) fn leading(self) -> f32 {
        self.size * LEADING
    }
}

/// To which side of `x` a line lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

/// What a screen reader is told about a run of marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Title,
    Heading,
    Paragraph,
    /// With its description.
    Figure(String),
    /// Nothing.
    Decoration,
}

/// One thing on a page; places in pt from the page's upper left corner.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    /// A line of text; its base begins at `at`.
    Text { at: [f32; 2], setting: Setting, text: String },
    /// A filled rectangle.
    Block { at: [f32; 2], size: [f32; 2], colour: Colour },
    /// A line through points.
    Line { points: Vec<[f32; 2]>, width: f32, colour: Colour },
    /// A disc, or a ring with white inside.
    Dot { centre: [f32; 2], radius: f32, ring: bool, colour: Colour },
    /// One of the certificate's pictures.
    Picture { number: usize, at: [f32; 2], size: [f32; 2] },
}

/// Pages of marks, each mark with the number of its run in `roles`.
pub(super) struct Sheets<'a> {
    pub(super) faces: &'a Typefaces,
    pub(super) pages: Vec<Vec<(usize, Mark)>>,
    pub(super) roles: Vec<Role>,
    /// Where the next thing goes, pt from the top.
    pub(super) y: f32,
}

impl<'a> Sheets<'a> {
    pub(super) fn new(faces: &'a Typefaces) -> Self {
        Self { faces, pages: vec![Vec::new()], roles: Vec::new(), y: TOP }
    }

    /// Begins a run of marks.
    pub(super) fn begin(&mut self, role: Role) {
        self.roles.push(role);
    }

    /// Adds a mark to the run on the last page.
    pub(super) fn mark(&mut self, mark: Mark) {
        let run = self.roles.len().checked_sub(1).expect("a run was begun");
        self.pages.last_mut().expect("there is a page").push((run, mark));
    }

    pub(super) fn new_page(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    /// Turns the page unless there is room for `height` pt, or the page is empty; true if it was turned.
    pub(super) fn room(&mut self, height: f32) -> bool {
        let turn = self.y + height > BOTTOM && self.y > TOP;
        if turn {
            self.new_page();
        }
        turn
    }

    /// A line whose top is `y`.
    pub(super) fn line(&mut self, x: f32, y: f32, align: Align, setting: Setting, text: &str) {
        let width = if align == Align::Left { 0.0 } else { self.faces.width(setting.style, setting.size, text) };
        let left = match align {
            Align::Left => x,
            Align::Centre => x - width / 2.0,
            Align::Right => x - width,
        };
        self.mark(Mark::Text { at: [left, y + setting.size * ASCENT], setting, text: text.to_owned() });
    }

    /// A paragraph between the margins, over pages if need be.
    pub(super) fn paragraph(&mut self, align: Align, setting: Setting, text: &str) {
        let x = if align == Align::Centre { PAGE[0] / 2.0 } else { MARGIN };
        for line in self.faces.lines(setting.style, setting.size, MEASURE, text) {
            self.room(setting.leading());
            self.line(x, self.y, align, setting, &line);
            self.y += setting.leading();
        }
    }

    /// A hairline between two places at `y`.
    pub(super) fn rule(&mut self, from_x: f32, to_x: f32, y: f32, width: f32, colour: Colour) {
        self.mark(Mark::Line { points: vec![[from_x, y], [to_x, y]], width, colour });
    }
}
