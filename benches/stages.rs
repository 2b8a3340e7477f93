//! Time of each stage of a case: `cargo bench --bench stages`.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use assessment::true_plan;
use criterion::{Criterion, criterion_group, criterion_main};
use geometry::Orientation;
use phantom::{PatientOnTable, Population, Positioning};
use planner::rib_count::{about_the_spine, count_by_ribs};
use planner::{ClassMap, Planner as _, PlanningRequest, VnetPlanner, check_series, prescribe, read_spine};
use randomness::Stream;
use scanner::{Protocol, Saturation};
use scenario::spine_of;
use vnet::Model;

/// As in the `plumbline` program.
#[global_allocator]
static ALLOCATOR: memory::Allocator = memory::Allocator;

fn stages(criterion: &mut Criterion) {
    memory::keep_pages();
    let population = Population::adult_lumbar();
    let protocol = Protocol::builtin("lumbar-1.5t").expect("it ships");
    let (scanner, rules, stream) = (protocol.scanner(), protocol.prescription(), Stream::from_seed(5));
    let mut group = criterion.benchmark_group("stage");
    group.sample_size(10);

    group.bench_function("synthesize a spine with its truth", |b| {
        b.iter(|| black_box(spine_of(&population, true, &stream).truth().discs.len()));
    });
    let spine = Arc::new(spine_of(&population, true, &stream));
    let patient = PatientOnTable::new(spine, Positioning::default());
    let plan = true_plan(&patient.truth(), &rules);
    let bands = Saturation::by(&plan.sat_bands);

    group.bench_function("acquire the three-plane localizer", |b| {
        b.iter(|| {
            for stack in scanner::localizer(&protocol) {
                black_box(scanner::acquire(
                    &patient,
                    &scanner,
                    &protocol.localizer.series,
                    &stack,
                    &Saturation::default(),
                    &stream,
                ));
            }
        });
    });
    group.bench_function("acquire 15 sagittal T2 slices", |b| {
        b.iter(|| scanner::acquire(&patient, &scanner, &protocol.sagittal_t2, &plan.groups[0], &bands, &stream));
    });
    group.bench_function("acquire 5 axial T2 slices", |b| {
        b.iter(|| scanner::acquire(&patient, &scanner, &protocol.axial_t2, &plan.groups[5], &bands, &stream));
    });

    let [sagittal, coronal, _] = scanner::localizer(&protocol);
    let localizer = |stack| {
        scanner::acquire(&patient, &scanner, &protocol.localizer.series, stack, &Saturation::default(), &stream)
    };
    let (image, coronal) = (localizer(&sagittal), localizer(&coronal));
    let model = Arc::new(Model::load(Path::new("models/lumbar-vnet")).expect("the shipped model"));
    let ribs = Arc::new(Model::load(Path::new("models/lumbar-vnet/coronal.safetensors")).expect("the shipped model"));
    group.bench_function("segment the sagittal localizer", |b| b.iter(|| model.segment(&image).expect("segmented")));

    let segmentation = model.segment(&image).expect("segmented");
    group.bench_function("label: instances, levels, planes", |b| {
        b.iter(|| black_box(read_spine(&ClassMap::from(&segmentation))));
    });
    let (spine, _) = read_spine(&ClassMap::from(&segmentation));
    let spine = spine.expect("a spine is in view").spine;
    group.bench_function("count: segment the coronal localizer, read the ribs", |b| {
        b.iter(|| count_by_ribs(&spine, &ribs.segment(&about_the_spine(&coronal, &spine)).expect("segmented")));
    });
    group.bench_function("plan: prescribe", |b| b.iter(|| black_box(prescribe(&spine, &rules))));
    group.bench_function("check a sagittal series", |b| {
        b.iter(|| black_box(check_series(&plan, &plan.groups[0], &image, Some(&plan))));
    });

    let mut planner = VnetPlanner::new(Arc::clone(&model)).with_ribs(Some(Arc::clone(&ribs)));
    group.bench_function("loop: localizer complete to plan ready", |b| {
        let request = PlanningRequest {
            images: &[(Orientation::Sagittal, &image), (Orientation::Coronal, &coronal)],
            position: patient.positioning.position,
            rules: &rules,
        };
        b.iter(|| planner.plan(&request).expect("planned"));
    });
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
