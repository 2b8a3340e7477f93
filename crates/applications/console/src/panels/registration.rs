//! Who is it, and may they enter?

use coach::exercise::LESSON_DAY;
use coach::intent::{Intent, Phase};
use coach::record::Mode;
use coach::registration_form::Field;
use coach::registration_form::Severity;
use coach::safety::{Decision, Question};
use coach::session::Session;
use egui::{ComboBox, Grid, RichText, ScrollArea, TextEdit, Ui};
use geometry::PatientPosition;

use crate::{text, theme};

/// Order and form on the left, screening on the right.
pub fn show(ui: &mut Ui, session: &Session, intents: &mut Vec<Intent>) {
    ui.columns(2, |columns| {
        form(&mut columns[0], session, intents);
        screening(&mut columns[1], session, intents);
    });
}

fn form(ui: &mut Ui, session: &Session, intents: &mut Vec<Intent>) {
    ui.heading(text::WRISTBAND);
    theme::card().show(ui, |ui| {
        if session.form.is_emergency() {
            ui.label(RichText::new(text::EMERGENCY_ORDER).color(theme::WARN));
            ui.label(format!("{} {}", text::ORDERED_POSITION, session.exercise.order.position.code()));
            ui.label(format!("{} {}", text::ORDERED, session.exercise.ordered()));
            let person = &session.exercise.person.person;
            ui.label(format!("{}: {:.0} kg, {:.0} cm", text::SCALES, person.weight_kg, person.height_cm));
            return;
        }
        let order = &session.exercise.order;
        ui.label(format!("{} {}", text::ORDERED, session.exercise.ordered()));
        ui.add_space(4.0);
        Grid::new("order").num_columns(2).spacing([16.0, 3.0]).show(ui, |ui| {
            for (label, value) in [
                (Field::Name.label(), order.identity.name.as_str()),
                (Field::PatientId.label(), &order.identity.patient_id),
                (Field::BirthDate.label(), &order.identity.birth_date),
                (Field::Sex.label(), &order.identity.sex),
                (Field::Indication.label(), &order.indication),
                (text::ORDERED_POSITION, order.position.code()),
            ] {
                ui.label(RichText::new(label).color(theme::FAINT));
                ui.label(value);
                ui.end_row();
            }
            let person = &session.exercise.person.person;
            ui.label(RichText::new(text::SCALES).color(theme::FAINT));
            ui.label(format!("{:.0} kg, {:.0} cm", person.weight_kg, person.height_cm));
            ui.end_row();
        });
    });
    ui.add_space(8.0);
    ui.heading(text::REGISTRATION);
    theme::card().show(ui, |ui| {
        let problems = session.form.problems(LESSON_DAY);
        Grid::new("form").num_columns(2).spacing([16.0, 5.0]).show(ui, |ui| {
            for field in Field::ALL {
                let label = ui.label(field.label());
                if field == Field::Position {
                    position(ui, session, intents);
                } else {
                    let mut typed = session.form.get(field).to_owned();
                    let edit = TextEdit::singleline(&mut typed).hint_text(field.example()).desired_width(260.0);
                    if ui.add(edit).labelled_by(label.id).changed() {
                        intents.push(Intent::Fill { field, text: typed });
                    }
                }
                ui.end_row();
                let touched = !session.form.get(field).is_empty();
                for problem in problems.iter().filter(|problem| problem.field == field && touched) {
                    let colour = if problem.severity == Severity::Error { theme::BAD } else { theme::WARN };
                    ui.label("");
                    ui.label(RichText::new(&problem.message).small().color(colour));
                    ui.end_row();
                }
            }
        });
    });
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        if ui.button(RichText::new(text::TO_THE_TABLE).strong()).clicked() {
            intents.push(Intent::Go(Phase::Positioning));
        }
        if session.screening.is_called_off() && ui.button(text::CALL_OFF).clicked() {
            intents.push(Intent::Finish);
        }
    });
}

fn position(ui: &mut Ui, session: &Session, intents: &mut Vec<Intent>) {
    let current = session.form.get(Field::Position).to_owned();
    let shown = if current.is_empty() { text::CHOOSE.to_owned() } else { current.clone() };
    ComboBox::from_id_salt("registered position").selected_text(shown).width(260.0).show_ui(ui, |ui| {
        for position in PatientPosition::ALL {
            let words = format!("{}  {}", position.code(), text::position(position));
            if ui.selectable_label(current == position.code(), words).clicked() {
                intents.push(Intent::Fill { field: Field::Position, text: position.code().to_owned() });
            }
        }
    });
}

fn screening(ui: &mut Ui, session: &Session, intents: &mut Vec<Intent>) {
    ui.heading(text::SCREENING);
    if session.exercise.mode == Mode::Practice {
        ui.label(RichText::new(text::SCREENING_HINT).color(theme::FAINT));
    }
    let screening = &session.screening;
    ScrollArea::vertical().id_salt("screening").show(ui, |ui| {
        for question in screening.questions().collect::<Vec<_>>() {
            theme::card().show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.horizontal(|ui| {
                    ui.label(RichText::new(question.label()).strong());
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        if !screening.is_asked(question) && ui.button(text::ASK).clicked() {
                            intents.push(Intent::Ask(question));
                        }
                    });
                });
                if let Some(reply) = screening.reply(question) {
                    ui.label(format!("“{reply}”"));
                    decisions(ui, session, question, intents);
                }
            });
        }
    });
}

fn decisions(ui: &mut Ui, session: &Session, question: Question, intents: &mut Vec<Intent>) {
    let screening = &session.screening;
    ui.horizontal_wrapped(|ui| {
        for decision in Decision::ALL {
            let chosen = screening.decision(question) == Some(decision);
            if ui.selectable_label(chosen, decision.label()).clicked() {
                intents.push(Intent::Decide { question, decision });
            }
        }
    });
    for found in [screening.card(question), screening.radiologist(question)].into_iter().flatten() {
        ui.label(RichText::new(found).small().color(theme::WARN));
    }
}
