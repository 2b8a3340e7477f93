//! A cohort has the means, standard deviations and correlations of its population file.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use geometry::{Disc, Vertebra};
use phantom::{Population, Spine, SpineParameters};
use randomness::Stream;

const PEOPLE: u64 = 1500;

fn cohort() -> Vec<SpineParameters> {
    let population = Population::adult_lumbar();
    (0..PEOPLE).map(|n| population.sample(&Stream::from_seed(2026).child("case", n))).collect()
}

fn mean_sd(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let ((ma, sa), (mb, sb)) = (mean_sd(a), mean_sd(b));
    let n = a.len() as f64 - 1.0;
    a.iter().zip(b).map(|(x, y)| (x - ma) * (y - mb)).sum::<f64>() / (n * sa * sb)
}

fn near(what: &str, value: f64, expected: f64, tolerance: f64) {
    assert!((value - expected).abs() <= tolerance, "{what} is {value:.2}, expected {expected} ± {tolerance}");
}

#[test]
fn sizes_have_the_means_and_standard_deviations_of_the_tables() {
    let cohort = cohort();
    let column = |f: &dyn Fn(&SpineParameters) -> f64| cohort.iter().map(f).collect::<Vec<_>>();
    let l4 = |p: &SpineParameters| *p.vertebrae.iter().find(|v| v.label == Vertebra::L4).unwrap();

    let (mean, sd) = mean_sd(&column(&|p| l4(p).superior_width_mm));
    near("L4 width", mean, 46.6, 0.5);
    // Total spread: 3.7 mm within a sex and 5 % of 46.6 mm between, cut off at 2.5 standard deviations.
    near("SD of L4 width", sd, 3.7_f64.hypot(0.05 * 46.6), 0.4);
    let (mean, sd) = mean_sd(&column(&|p| l4(p).canal_depth_mm));
    near("L4 canal depth", mean, 18.6, 0.3);
    near("SD of L4 canal depth", sd, 2.1_f64.hypot(0.05 * 18.6), 0.25);

    let l45 = Disc::between(Vertebra::L4, Vertebra::L5);
    let heights = column(&|p| p.discs.iter().find(|d| d.label == l45).unwrap().middle_height_mm);
    near("L4/L5 height", mean_sd(&heights).0, 12.2, 0.4);
    let widths = column(&|p| l4(p).superior_width_mm);
    near("width against depth", correlation(&widths, &column(&|p| l4(p).superior_depth_mm)), 0.6, 0.15);
    near("width against size", correlation(&widths, &column(&|p| p.person.size_sd)), 0.6, 0.12);

    let incidence = column(&|p| p.alignment.pelvic_incidence_deg);
    near("pelvic incidence", mean_sd(&incidence).0, 50.5, 1.0);
    near("SD of pelvic incidence", mean_sd(&incidence).1, 11.4, 1.0);
    near("incidence against slope", correlation(&incidence, &column(&|p| p.alignment.sacral_slope_deg)), 0.83, 0.08);

    // Scoliosis of 10° or more in about 9 % (JBJS 2016).
    let scoliotic = cohort.iter().filter(|p| p.alignment.cobb_deg.abs() >= 10.0).count() as f64 / cohort.len() as f64;
    near("fraction with scoliosis", scoliotic, 0.085, 0.03);
    let degeneration = column(&|p| p.discs.iter().map(|d| d.degeneration).sum::<f64>() / p.discs.len() as f64);
    assert!(correlation(&degeneration, &column(&|p| p.person.age_years)) > 0.4, "discs degenerate with age");
}

#[test]
fn supine_alignment_matches_the_literature() {
    let cohort = cohort();
    let measured = |cushion| {
        let truths = cohort.iter().take(200).map(|p| Spine::build(p, cushion).unwrap().truth().measurements.clone());
        truths.collect::<Vec<_>>()
    };
    let (straight, cushioned) = (measured(false), measured(true));
    let lordosis = |m: &[phantom::Measurements]| m.iter().map(|m| m.lumbar_lordosis_deg).collect::<Vec<_>>();
    let (mean, sd) = mean_sd(&lordosis(&straight));
    // L1–S1: 50.5° standing, 0.9 of that supine.
    near("supine lordosis", mean, 45.0, 3.0);
    near("SD of lordosis", sd, 10.0, 2.0);
    let factor = mean_sd(&lordosis(&cushioned)).0 / mean;
    near("lordosis with knee cushion relative to straight legs", factor, 0.86, 0.04);
    let slopes: Vec<f64> = straight.iter().map(|m| m.sacral_slope_deg).collect();
    near("sacral slope", mean_sd(&slopes).0, 40.0, 3.0);
    let areas: Vec<f64> = straight.iter().map(|m| m.sac_area_mm2[&Disc::between(Vertebra::L3, Vertebra::L4)]).collect();
    near("sac area", mean_sd(&areas).0, 180.0, 45.0);
}
