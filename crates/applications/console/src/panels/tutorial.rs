//! A first lesson: what to do next, step by step; a step is done when the session says so.

use coach::intent::Phase;
use coach::session::Session;
use egui::{RichText, Ui, Window};

use crate::screen::Screen;
use crate::theme;

/// One step: what to do, and how to see that it was done.
struct Step {
    title: &'static str,
    words: &'static str,
    done: fn(&Session) -> bool,
}

const STEPS: &[Step] = &[
    Step {
        title: "Register the patient",
        words: "Copy name, number, birth date, sex, weight and height from the order into the form, and choose the \
                position that was asked for. Wrong letters are marks lost, a wrong position turns every image round.",
        done: |session| session.form.problems(coach::exercise::LESSON_DAY).is_empty(),
    },
    Step {
        title: "Ask before anybody enters",
        words: "Go through the safety questions on the right. Ask each, and decide on what you hear. Then go to the table.",
        done: |session| session.phase > Phase::Registration,
    },
    Step {
        title: "Lay the patient down",
        words: "Choose the position, a cushion under the knees, and the spine array.",
        done: |session| session.table.knee_cushion || session.table.landmark_mm.is_some(),
    },
    Step {
        title: "Set the landmark",
        words: "Switch the laser on and move the table until its line lies a hand's breadth above the iliac crests, level \
                with L3. Press “Set landmark”, then “To isocentre”.",
        done: |session| session.table.patient_setup().is_ok(),
    },
    Step {
        title: "Scan the localizer",
        words: "Press “Scan localizer”. Images come in as on a real scanner; the speed is chosen at the top.",
        done: Session::has_localizer,
    },
    Step {
        title: "Plan the slices",
        words: "Draw a sagittal stack along the spine and a group through each disc: drag the middle to move, the ends to \
                turn. Or let the AI propose a plan, and look at it with care before you accept.",
        done: |session| session.draft.groups().len() >= 4,
    },
    Step {
        title: "Scan",
        words: "Press “Scan all”. The check measures noise and geometry; whether the patient moved you see yourself: repeat \
                what is blurred or doubled.",
        done: |session| session.exam().queue().iter().any(|series| series.report.is_some()),
    },
    Step {
        title: "Read the images",
        words: "Open the viewer. The wheel scrolls, dragging changes the grey values. When you are content, finish the \
                examination.",
        done: |session| session.finished.is_some(),
    },
    Step {
        title: "Learn from the score",
        words: "Every mark says what was measured. The dashed blue planes are the truth; switch them off and on.",
        done: |_| false,
    },
];

/// The window with the present step.
pub fn show(ui: &Ui, session: &Session, screen: &mut Screen) {
    let Some(step) = screen.tutorial else { return };
    let now = step + STEPS[step..].iter().take_while(|step| (step.done)(session)).count();
    let now = now.min(STEPS.len() - 1);
    screen.tutorial = Some(now);
    let mut open = true;
    let title = format!("{} / {}  {}", now + 1, STEPS.len(), STEPS[now].title);
    Window::new(RichText::new(title).color(theme::ACCENT))
        .id("tutorial".into())
        .open(&mut open)
        .collapsible(true)
        .resizable(false)
        .default_pos(egui::Pos2::new(12.0, ui.ctx().content_rect().bottom() - 190.0))
        .default_width(380.0)
        .show(ui.ctx(), |ui| ui.label(STEPS[now].words));
    if !open {
        screen.tutorial = None;
    }
}
