//! The certificate as one page of HTML that needs nothing beside it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Picture;
use super::chart::{Chart, RULED};
use super::content::{Content, FIRST_ATTEMPT, PRODUCT, PRODUCT_LINE, SHORT_STATEMENT, STATEMENT, TITLE};
use crate::history::CurvePoint;
use crate::record::AttemptRecord;

const STYLE: &str = include_str!("style.css");

/// The certificate of an attempt as a page that prints on A4: style, curve and pictures are in it, and nothing is
/// loaded or run.
pub fn html(record: &AttemptRecord, curve: &[CurvePoint], pictures: &[Picture<'_>]) -> String {
    let content = Content::of(record);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (TITLE) ": " (content.trainee) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                div.sheet {
                    header { b { (PRODUCT) } span { (PRODUCT_LINE) } }
                    main {
                        (award(&content))
                        (score(&content))
                        section.curve {
                            h2 { "Learning curve" }
                            @match Chart::of(curve, &record.ended_at) {
                                Some(chart) => (drawing(&chart)),
                                None => p { (FIRST_ATTEMPT) },
                            }
                        }
                        p.statement { (STATEMENT) }
                        div.sign { span { "Instructor" } span { "Place and date" } }
                        section.details { h2 { "What was marked" } (items(&content)) }
                        @if !pictures.is_empty() {
                            h2 { "Pictures" }
                            div.pictures { @for picture in pictures { (figure(picture)) } }
                        }
                        h2 { "Record" }
                        dl.facts { @for (name, fact) in &content.facts { dt { (name) } dd { (fact) } } }
                    }
                    footer { (SHORT_STATEMENT) }
                }
            }
        }
    };
    page.into_string()
}

fn award(content: &Content) -> Markup {
    html! {
        section.award {
            h1 { (TITLE) }
            p { "This is to certify that" }
            p.name dir="auto" { (content.trainee) }
            p { "completed the exercise" }
            p.exercise dir="auto" { (content.exercise) }
            p { (content.circumstances) }
        }
    }
}

fn score(content: &Content) -> Markup {
    html! {
        section.score {
            div.total { strong { (content.total) } "of 100 points" }
            table.subjects {
                @for subject in &content.subjects {
                    tr {
                        th scope="row" { (subject.name) }
                        td { span.bar { i style={ "width:" (format!("{:.1}%", 100.0 * subject.part)) } {} } }
                        td { (subject.points) }
                    }
                }
            }
        }
    }
}

fn items(content: &Content) -> Markup {
    html! {
        table.items {
            thead { tr { th { "Subject" } th { "Disc" } th.points { "Points" } th { "Explanation" } } }
            tbody {
                @for item in &content.items {
                    tr.first[item.first] {
                        td { @if item.first { (item.subject) } }
                        td { (item.disc) }
                        td.points { (item.points) }
                        td.why { (item.explanation) }
                    }
                }
            }
        }
    }
}

fn figure(picture: &Picture<'_>) -> Markup {
    html! {
        figure {
            img src={ "data:image/png;base64," (STANDARD.encode(picture.png)) } alt=(picture.caption);
            figcaption { (picture.caption) }
        }
    }
}

/// Width and height of the drawing, and where the curve's frame lies in it: left, top, width, height.
const DRAWING: [f64; 2] = [640.0, 170.0];
const FRAME: [f64; 4] = [30.0, 10.0, 596.0, 136.0];

fn drawing(chart: &Chart) -> Markup {
    let [left, top, width, height] = FRAME;
    let at = |[x, y]: [f64; 2]| (left + x * width, top + (1.0 - y) * height);
    let line: String = chart.places.iter().map(|&place| at(place)).map(|(x, y)| format!("{x:.1},{y:.1} ")).collect();
    html! {
        svg viewBox={ "0 0 " (DRAWING[0]) " " (DRAWING[1]) } role="img" aria-label=(chart.description) {
            @for points in RULED {
                @let (x, y) = at([0.0, f64::from(points) / 100.0]);
                line x1=(x) x2=(x + width) y1=(y) y2=(y) stroke="#d3d9de" stroke-width=(if points == 0 { 1.0 } else { 0.5 }) {}
                text x=(x - 6.0) y=(y + 3.2) text-anchor="end" fill="#5b6673" { (points) }
            }
            polyline points=(line.trim_end()) fill="none" stroke="#1f5f6b" stroke-width="1.8" stroke-linejoin="round" {}
            @for (number, &place) in chart.places.iter().enumerate() {
                @let (x, y) = at(place);
                @if chart.this == Some(number) {
                    circle cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="5" fill="#ffffff" stroke="#1f5f6b" stroke-width="2.2" {}
                } @else {
                    circle cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="2.6" fill="#1f5f6b" {}
                }
            }
            text x=(left) y=(DRAWING[1] - 6.0) fill="#5b6673" { (chart.days[0]) }
            text x=(left + width / 2.0) y=(DRAWING[1] - 6.0) text-anchor="middle" fill="#5b6673" {
                (chart.places.len()) " attempts" @if chart.this.is_some() { " (ring: this one)" }
            }
            text x=(left + width) y=(DRAWING[1] - 6.0) text-anchor="end" fill="#5b6673" { (chart.days[1]) }
        }
    }
}
