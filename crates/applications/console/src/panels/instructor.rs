//! The exercise builder's form: an exercise is built from what a patient has, how they lie, what the machine and the AI do.

use std::path::{Path, PathBuf};

use coach::exercise::Exercise;
use coach::exercise_builder::ExerciseBuilder;
use egui::{ComboBox, DragValue, Grid, RichText, ScrollArea, TextEdit, Ui};
use geometry::{Disc, PatientPosition, Vertebra};
use scenario::lesson::AssistKind;
use scenario::library::Library;

use crate::{text, theme};

/// The form while it is open.
pub struct InstructorForm {
    exercise: ExerciseBuilder,
    folder: PathBuf,
    /// Populations and named phantoms.
    phantoms: Vec<String>,
    /// What saving came to.
    answer: Option<Result<PathBuf, String>>,
}

impl Default for InstructorForm {
    fn default() -> Self {
        let library = Library::near(Path::new("."));
        let phantoms = library.populations().into_iter().chain(library.individuals()).collect();
        Self { exercise: ExerciseBuilder::default(), folder: "scenarios/lessons".into(), phantoms, answer: None }
    }
}

/// The form; false once it is closed. Saved exercises are added to those `built`.
pub fn show(ui: &mut Ui, form: &mut InstructorForm, built: &mut Vec<(PathBuf, Exercise)>) -> bool {
    let mut open = true;
    ui.horizontal(|ui| {
        ui.heading(text::INSTRUCTOR);
        if ui.button(text::CLOSE).clicked() {
            open = false;
        }
    });
    ScrollArea::vertical().show(ui, |ui| {
        theme::card().show(ui, |ui| fields(ui, form));
        ui.horizontal(|ui| {
            if ui.button(RichText::new(text::SAVE_EXERCISE).strong()).clicked() {
                let saved = form.exercise.save(&form.folder).map_err(|error| error.to_string());
                form.answer = Some(saved.map(|(path, exercise)| {
                    built.push((path.clone(), exercise));
                    path
                }));
            }
            match &form.answer {
                Some(Ok(path)) => {
                    ui.label(RichText::new(format!("{} {}", text::SAVED, path.display())).color(theme::GOOD))
                }
                Some(Err(reason)) => ui.label(RichText::new(reason).color(theme::BAD)),
                None => ui.label(RichText::new(text::SAVE_HINT).color(theme::FAINT)),
            };
        });
    });
    open
}

fn fields(ui: &mut Ui, form: &mut InstructorForm) {
    let exercise = &mut form.exercise;
    Grid::new("form").num_columns(2).spacing([18.0, 6.0]).show(ui, |ui| {
        let line = |ui: &mut Ui, label: &str, field: &mut String| {
            let label = ui.label(label);
            ui.add(TextEdit::singleline(field).desired_width(420.0)).labelled_by(label.id);
            ui.end_row();
        };
        line(ui, text::EXERCISE_NAME, &mut exercise.name);
        line(ui, text::EXERCISE_TITLE, &mut exercise.title);
        line(ui, text::INSTRUCTOR, &mut exercise.instructor);
        line(ui, text::INDICATION, &mut exercise.indication);

        ui.label(text::PHANTOM);
        ui.horizontal(|ui| {
            ComboBox::from_id_salt("phantom").selected_text(&exercise.phantom).width(240.0).show_ui(ui, |ui| {
                for name in &form.phantoms {
                    ui.selectable_value(&mut exercise.phantom, name.clone(), name);
                }
            });
            ui.label(text::SEED);
            ui.add(DragValue::new(&mut exercise.seed).range(0..=999_999_999));
        });
        ui.end_row();

        ui.label(text::ORDERED_POSITION);
        ComboBox::from_id_salt("position").selected_text(exercise.position.code()).show_ui(ui, |ui| {
            for position in PatientPosition::ALL {
                ui.selectable_value(&mut exercise.position, position, text::position(position));
            }
        });
        ui.end_row();

        ui.label(text::TURNED);
        ui.horizontal(|ui| {
            for (axis, name) in text::TURNS.into_iter().enumerate() {
                let drag = DragValue::new(&mut exercise.turned_deg[axis]).prefix(name).suffix("°").range(-25.0..=25.0);
                ui.add(drag.speed(0.5));
            }
            let aside = DragValue::new(&mut exercise.aside_mm).prefix(text::ASIDE).suffix(" mm").range(-60.0..=60.0);
            ui.add(aside);
        });
        ui.end_row();

        ui.label(text::MOTION);
        ui.checkbox(&mut exercise.restless, text::RESTLESS);
        ui.end_row();

        ui.label(text::MACHINE);
        ui.horizontal(|ui| {
            ui.add(DragValue::new(&mut exercise.excess_noise).prefix(text::NOISE).range(0.0..=4.0).speed(0.05));
            ui.add(DragValue::new(&mut exercise.ghost).prefix(text::GHOST).range(0.0..=0.3).speed(0.005));
        });
        ui.end_row();

        ui.label(text::AI);
        ui.horizontal(|ui| assist(ui, exercise));
        ui.end_row();

        ui.label(text::ORDERED);
        ui.horizontal(|ui| order(ui, exercise));
        ui.end_row();

        ui.label(text::PASS_MARK);
        ui.add(DragValue::new(&mut exercise.pass_mark).range(1.0..=100.0));
        ui.end_row();

        ui.label(text::TIME_FOR_PLANNING);
        ui.add(DragValue::new(&mut exercise.minutes).suffix(" min").range(0.5..=120.0).speed(0.5));
        ui.end_row();

        ui.label(text::MODE);
        ui.checkbox(&mut exercise.exam, text::AS_EXAM);
        ui.end_row();

        ui.label(text::IMPLANTS);
        ui.add(TextEdit::multiline(&mut exercise.implants).desired_rows(2).desired_width(420.0));
        ui.end_row();

        ui.label(text::FOLDER);
        ui.label(form.folder.display().to_string());
        ui.end_row();
    });
}

fn assist(ui: &mut Ui, exercise: &mut ExerciseBuilder) {
    let kinds = [AssistKind::Honest, AssistKind::Off, AssistKind::Tilted, AssistKind::Shifted, AssistKind::Miscounted];
    ComboBox::from_id_salt("assist").selected_text(exercise.assist.name()).show_ui(ui, |ui| {
        for kind in kinds {
            ui.selectable_value(&mut exercise.assist, kind, kind.name());
        }
    });
    let suffix = match exercise.assist {
        AssistKind::Tilted => "°",
        AssistKind::Shifted => " mm",
        _ => return,
    };
    ui.add(DragValue::new(&mut exercise.amount).suffix(suffix).range(-45.0..=45.0).speed(0.5));
    ComboBox::from_id_salt("level").selected_text(exercise.level.to_string()).show_ui(ui, |ui| {
        for disc in usual_discs() {
            ui.selectable_value(&mut exercise.level, disc, disc.to_string());
        }
    });
}

/// Levels that are ordered (none chosen: all), the T1-weighted series, the saturation band.
fn order(ui: &mut Ui, exercise: &mut ExerciseBuilder) {
    for disc in usual_discs() {
        let chosen = exercise.levels.contains(&disc);
        if ui.selectable_label(chosen, disc.to_string()).on_hover_text(text::LEVELS_HINT).clicked() {
            match chosen {
                true => exercise.levels.retain(|level| *level != disc),
                false => exercise.levels.push(disc),
            }
        }
    }
    ui.checkbox(&mut exercise.with_t1, text::WITH_T1);
    ui.checkbox(&mut exercise.saturation_band, text::WITH_BAND);
}

/// The discs of a spine with five lumbar vertebrae.
fn usual_discs() -> impl Iterator<Item = Disc> {
    let levels = [Vertebra::L1, Vertebra::L2, Vertebra::L3, Vertebra::L4, Vertebra::L5];
    let below = levels.into_iter().skip(1).chain([Vertebra::S1]);
    levels.into_iter().zip(below).map(|(upper, lower)| Disc::between(upper, lower))
}
