use geometry::Structure;
use harness::ScenarioSetup;
use harness::runner::patient_of;
use randomness::Stream;
use scanner::Saturation;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use vnet::Model;
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
fn main() -> Result<(), Box<dyn Error>> {
    let mut a = std::env::args().skip(1);
    let model = Model::load(Path::new(&a.next().unwrap()))?;
    let cases: u64 = a.next().unwrap().parse()?;
    let paths: Vec<PathBuf> = a.map(PathBuf::from).collect();
    for setup in ScenarioSetup::load_all(&paths).map_err(|e| format!("{e:?}"))? {
        let mut fp: BTreeMap<String, [f64; 3]> = BTreeMap::new();
        let mut fnn: BTreeMap<String, [f64; 3]> = BTreeMap::new();
        let (mut tp, mut f_p, mut f_n) = (0.0, 0.0, 0.0);
        let mut kinds: BTreeMap<String, f64> = BTreeMap::new();
        let mut truth_n: BTreeMap<String, f64> = BTreeMap::new();
        for case in 0..cases {
            let stream = Stream::from_seed(setup.scenario.seed).child("case", case);
            let patient = patient_of(&setup.population, &setup.scenario.patients.positioning, &stream);
            let [group, ..] = scanner::localizer(&setup.protocol);
            let (series, machine) = (&setup.protocol.localizer.series, setup.protocol.scanner());
            let bands = Saturation::by(&[]);
            let image = scanner::acquire(&patient, &machine, series, &group, &bands, &stream.child("localizer", 0));
            let mut found = model.segment(&image)?;
            planner::remove_islands(&mut found);
            planner::restore_sacrum(&mut found);
            let found = found.labels;
            let centre = patient.structures(&image.grid);
            let materials = patient.rasterize(&image.grid);
            let truth = patient.truth();
            let v = Structure::Vertebra.label();
            let mags: Vec<f64> = image.data.iter().map(|x| f64::from(*x)).collect();
            for (n, ((idx, f), m)) in found.data.indexed_iter().zip(materials.data.iter()).enumerate() {
                let (k, j, i) = idx;
                let c = centre.data[idx];
                let place = image.grid.point([i as f64, j as f64, k as f64]);
                if !truth.is_behind_the_bodies(&place) {
                    continue;
                }
                let mat = &patient.materials()[usize::from(*m)];
                let name = format!("{:?}/{:?}", mat.tissue, mat.structure);
                if c == v {
                    *truth_n.entry(name.clone()).or_default() += 1.0;
                }
                let at = |dk: i64, dj: i64, di: i64| {
                    centre
                        .data
                        .get([(k as i64 + dk) as usize, (j as i64 + dj) as usize, (i as i64 + di) as usize])
                        .is_some_and(|x| *x == v)
                        != (c == v)
                };
                let plane = at(0, 1, 0) || at(0, -1, 0) || at(0, 0, 1) || at(0, 0, -1);
                let through = at(1, 0, 0) || at(-1, 0, 0);
                let what = match (*f == v, c == v) {
                    (true, true) => "TP",
                    (true, false) => "FP",
                    (false, true) => "FN",
                    _ => "TN",
                };
                *kinds.entry(format!("{what} plane-edge {plane} through-edge {through}")).or_default() += 1.0;
                match (*f == v, c == v) {
                    (true, true) => tp += 1.0,
                    (true, false) => {
                        f_p += 1.0;
                        let e = fp.entry(name).or_default();
                        e[0] += 1.0;
                        e[1] += mags[n];
                    }
                    (false, true) => {
                        f_n += 1.0;
                        let e = fnn.entry(format!("{name} -> {f}")).or_default();
                        e[0] += 1.0;
                        e[1] += mags[n];
                    }
                    _ => {}
                }
            }
        }
        println!("{} tp {tp} fp {f_p} fn {f_n} dice {:.3}", setup.scenario.name, 2.0 * tp / (2.0 * tp + f_p + f_n));
        for (k, n) in &kinds {
            println!(" {k} {n}");
        }
        println!(" truth {truth_n:?}");
        let mut l: Vec<_> = fp.into_iter().collect();
        l.sort_by(|a, b| b.1[0].total_cmp(&a.1[0]));
        for (k, [n, m, _]) in l.iter().take(10) {
            println!(" FP {k:40} {n:8} mean {:.3}", m / n);
        }
        let mut l: Vec<_> = fnn.into_iter().collect();
        l.sort_by(|a, b| b.1[0].total_cmp(&a.1[0]));
        for (k, [n, m, _]) in l.iter().take(12) {
            println!(" FN {k:40} {n:8} mean {:.3}", m / n);
        }
    }
    Ok(())
}
