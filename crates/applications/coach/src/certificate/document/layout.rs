//! Where everything of a certificate goes.

use super::sheet::{
    ACCENT, Align, BED, BOTTOM, Colour, INK, MARGIN, MEASURE, Mark, PAGE, PALE, QUIET, RULE, Role, Setting, Sheets,
};
use super::typeface::{Style, Typefaces};
use crate::certificate::chart::{Chart, RULED};
use crate::certificate::content::{
    Content, FIRST_ATTEMPT, ItemLine, PRODUCT, PRODUCT_LINE, SHORT_STATEMENT, STATEMENT, TITLE,
};

const BODY: Setting = Setting::new(Style::Text, 9.5, INK);
const QUIET_BODY: Setting = Setting::new(Style::Text, 10.0, QUIET);
const SMALL: Setting = Setting::new(Style::Text, 8.5, QUIET);
const HEADING: Setting = Setting::new(Style::Bold, 11.0, ACCENT);
const RIGHT: f32 = MARGIN + MEASURE;
const MIDDLE: f32 = PAGE[0] / 2.0;

/// A picture's caption, and its width and height in pixels.
pub(super) struct Framed<'a> {
    pub(super) caption: &'a str,
    pub(super) pixels: (u32, u32),
}

/// The pages of a certificate.
pub(super) fn lay_out<'a>(
    faces: &'a Typefaces,
    content: &Content,
    chart: Option<&Chart>,
    pictures: &[Framed<'_>],
) -> Sheets<'a> {
    let mut sheets = Sheets::new(faces);
    masthead(&mut sheets);
    award(&mut sheets, content);
    score(&mut sheets, content);
    curve(&mut sheets, chart);
    statement(&mut sheets);
    signature(&mut sheets);

    sheets.new_page();
    items(&mut sheets, content);
    gallery(&mut sheets, pictures);
    facts(&mut sheets, content);
    footers(&mut sheets);
    sheets
}

fn masthead(sheets: &mut Sheets<'_>) {
    sheets.begin(Role::Paragraph);
    let y = sheets.y;
    sheets.line(MARGIN, y - 3.0, Align::Left, Setting::new(Style::Bold, 12.0, ACCENT), PRODUCT);
    sheets.line(RIGHT, y, Align::Right, SMALL, PRODUCT_LINE);
    sheets.begin(Role::Decoration);
    sheets.rule(MARGIN, RIGHT, y + 18.0, 1.6, ACCENT);
    sheets.y += 60.0;
}

fn award(sheets: &mut Sheets<'_>, content: &Content) {
    sheets.begin(Role::Title);
    sheets.paragraph(Align::Centre, Setting::new(Style::Display, 25.0, ACCENT), TITLE);
    sheets.y += 26.0;
    sheets.begin(Role::Paragraph);
    sheets.paragraph(Align::Centre, QUIET_BODY, "This is to certify that");
    sheets.y += 5.0;
    let name = fitted(sheets, Setting::new(Style::Display, 25.0, INK), 15.0, &content.trainee);
    sheets.paragraph(Align::Centre, name, &content.trainee);
    sheets.y += 9.0;
    sheets.paragraph(Align::Centre, QUIET_BODY, "completed the exercise");
    sheets.y += 4.0;
    let exercise = fitted(sheets, Setting::new(Style::Display, 14.0, INK), 11.0, &content.exercise);
    sheets.paragraph(Align::Centre, exercise, &content.exercise);
    sheets.y += 5.0;
    sheets.paragraph(Align::Centre, QUIET_BODY, &content.circumstances);
    sheets.y += 30.0;
}

/// The setting, smaller if a line would not fit, but not smaller than `least` pt; in the plain face if the given one
/// lacks a letter, as the one with serifs lacks the Arabic and Hebrew ones.
fn fitted(sheets: &Sheets<'_>, mut setting: Setting, least: f32, text: &str) -> Setting {
    if sheets.faces.missing(setting.style, text).is_some() {
        setting.style = Style::Text;
    }
    let width = sheets.faces.width(setting.style, setting.size, text);
    let size = if width > MEASURE { (setting.size * MEASURE / width).max(least) } else { setting.size };
    Setting { size, ..setting }
}

fn score(sheets: &mut Sheets<'_>, content: &Content) {
    const ROW: f32 = 17.0;
    const NAMES: f32 = MARGIN + 165.0;
    const BARS: f32 = NAMES + 62.0;
    const BARS_WIDTH: f32 = RIGHT - 66.0 - BARS;

    let rows = content.subjects.len().max(5) as f32;
    let height = rows * ROW + 34.0;
    sheets.room(height);
    let top = sheets.y;
    sheets.begin(Role::Decoration);
    sheets.rule(MARGIN, RIGHT, top, 0.7, RULE);
    sheets.rule(MARGIN, RIGHT, top + height, 0.7, RULE);

    sheets.begin(Role::Paragraph);
    let middle = top + height / 2.0;
    sheets.line(
        MARGIN + 70.0,
        middle - 40.0,
        Align::Centre,
        Setting::new(Style::Display, 42.0, ACCENT),
        &content.total,
    );
    sheets.line(MARGIN + 70.0, middle + 17.0, Align::Centre, QUIET_BODY, "of 100 points");

    let mut y = middle - content.subjects.len() as f32 * ROW / 2.0;
    for subject in &content.subjects {
        sheets.begin(Role::Decoration);
        let bar = |part: f64, colour: Colour| Mark::Block {
            at: [BARS, y + 4.6],
            size: [BARS_WIDTH * part as f32, 6.6],
            colour,
        };
        sheets.mark(bar(1.0, BED));
        if subject.part > 0.0 {
            sheets.mark(bar(subject.part, ACCENT));
        }
        sheets.begin(Role::Paragraph);
        sheets.line(NAMES, y, Align::Left, Setting { size: 10.0, ..BODY }, subject.name);
        sheets.line(RIGHT, y, Align::Right, QUIET_BODY, &subject.points);
        y += ROW;
    }
    sheets.y = top + height + 20.0;
}

fn heading(sheets: &mut Sheets<'_>, text: &str, room_below: f32) {
    sheets.room(HEADING.leading() + 6.0 + room_below);
    sheets.begin(Role::Heading);
    sheets.paragraph(Align::Left, HEADING, text);
    sheets.y += 6.0;
}

fn curve(sheets: &mut Sheets<'_>, chart: Option<&Chart>) {
    const HEIGHT: f32 = 104.0;
    const LEFT: f32 = MARGIN + 24.0;
    const WIDTH: f32 = RIGHT - 6.0 - LEFT;

    heading(sheets, "Learning curve", HEIGHT + 30.0);
    let Some(chart) = chart else {
        sheets.begin(Role::Paragraph);
        sheets.paragraph(Align::Left, QUIET_BODY, FIRST_ATTEMPT);
        sheets.y += 16.0;
        return;
    };
    let top = sheets.y + 4.0;
    let at = |[x, y]: [f64; 2]| [LEFT + x as f32 * WIDTH, top + (1.0 - y as f32) * HEIGHT];

    sheets.begin(Role::Figure(chart.description.clone()));
    for points in RULED {
        let [x, y] = at([0.0, f64::from(points) / 100.0]);
        sheets.rule(x, x + WIDTH, y, if points == 0 { 0.9 } else { 0.5 }, RULE);
        sheets.line(x - 6.0, y - 5.6, Align::Right, SMALL, &points.to_string());
    }
    let line = chart.places.iter().map(|&place| at(place)).collect();
    sheets.mark(Mark::Line { points: line, width: 1.4, colour: ACCENT });
    for (number, &place) in chart.places.iter().enumerate() {
        let ring = chart.this == Some(number);
        sheets.mark(Mark::Dot { centre: at(place), radius: if ring { 3.8 } else { 2.0 }, ring, colour: ACCENT });
    }
    let (below, number) = (top + HEIGHT + 6.0, chart.places.len());
    let ring = if chart.this.is_some() { " (ring: this one)" } else { "" };
    sheets.line(LEFT, below, Align::Left, SMALL, &chart.days[0]);
    sheets.line(LEFT + WIDTH / 2.0, below, Align::Centre, SMALL, &format!("{number} attempts{ring}"));
    sheets.line(LEFT + WIDTH, below, Align::Right, SMALL, &chart.days[1]);
    sheets.y = below + 32.0;
}

fn statement(sheets: &mut Sheets<'_>) {
    let setting = Setting::new(Style::Text, 9.0, [0x3a, 0x45, 0x52]);
    let lines = sheets.faces.lines(setting.style, setting.size, MEASURE - 28.0, STATEMENT);
    let height = lines.len() as f32 * setting.leading() + 18.0;
    sheets.room(height);

    sheets.begin(Role::Decoration);
    sheets.mark(Mark::Block { at: [MARGIN, sheets.y], size: [MEASURE, height], colour: PALE });
    sheets.mark(Mark::Block { at: [MARGIN, sheets.y], size: [2.8, height], colour: ACCENT });
    sheets.begin(Role::Paragraph);
    let mut y = sheets.y + 8.5;
    for line in &lines {
        sheets.line(MARGIN + 15.0, y, Align::Left, setting, line);
        y += setting.leading();
    }
    sheets.y += height;
}

/// Lines to sign on, at the foot of the page.
fn signature(sheets: &mut Sheets<'_>) {
    const GAP: f32 = 34.0;
    sheets.room(58.0);
    let (y, half) = (BOTTOM - 16.0, (MEASURE - GAP) / 2.0);
    for (x, text) in [(MARGIN, "Instructor"), (MARGIN + half + GAP, "Place and date")] {
        sheets.begin(Role::Decoration);
        sheets.rule(x, x + half, y, 0.7, QUIET);
        sheets.begin(Role::Paragraph);
        sheets.line(x, y + 3.0, Align::Left, SMALL, text);
    }
}

/// Left edges of the columns of what was marked; points end before the explanation.
const DISC: f32 = MARGIN + 62.0;
const POINTS_END: f32 = MARGIN + 158.0;
const EXPLANATION: f32 = MARGIN + 176.0;

fn items(sheets: &mut Sheets<'_>, content: &Content) {
    heading(sheets, "What was marked", 60.0);
    column_heads(sheets);
    for (number, item) in content.items.iter().enumerate() {
        let lines = sheets.faces.lines(BODY.style, BODY.size, RIGHT - EXPLANATION, &item.explanation);
        let height = lines.len() as f32 * BODY.leading() + 8.0;
        let turned = sheets.room(height);
        if turned {
            column_heads(sheets);
        }
        let under_heads = turned || number == 0;
        if item.first && !under_heads {
            sheets.begin(Role::Decoration);
            sheets.rule(MARGIN, RIGHT, sheets.y, 0.6, RULE);
        }
        row(sheets, item, &lines, item.first || under_heads);
    }
    sheets.y += 20.0;
}

fn column_heads(sheets: &mut Sheets<'_>) {
    sheets.begin(Role::Paragraph);
    let y = sheets.y;
    sheets.line(MARGIN, y, Align::Left, SMALL, "Subject");
    sheets.line(DISC, y, Align::Left, SMALL, "Disc");
    sheets.line(POINTS_END, y, Align::Right, SMALL, "Points");
    sheets.line(EXPLANATION, y, Align::Left, SMALL, "Explanation");
    sheets.begin(Role::Decoration);
    sheets.rule(MARGIN, RIGHT, y + 16.0, 0.9, QUIET);
    sheets.y += 18.0;
}

fn row(sheets: &mut Sheets<'_>, item: &ItemLine, lines: &[String], named: bool) {
    sheets.begin(Role::Paragraph);
    let y = sheets.y + 4.0;
    if named {
        sheets.line(MARGIN, y, Align::Left, Setting { style: Style::Bold, ..BODY }, item.subject);
    }
    sheets.line(DISC, y, Align::Left, BODY, &item.disc);
    sheets.line(POINTS_END, y, Align::Right, BODY, &item.points);
    sheets.y = y;
    for line in lines {
        sheets.room(BODY.leading()); // an explanation longer than a page runs on
        sheets.line(EXPLANATION, sheets.y, Align::Left, BODY, line);
        sheets.y += BODY.leading();
    }
    sheets.y += 4.0;
}

/// Pictures two abreast, one alone as wide as both.
fn gallery(sheets: &mut Sheets<'_>, pictures: &[Framed<'_>]) {
    const GAP: f32 = 17.0;
    const MOST_HEIGHT: f32 = 310.0;
    let abreast = if pictures.len() == 1 { 1 } else { 2 };
    let width = (MEASURE - GAP * (abreast as f32 - 1.0)) / abreast as f32;
    let size = |picture: &Framed<'_>| {
        let aspect = picture.pixels.1 as f32 / picture.pixels.0 as f32;
        if width * aspect > MOST_HEIGHT { [MOST_HEIGHT / aspect, MOST_HEIGHT] } else { [width, width * aspect] }
    };

    for (number, pair) in pictures.chunks(abreast).enumerate() {
        let captions: Vec<Vec<String>> =
            pair.iter().map(|picture| sheets.faces.lines(SMALL.style, SMALL.size, width, picture.caption)).collect();
        let picture_height = pair.iter().map(|picture| size(picture)[1]).fold(0.0, f32::max);
        let caption_height = captions.iter().map(Vec::len).max().unwrap_or(0) as f32 * SMALL.leading();
        let height = picture_height + 4.0 + caption_height;
        if number == 0 {
            heading(sheets, "Pictures", height);
        }
        sheets.room(height);

        for (column, (picture, lines)) in pair.iter().zip(&captions).enumerate() {
            let x = MARGIN + column as f32 * (width + GAP);
            sheets.begin(Role::Figure(picture.caption.to_owned()));
            sheets.mark(Mark::Picture { number: number * abreast + column, at: [x, sheets.y], size: size(picture) });
            sheets.begin(Role::Paragraph);
            for (line, text) in lines.iter().enumerate() {
                let y = sheets.y + size(picture)[1] + 4.0 + line as f32 * SMALL.leading();
                sheets.line(x, y, Align::Left, SMALL, text);
            }
        }
        sheets.y += height + 14.0;
    }
}

fn facts(sheets: &mut Sheets<'_>, content: &Content) {
    const NAME: f32 = 84.0;
    heading(sheets, "Record", 50.0);
    for pair in content.facts.chunks(2) {
        let lines: Vec<Vec<String>> = pair
            .iter()
            .map(|(_, fact)| sheets.faces.lines(SMALL.style, SMALL.size, MEASURE / 2.0 - NAME - 8.0, fact))
            .collect();
        let height = lines.iter().map(Vec::len).max().unwrap_or(1) as f32 * SMALL.leading() + 1.5;
        sheets.room(height);
        for (column, ((name, _), lines)) in pair.iter().zip(&lines).enumerate() {
            let x = MARGIN + column as f32 * MEASURE / 2.0;
            sheets.begin(Role::Paragraph);
            sheets.line(x, sheets.y, Align::Left, SMALL, name);
            for (line, text) in lines.iter().enumerate() {
                let y = sheets.y + line as f32 * SMALL.leading();
                sheets.line(x + NAME, y, Align::Left, Setting { colour: INK, ..SMALL }, text);
            }
        }
        sheets.y += height;
    }
}

fn footers(sheets: &mut Sheets<'_>) {
    sheets.begin(Role::Decoration);
    let (run, pages) = (sheets.roles.len() - 1, sheets.pages.len());
    for page in 0..pages {
        let text = format!("{SHORT_STATEMENT} · page {} of {pages}", page + 1);
        let width = sheets.faces.width(SMALL.style, SMALL.size, &text);
        let at = [MIDDLE - width / 2.0, PAGE[1] - 28.0];
        sheets.pages[page].push((run, Mark::Text { at, setting: SMALL, text }));
    }
}
