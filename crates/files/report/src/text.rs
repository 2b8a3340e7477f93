//! Figures as text.

/// Four decimals: more is not in the data, and fewer bytes fit more cases.
pub(super) fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// A figure with three significant digits and its unit.
pub(super) fn figure(value: f64, unit: &str) -> String {
    let digits = match value.abs() {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 1.0 => 2,
        _ => 3,
    };
    let space = if unit.is_empty() || unit == "°" { "" } else { " " };
    format!("{value:.digits$}{space}{unit}")
}

/// An interval, in brackets.
pub(super) fn interval(ci95: Option<[f64; 2]>) -> String {
    ci95.map_or_else(String::new, |[low, high]| format!("[{}, {}]", figure(low, ""), figure(high, "")))
}

/// Bytes as base64 (RFC 4648 §4), for pictures within the page.
pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().chain(&[0, 0]).take(3).fold(0u32, |word, byte| word << 8 | u32::from(*byte));
        for place in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_the_standards_examples() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn figures_have_three_digits() {
        assert_eq!(figure(0.9312, ""), "0.931");
        assert_eq!(figure(1.25, "°"), "1.25°");
        assert_eq!(figure(412.3, "ms"), "412 ms");
    }
}
