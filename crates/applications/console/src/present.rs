//! The window's picture: panels by egui, the room's image among them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bevy::camera::visibility::RenderLayers;
use bevy::prelude::*;
use bevy::window::RequestRedraw;
use bevy_egui::{
    EguiContexts, EguiInput, EguiInputSet, EguiPreUpdateSet, EguiPrimaryContextPass, EguiTextureHandle,
    PrimaryEguiContext,
};
use coach::session::Session;

use crate::desk_plugin::{Console, ConsoleSystems, ScreenState, UserCommand};
use crate::room::{PatientShape, RoomModel, RoomPicture, RoomView, ShownGroup};
use crate::{panels, theme};

/// Draws the window.
pub struct PresentPlugin;

impl Plugin for PresentPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<FrameTimes>()
            .add_systems(Startup, open_the_window)
            .add_systems(Update, (project, look_around).in_set(ConsoleSystems::Project))
            .add_systems(PreUpdate, calm.in_set(EguiPreUpdateSet::ProcessInput).after(EguiInputSet::WriteEguiEvents))
            .add_systems(Last, measure)
            .add_systems(EguiPrimaryContextPass, draw);
    }
}

/// How long the latest frames took, s.
#[derive(Resource, Default)]
pub struct FrameTimes {
    began: Option<Instant>,
    /// The latest, s.
    pub seconds: VecDeque<f64>,
    /// The latest during which a button of the pointer was held, s.
    pub dragging: VecDeque<f64>,
    was_held: bool,
}

fn measure(mut times: ResMut<FrameTimes>, buttons: Option<Res<ButtonInput<MouseButton>>>) {
    const KEPT: usize = 2000;
    let held = buttons.is_some_and(|buttons| buttons.get_pressed().next().is_some());
    let now = Instant::now();
    let times = &mut *times;
    if let Some(began) = times.began.replace(now) {
        let seconds = (now - began).as_secs_f64();
        let dragging = held && times.was_held;
        for kept in std::iter::once(&mut times.seconds).chain(dragging.then_some(&mut times.dragging)) {
            kept.push_back(seconds);
            if kept.len() > KEPT {
                kept.pop_front();
            }
        }
    }
    times.was_held = held;
}

/// bevy_egui says in every frame which modifier keys are held, and egui asks for another frame after each event that it
/// is told: together they would draw for ever. What says nothing new is taken out.
fn calm(mut inputs: Query<&mut EguiInput>, mut held: Local<egui::Modifiers>) {
    for mut input in &mut inputs {
        let is_old = |event: &egui::Event, held: &egui::Modifiers| matches!(event, egui::Event::ModifiersChanged(now) if now == held);
        if input.events.iter().any(|event| is_old(event, &held)) {
            input.events.retain(|event| !is_old(event, &held));
        }
        for event in &input.events {
            if let egui::Event::ModifiersChanged(now) = event {
                *held = *now;
            }
        }
    }
}

/// The window's own eye: egui draws through it. The room's eye draws into an image and is no place for panels.
fn open_the_window(mut commands: Commands) {
    commands.spawn((
        PrimaryEguiContext,
        Camera2d,
        RenderLayers::none(),
        Msaa::Off,
        Camera { clear_color: ClearColorConfig::Custom(Color::BLACK), ..default() },
    ));
}

fn draw(
    mut contexts: EguiContexts,
    picture: Option<Res<RoomPicture>>,
    console: Res<Console>,
    mut screen: ResMut<ScreenState>,
    mut commands: MessageWriter<UserCommand>,
    mut redraw: MessageWriter<RequestRedraw>,
    mut dressed: Local<bool>,
) -> Result {
    let room = picture.map(|picture| contexts.add_image(EguiTextureHandle::Strong(picture.0.clone())));
    let ctx = contexts.ctx_mut()?;
    if !*dressed {
        theme::apply(ctx);
        *dressed = true;
    }
    screen.0.room = room;
    let window = egui::UiBuilder::new().layer_id(egui::LayerId::background()).max_rect(ctx.viewport_rect());
    let mut ui = egui::Ui::new(ctx.clone(), "window".into(), window);
    let mut asked = Vec::new();
    panels::show(&mut ui, &console.desk, &mut screen.0, &mut asked);
    if !asked.is_empty() {
        redraw.write(RequestRedraw);
    }
    commands.write_batch(asked.into_iter().map(UserCommand));
    Ok(())
}

/// While something is dragged the room follows in steps of this time: on a machine without a graphics card its picture
/// costs as much as the rest of the window.
const ROOM_PACE: Duration = Duration::from_millis(300);

/// The desk as the room shows it.
fn project(
    console: Res<Console>,
    mut model: ResMut<RoomModel>,
    buttons: Option<Res<ButtonInput<MouseButton>>>,
    time: Res<Time<Real>>,
    mut last: Local<Duration>,
) {
    let dragging = buttons.is_some_and(|buttons| buttons.get_pressed().next().is_some());
    if dragging && time.elapsed() - *last < ROOM_PACE {
        return;
    }
    *last = time.elapsed();
    let shown = console
        .desk
        .session
        .as_ref()
        .map_or_else(|| RoomModel { patient_on_table: false, ..RoomModel::default() }, room_of);
    model.set_if_neq(shown);
}

fn room_of(session: &Session) -> RoomModel {
    let table = &session.table;
    let person = &session.exercise.person.person;
    let groups = session.draft.groups().iter().enumerate().map(|(at, group)| {
        let selected = session.draft.selected() == Some(slice_editor::Selected::Group(at));
        let colour = if selected { theme::CHOSEN } else { theme::PLANNED };
        ShownGroup { group: group.clone(), colour: [colour.r(), colour.g(), colour.b()], selected }
    });
    RoomModel {
        position: table.position,
        patient: PatientShape { height_cm: person.height_cm, weight_kg: person.weight_kg },
        patient_on_table: true,
        knee_cushion: table.knee_cushion,
        coil: table.coil,
        coil_centre_mm: table.coil_centre_mm,
        table_mm: table.travel_mm,
        laser_on: table.laser_on,
        laser_mm: table.laser_on_patient_mm(),
        landmark_set: table.landmark_mm.is_some(),
        scanning: session.running().is_some(),
        groups: groups.collect(),
        sat_bands: session.draft.sat_bands().to_vec(),
        ..RoomModel::default()
    }
}

/// The eye follows the tile's size, the pointer, and what is going on.
fn look_around(
    console: Res<Console>,
    mut screen: ResMut<ScreenState>,
    mut view: ResMut<RoomView>,
    windows: Query<&Window>,
    buttons: Option<Res<ButtonInput<MouseButton>>>,
    mut inside: Local<Option<bool>>,
) {
    let in_bore = console.desk.session.as_ref().map(|session| session.table.in_bore());
    let mut next = *view;
    // Smooth edges are for whoever looks, not for whoever drags.
    next.smooth = buttons.is_none_or(|buttons| buttons.get_pressed().next().is_none());
    if *inside != in_bore {
        *inside = in_bore;
        let eye = if in_bore == Some(true) { RoomView::into_the_bore() } else { RoomView::at_the_laser() };
        next = RoomView { size_px: next.size_px, smooth: next.smooth, ..eye };
    }
    if let (Some(rect), Some(window)) = (screen.0.room_rect, windows.iter().next()) {
        let scale = window.scale_factor();
        next.size_px = UVec2::new((rect.width() * scale).max(1.0) as u32, (rect.height() * scale).max(1.0) as u32);
    }
    let (drag, wheel) = std::mem::take(&mut screen.0.room_drag);
    if drag != egui::Vec2::ZERO {
        next.turn(-drag.x * 0.4, drag.y * 0.3);
    }
    if wheel != 0.0 {
        next.zoom((-wheel * 0.002).exp());
    }
    view.set_if_neq(next);
}
