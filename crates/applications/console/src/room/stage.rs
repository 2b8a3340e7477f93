//! The parts of the scene as entities: one mesh and one material each, made once and refilled.

use bevy::camera::visibility::NoFrustumCulling;
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use super::camera::RoomEye;
use super::lines::Lines;
use super::material::{Kind, RoomMaterial};
use super::surface::Surface;

/// One part of the scene.
#[derive(Component, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Floor, walls, ceiling.
    Walls,
    /// Lamps, the control room's screens.
    Lamps,
    /// Shade on the floor.
    Shade,
    /// The magnet.
    Magnet,
    /// What shines on the magnet.
    MagnetLights,
    /// The table's standing parts.
    Rails,
    /// The travelling part.
    Cradle,
    /// The patient.
    Patient,
    /// Marks on the patient.
    Marks,
    /// Elements of the spine array that are off, and the body array's pad.
    Coils,
    /// Elements that are on.
    CoilsOn,
    /// Loops of the body array, rungs of the body coil.
    CoilLines,
    /// The body coil in the bore's wall.
    BodyCoil,
    /// The landmark's cross.
    Laser,
    /// The light on its way.
    LaserFan,
    /// Faces of slice groups and bands.
    GroupFaces,
    /// Their lines where nothing is before them.
    GroupLines,
    /// Their lines behind others.
    GroupLinesHidden,
    /// The triad of the patient's axes.
    Triad,
}

const SHEER: Kind = Kind { sheer: true, ..RoomMaterial::SHINING };
const THROUGH: Kind = Kind { through: true, ..SHEER };
const CUT: Kind = Kind { cut: true, ..RoomMaterial::LIT };
const CUT_SHINING: Kind = Kind { cut: true, lit: false, ..CUT };

impl Part {
    const ALL: [(Self, Kind, f32); 19] = [
        (Self::Walls, RoomMaterial::LIT, 0.0),
        (Self::Lamps, Kind { two_sided: false, ..RoomMaterial::SHINING }, 0.0),
        (Self::Shade, SHEER, 0.0),
        (Self::Magnet, CUT, 0.22),
        (Self::MagnetLights, CUT_SHINING, 0.0),
        (Self::Rails, RoomMaterial::LIT, 0.10),
        (Self::Cradle, RoomMaterial::LIT, 0.08),
        (Self::Patient, RoomMaterial::LIT, 0.03),
        (Self::Marks, Kind { two_sided: true, ..RoomMaterial::LIT }, 0.0),
        (Self::Coils, RoomMaterial::LIT, 0.06),
        (Self::CoilsOn, RoomMaterial::SHINING, 0.0),
        (Self::CoilLines, RoomMaterial::SHINING, 0.0),
        (Self::BodyCoil, SHEER, 0.0),
        (Self::Laser, RoomMaterial::SHINING, 0.0),
        (Self::LaserFan, SHEER, 0.0),
        (Self::GroupFaces, THROUGH, 0.0),
        (Self::GroupLines, SHEER, 0.0),
        (Self::GroupLinesHidden, THROUGH, 0.0),
        (Self::Triad, THROUGH, 0.0),
    ];

    /// True for parts that are cut open with the magnet.
    pub fn is_cut(self) -> bool {
        matches!(self, Self::Magnet | Self::MagnetLights)
    }

    fn is_lines(self) -> bool {
        matches!(self, Self::CoilLines | Self::BodyCoil | Self::GroupLines | Self::GroupLinesHidden)
    }
}

/// Makes all parts, empty and hidden.
pub fn set_the_stage(
    mut commands: Commands,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<RoomMaterial>>,
    eye: Single<Entity, With<RoomEye>>,
) {
    let nothing = Surface::cuboid(Vec3::ZERO, Vec3::splat(1e-3), [0.0; 4]);
    let mut no_line = Lines::default();
    no_line.line(Vec3::ZERO, Vec3::Y * 1e-3, [0.0; 4]);
    for (part, kind, gloss) in Part::ALL {
        let mut material = RoomMaterial::new(kind, gloss);
        if part == Part::GroupLinesHidden {
            material.look.tint.w = 0.30;
        }
        let mesh = meshes.add(if part.is_lines() { no_line.mesh() } else { nothing.mesh() });
        let entity = commands
            .spawn((
                part,
                Mesh3d(mesh),
                MeshMaterial3d(materials.add(material)),
                Transform::IDENTITY,
                Visibility::Hidden,
                NoFrustumCulling,
            ))
            .id();
        if part == Part::Triad {
            commands.entity(*eye).add_child(entity);
        }
    }
}

/// Access to the parts.
#[derive(SystemParam)]
pub struct Stage<'w, 's> {
    meshes: ResMut<'w, Assets<Mesh>>,
    parts: Query<'w, 's, (&'static Part, &'static Mesh3d, &'static mut Visibility, &'static mut Transform)>,
}

impl Stage<'_, '_> {
    /// Fills a part with a surface; an empty one hides it.
    pub fn show(&mut self, part: Part, surface: &Surface) {
        let mesh = (!surface.is_empty()).then(|| surface.mesh());
        self.fill(part, mesh);
    }

    /// Fills a part with lines.
    pub fn show_lines(&mut self, part: Part, lines: &Lines) {
        let mesh = (!lines.positions.is_empty()).then(|| lines.mesh());
        self.fill(part, mesh);
    }

    fn fill(&mut self, part: Part, mesh: Option<Mesh>) {
        for (_, handle, mut visibility, _) in self.parts.iter_mut().filter(|(name, ..)| **name == part) {
            let wanted = if mesh.is_some() { Visibility::Inherited } else { Visibility::Hidden };
            visibility.set_if_neq(wanted);
            if let Some(mesh) = &mesh
                && let Some(mut filled) = self.meshes.get_mut(&handle.0)
            {
                *filled = mesh.clone();
            }
        }
    }

    /// Moves a part.
    pub fn place(&mut self, part: Part, at: Vec3) {
        for (.., mut transform) in self.parts.iter_mut().filter(|(name, ..)| **name == part) {
            if transform.translation != at {
                transform.translation = at;
            }
        }
    }
}
