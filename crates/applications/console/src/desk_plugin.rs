//! The desk inside the application: wishes in, deliveries in, time.

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use bevy::winit::{EventLoopProxy, EventLoopProxyWrapper, WinitUserEvent};
use coach::desk::Desk;
use coach::intent::Intent;
use coach::session::Session;
use coach::worklist::Entry;

use crate::scanner_thread::ScannerThread;
use crate::screen::Screen;

/// The order of a frame.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConsoleSystems {
    /// Keyboard, script and scanner room speak.
    Input,
    /// The desk carries wishes out.
    Apply,
    /// Time passes.
    Simulate,
    /// The desk is shown: the room's model, the history.
    Project,
}

/// What somebody wishes; mouse, keyboard and script write it alike.
#[derive(Message, Clone, Debug)]
pub struct Wish(pub Intent);

/// The desk and the scanner room's intercom.
#[derive(Resource)]
pub struct Console {
    /// The desk.
    pub desk: Desk,
    /// The scanner room; `None` until the window's loop can be woken.
    pub room: Option<ScannerThread>,
    /// True if a script says when time passes.
    pub scripted: bool,
    /// True while an earlier attempt is played again: it is no new attempt.
    pub replay: bool,
}

/// The window's own state.
#[derive(Resource, Default)]
pub struct ScreenState(pub Screen);

/// The desk's systems.
pub struct DeskPlugin;

impl Plugin for DeskPlugin {
    fn build(&self, app: &mut App) {
        use ConsoleSystems::{Apply, Input, Project, Simulate};
        app.add_message::<Wish>()
            .init_resource::<ScreenState>()
            .configure_sets(Update, (Input, Apply, Simulate, Project).chain())
            .add_systems(Startup, open_the_intercom)
            .add_systems(
                Update,
                (
                    (keys, receive).in_set(Input),
                    apply.in_set(Apply),
                    (advance, pass_orders).chain().in_set(Simulate),
                    keep_drawing.in_set(Project),
                ),
            );
    }
}

fn open_the_intercom(mut console: ResMut<Console>, proxy: Option<Res<EventLoopProxyWrapper>>) -> Result {
    let proxy: Option<EventLoopProxy<WinitUserEvent>> = proxy.map(|proxy| (**proxy).clone());
    let wake = move || {
        if let Some(proxy) = &proxy {
            // A loop that has ended needs no waking.
            let _ = proxy.send_event(WinitUserEvent::WakeUp);
        }
    };
    console.room = Some(ScannerThread::start(wake)?);
    Ok(())
}

fn receive(mut console: ResMut<Console>) {
    if console.scripted {
        return;
    }
    let deliveries = console.room.as_ref().map(ScannerThread::deliveries).unwrap_or_default();
    for delivery in deliveries {
        console.desk.receive(delivery);
    }
}

fn apply(mut wishes: MessageReader<Wish>, mut console: ResMut<Console>, mut screen: ResMut<ScreenState>) {
    for (file, exercise) in screen.0.built.drain(..) {
        console.desk.worklist.entries.push(Entry { file, exercise: Ok(exercise) });
    }
    for Wish(intent) in wishes.read() {
        screen.0.told = None;
        let answer = console.desk.handle(intent);
        if !matches!(intent, Intent::Look(..)) || answer.is_err() {
            screen.0.refusal = answer.err().map(|refusal| refusal.0);
        }
    }
}

fn advance(time: Res<Time<Real>>, mut console: ResMut<Console>) {
    /// A frame longer than this was no frame, but a machine asleep, s.
    const LONGEST_S: f64 = 0.5;
    if !console.scripted {
        console.desk.advance(time.delta_secs_f64().min(LONGEST_S));
    }
}

/// The room makes ready for who came in, and gets its orders.
pub(crate) fn pass_orders(mut console: ResMut<Console>) {
    let Console { desk, room: Some(room), .. } = &mut *console else { return };
    if let Some(exercise) = desk.take_entered() {
        room.enter(exercise);
    }
    desk.take_orders().into_iter().for_each(|order| room.carry(order));
}

/// While something moves by itself, frames follow each other; otherwise the window sleeps until somebody acts. While the
/// scanner room works it sleeps, too: the network has the machine to itself, and its answer wakes the window.
fn keep_drawing(console: Res<Console>, mut redraw: MessageWriter<RequestRedraw>) {
    let session = console.desk.session.as_ref();
    let is_scanning = session.is_some_and(|session| session.running().is_some());
    let is_awaiting = session.is_some_and(Session::is_awaiting);
    if is_scanning || (console.scripted && !is_awaiting) {
        redraw.write(RequestRedraw);
    }
}

/// Keys that stand for wishes.
fn keys(
    keys: Option<Res<ButtonInput<KeyCode>>>,
    typing: Option<Res<bevy_egui::input::EguiWantsInput>>,
    mut wishes: MessageWriter<Wish>,
) {
    let Some(keys) = keys else { return };
    if typing.is_some_and(|typing| typing.wants_any_keyboard_input()) {
        return;
    }
    let command =
        keys.any_pressed([KeyCode::ControlLeft, KeyCode::ControlRight, KeyCode::SuperLeft, KeyCode::SuperRight]);
    let shift = keys.any_pressed([KeyCode::ShiftLeft, KeyCode::ShiftRight]);
    if command && keys.just_pressed(KeyCode::KeyZ) {
        wishes.write(Wish(if shift { Intent::Redo } else { Intent::Undo }));
    }
    if command && keys.just_pressed(KeyCode::KeyY) {
        wishes.write(Wish(Intent::Redo));
    }
    for (key, edit) in crate::panels::planning::KEYS {
        if !command && keys.just_pressed(*key) {
            wishes.write(Wish(Intent::Draw(edit())));
        }
    }
}
