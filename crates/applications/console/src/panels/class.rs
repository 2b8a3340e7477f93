//! Everybody's marks, for the instructor.

use coach::score::Subject;
use egui::{Grid, RichText, Ui, Window};

use crate::screen::Screen;
use crate::{text, theme};

/// The window with a line for every trainee.
pub fn show(ui: &Ui, screen: &mut Screen) {
    let mut open = screen.class_open;
    let Some(past) = &screen.past else { return };
    Window::new(text::CLASS).open(&mut open).default_width(640.0).show(ui.ctx(), |ui| {
        if past.class.is_empty() {
            ui.label(RichText::new(text::NO_ATTEMPTS).color(theme::FAINT));
        }
        Grid::new("class").striped(true).spacing([18.0, 4.0]).show(ui, |ui| {
            if !past.class.is_empty() {
                for heading in text::CLASS_COLUMNS {
                    ui.label(RichText::new(heading).small().color(theme::FAINT));
                }
                ui.end_row();
            }
            for row in &past.class {
                ui.label(RichText::new(&row.trainee).strong());
                ui.label(row.attempts.to_string());
                ui.label(format!("{:.0}", row.best));
                ui.label(format!("{:.0}", row.latest));
                ui.label(row.weakest.map_or("", Subject::name));
                ui.end_row();
            }
        });
    });
    screen.class_open = open;
}
