//! Two cheap materials: surfaces in the room's light, and images.
//!
//! Bevy's standard material computes far more than this room needs and is slow on a software rasterizer.

use bevy::asset::{AssetPath, embedded_asset, embedded_path};
use bevy::mesh::MeshVertexBufferLayoutRef;
use bevy::pbr::{MaterialPipeline, MaterialPipelineKey};
use bevy::prelude::*;
use bevy::render::render_resource::{
    AsBindGroup, CompareFunction, RenderPipelineDescriptor, ShaderType, SpecializedMeshPipelineError,
};
use bevy::shader::ShaderRef;

pub(super) fn plugin(app: &mut App) {
    embedded_asset!(app, "room.wgsl");
    embedded_asset!(app, "picture.wgsl");
    app.add_plugins((MaterialPlugin::<RoomMaterial>::default(), MaterialPlugin::<PictureMaterial>::default()));
}

fn embedded(path: std::path::PathBuf) -> ShaderRef {
    ShaderRef::Path(AssetPath::from_path_buf(path).with_source("embedded"))
}

/// The uniforms of the shader.
#[derive(Clone, Copy, Debug, ShaderType)]
pub struct Look {
    /// Multiplies the vertices' colours; linear.
    pub tint: Vec4,
    /// What lies beyond this plane is cut away: normal and distance from the isocentre, m.
    pub cut: Vec4,
    /// Unused, gloss, how dark the bore is inside (0…1), unused.
    pub light: Vec4,
}

/// A coloured surface.
#[derive(Asset, TypePath, AsBindGroup, Clone, Debug)]
#[bind_group_data(Kind)]
pub struct RoomMaterial {
    /// Colours and planes.
    #[uniform(0)]
    pub look: Look,
    /// How it is drawn.
    pub kind: Kind,
}

/// How a surface is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kind {
    /// In the room's light; otherwise as bright as its colour.
    pub lit: bool,
    /// Opacity counts.
    pub sheer: bool,
    /// Seen even behind others.
    pub through: bool,
    /// May be cut away by the look's plane; the inside shows as a section.
    pub cut: bool,
    /// Both sides are seen.
    pub two_sided: bool,
}

impl From<&RoomMaterial> for Kind {
    fn from(material: &RoomMaterial) -> Self {
        material.kind
    }
}

impl RoomMaterial {
    /// A surface in the room's light.
    pub const LIT: Kind = Kind { lit: true, sheer: false, through: false, cut: false, two_sided: false };
    /// A surface that shines by itself.
    pub const SHINING: Kind = Kind { lit: false, two_sided: true, ..Self::LIT };

    /// A white tint of a kind.
    pub fn new(kind: Kind, gloss: f32) -> Self {
        let look = Look { tint: Vec4::ONE, cut: Vec4::ZERO, light: Vec4::new(0.0, gloss, 0.5, 0.0) };
        Self { look, kind }
    }
}

impl Material for RoomMaterial {
    fn fragment_shader() -> ShaderRef {
        embedded(embedded_path!("room.wgsl"))
    }

    fn alpha_mode(&self) -> AlphaMode {
        if self.kind.sheer { AlphaMode::Blend } else { AlphaMode::Opaque }
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }

    fn specialize(
        _pipeline: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        _layout: &MeshVertexBufferLayoutRef,
        key: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        let kind = key.bind_group_data;
        if let Some(fragment) = &mut descriptor.fragment {
            let defined = [(kind.lit, "LIT"), (kind.cut, "CUT")];
            fragment.shader_defs.extend(defined.into_iter().filter(|(on, _)| *on).map(|(_, name)| name.into()));
        }
        if kind.two_sided || kind.cut {
            descriptor.primitive.cull_mode = None;
        }
        if kind.through {
            see_through(descriptor);
        }
        Ok(())
    }
}

fn see_through(descriptor: &mut RenderPipelineDescriptor) {
    if let Some(depth) = &mut descriptor.depth_stencil {
        depth.depth_compare = Some(CompareFunction::Always);
    }
}

/// An image in space.
#[derive(Asset, TypePath, AsBindGroup, Clone, Debug)]
pub struct PictureMaterial {
    /// What it shows.
    #[texture(0)]
    #[sampler(1)]
    pub pixels: Handle<Image>,
}

impl Material for PictureMaterial {
    fn fragment_shader() -> ShaderRef {
        embedded(embedded_path!("picture.wgsl"))
    }

    fn alpha_mode(&self) -> AlphaMode {
        AlphaMode::Blend
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }

    fn specialize(
        _pipeline: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        _layout: &MeshVertexBufferLayoutRef,
        _key: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        descriptor.primitive.cull_mode = None;
        see_through(descriptor);
        Ok(())
    }
}
