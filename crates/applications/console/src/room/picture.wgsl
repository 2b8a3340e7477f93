// An image at its place in the patient, as bright as on the screen.

#import bevy_pbr::forward_io::VertexOutput

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var pixels: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(1) var pixels_sampler: sampler;

@fragment
fn fragment(in: VertexOutput) -> @location(0) vec4<f32> {
    return textureSample(pixels, pixels_sampler, in.uv);
}
