//! Display colours in DICOM's encoding.

/// An sRGB colour as Recommended Display CIELab Value (0062,000D): PCS-Lab (D50), each channel scaled to 16 bits
/// (PS3.3 C.10.7.1.1).
pub(super) fn dicom_lab(rgb: [u8; 3]) -> [u16; 3] {
    let linear = rgb.map(|channel| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    // sRGB to XYZ with Bradford adaptation to D50 (ICC.1 annex), relative to the D50 white (0.9642, 1, 0.8249).
    let row = |weights: [f64; 3], white: f64| {
        let t = (weights[0] * linear[0] + weights[1] * linear[1] + weights[2] * linear[2]) / white;
        if t > 216.0 / 24_389.0 { t.cbrt() } else { (24_389.0 / 27.0 * t + 16.0) / 116.0 }
    };
    let x = row([0.436_07, 0.385_15, 0.143_07], 0.964_2);
    let y = row([0.222_49, 0.716_87, 0.060_61], 1.0);
    let z = row([0.013_92, 0.097_08, 0.714_10], 0.824_9);
    let scaled =
        |value: f64, low: f64, range: f64| ((value - low) / range * 65_535.0).round().clamp(0.0, 65_535.0) as u16;
    let chroma = |value: f64| scaled(value, -128.0, 255.0);
    [scaled(116.0 * y - 16.0, 0.0, 100.0), chroma(500.0 * (x - y)), chroma(200.0 * (y - z))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colours_have_their_published_values() {
        // Lab under D50: white (100, 0, 0); sRGB red (54.29, 80.81, 69.89) (Lindbloom's calculator).
        let near = |a: [u16; 3], lab: [f64; 3]| {
            let [l, a_star, b_star] = a.map(f64::from);
            let read = [l / 655.35, a_star / 257.0 - 128.0, b_star / 257.0 - 128.0];
            read.iter().zip(lab).all(|(read, expected)| (read - expected).abs() < 0.2)
        };
        assert!(near(dicom_lab([255, 255, 255]), [100.0, 0.0, 0.0]), "{:?}", dicom_lab([255; 3]));
        assert!(near(dicom_lab([255, 0, 0]), [54.29, 80.81, 69.89]), "{:?}", dicom_lab([255, 0, 0]));
        assert!(near(dicom_lab([0, 0, 0]), [0.0, 0.0, 0.0]));
    }
}
