//! An image with fine pixels is read at two pixel sizes, any other at one.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use geometry::{Grid, Point, Structure, Volume, resample};
use nalgebra::{Matrix3, Vector3};
use vnet::{ImageContract, Level, Model, NetworkShape, Outline, Provenance, Weights, prepare};

fn model() -> Model {
    model_of(Structure::COUNT)
}

fn model_of(classes: usize) -> Model {
    let level = Level { width: 8, kernel: [1, 3, 3], stride: [1, 1, 1], convolutions: 1 };
    let network = NetworkShape { levels: vec![level], classes };
    let parameters = network.initial(randomness::Stream::from_seed(1));
    let image = ImageContract { fine_pixel_mm: Some(1.25), ..ImageContract::default() };
    Model::from_weights(Weights { network, image, provenance: Provenance::default(), parameters }).unwrap()
}

/// Stripes in an air-filled box, sagittal slices of 4 mm.
fn image(pixel_mm: f64) -> Volume<f32> {
    let axes = Matrix3::from_columns(&[Vector3::y(), -Vector3::z(), -Vector3::x()]);
    let pixels = (120.0 / pixel_mm) as usize;
    let grid = Grid::centred(Point::origin(), axes, [pixel_mm, pixel_mm, 4.0], [pixels, pixels, 8]);
    let inside = |p: &Point| p.y.abs() < 45.0 && p.z.abs() < 45.0;
    Volume::from_fn(grid, |p| if inside(&p) { 100.0 + 60.0 * (p.z / 9.0).sin() as f32 } else { 0.0 })
}

/// The probability of a vertebra on the grid of a contract.
fn vertebra_on(model: &Model, image: &Volume<f32>, contract: &ImageContract) -> Volume<f32> {
    let prepared = prepare(image, contract).unwrap();
    let of_vertebra = model.probabilities(&prepared.data);
    let of_vertebra = of_vertebra.iter().skip(1).step_by(Structure::COUNT).copied().collect();
    let data = ndarray::Array3::from_shape_vec(prepared.data.dim(), of_vertebra).unwrap();
    Volume::new(prepared.grid, data)
}

#[test]
fn a_fine_image_gets_the_mean_of_both_readings() {
    let (model, image) = (model(), image(1.0));
    let fine = vertebra_on(&model, &image, model.contract());
    let coarse = vertebra_on(&model, &image, &ImageContract { fine_pixel_mm: None, ..model.contract().clone() });
    assert_eq!((fine.grid.spacing_mm[0], coarse.grid.spacing_mm[0]), (1.25, 1.75));
    let coarse = resample::linear(&coarse, &fine.grid, f32::NAN);
    let segmentation = model.segment(&image).unwrap();
    let found = segmentation.probability(Structure::Vertebra);
    assert_eq!(found.grid, fine.grid);
    let (mut compared, mut difference) = (0, 0.0f32);
    for ((found, fine), coarse) in found.data.iter().zip(&fine.data).zip(&coarse.data) {
        if coarse.is_finite() {
            assert!((found - (fine + coarse) / 2.0).abs() < 1e-5, "{found} of {fine} and {coarse}");
            compared += 1;
            difference = difference.max((fine - coarse).abs());
        }
    }
    assert!(
        compared > 10_000 && difference > 0.01,
        "{compared} voxels compared, the readings differ by at most {difference}"
    );
}

#[test]
fn a_coarse_image_is_read_once() {
    let (model, image) = (model(), image(1.75));
    let once = vertebra_on(&model, &image, model.contract());
    assert_eq!(model.segment(&image).unwrap().probability(Structure::Vertebra).data, once.data);
}

#[test]
fn fine_images_are_outlined_by_readers_convention_and_others_by_anatomy() {
    let model = model_of(Structure::COUNT + 1);
    for (pixel_mm, usual, other) in
        [(1.0, Outline::Readers, Outline::Anatomy), (1.75, Outline::Anatomy, Outline::Readers)]
    {
        let image = image(pixel_mm);
        let vertebra = |outline| {
            let segmentation = model.segment_outlined(&image, outline).unwrap();
            segmentation.probability(Structure::Vertebra).data.clone()
        };
        assert_eq!(vertebra(None), vertebra(Some(usual)), "pixels of {pixel_mm} mm");
        let (anatomy, readers) = (vertebra(Some(Outline::Anatomy)).sum(), vertebra(Some(Outline::Readers)).sum());
        assert!(anatomy > 1.01 * readers, "{anatomy} with cortex, {readers} without");
        assert_ne!(vertebra(None), vertebra(Some(other)));
    }
}
