use super::*;
use crate::pdf::lines_of;

fn named(name: &str) -> Document {
    let blocks = vec![
        Block::text(TextStyle::Title, "Certificate").centred(),
        Block::text(TextStyle::Display, name).centred(),
        Block::PageBreak,
        Block::Table(Table {
            columns: vec![Column::mm("Subject", 22.0), Column::mm("Part", 40.0), Column::rest("Explanation")],
            rows: vec![Row::of(vec![Cell::strong("Angle"), Cell::Bar(0.7), Cell::text("as good as any")])],
        }),
    ];
    Document { title: name.to_owned(), footer: "Footer".to_owned(), blocks, ..Document::default() }
}

/// A grey picture.
fn png() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 64, 64);
    encoder.set_color(png::ColorType::Grayscale);
    let pixels: Vec<u8> = (0..64 * 64).map(|pixel| (pixel % 251) as u8).collect();
    encoder.write_header().and_then(|mut writer| writer.write_image_data(&pixels)).expect("a picture in memory");
    bytes
}

#[test]
fn names_in_the_letters_of_the_typeface_are_set_and_others_refused() {
    for name in ["Ångström Ö.", "Ольга Ладыженская", "Υπατία", "عمر الخيام", "רוזלינד", "Nguyễn Thị Ánh"]
    {
        let result = named(name).to_pdf();
        assert!(result.is_ok(), "{name}: {:?}", result.err());
    }
    assert!(matches!(named("王小明").to_pdf(), Err(DocumentError::Letter { letter: '王', .. })));
}

#[test]
fn a_broken_picture_is_refused_by_its_caption() {
    let whole = png();
    for broken in [&b"no picture"[..], &whole[..20], &whole[..whole.len() / 2], &[]] {
        let picture = |caption: &str, png: &[u8]| Picture { caption: caption.to_owned(), png: png.to_vec() };
        let pictures = Block::Pictures(vec![picture("good", &whole), picture("bad", broken)]);
        let error = Document { blocks: vec![pictures], ..named("Ada") }.to_pdf().expect_err("refused");
        assert!(matches!(&error, DocumentError::Picture { caption, .. } if caption == "bad"), "{error}");
    }
}

#[test]
fn everything_lies_within_the_margins_and_no_word_is_lost() {
    let mut document = named(&"Maximiliane ".repeat(20));
    document.blocks.insert(2, Block::text(TextStyle::Subtitle, "Donaudampfschifffahrtsgesellschaft".repeat(8)));
    let long = Row::of(vec![Cell::text("Level"), Cell::Bar(0.0), Cell::text("word ".repeat(2000))]);
    let short = || Row::of(vec![Cell::text("Angle"), Cell::Bar(1.0), Cell::text("short")]);
    let columns = vec![Column::mm("Subject", 22.0), Column::mm("Part", 40.0), Column::rest("Explanation")];
    let rows = std::iter::once(long).chain((0..80).map(|_| short())).collect();
    document.blocks.push(Block::Table(Table { columns, rows }));
    let signature = Block::SignatureLines(vec!["Instructor".to_owned(), "Place and date".to_owned()]);
    document.blocks.extend([Block::Notice("A notice. ".repeat(40)), signature]);

    let lines = lines_of(&document);
    for (page, x, width, y, text) in &lines {
        assert!(*x >= 56.0 && x + width <= 540.0 && (40.0..=820.0).contains(y), "page {page}: {text} at {x}, {y}");
    }
    let count = |word: &str| lines.iter().map(|(.., text)| text.matches(word).count()).sum::<usize>();
    assert_eq!((count("word"), count("short")), (2000, 80));
    let pages = lines.iter().map(|(page, ..)| page + 1).max().expect("there are lines");
    assert!(pages > 3 && count(&format!("page {pages} of {pages}")) == 1);
    assert_eq!(count("Explanation"), pages, "column headings on every page of the tables");
}

#[test]
fn the_same_document_is_the_same_pdf() {
    let bytes = || named("Ada").to_pdf().expect("a PDF");
    assert_eq!(bytes(), bytes());
}

#[test]
fn what_was_typed_stays_text_in_the_page() {
    let page = named("<script>alert(1)</script> & \"<b>\"").to_html();
    assert!(!page.contains("<script") && !page.contains("<b>\"") && page.contains("&lt;script&gt;"));
}

#[test]
fn a_heading_stands_on_the_page_of_its_pictures() {
    let picture = Picture { caption: "Sagittal localizer".to_owned(), png: png() };
    let lines = (0..35).map(|_| Block::text(TextStyle::Body, "a line"));
    let headed = [Block::text(TextStyle::Heading, "Pictures"), Block::Pictures(vec![picture])];
    let document = Document { blocks: lines.chain(headed).collect(), ..Document::default() };

    let lines = lines_of(&document);
    let page_of = |words: &str| lines.iter().find(|(.., text)| text == words).map(|(page, ..)| *page);
    assert_eq!((page_of("Pictures"), page_of("Sagittal localizer")), (Some(1), Some(1)));
}
