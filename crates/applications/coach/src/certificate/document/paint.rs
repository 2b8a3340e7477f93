//! Marks become a PDF.

use std::num::NonZeroU16;

use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, LineJoin, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag, Tag, TagGroup, TagKind, TagTree};
use krilla::text::TextDirection;
use krilla::{Document, error::KrillaError};

use super::sheet::{Colour, Mark, PAGE, Role, Sheets, WHITE};

/// The bytes of the PDF.
pub(super) fn paint(sheets: &Sheets<'_>, images: &[Image], metadata: Metadata) -> Result<Vec<u8>, KrillaError> {
    let mut document = Document::new();
    document.set_metadata(metadata);
    let mut groups: Vec<Option<TagGroup>> = sheets.roles.iter().map(|role| tag(role).map(TagGroup::new)).collect();

    for marks in &sheets.pages {
        let settings = PageSettings::from_wh(PAGE[0], PAGE[1]).expect("A4 has an area");
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for run in marks.chunk_by(|(a, _), (b, _)| a == b) {
            let (number, first) = &run[0];
            let content = match (&groups[*number], first) {
                (None, _) => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other)),
                (Some(_), Mark::Text { .. }) => ContentTag::Span(SpanTag::empty()),
                (Some(_), _) => ContentTag::Other,
            };
            let identifier = surface.start_tagged(content);
            for (_, mark) in run {
                draw(&mut surface, sheets, images, mark);
            }
            surface.end_tagged();
            if let Some(group) = &mut groups[*number] {
                group.push(identifier);
            }
        }
        surface.finish();
        page.finish();
    }

    let mut tree = TagTree::new().with_lang(Some("en".to_owned()));
    for group in groups.into_iter().flatten().filter(|group| !group.children.is_empty()) {
        tree.push(group);
    }
    document.set_tag_tree(tree);
    document.finish()
}

fn tag(role: &Role) -> Option<TagKind> {
    const ONE: NonZeroU16 = NonZeroU16::MIN;
    const TWO: NonZeroU16 = ONE.saturating_add(1);
    match role {
        Role::Title => Some(Tag::Hn(ONE, None).into()),
        Role::Heading => Some(Tag::Hn(TWO, None).into()),
        Role::Paragraph => Some(Tag::P.into()),
        Role::Figure(description) => Some(Tag::Figure(Some(description.clone())).into()),
        Role::Decoration => None,
    }
}

fn draw(surface: &mut Surface<'_>, sheets: &Sheets<'_>, images: &[Image], mark: &Mark) {
    match mark {
        Mark::Text { at, setting, text } => {
            ink(surface, Some(fill(setting.colour)), None);
            let font = sheets.faces.font(setting.style);
            surface.draw_text(Point::from_xy(at[0], at[1]), font, setting.size, text, false, TextDirection::Auto);
        }
        Mark::Block { at, size, colour } => {
            ink(surface, Some(fill(*colour)), None);
            if let Some(rect) = Rect::from_xywh(at[0], at[1], size[0], size[1]) {
                let mut path = PathBuilder::new();
                path.push_rect(rect);
                draw_path(surface, path.finish());
            }
        }
        Mark::Line { points, width, colour } => {
            ink(surface, None, Some(stroke(*colour, *width)));
            let mut path = PathBuilder::new();
            for (number, [x, y]) in points.iter().enumerate() {
                if number == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
            }
            draw_path(surface, path.finish());
        }
        Mark::Dot { centre, radius, ring, colour } => {
            let (inside, edge) = if *ring { (fill(WHITE), Some(stroke(*colour, 1.7))) } else { (fill(*colour), None) };
            ink(surface, Some(inside), edge);
            draw_path(surface, circle(*centre, *radius));
        }
        Mark::Picture { number, at, size } => {
            if let Some(size) = Size::from_wh(size[0], size[1]) {
                surface.push_transform(&Transform::from_translate(at[0], at[1]));
                surface.draw_image(images[*number].clone(), size);
                surface.pop();
            }
        }
    }
}

fn draw_path(surface: &mut Surface<'_>, path: Option<Path>) {
    if let Some(path) = path {
        surface.draw_path(&path);
    }
}

fn ink(surface: &mut Surface<'_>, fill: Option<Fill>, stroke: Option<Stroke>) {
    surface.set_fill(fill);
    surface.set_stroke(stroke);
}

fn fill([r, g, b]: Colour) -> Fill {
    Fill { paint: rgb::Color::new(r, g, b).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn stroke([r, g, b]: Colour, width: f32) -> Stroke {
    Stroke { paint: rgb::Color::new(r, g, b).into(), width, line_join: LineJoin::Round, ..Stroke::default() }
}

/// Four cubic arcs; their handles are 4/3·(√2 − 1) of the radius long, which is off a circle by 0.03 %.
fn circle([x, y]: [f32; 2], r: f32) -> Option<Path> {
    let h = r * 0.552_285;
    let mut path = PathBuilder::new();
    path.move_to(x + r, y);
    path.cubic_to(x + r, y + h, x + h, y + r, x, y + r);
    path.cubic_to(x - h, y + r, x - r, y + h, x - r, y);
    path.cubic_to(x - r, y - h, x - h, y - r, x, y - r);
    path.cubic_to(x + h, y - r, x + r, y - h, x + r, y);
    path.close();
    path.finish()
}
