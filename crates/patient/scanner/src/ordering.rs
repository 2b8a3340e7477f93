//! When each line of k-space is acquired: in which echo of the train, at which time of the series.

use geometry::SliceGroup;

use crate::SeriesProtocol;

/// One line of k-space.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Time of its echo after the excitation, ms; TE without a train.
    pub echo_ms: f64,
    /// Times of acquisition, s after the slice's first excitation; one per average.
    pub times_s: Vec<f64>,
}

/// The phase-encoding lines of one slice.
#[derive(Clone, Debug)]
pub(crate) struct Ordering {
    /// By frequency in the order of a discrete Fourier transform (0, 1, … , −2, −1); `None` if not acquired.
    pub lines: Vec<Option<Line>>,
}

impl Ordering {
    /// Linear view ordering: each echo of the train fills one band of k-space, from one edge to the other,
    /// with the effective echo in the centre; the shots are interleaved within the bands.
    pub fn new(series: &SeriesProtocol, group: &SliceGroup) -> Self {
        let full = series.encoded_lines(group);
        let acquired = ((full as f64 * series.phase_resolution).round() as usize).clamp(1, full);
        let (echoes, spacing_ms) = series.sequence.echo_train();
        let (tr_s, te_ms) = (series.sequence.tr_ms() * 1e-3, series.sequence.te_ms());
        let shots = acquired.div_ceil(echoes);
        let train_ms = echoes as f64 * spacing_ms;
        // Parallel imaging fills several lines at once.
        let pace = 1.0 / series.acceleration;

        // Signed frequency −h…acquired−h−1 as place n = 0…acquired−1 from one edge to the other.
        let half = acquired / 2;
        let line = |n: usize| {
            let (echo, shot) = (n / shots, n % shots);
            let band = (n as f64 - half as f64) / shots as f64;
            let echo_ms =
                if echoes > 1 { (te_ms + band.round() * spacing_ms).clamp(spacing_ms, train_ms) } else { te_ms };
            let times_s = (0..series.averages)
                .map(|average| {
                    let shot = (average * shots + shot) as f64 * pace;
                    shot * tr_s + echo as f64 * spacing_ms * 1e-3
                })
                .collect();
            Line { echo_ms, times_s }
        };
        let lines = (0..full)
            .map(|bin| {
                let signed = if 2 * bin < full { bin as isize } else { bin as isize - full as isize };
                let place = signed + half as isize;
                usize::try_from(place).ok().filter(|&n| n < acquired).map(line)
            })
            .collect();
        Self { lines }
    }

    /// Time of the last line, s after the slice's first excitation.
    pub fn duration_s(&self) -> f64 {
        self.lines.iter().flatten().flat_map(|line| line.times_s.iter().copied()).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Protocol;

    #[test]
    fn the_effective_echo_fills_the_centre_of_k_space() {
        let protocol = Protocol::builtin("lumbar-1.5t").expect("ships");
        let [group, ..] = crate::localizer(&protocol);
        let ordering = Ordering::new(&protocol.sagittal_t2, &group);
        let middle = ordering.lines[0].as_ref().expect("the centre is always acquired");
        assert!((middle.echo_ms - protocol.sagittal_t2.sequence.te_ms()).abs() < 1e-9);
        // Neighbouring lines lie in the same band but in different shots, TR apart.
        let next = ordering.lines[1].as_ref().expect("acquired");
        assert!((next.times_s[0] - middle.times_s[0] - 3.5).abs() < 1e-9, "{next:?} after {middle:?}");
        let missing = ordering.lines.iter().filter(|line| line.is_none()).count() as f64;
        let expected = 1.0 - protocol.sagittal_t2.phase_resolution;
        assert!((missing / ordering.lines.len() as f64 - expected).abs() < 0.01);
    }
}
