//! What the console says, at the bottom of the window.

use egui::{RichText, Ui};
use lesson::desk::Desk;
use lesson::session::Weight;

use crate::screen::Screen;
use crate::theme;

/// The latest refusal, else the latest notice; earlier ones under the pointer.
pub fn show(ui: &mut Ui, desk: &Desk, screen: &Screen) {
    let notices = desk.session.as_ref().map(|session| &session.notices);
    ui.horizontal(|ui| {
        if let Some(refusal) = &screen.refusal {
            ui.label(RichText::new(format!("✖ {refusal}")).color(theme::BAD));
            return;
        }
        if let Some(told) = &screen.told {
            ui.label(RichText::new(told).color(theme::GOOD));
            return;
        }
        let Some(notice) = notices.and_then(|notices| notices.back()) else {
            ui.label("");
            return;
        };
        let colour = if notice.weight == Weight::Warning { theme::WARN } else { theme::TEXT };
        let label = ui.label(RichText::new(&notice.text).color(colour));
        label.on_hover_ui(|ui| {
            for notice in notices.into_iter().flatten().rev().take(12) {
                ui.label(RichText::new(&notice.text).small());
            }
        });
    });
}
