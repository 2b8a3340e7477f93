//! Dark, as in a reading room; colours that people with any colour vision tell apart (Okabe and Ito 2008).

use egui::{Color32, CornerRadius, FontFamily, FontId, Stroke, TextStyle, Vec2};

/// Behind the images.
pub const BLACK: Color32 = Color32::from_rgb(4, 5, 6);
/// Panels.
pub const PANEL: Color32 = Color32::from_rgb(22, 25, 29);
/// Cards in panels.
pub const CARD: Color32 = Color32::from_rgb(31, 35, 40);
/// Lines between things.
pub const EDGE: Color32 = Color32::from_rgb(52, 58, 65);
/// Words.
pub const TEXT: Color32 = Color32::from_rgb(222, 226, 230);
/// Words that may be overlooked.
pub const FAINT: Color32 = Color32::from_rgb(146, 154, 163);
/// What can be acted on, and what is chosen.
pub const ACCENT: Color32 = Color32::from_rgb(86, 180, 233);
/// What is prescribed.
pub const PLANNED: Color32 = Color32::from_rgb(240, 228, 66);
/// What is prescribed and chosen.
pub const CHOSEN: Color32 = Color32::from_rgb(230, 159, 0);
/// What the AI proposes.
pub const PROPOSED: Color32 = Color32::from_rgb(204, 121, 167);
/// What is true.
pub const TRUTH: Color32 = Color32::from_rgb(86, 180, 233);
/// Saturation bands.
pub const BAND: Color32 = Color32::from_rgb(213, 94, 0);
/// All is well.
pub const GOOD: Color32 = Color32::from_rgb(0, 178, 128);
/// Look here.
pub const WARN: Color32 = Color32::from_rgb(230, 159, 0);
/// This is wrong.
pub const BAD: Color32 = Color32::from_rgb(232, 112, 50);

/// Dresses a context.
pub fn apply(ctx: &egui::Context) {
    ctx.set_theme(egui::Theme::Dark);
    ctx.all_styles_mut(|style| {
        style.text_styles = [
            (TextStyle::Heading, FontId::new(18.0, FontFamily::Proportional)),
            (TextStyle::Body, FontId::new(13.5, FontFamily::Proportional)),
            (TextStyle::Button, FontId::new(13.5, FontFamily::Proportional)),
            (TextStyle::Small, FontId::new(11.5, FontFamily::Proportional)),
            (TextStyle::Monospace, FontId::new(12.5, FontFamily::Monospace)),
        ]
        .into();
        style.spacing.item_spacing = Vec2::new(8.0, 6.0);
        style.spacing.button_padding = Vec2::new(10.0, 5.0);
        style.spacing.interact_size.y = 24.0;
        let visuals = &mut style.visuals;
        visuals.panel_fill = PANEL;
        visuals.window_fill = PANEL;
        visuals.extreme_bg_color = Color32::from_rgb(12, 14, 16);
        visuals.faint_bg_color = CARD;
        visuals.override_text_color = Some(TEXT);
        visuals.hyperlink_color = ACCENT;
        visuals.warn_fg_color = WARN;
        visuals.error_fg_color = BAD;
        visuals.selection.bg_fill = Color32::from_rgb(32, 84, 116);
        visuals.selection.stroke = Stroke::new(1.0, ACCENT);
        visuals.widgets.noninteractive.bg_stroke = Stroke::new(1.0, EDGE);
        visuals.widgets.inactive.weak_bg_fill = Color32::from_rgb(44, 50, 57);
        visuals.widgets.inactive.bg_fill = Color32::from_rgb(44, 50, 57);
        visuals.widgets.hovered.weak_bg_fill = Color32::from_rgb(58, 66, 75);
        visuals.widgets.hovered.bg_stroke = Stroke::new(1.0, ACCENT);
        visuals.widgets.active.weak_bg_fill = Color32::from_rgb(32, 84, 116);
        for widget in [
            &mut visuals.widgets.noninteractive,
            &mut visuals.widgets.inactive,
            &mut visuals.widgets.hovered,
            &mut visuals.widgets.active,
            &mut visuals.widgets.open,
        ] {
            widget.corner_radius = CornerRadius::same(4);
        }
    });
}

/// A card in a panel.
pub fn card() -> egui::Frame {
    egui::Frame::new().fill(CARD).stroke(Stroke::new(1.0, EDGE)).corner_radius(CornerRadius::same(5)).inner_margin(8)
}
