//! A series' parameters in tabs, with what they cost, and what is wrong with them.

use coach::intent::Intent;
use coach::session::Session;
use egui::{ComboBox, DragValue, Grid, RichText, Ui};
use exam::{Series, SeriesId};
use slice_editor::parameters::{self, Parameter, Tab};

use super::top_bar::clock;
use crate::screen::Screen;
use crate::{text, theme};

/// The panel for one series.
pub fn show(ui: &mut Ui, session: &Session, screen: &mut Screen, intents: &mut Vec<Intent>) {
    let chosen = screen.series.and_then(|id| session.exam().series(id));
    let Some(series) = chosen.or_else(|| session.exam().queue().first()) else { return };
    let Some(group) = session.group(series.id) else { return };

    ui.separator();
    ui.horizontal_wrapped(|ui| {
        ui.heading(series.name());
        ui.label(RichText::new(&series.protocol.name).color(theme::FAINT));
    });
    summary(ui, session, series.id);
    let tab = screen.tab.unwrap_or(Tab::Routine);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().button_padding.x = 6.0;
        for other in Tab::ALL {
            if ui.selectable_label(tab == other, other.label()).clicked() {
                screen.tab = Some(other);
            }
        }
    });
    Grid::new("parameters").num_columns(2).spacing([18.0, 4.0]).min_col_width(120.0).show(ui, |ui| {
        for parameter in tab.parameters() {
            if let Some(value) = parameters::value(&series.protocol, group, parameter) {
                let label = ui.label(parameter.label());
                let set = |value| Intent::Set { series: series.id.into(), parameter, value };
                field(ui, series, parameter, value, label.id, &mut |value| intents.push(set(value)));
                ui.end_row();
            }
        }
    });
    conflicts(ui, session, series.id, intents);
}

fn field(ui: &mut Ui, series: &Series, parameter: Parameter, value: f64, label: egui::Id, set: &mut dyn FnMut(f64)) {
    if let Some(words) = parameter.words() {
        let chosen = usize::from(value > 0.5);
        ComboBox::from_id_salt(parameter.label()).selected_text(words[chosen]).show_ui(ui, |ui| {
            for (at, word) in words.into_iter().enumerate() {
                if ui.selectable_label(chosen == at, word).clicked() && chosen != at {
                    set(at as f64);
                }
            }
        });
        return;
    }
    let range = parameter.range(&series.protocol);
    let mut edited = value;
    let unit = parameter.unit();
    let suffix = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    let decimals = if parameter.is_whole() { 0 } else { 2 };
    let drag = DragValue::new(&mut edited)
        .range(range.low..=range.high)
        .speed(range.step)
        .max_decimals(decimals)
        .suffix(suffix)
        .update_while_editing(false);
    if ui.add(drag).labelled_by(label).changed() && edited != value {
        set(edited);
    }
}

fn summary(ui: &mut Ui, session: &Session, series: SeriesId) {
    let Some(summary) = session.summary(series) else { return };
    ui.horizontal_wrapped(|ui| {
        let [phase, read, slice] = summary.voxel_mm;
        for (label, value) in [
            (text::SCAN_TIME, clock(summary.scan_time_s)),
            (text::VOXEL, format!("{phase:.2} × {read:.2} × {slice:.1} mm")),
            (text::RELATIVE_SNR, format!("{:.2}", summary.relative_snr)),
            (text::SAR, format!("{:.1} W/kg", summary.sar_w_per_kg)),
        ] {
            ui.label(RichText::new(label).small().color(theme::FAINT));
            ui.label(RichText::new(value).small().strong());
        }
    });
}

fn conflicts(ui: &mut Ui, session: &Session, series: SeriesId, intents: &mut Vec<Intent>) {
    for (at, conflict) in session.conflicts(series).into_iter().enumerate() {
        theme::card().show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.label(RichText::new(format!("⚠ {}", conflict.message)).color(theme::WARN));
            if let Some(suggestion) = conflict.suggestion
                && ui.button(suggestion.message).clicked()
            {
                intents.push(Intent::Resolve { series: series.into(), conflict: at });
            }
        });
    }
}
