//! What the console says, at the bottom of the window.

use coach::desk::Desk;
use coach::session::{Notice, Severity};
use egui::{RichText, Ui};

use crate::screen::Screen;
use crate::theme;

/// What was said goes after this time; a warning stays until something else is said, s.
const FRESH_S: f64 = 20.0;

/// The latest refusal, else the latest notice; earlier ones under the pointer.
pub fn show(ui: &mut Ui, desk: &Desk, screen: &Screen) {
    let notices = desk.session.as_ref().map(|session| &session.notices);
    ui.horizontal(|ui| {
        if let Some(refusal) = &screen.refusal {
            ui.label(RichText::new(format!("✖ {refusal}")).color(theme::BAD));
            return;
        }
        if let Some(confirmation) = &screen.confirmation {
            ui.label(RichText::new(confirmation).color(theme::GOOD));
            return;
        }
        let now_s = desk.session.as_ref().map_or(0.0, |session| session.clock_s);
        let fresh = |notice: &&Notice| notice.severity == Severity::Warning || now_s - notice.at_s < FRESH_S;
        let Some(notice) = notices.and_then(|notices| notices.back()).filter(fresh) else {
            ui.label("");
            return;
        };
        let colour = if notice.severity == Severity::Warning { theme::WARN } else { theme::TEXT };
        let label = ui.label(RichText::new(&notice.text).color(colour));
        label.on_hover_ui(|ui| {
            for notice in notices.into_iter().flatten().rev().take(12) {
                ui.label(RichText::new(&notice.text).small());
            }
        });
    });
}
