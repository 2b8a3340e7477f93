//! One view of images: the slice as a texture, its letters and words, scrolling, zooming, grey values.

use std::sync::Arc;

use coach::intent::{Intent, Look};
use coach::session::{Session, View};
use egui::{
    Align2, Color32, ColorImage, FontId, PointerButton, Pos2, Rect, Response, Sense, Stroke, TextureHandle, Ui, Vec2,
};
use geometry::Volume;
use imaging_io::picture::Window;
use slice_editor::{ViewPlane, label_overlay, orientation_letters, slice_image};

use crate::{text, theme};

/// What a view's picture was made from; the images are held so that no others take their place in memory.
pub struct Tile {
    images: Arc<Volume<f32>>,
    own_window: Window,
    drawn: Option<(ViewPlane, Window, [usize; 2], TextureHandle)>,
    labels: Option<(ViewPlane, TextureHandle)>,
}

/// A view on the screen: where a place of the view lies in the window.
#[derive(Clone, Debug)]
pub struct Placed {
    /// What is seen.
    pub plane: ViewPlane,
    /// Where.
    pub rect: Rect,
    /// The widget.
    pub response: Response,
}

impl Placed {
    /// The window's place of a place in the view, mm.
    pub fn pos(&self, at_mm: [f64; 2]) -> Pos2 {
        let scale = self.points_per_mm();
        self.rect.center() + Vec2::new((at_mm[0] * scale) as f32, (at_mm[1] * scale) as f32)
    }

    /// The place in the view of a place of the window, mm.
    pub fn at_mm(&self, pos: Pos2) -> [f64; 2] {
        let away = pos - self.rect.center();
        [away.x, away.y].map(|points| f64::from(points) / self.points_per_mm())
    }

    /// Magnification on the screen.
    pub fn points_per_mm(&self) -> f64 {
        f64::from(self.rect.width()) / self.plane.extent_mm[0]
    }
}

/// Draws a view's images into a rectangle; `None` if there is nothing to be seen yet.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    session: &Session,
    at: usize,
    tiles: &mut std::collections::HashMap<usize, Tile>,
    labels: Option<&Arc<Volume<u8>>>,
) -> Option<Placed> {
    let view = &session.views[at];
    let response = ui.interact(rect, ui.id().with(("view", at)), Sense::click_and_drag());
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0.0, theme::BLACK);
    let Some((images, slice)) = session.images(&view.shows).zip(session.slice_of(view)) else {
        painter.text(rect.center(), Align2::CENTER_CENTER, text::NO_IMAGES, FontId::proportional(14.0), theme::FAINT);
        tiles.remove(&at);
        return None;
    };
    let whole = session.stack(&view.shows).map_or_else(|| Arc::clone(&images), |stack| Arc::clone(&stack.images));
    let tile = tiles.entry(at).or_insert_with(|| Tile::of(&images, &whole));
    if !Arc::ptr_eq(&tile.images, &images) {
        *tile = Tile::of(&images, &whole);
    }
    let plane = seen(&images, slice, view, rect);
    let pixels = ui.ctx().pixels_per_point();
    let size = [rect.width(), rect.height()].map(|points| ((points * pixels).round() as usize).max(1));
    let texture = tile.texture(ui, at, &plane, view.window(tile.own_window), size);
    let uv = Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0));
    painter.image(texture, rect, uv, Color32::WHITE);
    if let Some(labels) = labels {
        let texture = tile.overlay(ui, at, labels, &plane, size);
        painter.image(texture, rect, uv, Color32::WHITE);
    }
    let placed = Placed { plane, rect, response };
    words(&placed, ui, session, view, slice);
    Some(placed)
}

/// What a view shows of the patient: the slice, as large as fits, moved and magnified.
fn seen(images: &Volume<f32>, slice: usize, view: &View, rect: Rect) -> ViewPlane {
    let fitted = ViewPlane::of_slice(&images.grid, slice).fitted(f64::from(rect.width() / rect.height()));
    fitted.panned(view.pan_mm).zoomed(view.zoom, [0.0; 2])
}

impl Tile {
    fn of(images: &Arc<Volume<f32>>, whole: &Arc<Volume<f32>>) -> Self {
        // The grey values suit the whole series, so that they do not change while it comes in.
        Self { images: Arc::clone(images), own_window: Window::of(whole), drawn: None, labels: None }
    }

    fn texture(&mut self, ui: &Ui, at: usize, plane: &ViewPlane, window: Window, size: [usize; 2]) -> egui::TextureId {
        if let Some((old_plane, old_window, old_size, texture)) = &self.drawn
            && (*old_plane, *old_window, *old_size) == (*plane, window, size)
        {
            return texture.id();
        }
        let grey = slice_image(&self.images, plane, size, window);
        let image = ColorImage::from_gray(size, &grey);
        let texture = match self.drawn.take() {
            // Into the texture that is there: a new one would be black until the graphics card has it.
            Some((.., old_size, mut texture)) if old_size == size => {
                texture.set_partial([0, 0], image, egui::TextureOptions::LINEAR);
                texture
            }
            _ => ui.ctx().load_texture(format!("view {at}"), image, egui::TextureOptions::LINEAR),
        };
        let id = texture.id();
        self.drawn = Some((*plane, window, size, texture));
        id
    }

    fn overlay(
        &mut self,
        ui: &Ui,
        at: usize,
        labels: &Volume<u8>,
        plane: &ViewPlane,
        size: [usize; 2],
    ) -> egui::TextureId {
        if let Some((old, texture)) = &self.labels
            && old == plane
        {
            return texture.id();
        }
        let rgba = label_overlay(labels, plane, size);
        let image = ColorImage::from_rgba_unmultiplied(size, &rgba);
        let texture = ui.ctx().load_texture(format!("labels {at}"), image, egui::TextureOptions::NEAREST);
        let id = texture.id();
        self.labels = Some((*plane, texture));
        id
    }
}

/// Letters at the edges; series, slice and magnification in the corners.
fn words(placed: &Placed, ui: &Ui, session: &Session, view: &View, slice: usize) {
    let (rect, painter) = (placed.rect, ui.painter_at(placed.rect));
    let font = FontId::proportional(13.0);
    let [left, right, top, bottom] = orientation_letters(&placed.plane);
    let write = |pos, align, words: String, colour| {
        painter.text(pos + Vec2::new(1.0, 1.0), align, &words, font.clone(), Color32::BLACK);
        painter.text(pos, align, words, font.clone(), colour);
    };
    for (pos, align, letter) in [
        (rect.left_center() + Vec2::new(6.0, 0.0), Align2::LEFT_CENTER, left),
        (rect.right_center() - Vec2::new(6.0, 0.0), Align2::RIGHT_CENTER, right),
        (rect.center_top() + Vec2::new(0.0, 4.0), Align2::CENTER_TOP, top),
        (rect.center_bottom() - Vec2::new(0.0, 4.0), Align2::CENTER_BOTTOM, bottom),
    ] {
        write(pos, align, letter.to_string(), theme::CHOSEN);
    }
    let Some(stack) = session.stack(&view.shows) else { return };
    let name = format!("{}\n{}/{}", stack.group.name, slice + 1, stack.group.slices);
    write(rect.left_top() + Vec2::new(6.0, 4.0), Align2::LEFT_TOP, name, theme::TEXT);
    if view.zoom != 1.0 {
        let corner = rect.right_top() + Vec2::new(-6.0, 4.0);
        write(corner, Align2::RIGHT_TOP, format!("{:.1}×", view.zoom), theme::TEXT);
    }
    scale(placed, &painter);
}

/// Ruler of 5 cm.
fn scale(placed: &Placed, painter: &egui::Painter) {
    let length = (50.0 * placed.points_per_mm()) as f32;
    let from = placed.rect.left_bottom() + Vec2::new(8.0, -8.0);
    let to = from + Vec2::new(length, 0.0);
    painter.line_segment([from, to], Stroke::new(2.0, theme::TEXT));
    painter.text(to + Vec2::new(4.0, 0.0), Align2::LEFT_CENTER, "5 cm", FontId::proportional(10.0), theme::TEXT);
}

/// What wheel and pointer do in every view: the wheel scrolls, with the command key it zooms, the middle button moves
/// the picture, the right one changes grey values.
pub fn look(ui: &Ui, placed: &Placed, session: &Session, at: usize, intents: &mut Vec<Intent>) {
    let view = &session.views[at];
    let mut ask = |look| intents.push(Intent::Look(at, look));
    if placed.response.hovered() {
        let (wheel, zoom) = ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
        if zoom != 1.0 {
            ask(Look::Zoom(view.zoom * f64::from(zoom)));
        } else if let Some(slice) = scrolled(ui, placed, session, view, wheel) {
            ask(Look::Slice(slice));
        }
    }
    let delta = placed.response.drag_delta();
    if placed.response.dragged_by(PointerButton::Middle) {
        let scale = placed.points_per_mm();
        ask(Look::Pan([view.pan_mm[0] - f64::from(delta.x) / scale, view.pan_mm[1] - f64::from(delta.y) / scale]));
    }
    if placed.response.dragged_by(PointerButton::Secondary) {
        ask(windowed(view, delta));
    }
}

/// Grey values after a drag: to the right for more contrast, down for brighter pictures.
pub fn windowed(view: &View, delta: Vec2) -> Look {
    Look::Window { level: view.level - f64::from(delta.y) * 0.005, width: view.width - f64::from(delta.x) * 0.005 }
}

/// Points of the wheel that make a slice.
const WHEEL_STEP: f32 = 25.0;

/// The slice after the wheel moved: what is left of a step stays for the next frame.
fn scrolled(ui: &Ui, placed: &Placed, session: &Session, view: &View, wheel: f32) -> Option<usize> {
    let id = placed.response.id.with("wheel");
    let gathered = ui.data(|data| data.get_temp::<f32>(id)).unwrap_or(0.0) + wheel;
    let steps = (gathered / WHEEL_STEP).trunc();
    ui.data_mut(|data| data.insert_temp(id, gathered - steps * WHEEL_STEP));
    let slices = session.stack(&view.shows)?.group.slices as i64;
    let now = session.slice_of(view)? as i64;
    let keys = ui.input(|input| {
        i64::from(input.key_pressed(egui::Key::PageDown)) - i64::from(input.key_pressed(egui::Key::PageUp))
    });
    let next = (now - steps as i64 + keys).clamp(0, slices - 1);
    (next != now).then_some(next as usize)
}
