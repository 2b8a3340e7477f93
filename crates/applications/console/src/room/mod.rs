//! The scanner's room in 3-D: it reads a [`RoomModel`] and a [`RoomView`], and draws a picture ([`RoomPicture`]).
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`model`] | what the room shows |
//! | [`frames`] | from the table's frame and from the patient to the room |
//! | [`posture`], [`body`] | how a body lies in each position; the body as surfaces, with the marks that hands feel |
//! | [`magnet`], [`couch`], [`coils`], [`surroundings`] | what stands in the room |
//! | [`laser`], [`slices`], [`triad`] | the landmark's light; the prescription; the patient's axes |
//! | [`surface`], [`lines`], [`heights`] | triangles, lines, and how high they reach, without a window |
//! | [`material`], [`stage`], [`camera`] | how they get into the picture, and when |
//!
//! The app must have Bevy's renderer; set `synchronous_pipeline_compilation` if the very first frame has to be complete.

pub mod body;
pub mod camera;
pub mod coils;
pub mod couch;
pub mod frames;
pub mod heights;
pub mod laser;
pub mod lines;
pub mod magnet;
pub mod material;
pub mod model;
pub mod posture;
pub mod slices;
pub mod stage;
pub mod surface;
pub mod surroundings;
pub mod triad;

use bevy::asset::RenderAssetUsages;
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat};
use exam::CoilChoice;
use geometry::PatientPosition;

pub use camera::{RoomPicture, RoomView};
use heights::Heights;
use lines::Lines;
use material::{PictureMaterial, RoomMaterial};
pub use model::{PatientShape, RoomModel, ShownGroup, ShownPicture};
use posture::Posture;
use stage::{Part, Stage};
use surface::Surface;

/// The room's systems run in this order within `Update`.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoomSystems {
    /// Everything that follows the model and the view.
    Follow,
}

/// The room.
pub struct RoomPlugin;

impl Plugin for RoomPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<RoomModel>()
            .init_resource::<Lain>()
            .add_plugins((material::plugin, camera::plugin))
            .add_systems(Startup, (stage::set_the_stage, furnish).chain())
            .add_systems(
                Update,
                (
                    (lay_down, plug_in, travel, shine, prescribe, hang_pictures, light_up)
                        .chain()
                        .run_if(resource_changed::<RoomModel>),
                    (cut_open, turn_triad).run_if(resource_changed::<RoomModel>.or_else(resource_changed::<RoomView>)),
                )
                    .chain()
                    .in_set(RoomSystems::Follow),
            );
    }
}

/// The patient as laid, in room directions with the L3 body at z = 0 and the isocentre's height at y = 0.
#[derive(Resource)]
struct Lain {
    everything: Heights,
    trunk: Heights,
    /// The mattress's surface, m.
    table: f32,
    /// +1 if the head points to +z in the room.
    head: f32,
    half_width: f32,
}

impl Default for Lain {
    fn default() -> Self {
        let nothing = Heights::above(&Surface::default(), 0.01);
        Self { everything: nothing.clone(), trunk: nothing, table: -0.12, head: -1.0, half_width: 0.17 }
    }
}

/// True if a value differs from the one seen last.
fn renewed<T: PartialEq + Send + Sync + 'static>(seen: &mut Local<Option<T>>, now: T) -> bool {
    let differs = seen.as_ref() != Some(&now);
    **seen = Some(now);
    differs
}

fn furnish(mut stage: Stage) {
    stage.show(Part::Walls, &surroundings::walls());
    stage.show(Part::Lamps, &surroundings::lamps());
    stage.show(Part::Shade, &magnet::shade());
    stage.show(Part::Magnet, &magnet::housing());
}

type Laid = (PatientPosition, PatientShape, bool, bool);

fn laid(model: &RoomModel) -> Laid {
    (model.position, model.patient, model.patient_on_table, model.knee_cushion)
}

fn lay_down(model: Res<RoomModel>, mut stage: Stage, mut lain: ResMut<Lain>, mut seen: Local<Option<Laid>>) {
    if !renewed(&mut seen, laid(&model)) {
        return;
    }
    let axes = frames::patient_axes(model.position);
    let posture = Posture::new(model.position, &model.patient, model.knee_cushion);
    let [mut patient, mut trunk, mut marks] = [(); 3].map(|()| Surface::default());
    if model.patient_on_table {
        patient = body::patient_surface(&posture, &model.patient).turned(axes);
        trunk = body::trunk_surface(&posture, &model.patient).turned(axes);
        marks = body::marks_surface(&posture, &model.patient).turned(axes);
    }
    let table = -posture.support;
    stage.show(Part::Patient, &patient);
    stage.show(Part::Marks, &marks);
    stage.show(Part::Rails, &couch::rails(table));
    stage.show(Part::Cradle, &couch::cradle(table));
    let half_width = trunk.positions.iter().map(|p| p.x.abs()).fold(0.15, f32::max);
    *lain = Lain {
        everything: Heights::above(&patient, 0.004),
        trunk: Heights::above(&trunk, 0.008),
        table,
        head: axes.z_axis.z,
        half_width,
    };
}

fn plug_in(model: Res<RoomModel>, lain: Res<Lain>, mut stage: Stage, mut seen: Local<Option<(Laid, CoilChoice, f64)>>) {
    if !renewed(&mut seen, (laid(&model), model.coil, model.coil_centre_mm)) {
        return;
    }
    let [mut dull, shining] = coils::spine_array(lain.table, model.coil, model.coil_centre_mm, lain.head);
    let mut loops = Lines::default();
    if model.coil == CoilChoice::SpineAndBodyArray && model.patient_on_table {
        let half_width = (lain.half_width + 0.02).min(0.24);
        let (pad, lines) = coils::body_array(&lain.trunk, model.coil_centre_mm, lain.head, half_width);
        dull.add(pad);
        loops = lines;
    }
    stage.show(Part::Coils, &dull);
    stage.show(Part::CoilsOn, &shining);
    stage.show_lines(Part::CoilLines, &loops);
    let birdcage = if model.coil == CoilChoice::BodyCoil { coils::birdcage() } else { Lines::default() };
    stage.show_lines(Part::BodyCoil, &birdcage);
}

/// Where the L3 body lies along the room's z, m.
fn l3_z(model: &RoomModel) -> f32 {
    -(model.l3_in_table_mm() as f32) / 1000.0
}

fn travel(model: Res<RoomModel>, mut stage: Stage) {
    for part in [Part::Patient, Part::Marks, Part::Coils, Part::CoilsOn, Part::CoilLines] {
        stage.place(part, Vec3::Z * l3_z(&model));
    }
    stage.place(Part::Cradle, Vec3::Z * (-(frames::cradle_edge_in_table_mm(model.table_mm) as f32) / 1000.0));
}

fn shine(model: Res<RoomModel>, lain: Res<Lain>, mut stage: Stage, mut seen: Local<Option<(Laid, bool, f64)>>) {
    if !renewed(&mut seen, (laid(&model), model.laser_on, model.laser_mm)) {
        return;
    }
    let (mut cross, mut fan) = (Surface::default(), Surface::default());
    let plane = frames::LASER_TO_ISOCENTRE_MM as f32 / 1000.0;
    if model.laser_on {
        let (l3, half_width) = (l3_z(&model), couch::CRADLE_HALF_WIDTH_M);
        cross = laser::cross(&lain.everything, plane - l3, lain.table, half_width).moved(Vec3::Z * l3);
        let source = Vec3::new(0.0, 0.478, plane);
        fan = laser::fan(source, &lain.everything, l3, lain.table, half_width);
    }
    stage.show(Part::Laser, &cross);
    stage.show(Part::LaserFan, &fan);
}

fn prescribe(model: Res<RoomModel>, mut stage: Stage, mut shown: Local<Option<(Surface, Lines)>>) {
    let now = if model.in_bore() { slices::prescription(&model) } else { Default::default() };
    if shown.as_ref() != Some(&now) {
        stage.show(Part::GroupFaces, &now.0);
        stage.show_lines(Part::GroupLines, &now.1);
        stage.show_lines(Part::GroupLinesHidden, &now.1);
        *shown = Some(now);
    }
}

/// An image that hangs in the patient.
#[derive(Component)]
struct Hung;

fn hang_pictures(
    model: Res<RoomModel>,
    mut commands: Commands,
    hung: Query<Entity, With<Hung>>,
    mut images: ResMut<Assets<Image>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<PictureMaterial>>,
    mut seen: Local<Option<(PatientPosition, Vec<ShownPicture>)>>,
) {
    let shown = if model.in_bore() { model.pictures.clone() } else { Vec::new() };
    if !renewed(&mut seen, (model.position, shown)) {
        return;
    }
    for entity in &hung {
        commands.entity(entity).despawn();
    }
    for picture in seen.iter().flat_map(|(_, pictures)| pictures) {
        let [width, height] = picture.size;
        if picture.rgba.len() != 4 * width as usize * height as usize || picture.rgba.is_empty() {
            continue;
        }
        let pixels = Image::new(
            Extent3d { width, height, depth_or_array_layers: 1 },
            TextureDimension::D2,
            picture.rgba.to_vec(),
            TextureFormat::Rgba8UnormSrgb,
            RenderAssetUsages::RENDER_WORLD,
        );
        commands.spawn((
            Hung,
            Mesh3d(meshes.add(slices::picture_mesh(model.position, picture))),
            MeshMaterial3d(materials.add(PictureMaterial { pixels: images.add(pixels) })),
        ));
    }
}

fn light_up(model: Res<RoomModel>, mut stage: Stage, mut seen: Local<Option<bool>>) {
    if renewed(&mut seen, model.scanning) {
        stage.show(Part::MagnetLights, &magnet::lights(model.scanning));
    }
}

/// Cuts the half of the magnet away that hides a patient in the bore from an eye at the side.
fn cut_open(
    model: Res<RoomModel>,
    view: Res<RoomView>,
    parts: Query<(&Part, &MeshMaterial3d<RoomMaterial>)>,
    mut materials: ResMut<Assets<RoomMaterial>>,
    mut seen: Local<Option<Vec4>>,
) {
    let cut = cut_plane(&model, &view);
    if !renewed(&mut seen, cut) {
        return;
    }
    let dark = if cut == Vec4::ZERO { 0.5 } else { 0.1 };
    for (part, handle) in &parts {
        if let Some(mut material) = materials.get_mut(&handle.0) {
            material.look.light.z = dark;
            if part.is_cut() {
                material.look.cut = cut;
            }
        }
    }
}

/// Normal and distance of the plane beyond which the magnet is cut away; zero cuts nothing.
fn cut_plane(model: &RoomModel, view: &RoomView) -> Vec4 {
    /// From this sideways part of the eye's direction on (choice: beyond 20° from the bore's axis).
    const ASIDE: f32 = 0.34;
    let away = view.eye().translation - view.target;
    let aside = away.x / away.with_y(0.0).length().max(1e-3);
    if model.in_bore() && aside.abs() > ASIDE { Vec4::new(aside.signum(), 0.0, 0.0, 0.0) } else { Vec4::ZERO }
}

fn turn_triad(model: Res<RoomModel>, view: Res<RoomView>, mut stage: Stage) {
    let mut triad = Surface::default();
    if model.patient_on_table {
        triad = triad::surface(model.position, view.eye().rotation, view.aspect(), RoomView::half_view());
    }
    stage.show(Part::Triad, &triad);
}
