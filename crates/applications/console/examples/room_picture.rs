//! Renders the scanner's room without a window: `cargo run --release -p plumbline-console --example room_picture -- FOLDER`
//! writes PNG files and tells how long a frame takes; names of scenes after the folder choose among them.

use std::path::{Path, PathBuf};
use std::time::Instant;

use bevy::app::SubApps;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::render::render_resource::PollType;
use bevy::render::renderer::{RenderAdapterInfo, RenderDevice};
use bevy::render::view::screenshot::{Screenshot, save_to_disk};
use bevy::window::ExitCondition;
use bevy::winit::WinitPlugin;
use console::room::camera::Redraw;
use console::room::{PatientShape, RoomModel, RoomPicture, RoomPlugin, RoomView, ShownGroup, ShownPicture};
use exam::CoilChoice;
use geometry::{Direction, PatientPosition, PhaseEncoding, Point, SatBand, SliceGroup, SliceTarget, Vector};

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "room-pictures".into()));
    std::fs::create_dir_all(&folder).expect("the folder for the pictures can be made");
    let mut room = Room::new();
    let wanted: Vec<String> = std::env::args().skip(2).collect();
    for (name, model, view) in scenes() {
        if !wanted.is_empty() && !wanted.iter().any(|scene| scene == name) {
            continue;
        }
        room.show(model, view);
        room.save(&folder.join(format!("{name}.png")));
    }
    let mut lines = vec![room.adapter()];
    for size in [UVec2::new(640, 400), UVec2::new(1280, 800)] {
        for smooth in [false, true] {
            lines.push(room.time(size, smooth));
        }
    }
    lines.push(room.time_at_rest());
    tell(&lines.join("\n"));
}

#[expect(clippy::print_stdout, reason = "an example's result")]
fn tell(text: &str) {
    println!("{text}");
}

/// A room whose frames are drawn one by one.
struct Room(SubApps);

impl Room {
    fn new() -> Self {
        let mut app = App::new();
        app.add_plugins(
            DefaultPlugins
                .set(WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..default() })
                .set(RenderPlugin { synchronous_pipeline_compilation: true, ..default() })
                .disable::<PipelinedRenderingPlugin>()
                .disable::<WinitPlugin>(),
        )
        .add_plugins(RoomPlugin);
        app.finish();
        app.cleanup();
        let mut room = Self(std::mem::take(app.sub_apps_mut()));
        for _ in 0..30 {
            room.frame();
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        room
    }

    fn world(&mut self) -> &mut World {
        self.0.main.world_mut()
    }

    fn frame(&mut self) {
        self.0.update();
        let device = self.world().resource::<RenderDevice>().clone();
        device.wgpu_device().poll(PollType::wait_indefinitely()).expect("the device answers");
    }

    fn show(&mut self, model: RoomModel, view: RoomView) {
        self.world().insert_resource(model);
        self.world().insert_resource(view);
        for _ in 0..4 {
            self.frame();
        }
    }

    fn save(&mut self, file: &Path) {
        let picture = self.world().resource::<RoomPicture>().0.clone();
        // A screenshot catches what is drawn in its frame, and a room at rest draws nothing.
        self.world().resource_mut::<Redraw>().0 = 4;
        let kept = file.to_owned();
        self.world().spawn(Screenshot::image(picture)).observe(save_to_disk(kept));
        for _ in 0..4 {
            self.frame();
        }
    }

    fn adapter(&mut self) -> String {
        self.world().resource::<RenderAdapterInfo>().name.clone()
    }

    /// The eye turns in every frame, slices shown.
    fn time(&mut self, size_px: UVec2, smooth: bool) -> String {
        let mut view = RoomView { size_px, smooth, ..RoomView::into_the_bore() };
        self.show(in_the_bore(), view);
        let mut times_ms = Vec::new();
        for _ in 0..60 {
            view.turn(0.5, 0.0);
            self.world().insert_resource(view);
            let start = Instant::now();
            self.frame();
            times_ms.push(start.elapsed().as_secs_f64() * 1e3);
        }
        times_ms.sort_by(f64::total_cmp);
        let samples = if smooth { 4 } else { 1 };
        let [median, slow] = [30, 57].map(|k| times_ms[k]);
        format!("{}×{}, {samples} samples: median {median:.1} ms, p95 {slow:.1} ms a frame", size_px.x, size_px.y)
    }

    fn time_at_rest(&mut self) -> String {
        for _ in 0..5 {
            self.frame();
        }
        let start = Instant::now();
        for _ in 0..60 {
            self.frame();
        }
        format!("at rest: {:.2} ms a frame", start.elapsed().as_secs_f64() * 1e3 / 60.0)
    }
}

/// The patient on the table, the light of the laser on the L3 body.
fn under_the_laser(position: PatientPosition) -> RoomModel {
    let patient = PatientShape::default();
    let leading = if position.head_first() { 0.38 } else { 0.62 };
    RoomModel {
        position,
        patient,
        patient_on_table: true,
        knee_cushion: true,
        coil: CoilChoice::SpineArray,
        table_mm: 100.0 + leading * patient.height_cm * 10.0,
        laser_on: true,
        ..default()
    }
}

/// The same patient moved so that the L3 body lies at the isocentre.
fn at_the_isocentre(position: PatientPosition) -> RoomModel {
    let out = under_the_laser(position);
    let towards_feet = if position.head_first() { -850.0 } else { 850.0 };
    RoomModel { table_mm: out.table_mm + 850.0, laser_mm: towards_feet, laser_on: false, landmark_set: true, ..out }
}

fn in_the_bore() -> RoomModel {
    let sagittal = SliceGroup {
        name: "sagittal".into(),
        target: SliceTarget::Sagittal,
        centre: Point::new(0.0, 20.0, 0.0),
        row: Vector::y_axis(),
        column: -Vector::z_axis(),
        slices: 15,
        thickness_mm: 4.0,
        gap_mm: 0.4,
        fov_mm: [300.0, 300.0],
        matrix: [320, 320],
        phase_encoding: PhaseEncoding::Column,
    };
    let disc = |name: &str, z: f64, tilt_deg: f64, colour, selected| {
        let (sin, cos) = tilt_deg.to_radians().sin_cos();
        let group = SliceGroup {
            name: format!("axial {name}"),
            target: SliceTarget::Disc(name.parse().expect("a disc")),
            centre: Point::new(0.0, 22.0, z),
            row: Vector::x_axis(),
            column: Direction::new_normalize(Vector::new(0.0, cos, sin)),
            slices: 5,
            thickness_mm: 4.0,
            gap_mm: 0.4,
            fov_mm: [180.0, 180.0],
            matrix: [256, 256],
            phase_encoding: PhaseEncoding::Row,
        };
        ShownGroup { group, colour, selected }
    };
    let band = SatBand {
        name: "anterior".into(),
        centre: Point::new(0.0, -75.0, 0.0),
        normal: Vector::y_axis(),
        thickness_mm: 50.0,
    };
    let orange = [255, 196, 64];
    RoomModel {
        coil: CoilChoice::SpineAndBodyArray,
        coil_centre_mm: -20.0,
        groups: vec![
            ShownGroup { group: sagittal, colour: [96, 196, 255], selected: false },
            disc("L3/L4", -18.0, -2.0, orange, false),
            disc("L4/L5", -54.0, 8.0, orange, true),
            disc("L5/S1", -90.0, 24.0, orange, false),
        ],
        sat_bands: vec![band],
        ..at_the_isocentre(PatientPosition::HeadFirstSupine)
    }
}

/// A sagittal picture, bright along the spine.
fn with_a_localizer() -> RoomModel {
    let size = [128_u32, 128];
    let pixel = |column: u32, row: u32| {
        let (y, z) = (f64::from(column) / 127.0 * 2.0 - 1.0, f64::from(row) / 127.0 * 2.0 - 1.0);
        let spine = (-((y - 0.2 - 0.12 * (3.0 * z).sin()) / 0.12).powi(2)).exp();
        let value = (40.0 + 200.0 * spine * (0.7 + 0.3 * (22.0 * z).cos())) as u8;
        [value, value, value, 235]
    };
    let rgba: Vec<u8> = (0..size[1]).flat_map(|row| (0..size[0]).flat_map(move |column| pixel(column, row))).collect();
    let corner = |y: f64, z: f64| Point::new(0.0, y, z);
    let corners = [corner(-130.0, 130.0), corner(130.0, 130.0), corner(130.0, -130.0), corner(-130.0, -130.0)];
    let mut model = in_the_bore();
    model.coil = CoilChoice::BodyCoil;
    model.groups.remove(0);
    model.sat_bands.clear();
    model.pictures = vec![ShownPicture { corners, size, rgba: rgba.into() }];
    model.scanning = true;
    model
}

fn scenes() -> Vec<(&'static str, RoomModel, RoomView)> {
    use PatientPosition as P;
    let size_px = UVec2::new(1280, 800);
    let view = |view: RoomView| RoomView { size_px, ..view };
    let body_array = |model: RoomModel| RoomModel { coil: CoilChoice::SpineAndBodyArray, ..model };
    let mut scenes = vec![
        ("empty", RoomModel::default(), view(RoomView::default())),
        ("hfs-laser", under_the_laser(P::HeadFirstSupine), view(RoomView::default())),
        ("hfs-laser-close", under_the_laser(P::HeadFirstSupine), view(RoomView::at_the_laser())),
        ("hfs-foot", body_array(under_the_laser(P::HeadFirstSupine)), view(RoomView::from_the_foot())),
        ("hfs-slices", in_the_bore(), view(RoomView::into_the_bore())),
        ("hfs-slices-foot", in_the_bore(), view(RoomView::from_the_foot())),
        ("hfs-localizer", with_a_localizer(), view(RoomView::into_the_bore())),
        ("ffp", body_array(under_the_laser(P::FeetFirstProne)), view(RoomView::default())),
        ("hfdl", under_the_laser(P::HeadFirstDecubitusLeft), view(RoomView::default())),
        ("hfdr-close", under_the_laser(P::HeadFirstDecubitusRight), view(RoomView::at_the_laser())),
        ("ffs-bore", at_the_isocentre(P::FeetFirstSupine), view(RoomView::into_the_bore())),
        ("hfp-close", under_the_laser(P::HeadFirstProne), view(RoomView::at_the_laser())),
    ];
    let small = RoomView { size_px: UVec2::new(640, 400), ..RoomView::default() };
    scenes.push(("hfs-small", under_the_laser(P::HeadFirstSupine), small));
    scenes
}
