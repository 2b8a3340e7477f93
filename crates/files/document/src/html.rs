//! The document as one page of HTML that needs nothing beside it and prints on A4.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{Align, Block, Cell, Document, Drawing, Picture, Shape, Table, TextStyle};

const STYLE: &str = include_str!("style.css");

impl Document {
    /// The page: style, drawings and pictures are in it, and nothing is loaded or run.
    pub fn to_html(&self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    div.sheet {
                        header { b { (self.masthead[0]) } span { (self.masthead[1]) } }
                        main { @for block in &self.blocks { (shown(block)) } }
                        footer { (self.footer) }
                    }
                }
            }
        };
        page.into_string()
    }
}

fn shown(block: &Block) -> Markup {
    match block {
        Block::Text { style, align, text } => {
            let class = format!("{} {}", style_class(*style), align_class(*align));
            match style {
                TextStyle::Title => html! { h1 class=(class) dir="auto" { (text) } },
                TextStyle::Heading => html! { h2 class=(class) dir="auto" { (text) } },
                _ => html! { p class=(class) dir="auto" { (text) } },
            }
        }
        Block::Notice(text) => html! { p.notice { (text) } },
        Block::Table(rows) => table(rows),
        Block::Drawing(drawing) => svg(drawing),
        Block::Pictures(pictures) => html! {
            div.pictures.alone[pictures.len() == 1] { @for picture in pictures { (figure(picture)) } }
        },
        Block::SignatureLines(lines) => html! { div.sign { @for line in lines { span { (line) } } } },
        Block::PageBreak => html! { div.break {} },
    }
}

fn table(table: &Table) -> Markup {
    let width = |mm: Option<f32>| mm.map(|mm| format!("width:{mm}mm"));
    let cell = |cell: &Cell| match cell {
        Cell::Text { style, text } => html! { span class=(style_class(*style)) dir="auto" { (text) } },
        Cell::Bar(part) => html! { span.bar { i style={ "width:" (format!("{:.1}%", 100.0 * part)) } {} } },
    };
    html! {
        table {
            colgroup { @for column in &table.columns { col style=[width(column.width_mm)]; } }
            @if table.columns.iter().any(|column| !column.heading.is_empty()) {
                thead { tr {
                    @for column in &table.columns { th class=(align_class(column.align)) { (column.heading) } }
                } }
            }
            tbody {
                @for row in &table.rows {
                    tr.line[row.line_above] {
                        @for (column, content) in table.columns.iter().zip(&row.cells) {
                            td class=(align_class(column.align)) { (cell(content)) }
                        }
                    }
                }
            }
        }
    }
}

fn svg(drawing: &Drawing) -> Markup {
    let [width, height] = [Drawing::WIDTH, drawing.height];
    html! {
        svg viewBox={ "0 0 " (width) " " (height) } role="img" aria-label=(drawing.description) {
            @for shape in &drawing.shapes { @match shape {
                Shape::Line { points, weight, tint } => {
                    polyline points=(points.iter().map(|[x, y]| format!("{x:.1},{y:.1} ")).collect::<String>().trim_end())
                        fill="none" stroke=(tint.css()) stroke-width=(weight) stroke-linejoin="round" {}
                }
                Shape::Disc { centre: [x, y], radius, tint } => {
                    circle cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r=(radius) fill=(tint.css()) {}
                }
                Shape::Ring { centre: [x, y], radius, weight, tint } => {
                    circle cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r=(radius) fill="#ffffff" stroke=(tint.css())
                        stroke-width=(weight) {}
                }
                Shape::Label { at: [x, y], align, text: words } => {
                    text x=(format!("{x:.1}")) y=(format!("{y:.1}")) text-anchor=(anchor(*align)) { (words) }
                }
            } }
        }
    }
}

const fn anchor(align: Align) -> &'static str {
    match align {
        Align::Left => "start",
        Align::Centre => "middle",
        Align::Right => "end",
    }
}

fn figure(picture: &Picture) -> Markup {
    html! {
        figure {
            img src={ "data:image/png;base64," (STANDARD.encode(&picture.png)) } alt=(picture.caption);
            figcaption { (picture.caption) }
        }
    }
}

const fn style_class(style: TextStyle) -> &'static str {
    match style {
        TextStyle::Title => "title",
        TextStyle::Heading => "heading",
        TextStyle::Display => "display",
        TextStyle::Subtitle => "subtitle",
        TextStyle::Body => "body",
        TextStyle::Strong => "strong",
        TextStyle::Quiet => "quiet",
        TextStyle::Small => "small",
    }
}

const fn align_class(align: Align) -> &'static str {
    match align {
        Align::Left => "left",
        Align::Centre => "centre",
        Align::Right => "right",
    }
}
