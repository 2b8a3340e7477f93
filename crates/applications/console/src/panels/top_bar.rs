//! Who is examined by whom, how far the examination is, and how fast time runs.

use coach::desk::Desk;
use coach::intent::{Intent, Phase};
use coach::session::Session;
use egui::{RichText, Ui};
use exam::JobKind;

use crate::screen::Screen;
use crate::{text, theme};

/// The bar at the top of the window.
pub fn show(ui: &mut Ui, desk: &Desk, screen: &mut Screen, intents: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new(text::PRODUCT).strong().size(17.0).color(theme::ACCENT));
        match &desk.session {
            Some(session) => {
                if screen.replay {
                    ui.label(RichText::new(text::IS_REPLAY).strong().color(theme::WARN));
                }
                examination(ui, session, intents);
            }
            None => {
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if ui.button(text::INSTRUCTOR).clicked() {
                        screen.instructor = match screen.instructor.take() {
                            Some(_) => None,
                            None => Some(crate::panels::instructor::InstructorForm::default()),
                        };
                    }
                    ui.toggle_value(&mut screen.class_open, text::CLASS);
                });
            }
        }
    });
}

fn examination(ui: &mut Ui, session: &Session, intents: &mut Vec<Intent>) {
    ui.separator();
    for phase in Phase::ALL {
        if ui.selectable_label(session.phase == phase, text::phase(phase)).clicked() && session.phase != phase {
            intents.push(Intent::Go(phase));
        }
    }
    ui.separator();
    let name = session.form.get(coach::registration_form::Field::Name);
    ui.label(if name.is_empty() { text::NOBODY } else { name });
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        if ui.button(text::LEAVE).clicked() {
            intents.push(Intent::Leave);
        }
        ui.label(RichText::new(clock(session.clock_s)).monospace()).on_hover_text(text::CONSOLE_TIME);
        ui.separator();
        let (planning_s, limit_s) = (session.planning_clock_s(), session.exercise.planning_limit_s);
        let colour = if planning_s > limit_s { theme::BAD } else { theme::TEXT };
        let planning = format!("{} {} / {}", text::PLANNING_TIME, clock(planning_s), clock(limit_s));
        ui.label(RichText::new(planning).monospace().color(colour)).on_hover_text(text::PLANNING_TIME_HINT);
        ui.separator();
        for (speed, label) in [(0.0, text::AT_ONCE), (10.0, "10×"), (1.0, "1×")] {
            let now = if speed == 0.0 { f64::INFINITY } else { speed };
            let button = ui.selectable_label(session.speed == now, label).on_hover_text(text::SPEED_HINT);
            if button.clicked() {
                intents.push(Intent::Speed(speed));
            }
        }
        ui.separator();
        if let Some(job) = session.job_in_progress() {
            // No spinner: it would draw frame after frame while the network needs the machine.
            ui.label(RichText::new("…").strong());
            ui.label(match job {
                JobKind::Plan => text::AI_PLANS,
                JobKind::Check(_) => text::CHECKING,
                JobKind::ScanLocalizer | JobKind::Scan(_) => text::PREPARING,
            });
        }
    });
}

/// Minutes and seconds.
pub fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}
