//! How a suggestion is found: the parameters that can mend a rule are tried one by one, each as little as possible, and
//! every try is judged by the rules themselves.

use super::Parameter;
use super::access::set;
use super::rule::{Rule, State};

/// Steps that are tried one by one before the search strides out.
const SMALL_STEPS: u32 = 60;
/// Growth of the stride after that.
const STRIDE: f64 = 1.06;
/// Further changes that may put right what a remedy breaks.
const FURTHER: usize = 3;

/// Where a parameter is moved.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Move {
    Up,
    Down,
    To(f64),
}

type Remedy = (Parameter, Move);
type Changes = Vec<(Parameter, f64)>;

/// Changes after which `rule` holds. Those that break nothing else come first, then those whose damage can be put
/// right by further changes.
pub(super) fn find(state: &State, broken: &[Rule], rule: Rule) -> Option<Changes> {
    let remedies = remedies(state, rule);
    let harmless = |state: &State| {
        let after = state.broken();
        !after.contains(&rule) && after.iter().all(|rule| broken.contains(rule))
    };
    let alone = remedies.iter().find_map(|remedy| Some(vec![nearest(state, *remedy, &harmless)?.1]));
    alone
        .or_else(|| remedies.iter().find_map(|remedy| with_repairs(state, broken, rule, *remedy, Vec::new(), FURTHER)))
        .or_else(|| {
            // One parameter does not reach: the first to its end, then a second one.
            remedies.iter().find_map(|&first| {
                let (state, change) = farthest(state, first)?;
                remedies
                    .iter()
                    .filter(|second| second.0 != first.0)
                    .find_map(|&second| with_repairs(&state, broken, rule, second, vec![change], FURTHER))
            })
        })
}

/// A remedy for `rule`, with repairs of whatever it breaks anew.
fn with_repairs(
    state: &State,
    broken: &[Rule],
    rule: Rule,
    remedy: Remedy,
    mut changes: Changes,
    further: usize,
) -> Option<Changes> {
    if changes.iter().any(|(changed, _)| *changed == remedy.0) {
        return None;
    }
    let (state, change) = nearest(state, remedy, &|state: &State| !state.broken().contains(&rule))?;
    changes.push(change);
    repaired(&state, broken, rule, changes, further)
}

fn repaired(state: &State, broken: &[Rule], rule: Rule, changes: Changes, further: usize) -> Option<Changes> {
    let Some(fresh) = state.broken().into_iter().find(|rule| !broken.contains(rule)) else {
        return Some(changes);
    };
    if further == 0 {
        return None;
    }
    let holds = |state: &State| {
        let after = state.broken();
        !after.contains(&fresh) && !after.contains(&rule)
    };
    let untouched = |remedy: &Remedy| changes.iter().all(|(changed, _)| *changed != remedy.0);
    remedies(state, fresh).into_iter().filter(untouched).find_map(|remedy| {
        let (state, change) = nearest(state, remedy, &holds)?;
        let changes = changes.iter().copied().chain([change]).collect();
        repaired(&state, broken, rule, changes, further - 1)
    })
}

/// What can mend a rule, the usual way first.
fn remedies(state: &State, rule: Rule) -> Vec<Remedy> {
    use Move::{Down, To, Up};
    use Parameter as P;
    let (read_fov, read_matrix) =
        if state.read_axis() == 0 { (P::FovRows, P::MatrixRows) } else { (P::FovColumns, P::MatrixColumns) };
    match rule {
        Rule::Range(parameter) => {
            let too_high = state.value(parameter).is_some_and(|value| value > parameter.range(&state.series).high);
            vec![(parameter, if too_high { Down } else { Up })]
        }
        Rule::SliceStep => vec![(P::Gap, To(0.0)), (P::Thickness, Up)],
        Rule::StackSize => vec![(P::Slices, Down), (P::MatrixRows, Down), (P::MatrixColumns, Down)],
        Rule::EchoInRepetition => vec![(P::Te, Down), (P::Tr, Up)],
        Rule::ShortestTime => vec![(P::Bandwidth, Up), (state.parameter(rule), Up)],
        Rule::EchoInTrain => {
            vec![(P::Te, Down), (P::Te, Up), (P::EchoTrainLength, Up), (P::EchoSpacing, Up), (P::EchoSpacing, Down)]
        }
        Rule::TrainInRepetition => {
            vec![(P::Tr, Up), (P::EchoTrainLength, Down), (P::Ti, Down), (P::EchoSpacing, Down)]
        }
        Rule::SlicesInRepetition => {
            vec![(P::Concatenations, Up), (P::Concatenations, To(0.0)), (P::Tr, Up), (P::Slices, Down)]
        }
        Rule::AbsorptionRate => vec![
            (P::FlipAngle, Down),
            (P::Tr, Up),
            (P::Concatenations, Up),
            (P::EchoTrainLength, Down),
            (P::Slices, Down),
        ],
        Rule::GradientStrength => {
            vec![(P::Bandwidth, Down), (read_fov, Up), (read_matrix, Down), (P::ReadResolution, Down)]
        }
        Rule::Scanner => Vec::new(),
    }
}

/// The least move of a parameter after which `wanted` holds, with the change.
fn nearest(state: &State, remedy: Remedy, wanted: &dyn Fn(&State) -> bool) -> Option<(State, (Parameter, f64))> {
    let (parameter, _) = remedy;
    let mut tried = state.clone();
    let mut does = |value: f64| {
        (set(&mut tried.series, &mut tried.group, parameter, value).is_ok() && wanted(&tried)).then(|| tried.clone())
    };
    let places = places(state, remedy);
    let (reached, mut found) = places.iter().enumerate().find_map(|(n, &place)| Some((n, does(place)?)))?;
    let mut value = places[reached];
    // The search may have strode past nearer places: they are tried one by one.
    if let Some(&before) = reached.checked_sub(1).and_then(|n| places.get(n)) {
        let reached = value;
        let step = parameter.range(&state.series).step * (reached - before).signum();
        let between = (1..)
            .map(|n| rounded(before + step * f64::from(n)))
            .take_while(|place| if step > 0.0 { *place < reached } else { *place > reached });
        if let Some((place, state)) = between.into_iter().find_map(|place| Some((place, does(place)?))) {
            (value, found) = (place, state);
        }
    }
    Some((found, (parameter, value)))
}

/// The furthest move of a parameter.
fn farthest(state: &State, remedy: Remedy) -> Option<(State, (Parameter, f64))> {
    let value = *places(state, remedy).last()?;
    let mut moved = state.clone();
    set(&mut moved.series, &mut moved.group, remedy.0, value).ok()?;
    Some((moved, (remedy.0, value)))
}

/// The values that a move passes, the nearest first, on the grid of the parameter's steps.
fn places(state: &State, (parameter, to): Remedy) -> Vec<f64> {
    let Some(value) = state.value(parameter) else { return Vec::new() };
    let range = parameter.range(&state.series);
    // From outside the range, or from no number at all, the first place is the range's end.
    let value = match value {
        value if range.contains(value) => value,
        value if value > range.high => range.high + range.step,
        _ => range.low - range.step,
    };
    let sign = match to {
        Move::To(place) => return vec![place],
        Move::Up => 1.0,
        Move::Down => -1.0,
    };
    let end = if to == Move::Up { range.high } else { range.low };
    let mut places = Vec::new();
    let mut steps: f64 = 0.0;
    for n in 0.. {
        steps = if n < SMALL_STEPS { steps + 1.0 } else { (steps * STRIDE).ceil() };
        // The first step ends on the grid, however odd the value.
        let start =
            if to == Move::Up { (value / range.step + 1e-6).floor() } else { (value / range.step - 1e-6).ceil() };
        let place = rounded((start + sign * steps) * range.step);
        if sign * place >= sign * end {
            break;
        }
        places.push(place);
    }
    if sign * end > sign * value {
        places.push(end);
    }
    places
}

/// Without the noise of binary fractions: 0.3, not 0.30000000000000004.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
