//! Cutting lines and convex polygons in a view, places in mm.

/// Which places are kept: those where `direction · place ≤ limit`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct HalfPlane {
    /// Outwards; need not be of length 1.
    pub direction: [f64; 2],
    /// The largest `direction · place` that is kept.
    pub limit: f64,
}

impl HalfPlane {
    /// How far a place lies outside, in lengths of `direction`; negative inside.
    pub fn excess(&self, at: [f64; 2]) -> f64 {
        self.direction[0] * at[0] + self.direction[1] * at[1] - self.limit
    }
}

/// The rectangle about the view's centre, as half planes.
pub(crate) fn rectangle(extent_mm: [f64; 2]) -> [HalfPlane; 4] {
    let side = |direction: [f64; 2], extent: f64| HalfPlane { direction, limit: extent / 2.0 };
    [
        side([1.0, 0.0], extent_mm[0]),
        side([-1.0, 0.0], extent_mm[0]),
        side([0.0, 1.0], extent_mm[1]),
        side([0.0, -1.0], extent_mm[1]),
    ]
}

/// The rectangle about the view's centre, as a polygon from the upper left corner, clockwise on the screen.
pub(crate) fn corners(extent_mm: [f64; 2]) -> [[f64; 2]; 4] {
    let [x, y] = extent_mm.map(|mm| mm / 2.0);
    [[-x, -y], [x, -y], [x, y], [-x, y]]
}

/// The part of a line that is kept (Liang and Barsky 1984); `None` if nothing is. The line passes through `start`
/// and has no ends unless the half planes give it some.
pub(crate) fn clipped_line(start: [f64; 2], along: [f64; 2], kept: &[HalfPlane]) -> Option<[[f64; 2]; 2]> {
    let (mut from, mut to) = (f64::NEG_INFINITY, f64::INFINITY);
    for half in kept {
        let slope = half.direction[0] * along[0] + half.direction[1] * along[1];
        let excess = half.excess(start);
        if slope.abs() < 1e-12 {
            if excess > 0.0 {
                return None;
            }
        } else if slope > 0.0 {
            to = to.min(-excess / slope);
        } else {
            from = from.max(-excess / slope);
        }
    }
    let at = |t: f64| [start[0] + along[0] * t, start[1] + along[1] * t];
    (from < to && from.is_finite() && to.is_finite()).then(|| [at(from), at(to)])
}

/// The part of a convex polygon that is kept (Sutherland and Hodgman 1974); empty if nothing is.
pub(crate) fn clipped_polygon(polygon: &[[f64; 2]], kept: &[HalfPlane]) -> Vec<[f64; 2]> {
    kept.iter().fold(polygon.to_vec(), |polygon, half| {
        let mut rest = Vec::with_capacity(polygon.len() + 1);
        for (n, &corner) in polygon.iter().enumerate() {
            let before = polygon[(n + polygon.len() - 1) % polygon.len()];
            let (excess, excess_before) = (half.excess(corner), half.excess(before));
            if (excess > 0.0) != (excess_before > 0.0) {
                let share = excess_before / (excess_before - excess);
                rest.push([0, 1].map(|axis| before[axis] + (corner[axis] - before[axis]) * share));
            }
            if excess <= 0.0 {
                rest.push(corner);
            }
        }
        rest
    })
}

/// True if a place lies in a convex polygon or on its edge; false for fewer than three corners.
pub(crate) fn contains(polygon: &[[f64; 2]], at: [f64; 2]) -> bool {
    let turns = |n: usize| {
        let (a, b) = (polygon[n], polygon[(n + 1) % polygon.len()]);
        (b[0] - a[0]) * (at[1] - a[1]) - (b[1] - a[1]) * (at[0] - a[0])
    };
    polygon.len() >= 3 && ((0..polygon.len()).all(|n| turns(n) >= 0.0) || (0..polygon.len()).all(|n| turns(n) <= 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagonal_is_cut_at_the_rectangle() {
        let line = clipped_line([0.0, 0.0], [3.0, 3.0], &rectangle([20.0, 10.0])).expect("it crosses");
        assert_eq!(line, [[-5.0, -5.0], [5.0, 5.0]]);
        assert_eq!(clipped_line([0.0, 6.0], [1.0, 0.0], &rectangle([20.0, 10.0])), None);
        assert_eq!(clipped_line([0.0, 0.0], [1.0, 0.0], &[]), None, "a line without ends is not drawn");
    }

    #[test]
    fn a_corner_is_cut_off() {
        let square = corners([10.0, 10.0]);
        let cut = clipped_polygon(&square, &[HalfPlane { direction: [1.0, 1.0], limit: 5.0 }]);
        assert_eq!(cut.len(), 5);
        assert!(contains(&cut, [0.0, 5.0]) && contains(&cut, [-5.0, -5.0]) && !contains(&cut, [4.0, 4.0]));
        assert!(clipped_polygon(&square, &[HalfPlane { direction: [1.0, 0.0], limit: -6.0 }]).is_empty());
    }
}
