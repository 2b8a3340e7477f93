// The room's light without lamps: a soft key from the ceiling, a hemisphere for the walls' reflections, a small gloss, and
// darkness where little light reaches (near the floor, inside the bore). Cheap enough for a software rasterizer.

#import bevy_pbr::{forward_io::VertexOutput, mesh_view_bindings::view}

struct Look {
    tint: vec4<f32>,
    // What lies beyond this plane (normal, distance; metres) is cut away.
    cut: vec4<f32>,
    // How much light falls: 0 draws the colour as it is. Then gloss, and how dark the bore is inside.
    light: vec4<f32>,
}

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> look: Look;

const SECTION = vec3<f32>(0.030, 0.036, 0.046);

@fragment
fn fragment(in: VertexOutput, @builtin(front_facing) front: bool) -> @location(0) vec4<f32> {
    let place = in.world_position.xyz;
#ifdef CUT
    if dot(look.cut.xyz, place) > look.cut.w {
        discard;
    }
    if !front {
        return vec4<f32>(SECTION, 1.0);
    }
#endif
    var colour = look.tint;
#ifdef VERTEX_COLORS
    colour *= in.color;
#endif
#ifdef LIT
    let normal = normalize(in.world_normal);
    let to_eye = normalize(view.world_position - place);
    let key_from = vec3<f32>(0.32, 0.86, 0.40);
    let key = max(dot(normal, key_from) * 0.8 + 0.2, 0.0);
    let sky = normal.y * 0.5 + 0.5;
    var light = mix(vec3<f32>(0.17, 0.18, 0.20), vec3<f32>(0.40, 0.43, 0.48), sky) + key * vec3<f32>(0.50, 0.485, 0.46);
    let near_floor = smoothstep(-1.05, -0.25, place.y);
    light *= 0.62 + 0.38 * near_floor;
    let depth = smoothstep(0.95, 0.35, abs(place.z)) * smoothstep(0.52, 0.36, length(place.xy));
    light *= 1.0 - look.light.z * depth;
    let half_way = normalize(key_from + to_eye);
    let gloss = pow(max(dot(normal, half_way), 0.0), 36.0) * look.light.y;
    let rim = pow(1.0 - max(dot(normal, to_eye), 0.0), 3.0) * 0.06;
    colour = vec4<f32>(colour.rgb * light + vec3<f32>(gloss + rim) * (1.0 - look.light.z * depth), colour.a);
#endif
    return colour;
}
