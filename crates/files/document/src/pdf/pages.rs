//! Blocks become marks on pages; places in pt from a page's upper left corner.

use std::rc::Rc;

use krilla::image::Image;

use super::typesetter::{SetText, Typesetter};
use crate::{Align, Block, Cell, Document, Drawing, Picture, Row, Shape, Table, TextStyle, Tint};

/// Width and height of A4, pt.
pub(super) const PAGE: [f32; 2] = [595.276, 841.89];
/// What stays free on the left and on the right, pt: 20 mm.
pub(super) const MARGIN: f32 = (PAGE[0] - WIDTH) / 2.0;
/// Width between the margins, pt.
pub(super) const WIDTH: f32 = Drawing::WIDTH;
/// Where a page's content begins and ends.
const TOP: f32 = 51.0;
const BOTTOM: f32 = PAGE[1] - 62.0;
/// What must fit below a heading of a text or table, pt, so that it does not stand alone at the end of a page.
const BELOW_A_HEADING: f32 = 60.0;
/// What stays free above and below a row's text, and between columns, pt.
const ROW_PADDING: f32 = 3.0;
const COLUMN_GAP: f32 = 11.0;
/// No picture is higher, pt.
const HIGHEST_PICTURE: f32 = 310.0;
const PT_PER_MM: f32 = 72.0 / 25.4;

/// What a screen reader is told about marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Title,
    Heading,
    Paragraph,
    /// With its description.
    Figure(String),
    Table,
    Row,
    ColumnHead,
    Cell,
    /// Nothing.
    Decoration,
}

/// A node of the tree that a screen reader walks.
pub(super) struct Element {
    pub(super) role: Role,
    /// The element that holds it, by its number.
    pub(super) parent: Option<usize>,
}

/// One thing on a page, part of an element.
pub(super) struct Mark {
    pub(super) element: usize,
    pub(super) at: [f32; 2],
    pub(super) kind: Kind,
}

/// What it is, and what `at` is of it.
pub(super) enum Kind {
    /// A line of a text, by its number; where it begins and its base lies.
    Line(Rc<SetText>, usize),
    /// A filled rectangle of a width and height; its upper left corner.
    Block([f32; 2], Tint),
    /// Part of a drawing that is not a label; the drawing's upper left corner.
    Shape(Shape),
    /// A picture, by its number, of a width and height; its upper left corner.
    Picture(usize, [f32; 2]),
}

/// The pages of a document.
pub(super) struct Pages {
    pub(super) pages: Vec<Vec<Mark>>,
    pub(super) elements: Vec<Element>,
    pub(super) typesetter: Typesetter,
    /// Where the next thing goes.
    y: f32,
}

/// Number of an image in the document, and its width and height, pixels.
type NumberedImage = (usize, (u32, u32));

impl Pages {
    /// `images` are the document's pictures in their order.
    pub(super) fn of(document: &Document, images: &[Image]) -> Self {
        let mut pages = Self { pages: vec![Vec::new()], elements: Vec::new(), typesetter: Typesetter::new(), y: TOP };
        pages.masthead(&document.masthead);
        let mut sizes = images.iter().map(Image::size).enumerate();
        for (number, block) in document.blocks.iter().enumerate() {
            match block {
                Block::Text { style, align, text } => {
                    let below = match document.blocks.get(number + 1) {
                        Some(Block::Pictures(_)) => HIGHEST_PICTURE + BELOW_A_HEADING,
                        Some(Block::Drawing(drawing)) => drawing.height,
                        _ => BELOW_A_HEADING,
                    };
                    pages.text(*style, *align, text, below);
                }
                Block::Notice(text) => pages.notice(text),
                Block::Table(table) => pages.table(table),
                Block::Drawing(drawing) => pages.drawing(drawing),
                Block::Pictures(pictures) => {
                    let sized: Vec<_> = pictures.iter().zip(sizes.by_ref()).collect();
                    pages.pictures(&sized);
                }
                Block::SignatureLines(lines) => pages.signature_lines(lines),
                Block::PageBreak => pages.new_page(),
            }
        }
        pages.footers(&document.footer);
        pages
    }

    fn element(&mut self, role: Role, parent: Option<usize>) -> usize {
        self.elements.push(Element { role, parent });
        self.elements.len() - 1
    }

    fn mark(&mut self, element: usize, at: [f32; 2], kind: Kind) {
        self.pages.last_mut().expect("there is a page").push(Mark { element, at, kind });
    }

    fn block(&mut self, at: [f32; 2], size: [f32; 2], tint: Tint) {
        let decoration = self.element(Role::Decoration, None);
        self.mark(decoration, at, Kind::Block(size, tint));
    }

    /// A line between two places at `y`.
    fn rule(&mut self, y: f32, weight: f32, tint: Tint) {
        self.block([MARGIN, y - weight / 2.0], [WIDTH, weight], tint);
    }

    /// One line of a text whose box begins at `x`, its top at `y`.
    fn line(&mut self, element: usize, text: &Rc<SetText>, number: usize, [x, y]: [f32; 2]) {
        if let Some(line) = text.lines.get(number) {
            self.mark(element, [x + line.indent, y + text.ascent()], Kind::Line(Rc::clone(text), number));
        }
    }

    /// All lines of a text that is known to fit.
    fn lines(&mut self, element: usize, text: &Rc<SetText>, [x, y]: [f32; 2]) {
        for number in 0..text.lines.len() {
            self.line(element, text, number, [x, y + number as f32 * text.leading()]);
        }
    }

    fn new_page(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    /// Turns the page unless there is room for `height` pt, or the page is empty; true if it was turned.
    fn room(&mut self, height: f32) -> bool {
        let turn = self.y + height > BOTTOM && self.y > TOP;
        if turn {
            self.new_page();
        }
        turn
    }

    fn masthead(&mut self, [issuer, subject]: &[String; 2]) {
        let issuer = self.typesetter.set(issuer, TextStyle::Heading, Align::Left, WIDTH);
        let subject = self.typesetter.set(subject, TextStyle::Small, Align::Right, WIDTH);
        for text in [issuer, subject] {
            let paragraph = self.element(Role::Paragraph, None);
            self.lines(paragraph, &text, [MARGIN, self.y]);
        }
        self.rule(self.y + 18.0, 1.6, Tint::Accent);
        self.y += 46.0;
    }

    /// `room_below` is what must fit below a heading, pt.
    fn text(&mut self, style: TextStyle, align: Align, text: &str, room_below: f32) {
        let (role, above, below) = match style {
            TextStyle::Title => (Role::Title, 0.0, 20.0),
            TextStyle::Heading => (Role::Heading, 14.0, 4.0),
            TextStyle::Display => (Role::Paragraph, 4.0, 8.0),
            TextStyle::Subtitle => (Role::Paragraph, 3.0, 4.0),
            _ => (Role::Paragraph, 0.0, 3.0),
        };
        let text = self.typesetter.set(text, style, align, WIDTH);
        if self.y > TOP {
            self.y += above;
        }
        if style == TextStyle::Heading {
            self.room(text.height() + room_below);
        }
        let element = self.element(role, None);
        for number in 0..text.lines.len() {
            self.room(text.leading());
            self.line(element, &text, number, [MARGIN, self.y]);
            self.y += text.leading();
        }
        self.y += below;
    }

    fn notice(&mut self, text: &str) {
        const PADDING: f32 = 9.0;
        let text = self.typesetter.set(text, TextStyle::Body, Align::Left, WIDTH - 3.0 * PADDING);
        let height = text.height() + 2.0 * PADDING;
        self.y += 10.0;
        self.room(height);
        self.block([MARGIN, self.y], [WIDTH, height], Tint::Pale);
        self.block([MARGIN, self.y], [2.8, height], Tint::Accent);
        let paragraph = self.element(Role::Paragraph, None);
        self.lines(paragraph, &text, [MARGIN + 1.5 * PADDING, self.y + PADDING]);
        self.y += height;
    }

    fn drawing(&mut self, drawing: &Drawing) {
        self.room(drawing.height);
        let figure = self.element(Role::Figure(drawing.description.clone()), None);
        for shape in &drawing.shapes {
            if let Shape::Label { at: [x, y], align, text } = shape {
                let text = self.typesetter.set(text, TextStyle::Small, Align::Left, WIDTH);
                let part = match align {
                    Align::Left => 0.0,
                    Align::Centre => 0.5,
                    Align::Right => 1.0,
                };
                let left = MARGIN + x - part * text.lines[0].width;
                self.line(figure, &text, 0, [left, self.y + y - text.ascent()]);
            } else {
                self.mark(figure, [MARGIN, self.y], Kind::Shape(shape.clone()));
            }
        }
        self.y += drawing.height;
    }

    /// Pictures two beside each other, one alone as wide as both.
    fn pictures(&mut self, pictures: &[(&Picture, NumberedImage)]) {
        const GAP: f32 = 17.0;
        let abreast = if pictures.len() == 1 { 1 } else { 2 };
        let width = (WIDTH - GAP * (abreast as f32 - 1.0)) / abreast as f32;
        for pair in pictures.chunks(abreast) {
            let set: Vec<_> = pair
                .iter()
                .map(|(picture, (number, pixels))| {
                    let aspect = pixels.1 as f32 / pixels.0 as f32;
                    let wide = width.min(HIGHEST_PICTURE / aspect);
                    let caption = self.typesetter.set(&picture.caption, TextStyle::Small, Align::Left, width);
                    (&picture.caption, *number, [wide, wide * aspect], caption)
                })
                .collect();
            let height = set.iter().map(|(.., size, caption)| size[1] + 4.0 + caption.height()).fold(0.0, f32::max);
            self.room(height);
            for (column, (description, number, size, caption)) in set.into_iter().enumerate() {
                let x = MARGIN + column as f32 * (width + GAP);
                let figure = self.element(Role::Figure(description.clone()), None);
                self.mark(figure, [x, self.y], Kind::Picture(number, size));
                let paragraph = self.element(Role::Paragraph, None);
                self.lines(paragraph, &caption, [x, self.y + size[1] + 4.0]);
            }
            self.y += height + 14.0;
        }
    }

    fn signature_lines(&mut self, lines: &[String]) {
        const GAP: f32 = 34.0;
        self.room(58.0);
        let (y, count) = (BOTTOM - 16.0, lines.len() as f32);
        let width = (WIDTH - GAP * (count - 1.0)) / count;
        for (column, text) in lines.iter().enumerate() {
            let x = MARGIN + column as f32 * (width + GAP);
            self.block([x, y], [width, 0.7], Tint::Quiet);
            let text = self.typesetter.set(text, TextStyle::Small, Align::Left, width);
            let paragraph = self.element(Role::Paragraph, None);
            self.lines(paragraph, &text, [x, y + 3.0]);
        }
        self.y = BOTTOM;
    }

    fn table(&mut self, table: &Table) {
        let element = self.element(Role::Table, None);
        let columns = places(table);
        self.column_heads(element, table, &columns);
        for (number, row) in table.rows.iter().enumerate() {
            self.row(element, table, &columns, row, number == 0);
        }
        self.y += 6.0;
    }

    fn column_heads(&mut self, element: usize, table: &Table, columns: &[[f32; 2]]) {
        if table.columns.iter().all(|column| column.heading.is_empty()) {
            return;
        }
        let row = self.element(Role::Row, Some(element));
        let mut height: f32 = 0.0;
        for (column, [x, width]) in table.columns.iter().zip(columns) {
            let text = self.typesetter.set(&column.heading, TextStyle::Small, column.align, *width);
            let head = self.element(Role::ColumnHead, Some(row));
            self.lines(head, &text, [*x, self.y]);
            height = height.max(text.height());
        }
        self.rule(self.y + height + 2.0, 0.9, Tint::Quiet);
        self.y += height + 4.0;
    }

    /// A row, on the next page if it does not fit; one that is longer than a page runs on.
    fn row(&mut self, element: usize, table: &Table, columns: &[[f32; 2]], row: &Row, is_first: bool) {
        let texts: Vec<Option<Rc<SetText>>> = table
            .columns
            .iter()
            .zip(&row.cells)
            .zip(columns)
            .map(|((column, cell), [_, width])| match cell {
                Cell::Text { style, text } => Some(self.typesetter.set(text, *style, column.align, *width)),
                Cell::Bar(_) => None,
            })
            .collect();
        let height = texts.iter().flatten().map(|text| text.height()).fold(0.0, f32::max) + 2.0 * ROW_PADDING;
        let turned = self.room(height);
        if turned {
            self.column_heads(element, table, columns);
        }
        if row.line_above && !turned && !is_first {
            self.rule(self.y, 0.6, Tint::Rule);
        }
        self.y += ROW_PADDING;

        let row_element = self.element(Role::Row, Some(element));
        let cells: Vec<usize> = columns.iter().map(|_| self.element(Role::Cell, Some(row_element))).collect();
        for (cell, [x, width]) in row.cells.iter().zip(columns) {
            if let Cell::Bar(part) = cell {
                let at = [*x, self.y + 4.0];
                self.block(at, [*width, 6.6], Tint::Bed);
                self.block(at, [*width * part.clamp(0.0, 1.0) as f32, 6.6], Tint::Accent);
            }
        }
        let step = texts.iter().flatten().map(|text| text.leading()).fold(0.0, f32::max);
        let count = texts.iter().flatten().map(|text| text.lines.len()).max().unwrap_or(0);
        for number in 0..count {
            if self.room(step) {
                self.column_heads(element, table, columns);
            }
            for ((text, [x, _]), cell) in texts.iter().zip(columns).zip(&cells) {
                if let Some(text) = text {
                    self.line(*cell, text, number, [*x, self.y]);
                }
            }
            self.y += step;
        }
        self.y += ROW_PADDING;
    }

    fn footers(&mut self, footer: &str) {
        let count = self.pages.len();
        let decoration = self.element(Role::Decoration, None);
        for page in 0..count {
            let text = format!("{footer} · page {} of {count}", page + 1);
            let text = self.typesetter.set(&text, TextStyle::Small, Align::Centre, WIDTH);
            let at = [MARGIN + text.lines[0].indent, PAGE[1] - 28.0];
            self.pages[page].push(Mark { element: decoration, at, kind: Kind::Line(text, 0) });
        }
    }
}

/// Left edge and width of every column's text.
fn places(table: &Table) -> Vec<[f32; 2]> {
    let fixed = |mm: Option<f32>| mm.map(|mm| mm * PT_PER_MM);
    let taken: f32 = table.columns.iter().filter_map(|column| fixed(column.width_mm)).sum();
    let sharing = table.columns.iter().filter(|column| column.width_mm.is_none()).count();
    let share = (WIDTH - taken).max(0.0) / sharing.max(1) as f32;
    let mut x = MARGIN;
    let last = table.columns.len().saturating_sub(1);
    let place = |(number, column): (usize, &crate::Column)| {
        let width = fixed(column.width_mm).unwrap_or(share);
        let place = [x, if number == last { width } else { width - COLUMN_GAP }];
        x += width;
        place
    };
    table.columns.iter().enumerate().map(place).collect()
}
