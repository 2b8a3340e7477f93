//! The queue of series, and the scan that runs.

use coach::intent::{Intent, Shows};
use coach::record::Mode;
use coach::session::{SeriesProgress, Session};
use egui::{ProgressBar, RichText, ScrollArea, Ui};
use exam::Series;
use planner::quality_check::QualityVerdict;
use slice_editor::{Edit, Selected};

use super::top_bar::clock;
use crate::screen::Screen;
use crate::{text, theme};

/// Series from top to bottom, with what can be done to each.
pub fn show(ui: &mut Ui, session: &Session, screen: &mut Screen, intents: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        ui.heading(text::QUEUE);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let waiting = !session.exam().queue().is_empty() && !session.is_busy();
            if ui.add_enabled(waiting, egui::Button::new(text::SCAN_ALL)).clicked() {
                intents.push(Intent::ScanAll);
            }
        });
    });
    running(ui, session, intents);
    if session.exam().queue().is_empty() {
        ui.label(RichText::new(text::EMPTY_QUEUE).color(theme::FAINT));
    }
    ScrollArea::vertical().id_salt("queue").auto_shrink([false, true]).show(ui, |ui| {
        for (at, series) in session.exam().queue().iter().enumerate() {
            entry(ui, session, at, series, screen, intents);
        }
        further(ui, session, intents);
    });
}

/// The scan that runs: time left, pause, stop.
fn running(ui: &mut Ui, session: &Session, intents: &mut Vec<Intent>) {
    let Some(running) = session.running() else { return };
    let arrival = &running.arrival;
    let name = match &running.shows {
        Shows::Localizer(orientation) => format!("{} ({})", text::LOCALIZER, text::orientation(*orientation)),
        Shows::Series(_) => session.stack(&running.shows).map_or_else(String::new, |stack| stack.group.name.clone()),
    };
    theme::card().show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(RichText::new(name).strong());
            let left_s = arrival.scan_time_s() - arrival.elapsed_s();
            ui.label(format!("{} {}", clock(left_s), text::LEFT));
        });
        ui.add(ProgressBar::new(arrival.progress() as f32).fill(theme::ACCENT).desired_height(8.0));
        ui.horizontal(|ui| {
            let label = if arrival.paused { text::RESUME } else { text::PAUSE };
            if ui.button(label).clicked() {
                intents.push(Intent::Pause(!arrival.paused));
            }
            if ui.button(text::STOP).clicked() {
                intents.push(Intent::Stop);
            }
        });
    });
}

fn entry(ui: &mut Ui, session: &Session, at: usize, series: &Series, screen: &mut Screen, intents: &mut Vec<Intent>) {
    let chosen = session.draft.selected() == Some(Selected::Group(at));
    let frame = if chosen { theme::card().stroke(egui::Stroke::new(1.5, theme::CHOSEN)) } else { theme::card() };
    let response = frame
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                let (word, colour) = state(session, series);
                let (dot, response) = ui.allocate_exact_size(egui::Vec2::splat(12.0), egui::Sense::hover());
                ui.painter().circle_filled(dot.center(), 4.5, colour);
                response.on_hover_text(word);
                if ui.selectable_label(chosen, RichText::new(series.name()).strong()).clicked() {
                    intents.push(Intent::Draw(Edit::Select(Some(Selected::Group(at)))));
                    screen.series = Some(series.id);
                }
                if let Some(summary) = session.summary(series.id) {
                    ui.label(RichText::new(clock(summary.scan_time_s)).color(theme::FAINT));
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if ui.small_button("×").on_hover_text(text::REMOVE).clicked() {
                        intents.push(Intent::Draw(Edit::Select(Some(Selected::Group(at)))));
                        intents.push(Intent::Draw(Edit::Remove));
                    }
                    let again = series.scanned.is_some();
                    let label = if again { text::REPEAT } else { text::SCAN };
                    if ui.add_enabled(!session.is_busy(), egui::Button::new(label).small()).clicked() {
                        intents.push(if again {
                            Intent::Repeat(series.id.into())
                        } else {
                            Intent::Scan(series.id.into())
                        });
                    }
                });
            });
            let conflicts = session.conflicts(series.id);
            if let Some(conflict) = conflicts.first() {
                ui.label(RichText::new(format!("⚠ {}", conflict.message)).small().color(theme::WARN));
            }
            // In an exam nobody says what is wrong with the images.
            if let Some(report) = series.report.as_ref().filter(|_| session.exercise.mode == Mode::Practice) {
                let (words, colour) = match &report.verdict {
                    QualityVerdict::Accept => (format!("{} (SNR {:.0})", text::ACCEPTED, report.snr), theme::GOOD),
                    QualityVerdict::Repeat(why) => (format!("{} {why}", text::REPEAT_RECOMMENDED), theme::WARN),
                    QualityVerdict::Replan(why) => (format!("{} {why}", text::REPLAN_SHOWN), theme::WARN),
                };
                ui.label(RichText::new(words).small().color(colour));
            }
        })
        .response;
    response.on_hover_text(state(session, series).0);
}

fn state(session: &Session, series: &Series) -> (&'static str, egui::Color32) {
    match session.progress(series) {
        SeriesProgress::Outdated => (text::CHANGED_SINCE, theme::WARN),
        SeriesProgress::Waiting => (text::WAITING, theme::FAINT),
        SeriesProgress::Preparing => (text::PREPARING, theme::ACCENT),
        SeriesProgress::Scanning => (text::SCANNING, theme::ACCENT),
        SeriesProgress::Done => (text::DONE, theme::GOOD),
        SeriesProgress::Stopped => (text::STOPPED, theme::BAD),
    }
}

/// Further series of the protocol, on the stacks that are planned.
fn further(ui: &mut Ui, session: &Session, intents: &mut Vec<Intent>) {
    let is_queued = |name: &str| session.exam().queue().iter().any(|series| series.name() == name);
    let names: Vec<String> =
        session.further_series().into_iter().filter(|name| !is_queued(name)).map(str::to_owned).collect();
    if names.is_empty() || session.exam().queue().is_empty() {
        return;
    }
    ui.menu_button(text::ADD_SERIES, |ui| {
        for name in names {
            if ui.button(&name).clicked() {
                intents.push(Intent::AddSeries { protocol: name });
                ui.close();
            }
        }
    });
}
