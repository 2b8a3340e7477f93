//! The eye: where it looks from, the picture it draws, and when it draws.
//!
//! The room is drawn into an image of the tile's size, which egui shows, and only after something changed: an idle
//! console costs nothing, and dragging elsewhere does not redraw the room.

use bevy::camera::{ClearColorConfig, RenderTarget};
use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureFormat};
use bevy::window::RequestRedraw;

use super::model::RoomModel;

/// Angle of view from bottom to top, degrees (choice: a room of 7 m from its near wall, without bent edges).
const VIEW_DEG: f32 = 38.0;
/// Frames that are drawn after a change: new meshes and pipelines may need one more than the change itself.
const FRAMES_AFTER_CHANGE: u32 = 2;
/// Frames that are drawn at first, while shaders are loaded.
const FRAMES_AT_FIRST: u32 = 40;
/// The picture is never larger than this, pixels; nor smaller than one.
const LARGEST_PX: u32 = 4096;

/// From where the room is seen; the console's tile sets it.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct RoomView {
    /// Size of the picture, physical pixels.
    pub size_px: UVec2,
    /// Turn about the vertical: 0 looks from the table's foot into the bore, 90 from the right of somebody who stands there.
    pub yaw_deg: f32,
    /// Height of the eye: 0 is level, 90 looks down.
    pub pitch_deg: f32,
    /// From the eye to what it looks at, m.
    pub distance_m: f32,
    /// What the eye looks at, in the room, m.
    pub target: Vec3,
    /// Several samples for each pixel: smoother edges for more time.
    pub smooth: bool,
}

impl Default for RoomView {
    /// Over the table, a little from the right.
    fn default() -> Self {
        Self {
            size_px: UVec2::new(640, 400),
            yaw_deg: 52.0,
            pitch_deg: 24.0,
            distance_m: 4.4,
            target: Vec3::new(0.0, -0.25, 1.05),
            smooth: true,
        }
    }
}

impl RoomView {
    /// Close to the laser's cross, from the technologist's place beside the table.
    pub fn at_the_laser() -> Self {
        Self { yaw_deg: 62.0, pitch_deg: 34.0, distance_m: 2.3, target: Vec3::new(0.0, -0.05, 0.95), ..Self::default() }
    }

    /// From the side, at the isocentre: the magnet is cut open while a patient lies in it.
    pub fn into_the_bore() -> Self {
        Self { yaw_deg: 68.0, pitch_deg: 18.0, distance_m: 2.5, target: Vec3::new(0.0, -0.02, 0.0), ..Self::default() }
    }

    /// From the table's foot.
    pub fn from_the_foot() -> Self {
        Self { yaw_deg: 0.0, pitch_deg: 14.0, distance_m: 4.2, target: Vec3::new(0.0, -0.1, 0.6), ..Self::default() }
    }

    /// Turns the eye about its target; a drag of the mouse.
    pub fn turn(&mut self, yaw_deg: f32, pitch_deg: f32) {
        self.yaw_deg = (self.yaw_deg + yaw_deg).rem_euclid(360.0);
        self.pitch_deg = (self.pitch_deg + pitch_deg).clamp(-8.0, 88.0);
    }

    /// Goes nearer (below 1) or away (above 1); the mouse's wheel.
    pub fn zoom(&mut self, factor: f32) {
        self.distance_m = (self.distance_m * factor).clamp(0.8, 7.0);
    }

    /// Where the eye is and how it is turned.
    pub fn eye(&self) -> Transform {
        let (yaw, pitch) = (self.yaw_deg.to_radians(), self.pitch_deg.clamp(-89.0, 89.0).to_radians());
        let away = Vec3::new(yaw.sin() * pitch.cos(), pitch.sin(), yaw.cos() * pitch.cos());
        Transform::from_translation(self.target + away * self.distance_m).looking_at(self.target, Vec3::Y)
    }

    /// Width over height.
    pub fn aspect(&self) -> f32 {
        let size = self.size_px.max(UVec2::ONE).as_vec2();
        size.x / size.y
    }

    /// Tangent of half the angle of view from bottom to top.
    pub fn half_view() -> f32 {
        (VIEW_DEG.to_radians() / 2.0).tan()
    }

    /// Where a place of the room appears in the picture, pixels from the top left; `None` behind the eye. For labels.
    pub fn project(&self, place: Vec3) -> Option<Vec2> {
        let seen = self.eye().to_matrix().inverse().transform_point3(place);
        if seen.z > -0.05 {
            return None;
        }
        let unit = Vec2::new(seen.x / self.aspect(), seen.y) / (-seen.z * Self::half_view());
        Some((Vec2::new(unit.x, -unit.y) + 1.0) / 2.0 * self.size_px.as_vec2())
    }
}

/// The picture of the room, for egui: register it once with `EguiUserTextures`.
#[derive(Resource, Clone, Debug)]
pub struct RoomPicture(pub Handle<Image>);

/// The eye's entity.
#[derive(Component)]
pub struct RoomEye;

/// How many frames are still to be drawn.
#[derive(Resource, Debug)]
pub struct Redraw(pub u32);

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<RoomView>()
        .insert_resource(Redraw(FRAMES_AT_FIRST))
        .add_systems(PreStartup, open_the_eye)
        .add_systems(Update, aim.run_if(resource_changed::<RoomView>))
        .add_systems(PostUpdate, redraw.before(bevy::camera::CameraUpdateSystems));
}

fn open_the_eye(mut commands: Commands, mut images: ResMut<Assets<Image>>, view: Res<RoomView>) {
    let size = picture_size(&view);
    let picture = images.add(Image::new_target_texture(size.width, size.height, TextureFormat::Rgba8UnormSrgb, None));
    commands.insert_resource(RoomPicture(picture.clone()));
    commands.spawn((
        RoomEye,
        Camera3d::default(),
        Camera { order: -1, clear_color: ClearColorConfig::Custom(Color::srgb_u8(20, 23, 28)), ..default() },
        RenderTarget::Image(picture.into()),
        Projection::Perspective(PerspectiveProjection {
            fov: VIEW_DEG.to_radians(),
            near: 0.05,
            far: 30.0,
            ..default()
        }),
        Tonemapping::None,
        Msaa::Sample4,
        view.eye(),
    ));
}

fn picture_size(view: &RoomView) -> Extent3d {
    let size = view.size_px.clamp(UVec2::ONE, UVec2::splat(LARGEST_PX));
    Extent3d { width: size.x, height: size.y, depth_or_array_layers: 1 }
}

fn aim(
    view: Res<RoomView>,
    picture: Res<RoomPicture>,
    mut images: ResMut<Assets<Image>>,
    mut eye: Single<(&mut Transform, &mut Msaa), With<RoomEye>>,
) {
    let size = picture_size(&view);
    if images.get(&picture.0).is_some_and(|image| image.texture_descriptor.size != size)
        && let Some(mut image) = images.get_mut(&picture.0)
    {
        image.resize(size);
    }
    *eye.0 = view.eye();
    eye.1.set_if_neq(if view.smooth { Msaa::Sample4 } else { Msaa::Off });
}

fn redraw(
    model: Res<RoomModel>,
    view: Res<RoomView>,
    mut left: ResMut<Redraw>,
    mut eye: Single<&mut Camera, With<RoomEye>>,
    mut wake: MessageWriter<RequestRedraw>,
) {
    if model.is_changed() || view.is_changed() {
        left.0 = left.0.max(FRAMES_AFTER_CHANGE);
    }
    let drawing = left.0 > 0;
    if eye.is_active != drawing {
        eye.is_active = drawing;
    }
    if drawing {
        left.0 -= 1;
        wake.write(RequestRedraw);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_in_the_middle_and_up_is_up() {
        let view = RoomView { size_px: UVec2::new(800, 500), ..RoomView::into_the_bore() };
        let middle = view.project(view.target).expect("before the eye");
        assert!(middle.distance(Vec2::new(400.0, 250.0)) < 0.01, "{middle}");
        let above = view.project(view.target + Vec3::Y * 0.3).expect("before the eye");
        assert!(above.y < middle.y - 20.0 && (above.x - middle.x).abs() < 0.5);
        // From the foot, the room's x is to the right.
        let foot = RoomView::from_the_foot();
        let right = foot.project(foot.target + Vec3::X * 0.3).expect("before the eye");
        assert!(right.x > 330.0);
        assert_eq!(foot.project(foot.eye().translation + Vec3::Z), None, "behind the eye");
    }

    #[test]
    fn the_eye_keeps_its_distance_and_does_not_tip_over() {
        let mut view = RoomView::default();
        for _ in 0..50 {
            view.turn(33.0, 7.0);
            view.zoom(0.9);
            let eye = view.eye();
            assert!((eye.translation.distance(view.target) - view.distance_m).abs() < 1e-4);
            assert!(eye.up().y > 0.0);
        }
        assert_eq!((view.pitch_deg, view.distance_m), (88.0, 0.8));
    }
}
