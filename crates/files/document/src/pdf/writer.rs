//! Marks become a PDF.

use std::num::NonZeroU16;

use krilla::Document;
use krilla::color::rgb;
use krilla::error::KrillaError;
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, LineJoin, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};
use krilla::text::TextDirection;

use super::pages::{Element, Kind, Mark, PAGE, Pages, Role};
use crate::{Shape, Tint};

/// The bytes of the PDF.
pub(super) fn write(pages: &Pages, images: &[Image], metadata: Metadata) -> Result<Vec<u8>, KrillaError> {
    let mut document = Document::new();
    document.set_metadata(metadata);
    let mut content: Vec<Vec<Identifier>> = pages.elements.iter().map(|_| Vec::new()).collect();

    for marks in &pages.pages {
        let settings = PageSettings::from_wh(PAGE[0], PAGE[1]).expect("A4 has an area");
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for run in marks.chunk_by(|a, b| a.element == b.element) {
            let tag = match (&pages.elements[run[0].element].role, &run[0].kind) {
                (Role::Decoration, _) => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other)),
                (_, Kind::Line(..)) => ContentTag::Span(SpanTag::empty()),
                _ => ContentTag::Other,
            };
            let identifier = surface.start_tagged(tag);
            for mark in run {
                draw(&mut surface, pages, images, mark);
            }
            surface.end_tagged();
            content[run[0].element].push(identifier);
        }
        surface.finish();
        page.finish();
    }

    let mut tree = TagTree::new().with_lang(Some("en".to_owned()));
    for group in groups(&pages.elements, &content, None) {
        tree.push(group);
    }
    document.set_tag_tree(tree);
    document.finish()
}

/// What an element holds, as a screen reader walks it.
fn groups(elements: &[Element], content: &[Vec<Identifier>], parent: Option<usize>) -> Vec<TagGroup> {
    let held = elements.iter().enumerate().filter(|(_, element)| element.parent == parent);
    let group = |(number, element): (usize, &Element)| {
        let mut group = TagGroup::new(tag(&element.role)?);
        content[number].iter().for_each(|&identifier| group.push(identifier));
        groups(elements, content, Some(number)).into_iter().for_each(|child| group.push(child));
        (!group.children.is_empty()).then_some(group)
    };
    held.filter_map(group).collect()
}

fn tag(role: &Role) -> Option<TagKind> {
    const ONE: NonZeroU16 = NonZeroU16::MIN;
    const TWO: NonZeroU16 = ONE.saturating_add(1);
    Some(match role {
        Role::Title => Tag::Hn(ONE, None).into(),
        Role::Heading => Tag::Hn(TWO, None).into(),
        Role::Paragraph => Tag::P.into(),
        Role::Figure(description) => Tag::Figure(Some(description.clone())).into(),
        Role::Table => Tag::Table.into(),
        Role::Row => Tag::TR.into(),
        Role::ColumnHead => Tag::TH(TableHeaderScope::Column).into(),
        Role::Cell => Tag::TD.into(),
        Role::Decoration => return None,
    })
}

fn draw(surface: &mut Surface<'_>, pages: &Pages, images: &[Image], mark: &Mark) {
    match &mark.kind {
        Kind::Line(text, line) => {
            paint(surface, Some(fill(text.tint.rgb())), None);
            let (font, line) = (pages.typesetter.font(text.typeface), &text.lines[*line].text);
            let base = Point::from_xy(mark.at[0], mark.at[1]);
            surface.draw_text(base, font, text.size, line, false, TextDirection::Auto);
        }
        Kind::Block([width, height], tint) => {
            paint(surface, Some(fill(tint.rgb())), None);
            if let Some(rect) = Rect::from_xywh(mark.at[0], mark.at[1], *width, *height) {
                let mut path = PathBuilder::new();
                path.push_rect(rect);
                draw_path(surface, path);
            }
        }
        Kind::Shape(shape) => {
            surface.push_transform(&Transform::from_translate(mark.at[0], mark.at[1]));
            draw_shape(surface, shape);
            surface.pop();
        }
        Kind::Picture(number, size) => {
            if let Some(size) = Size::from_wh(size[0], size[1]) {
                surface.push_transform(&Transform::from_translate(mark.at[0], mark.at[1]));
                surface.draw_image(images[*number].clone(), size);
                surface.pop();
            }
        }
    }
}

fn draw_shape(surface: &mut Surface<'_>, shape: &Shape) {
    match shape {
        Shape::Line { points, weight, tint } => {
            paint(surface, None, Some(stroke(*tint, *weight)));
            let mut path = PathBuilder::new();
            for (number, [x, y]) in points.iter().enumerate() {
                if number == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
            }
            draw_path(surface, path);
        }
        Shape::Disc { centre, radius, tint } => {
            paint(surface, Some(fill(tint.rgb())), None);
            draw_path(surface, circle(*centre, *radius));
        }
        Shape::Ring { centre, radius, weight, tint } => {
            paint(surface, Some(fill([0xff; 3])), Some(stroke(*tint, *weight)));
            draw_path(surface, circle(*centre, *radius));
        }
        Shape::Label { .. } => {} // a line of text by now
    }
}

fn draw_path(surface: &mut Surface<'_>, path: PathBuilder) {
    let path: Option<Path> = path.finish();
    if let Some(path) = path {
        surface.draw_path(&path);
    }
}

fn paint(surface: &mut Surface<'_>, fill: Option<Fill>, stroke: Option<Stroke>) {
    surface.set_fill(fill);
    surface.set_stroke(stroke);
}

fn fill([r, g, b]: [u8; 3]) -> Fill {
    Fill { paint: rgb::Color::new(r, g, b).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn stroke(tint: Tint, width: f32) -> Stroke {
    let [r, g, b] = tint.rgb();
    Stroke { paint: rgb::Color::new(r, g, b).into(), width, line_join: LineJoin::Round, ..Stroke::default() }
}

/// Four cubic arcs; their handles are 4/3·(√2 − 1) of the radius long, which is off a circle by 0.03 %.
fn circle([x, y]: [f32; 2], r: f32) -> PathBuilder {
    let h = r * 0.552_285;
    let mut path = PathBuilder::new();
    path.move_to(x + r, y);
    path.cubic_to(x + r, y + h, x + h, y + r, x, y + r);
    path.cubic_to(x - h, y + r, x - r, y + h, x - r, y);
    path.cubic_to(x - r, y - h, x - h, y - r, x, y - r);
    path.cubic_to(x + h, y - r, x + r, y - h, x + r, y);
    path.close();
    path
}
