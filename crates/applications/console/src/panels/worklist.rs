//! Today's patients.

use coach::desk::Desk;
use coach::intent::Intent;
use coach::record::Mode;
use egui::{Grid, RichText, ScrollArea, TextEdit, Ui};

use crate::screen::{HistoryTask, Screen};
use crate::{text, theme};

/// The worklist in the middle of the window.
pub fn show(ui: &mut Ui, desk: &Desk, screen: &mut Screen, intents: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        ui.heading(text::WORKLIST);
        ui.add_space(24.0);
        let label = ui.label(text::TRAINEE);
        let mut trainee = desk.trainee.clone();
        let field = TextEdit::singleline(&mut trainee).hint_text(text::YOUR_NAME).desired_width(160.0);
        if ui.add(field).labelled_by(label.id).changed() {
            intents.push(Intent::SitDown { trainee });
        }
        ui.add_space(24.0);
        let label = ui.label(text::SEARCH);
        let search = TextEdit::singleline(&mut screen.search).hint_text(text::SEARCH_HINT).desired_width(200.0);
        ui.add(search).labelled_by(label.id);
    });
    ui.add_space(6.0);
    unfinished(ui, screen);
    if desk.worklist.entries.is_empty() {
        ui.label(text::EMPTY_WORKLIST);
    } else if desk.worklist.search(&screen.search).next().is_none() {
        ui.label(RichText::new(text::NOTHING_FOUND).color(theme::FAINT));
    }
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        for entry in desk.worklist.search(&screen.search) {
            theme::card().show(ui, |ui| {
                ui.set_width(ui.available_width());
                match &entry.exercise {
                    Ok(exercise) => {
                        ui.horizontal(|ui| {
                            let order = &exercise.order;
                            ui.vertical(|ui| {
                                ui.set_width(ui.available_width() - 240.0);
                                ui.horizontal(|ui| {
                                    ui.label(RichText::new(&order.identity.name).strong().size(15.0));
                                    ui.label(RichText::new(&order.identity.patient_id).monospace().color(theme::FAINT));
                                    ui.label(RichText::new(&order.identity.birth_date).color(theme::FAINT));
                                    ui.label(RichText::new(&order.identity.sex).color(theme::FAINT));
                                    if exercise.mode == Mode::Exam {
                                        ui.label(RichText::new(text::EXAM).color(theme::WARN).strong());
                                    }
                                });
                                ui.label(&order.indication);
                                ui.label(format!("{} {}", text::ORDERED, exercise.ordered()));
                                ui.label(RichText::new(exercise.title()).small().color(theme::FAINT));
                            });
                            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                                let open = |emergency| Intent::Open { exercise: exercise.name().to_owned(), emergency };
                                if ui.button(text::EXAMINE).clicked() {
                                    intents.push(open(false));
                                }
                                if ui.button(text::EMERGENCY).on_hover_text(text::EMERGENCY_HINT).clicked() {
                                    intents.push(open(true));
                                }
                            });
                        });
                    }
                    Err(reason) => {
                        ui.label(RichText::new(entry.file.display().to_string()).strong());
                        ui.label(RichText::new(reason).color(theme::BAD));
                    }
                }
            });
        }
        history(ui, screen);
    });
}

/// The lesson that was left unfinished, above everything else.
fn unfinished(ui: &mut Ui, screen: &mut Screen) {
    if screen.past.as_ref().is_none_or(|past| past.draft.is_none()) {
        return;
    }
    theme::card().stroke(egui::Stroke::new(1.0, theme::WARN)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(text::UNFINISHED);
            if ui.button(text::CONTINUE).clicked() {
                screen.task = Some(HistoryTask::Resume);
            }
        });
    });
    ui.add_space(6.0);
}

/// What this trainee has done so far.
fn history(ui: &mut Ui, screen: &mut Screen) {
    let Some(past) = &screen.past else { return };
    let mut task = None;
    ui.add_space(14.0);
    ui.heading(text::YOUR_ATTEMPTS);
    if past.attempts.is_empty() {
        ui.label(RichText::new(text::NO_ATTEMPTS).color(theme::FAINT));
        screen.task = task.or(screen.task.take());
        return;
    }
    let points: egui_plot::PlotPoints<'_> =
        past.attempts.iter().rev().enumerate().map(|(n, attempt)| [n as f64 + 1.0, attempt.total]).collect();
    egui_plot::Plot::new("learning curve")
        .height(120.0)
        .include_y(0.0)
        .include_y(100.0)
        .include_x(0.0)
        .include_x(past.attempts.len() as f64 + 1.0)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .show(ui, |plot| {
            plot.line(egui_plot::Line::new(text::LEARNING_CURVE, points).color(theme::ACCENT).width(2.0));
        });
    Grid::new("attempts").striped(true).spacing([24.0, 4.0]).show(ui, |ui| {
        for attempt in &past.attempts {
            ui.label(attempt.ended_at.get(..16).unwrap_or(&attempt.ended_at).replace('T', " "));
            ui.label(&attempt.title);
            ui.label(RichText::new(format!("{:.0} / 100", attempt.total)).strong());
            if ui.small_button(text::REPLAY).clicked() {
                task = Some(HistoryTask::Replay(attempt.id));
            }
            ui.end_row();
        }
    });
    screen.task = task.or(screen.task.take());
}
