//! The AI: its plan with confidence and flags, and what becomes of it.

use coach::intent::Intent;
use coach::session::{ProposalDecision, Session};
use egui::{Grid, RichText, Ui};
use planner::Severity;

use crate::screen::Screen;
use crate::{text, theme};

/// The panel of the AI.
pub fn show(ui: &mut Ui, session: &Session, screen: &mut Screen, intents: &mut Vec<Intent>) {
    ui.horizontal(|ui| {
        ui.heading(text::AI);
        if !session.has_ai() {
            ui.label(RichText::new(text::AI_OFF).color(theme::FAINT));
            return;
        }
        let ready = session.has_localizer() && !session.is_awaiting();
        if ui.add_enabled(ready, egui::Button::new(text::ASK_AI)).clicked() {
            intents.push(Intent::AskAi);
        }
        if let Some(proposal) = session.proposal() {
            ui.label(RichText::new(format!("{:.0} ms", proposal.latency_ms)).color(theme::FAINT));
        }
    });
    let Some(proposal) = session.proposal() else { return };
    theme::card().show(ui, |ui| {
        ui.set_width(ui.available_width());
        for flag in &proposal.plan.flags {
            let colour = match flag.severity {
                Severity::Critical => theme::BAD,
                Severity::Warning => theme::WARN,
                Severity::Info => theme::FAINT,
            };
            ui.label(RichText::new(format!("⚑ {}", flag.message)).small().color(colour));
        }
        Grid::new("levels").num_columns(4).spacing([12.0, 1.0]).show(ui, |ui| {
            for (at, level) in proposal.plan.levels.iter().enumerate() {
                let sure = level.confidence >= 0.8;
                let colour = if sure { theme::TEXT } else { theme::WARN };
                ui.label(RichText::new(level.label.to_string()).small().color(colour));
                ui.label(RichText::new(format!("{:.0} %", level.confidence * 100.0)).small().color(colour));
                if at % 2 == 1 {
                    ui.end_row();
                }
            }
        });
        ui.horizontal(|ui| {
            for (decision, label, intent) in [
                (ProposalDecision::Accepted, text::ACCEPT, Intent::AcceptProposal),
                (ProposalDecision::Adjusted, text::ADJUST, Intent::AdjustProposal),
                (ProposalDecision::Rejected, text::REJECT, Intent::RejectProposal),
            ] {
                if ui.selectable_label(proposal.decision == decision, label).clicked() {
                    intents.push(intent);
                }
            }
        });
        if proposal.labels.is_some() {
            ui.checkbox(&mut screen.overlay, text::OVERLAY);
        }
    });
}
