use geometry::{Orientation, SliceGroup};
use proptest::prelude::*;
use scanner::{Protocol, SeriesProtocol};

use super::*;

/// Every series of every protocol that ships, on the stack that it belongs to, with its field.
fn shipped() -> Vec<(SeriesProtocol, SliceGroup, f64)> {
    let of = |name: &&str| {
        let protocol = Protocol::builtin(name).expect("ships with the crate");
        let [sagittal, coronal, axial] = scanner::localizer(&protocol);
        let (long, across) = (protocol.sagittal_stack.applied_to(&sagittal), protocol.axial_stack.applied_to(&axial));
        let localizer = [sagittal, coronal, axial].map(|group| (protocol.localizer.series.clone(), group));
        let planned = [(protocol.sagittal_t2, long.clone()), (protocol.axial_t2, across.clone())];
        let further = protocol.further.into_iter().map(move |further| {
            (further.series, if further.stack == Orientation::Sagittal { long.clone() } else { across.clone() })
        });
        let field_t = protocol.field_t;
        localizer.into_iter().chain(planned).chain(further).map(move |(series, group)| (series, group, field_t))
    };
    Protocol::BUILTIN_NAMES.iter().flat_map(of).collect()
}

fn sagittal_t2() -> (SeriesProtocol, SliceGroup, f64) {
    shipped().into_iter().find(|(series, ..)| series.name == "T2 TSE sagittal").expect("in the first protocol")
}

/// The conflicts of the sagittal T2 after some changes.
fn after(changes: &[(Parameter, f64)]) -> (SeriesProtocol, SliceGroup, Vec<Conflict>) {
    let (mut series, mut group, field_t) = sagittal_t2();
    for &(parameter, value) in changes {
        set(&mut series, &mut group, parameter, value).expect("within the range");
    }
    let found = conflicts(&series, &group, field_t);
    (series, group, found)
}

fn rules(conflicts: &[Conflict]) -> Vec<Rule> {
    conflicts.iter().map(|conflict| conflict.rule).collect()
}

#[test]
fn no_shipped_series_is_in_conflict_and_every_value_is_offered() {
    for (series, group, field_t) in shipped() {
        assert_eq!(conflicts(&series, &group, field_t), [], "{}", series.name);
        for parameter in Parameter::ALL {
            let Some(value) = value(&series, &group, parameter) else { continue };
            assert!(parameter.range(&series).contains(value), "{}: {parameter:?} {value}", series.name);
        }
    }
}

#[test]
fn setting_what_was_read_changes_nothing() {
    for (series, group, _) in shipped() {
        let (mut same_series, mut same_group) = (series.clone(), group.clone());
        for parameter in Parameter::ALL {
            if let Some(value) = value(&series, &group, parameter) {
                set(&mut same_series, &mut same_group, parameter, value).expect("as it was");
            }
        }
        assert_eq!((same_series, same_group), (series, group));
    }
}

#[test]
fn every_parameter_is_in_one_tab_and_every_tab_has_some() {
    let shown: Vec<Parameter> = Tab::ALL.into_iter().flat_map(Tab::parameters).collect();
    assert_eq!(shown, Parameter::ALL);
    assert!(Tab::ALL.into_iter().all(|tab| tab.parameters().count() > 1));
}

#[test]
fn a_sequence_refuses_what_it_does_not_have() {
    let (mut series, mut group, _) = sagittal_t2();
    assert_eq!(value(&series, &group, Parameter::Ti), None);
    for parameter in [Parameter::Ti, Parameter::FlipAngle] {
        let refused = set(&mut series, &mut group, parameter, 90.0).expect_err("a turbo spin echo has none");
        assert_eq!(refused, ParameterRefused::NotInSequence(parameter));
    }
    for value in [-1.0, 1e9, f64::NAN] {
        let refused = set(&mut series, &mut group, Parameter::Tr, value).expect_err("out of range");
        assert!(refused.to_string().contains("expected 50 ms to 20000 ms"), "{refused}");
    }
    assert_eq!((series, group), (sagittal_t2().0, sagittal_t2().1));
}

#[test]
fn all_broken_rules_are_reported_at_once() {
    let (.., found) = after(&[(Parameter::Te, 500.0), (Parameter::Bandwidth, 50.0), (Parameter::Gap, -5.0)]);
    assert_eq!(rules(&found), [Rule::SliceStep, Rule::ShortestTime, Rule::EchoInTrain]);
    assert!(found[1].message.contains("20.00 ms, 23.00 ms with its pulses"), "{}", found[1].message);
}

#[test]
fn suggestions_are_what_a_technologist_would_do() {
    let suggested = |changes: &[(Parameter, f64)]| {
        let (.., found) = after(changes);
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].suggestion.clone().expect("a suggestion").changes
    };
    assert_eq!(suggested(&[(Parameter::Te, 300.0)]), [(Parameter::Te, 183.5)], "half an echo after the train's end");
    assert_eq!(
        suggested(&[(Parameter::Slices, 40.0), (Parameter::Concatenations, 1.0)]),
        [(Parameter::Concatenations, 3.0)]
    );
    assert_eq!(
        suggested(&[(Parameter::Bandwidth, 100.0)]),
        [(Parameter::Bandwidth, 140.0)],
        "7.1 ms and 3 ms for pulses"
    );
    assert_eq!(suggested(&[(Parameter::Gap, -4.0)]), [(Parameter::Gap, 0.0)]);
}

#[test]
fn a_train_longer_than_the_repetition_is_distinguished_from_a_late_echo() {
    let (.., found) = after(&[(Parameter::Tr, 150.0)]);
    assert_eq!(rules(&found), [Rule::TrainInRepetition]);
    let suggestion = found[0].suggestion.as_ref().expect("a suggestion");
    assert_eq!(suggestion.changes, [(Parameter::Tr, 180.0)], "17 echoes of 10.5 ms");
    assert_eq!(suggestion.message, "TR 150 ms to 180 ms");
    let (.., found) = after(&[(Parameter::Tr, 90.0)]);
    assert_eq!(rules(&found), [Rule::EchoInRepetition, Rule::TrainInRepetition]);
}

#[test]
fn a_stack_beyond_the_scanners_memory_loses_slices() {
    let (.., found) =
        after(&[(Parameter::MatrixRows, 1024.0), (Parameter::MatrixColumns, 1024.0), (Parameter::Slices, 100.0)]);
    assert_eq!(rules(&found), [Rule::StackSize]);
    assert_eq!(found[0].suggestion.as_ref().expect("a suggestion").changes, [(Parameter::Slices, 64.0)]);
}

#[test]
fn what_a_file_brought_and_no_console_offers_is_led_back_into_its_range() {
    let (series, group, field_t) = sagittal_t2();
    let mut broken = SeriesProtocol { averages: 0, bandwidth_hz_per_px: f64::NAN, ..series };
    let mut slices = group;
    let found = conflicts(&broken, &slices, field_t);
    assert!(rules(&found).contains(&Rule::Range(Parameter::Averages)), "{found:?}");
    for _ in 0..found.len() + 2 {
        let Some(first) = conflicts(&broken, &slices, field_t).into_iter().next() else { break };
        first.suggestion.expect("a suggestion").apply(&mut broken, &mut slices).expect("within the ranges");
    }
    assert_eq!(conflicts(&broken, &slices, field_t), []);
}

#[test]
fn a_hot_series_cools_down_by_a_longer_repetition() {
    let (mut series, mut group, _) = sagittal_t2();
    set(&mut series, &mut group, Parameter::EchoSpacing, 5.0).expect("within the range");
    set(&mut series, &mut group, Parameter::Bandwidth, 600.0).expect("within the range");
    set(&mut series, &mut group, Parameter::Te, 80.0).expect("within the range");
    set(&mut series, &mut group, Parameter::Slices, 30.0).expect("within the range");
    let found = conflicts(&series, &group, 3.0);
    assert_eq!(rules(&found), [Rule::AbsorptionRate]);
    let changes = &found[0].suggestion.as_ref().expect("a suggestion").changes;
    assert_eq!(changes.len(), 1);
    assert!(changes[0].0 == Parameter::Tr && changes[0].1 > 3500.0, "{changes:?}");
}

#[test]
fn a_small_field_of_view_needs_stronger_gradients_than_there_are() {
    let (.., found) = after(&[(Parameter::FovColumns, 50.0), (Parameter::Bandwidth, 500.0)]);
    assert_eq!(rules(&found), [Rule::GradientStrength]);
    // 500 Hz × 384 px over 42.577 MHz/T × 50 mm.
    assert!(found[0].message.contains("90 mT/m"), "{}", found[0].message);
}

#[test]
fn a_conflict_that_no_parameter_mends_has_no_suggestion() {
    let (series, mut group, field_t) = sagittal_t2();
    group.column = group.row;
    let found = conflicts(&series, &group, field_t);
    assert_eq!(rules(&found), [Rule::Scanner]);
    assert!(found[0].suggestion.is_none() && found[0].message.contains("perpendicular"));
}

#[test]
fn the_summary_knows_what_averages_cost() {
    let (own, group, field_t) = sagittal_t2();
    let (series, changed, _) = after(&[(Parameter::Averages, 4.0), (Parameter::Thickness, 2.0)]);
    let [before, now] =
        [(&own, &group), (&series, &changed)].map(|series| Summary::of(series, (&own, &group), field_t));
    assert!((before.relative_snr - 1.0).abs() < 1e-12);
    assert!((now.scan_time_s / before.scan_time_s - 4.0).abs() < 1e-9);
    assert!((now.relative_snr - 1.0).abs() < 1e-9, "twice by averages, half by thickness");
    assert_eq!(now.voxel_mm[2], 2.0);
}

#[test]
fn parameters_and_conflicts_survive_a_journal() {
    let (.., found) = after(&[(Parameter::Te, 300.0)]);
    let text = serde_json::to_string(&(&found, Parameter::EchoTrainLength)).expect("serialises");
    assert!(text.contains("echo-train-length") && text.contains("echo-in-train"), "{text}");
    let (read, _): (Vec<Conflict>, Parameter) = serde_json::from_str(&text).expect("reads back");
    assert_eq!(read, found);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_suggestion_mends_its_conflict(
        which in 0usize..1000,
        changes in prop::collection::vec((0usize..Parameter::ALL.len(), 0.0f64..=1.0, any::<bool>()), 1..6),
    ) {
        let all = shipped();
        let (mut series, mut group, field_t) = all[which % all.len()].clone();
        for (parameter, part, near) in changes {
            let parameter = Parameter::ALL[parameter];
            let Some(value) = value(&series, &group, parameter) else { continue };
            let range = parameter.range(&series);
            // Anywhere in the range, or up to a factor of three from where it was.
            let wild = range.low + part * (range.high - range.low);
            let close = (value * 9f64.powf(part - 0.5)).clamp(range.low, range.high);
            set(&mut series, &mut group, parameter, if near { close } else { wild }).expect("within the range");
        }
        let found = conflicts(&series, &group, field_t);
        prop_assert_eq!(
            found.iter().all(|conflict| matches!(conflict.rule, Rule::AbsorptionRate | Rule::GradientStrength)),
            series.check(&group).is_ok(),
            "what the scanner refuses is a conflict: {:?}", found
        );
        for conflict in &found {
            prop_assert_ne!(conflict.rule, Rule::Scanner);
            let suggestion = conflict.suggestion.as_ref();
            prop_assert!(suggestion.is_some(), "no suggestion for {conflict:?} in {series:?} {group:?}");
            let (mut mended, mut slices) = (series.clone(), group.clone());
            suggestion.expect("just asserted").apply(&mut mended, &mut slices).expect("within the ranges");
            let left = rules(&conflicts(&mended, &slices, field_t));
            prop_assert!(!left.contains(&conflict.rule), "{conflict:?}");
            prop_assert!(left.iter().all(|rule| rules(&found).contains(rule)), "{conflict:?} breaks {left:?}");
        }
        // One suggestion after the other leads to a series that can be scanned.
        for _ in 0..found.len() {
            let Some(first) = conflicts(&series, &group, field_t).into_iter().next() else { break };
            first.suggestion.expect("as above").apply(&mut series, &mut group).expect("within the ranges");
        }
        prop_assert_eq!(conflicts(&series, &group, field_t), []);
        prop_assert!(series.check(&group).is_ok() && series.check_exposure(&group, field_t).is_ok());
    }
}
