//! The score, item by item, beside the pictures that show it.

use coach::score::Subject;
use coach::session::{Finished, Session};
use egui::{Grid, ProgressBar, RichText, ScrollArea, Ui};

use super::top_bar::clock;
use crate::screen::{HistoryTask, Screen};
use crate::{text, theme};

/// The panel beside the pictures.
pub fn show(ui: &mut Ui, session: &Session, screen: &mut Screen) {
    let Some(finished) = &session.finished else { return };
    let total = finished.score.total();
    let shade = if finished.score.is_passed() == Some(false) { theme::BAD } else { colour(total / 100.0) };
    ui.horizontal(|ui| {
        ui.label(RichText::new(format!("{total:.0}")).size(40.0).strong().color(shade));
        ui.vertical(|ui| {
            ui.label(text::OF_100);
            let times = format!(
                "{} {}   {} {}",
                text::PLANNED_IN,
                clock(finished.attempt.planning_time_s),
                text::SCANNER_TIME,
                clock(finished.attempt.scan_time_s)
            );
            ui.label(RichText::new(times).small().color(theme::FAINT));
        });
    });
    verdict(ui, finished);
    if let Some(disclosure) = &finished.disclosure {
        theme::card().show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.label(RichText::new(disclosure).color(theme::PROPOSED));
        });
    }
    subjects(ui, finished);
    let mut shown = !screen.truth_hidden;
    ui.checkbox(&mut shown, text::SHOW_TRUTH);
    if ui.button(text::EXPORT).on_hover_text(text::EXPORT_HINT).clicked() {
        screen.task = Some(HistoryTask::Export);
    }
    screen.truth_hidden = !shown;
    ui.separator();
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        // What cost most is what there is most to be learnt from.
        let mut items: Vec<_> = finished.score.items.iter().collect();
        items.sort_by(|a, b| (b.of - b.points).total_cmp(&(a.of - a.points)));
        for item in items {
            let part = if item.of > 0.0 { item.points / item.of } else { 1.0 };
            ui.horizontal_top(|ui| {
                let mark = if part >= 0.999 {
                    "✔"
                } else if part > 0.0 {
                    "~"
                } else {
                    "✖"
                };
                ui.label(RichText::new(mark).color(colour(part)));
                ui.vertical(|ui| {
                    ui.label(&item.explanation);
                    let points = format!("{}: {:.1} / {:.1}", item.subject.name(), item.points, item.of);
                    ui.label(RichText::new(points).small().color(theme::FAINT));
                });
            });
        }
    });
}

/// Whether the exercise is passed, and what failed it whatever the rest is worth.
fn verdict(ui: &mut Ui, finished: &Finished) {
    let score = &finished.score;
    let (Some(pass_mark), Some(is_passed)) = (score.pass_mark, score.is_passed()) else { return };
    let (word, colour) = if is_passed { (text::PASSED, theme::GOOD) } else { (text::NOT_PASSED, theme::BAD) };
    ui.horizontal(|ui| {
        ui.label(RichText::new(word).strong().size(18.0).color(colour));
        ui.label(RichText::new(format!("{} {pass_mark:.0}", text::PASS_MARK)).small().color(theme::FAINT));
    });
    for reason in &score.failures {
        ui.label(RichText::new(format!("✖ {reason}")).color(theme::BAD));
    }
}

fn subjects(ui: &mut Ui, finished: &Finished) {
    Grid::new("subjects").num_columns(3).spacing([10.0, 3.0]).show(ui, |ui| {
        for subject in Subject::ALL {
            if let Some((points, of)) = finished.score.of(subject) {
                let part = points / of;
                ui.label(subject.name());
                ui.add(ProgressBar::new(part as f32).desired_width(150.0).desired_height(10.0).fill(colour(part)));
                ui.label(RichText::new(format!("{points:.1} / {of:.0}")).small());
                ui.end_row();
            }
        }
    });
}

fn colour(part: f64) -> egui::Color32 {
    if part >= 0.9 {
        theme::GOOD
    } else if part >= 0.6 {
        theme::WARN
    } else {
        theme::BAD
    }
}
