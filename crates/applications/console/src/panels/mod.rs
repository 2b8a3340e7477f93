//! What the window shows: pure functions of the desk that draw with egui and say what the trainee intents.
//!
//! | module | what it draws |
//! | --- | --- |
//! | [`top_bar`], [`message_line`] | the frame around everything |
//! | [`worklist`] | today's patients and what was done before |
//! | [`registration`], [`positioning`] | who it is; the table |
//! | [`planning`], [`handles`], [`tile`] | three linked views and the room; slices with handles; one view |
//! | [`assist`], [`queue`], [`parameters`] | the AI; the series; their parameters |
//! | [`viewer`], [`review`] | reading the images; the score |
//! | [`instructor`], [`class`], [`tutorial`] | building an exercise; everybody's marks; a first lesson |

pub mod assist;
pub mod class;
pub mod handles;
pub mod instructor;
pub mod message_line;
pub mod parameters;
pub mod planning;
pub mod positioning;
pub mod queue;
pub mod registration;
pub mod review;
pub mod tile;
pub mod top_bar;
pub mod tutorial;
pub mod viewer;
pub mod worklist;

use coach::desk::Desk;
use coach::intent::{Intent, Phase};
use egui::{CentralPanel, Frame, Panel, Ui};

use crate::screen::Screen;
use crate::theme;

/// Draws the whole window and collects what the user asks for.
pub fn show(ui: &mut Ui, desk: &Desk, screen: &mut Screen, intents: &mut Vec<Intent>) {
    screen.room_rect = None;
    screen.shown.clear();
    let bar = Frame::new().fill(theme::CARD).inner_margin(8);
    Panel::top("bar").frame(bar).show(ui, |ui| top_bar::show(ui, desk, screen, intents));
    Panel::bottom("messages").frame(bar).show(ui, |ui| message_line::show(ui, desk, screen));
    let Some(session) = &desk.session else {
        CentralPanel::default().show(ui, |ui| match screen.instructor.take() {
            Some(mut form) => {
                let open = instructor::show(ui, &mut form, &mut screen.built);
                screen.instructor = open.then_some(form);
            }
            None => worklist::show(ui, desk, screen, intents),
        });
        class::show(ui, screen);
        return;
    };
    let side = |id| Panel::right(id).exact_size(344.0).frame(Frame::new().fill(theme::PANEL).inner_margin(8));
    match session.phase {
        Phase::Registration => {
            CentralPanel::default().show(ui, |ui| registration::show(ui, session, intents));
        }
        Phase::Positioning => {
            side("table").show(ui, |ui| positioning::show(ui, session, intents));
            images(ui, |ui| planning::room(ui, ui.max_rect(), screen));
        }
        Phase::Planning => {
            side("planning").show(ui, |ui| {
                egui::ScrollArea::vertical().id_salt("side").auto_shrink([false, false]).show(ui, |ui| {
                    assist::show(ui, session, screen, intents);
                    planning::tools(ui, session, screen, intents);
                    queue::show(ui, session, screen, intents);
                    parameters::show(ui, session, screen, intents);
                });
            });
            images(ui, |ui| planning::show(ui, session, screen, intents));
        }
        Phase::Viewing => {
            side("viewer").show(ui, |ui| viewer::tools(ui, session, screen, intents));
            images(ui, |ui| viewer::show(ui, session, screen, intents));
        }
        Phase::Review => {
            side("review").show(ui, |ui| review::show(ui, session, screen));
            images(ui, |ui| planning::show(ui, session, screen, intents));
        }
    }
    tutorial::show(ui, session, screen);
}

fn images(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    CentralPanel::default().frame(Frame::new().fill(theme::BLACK)).show(ui, contents);
}

/// The four quarters of a rectangle with a line's width between them.
pub(crate) fn quarters(whole: egui::Rect) -> [egui::Rect; 4] {
    const LINE: f32 = 2.0;
    let size = (whole.size() - egui::Vec2::splat(LINE)) / 2.0;
    [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(x, y)| {
        let offset = egui::Vec2::new(x * (size.x + LINE), y * (size.y + LINE));
        egui::Rect::from_min_size(whole.min + offset, size)
    })
}
