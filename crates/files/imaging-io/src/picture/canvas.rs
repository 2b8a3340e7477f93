//! A picture in memory.

/// Red, green and blue.
pub type Colour = [u8; 3];

/// A picture in memory, eight bits per channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Row by row, three bytes per pixel.
    pub rgb: Vec<u8>,
}

impl Picture {
    /// A picture of one colour.
    pub fn filled(width: usize, height: usize, colour: Colour) -> Self {
        Self { width, height, rgb: colour.repeat(width * height) }
    }

    /// The colour of a pixel inside the picture.
    pub fn pixel(&self, x: usize, y: usize) -> Colour {
        let at = (y * self.width + x) * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    /// Blends a colour into a pixel; does nothing outside the picture. `opacity` from 0 to 1.
    pub fn blend(&mut self, x: i64, y: i64, colour: Colour, opacity: f64) {
        if x < 0 || y < 0 || x >= self.width as i64 || y >= self.height as i64 {
            return;
        }
        let at = (y as usize * self.width + x as usize) * 3;
        for (channel, target) in colour.into_iter().enumerate() {
            let old = f64::from(self.rgb[at + channel]);
            self.rgb[at + channel] = (old + (f64::from(target) - old) * opacity.clamp(0.0, 1.0)).round() as u8;
        }
    }

    /// Copies another picture onto this one with its corner at (x, y), cropped to this one.
    pub fn paste(&mut self, other: &Self, x: usize, y: usize) {
        let columns = other.width.min(self.width.saturating_sub(x));
        if columns == 0 {
            return;
        }
        for row in 0..other.height.min(self.height.saturating_sub(y)) {
            let from = row * other.width * 3;
            let to = ((y + row) * self.width + x) * 3;
            self.rgb[to..to + columns * 3].copy_from_slice(&other.rgb[from..from + columns * 3]);
        }
    }

    /// A part of the picture with its corner at (x, y), limited to the picture; a part entirely outside has no pixels.
    #[must_use]
    pub fn cropped(&self, x: usize, y: usize, width: usize, height: usize) -> Self {
        let width = width.min(self.width.saturating_sub(x));
        let height = height.min(self.height.saturating_sub(y));
        if width == 0 || height == 0 {
            return Self::filled(0, 0, [0, 0, 0]);
        }
        let row = |y: usize| &self.rgb[(y * self.width + x) * 3..][..width * 3];
        Self { width, height, rgb: (y..y + height).flat_map(row).copied().collect() }
    }

    /// An anti-aliased straight line between two points in pixels, with dashes of `dash` pixels if given.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), width: f64, colour: Colour, dash: Option<f64>) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        if length.is_nan() || length <= 0.0 {
            return;
        }
        let reach = width / 2.0 + 1.0;
        let range = |a: f64, b: f64, last: usize| {
            let low = (a.min(b) - reach).floor().max(0.0) as i64;
            let high = (a.max(b) + reach).ceil().min(last as f64) as i64;
            low..=high
        };
        for y in range(from.1, to.1, self.height) {
            for x in range(from.0, to.0, self.width) {
                let (px, py) = (x as f64 + 0.5 - from.0, y as f64 + 0.5 - from.1);
                let along = (px * dx + py * dy) / length;
                if !(0.0..=length).contains(&along) || dash.is_some_and(|dash| (along / dash) as i64 % 2 == 1) {
                    continue;
                }
                let aside = (px * dy - py * dx).abs() / length;
                self.blend(x, y, colour, width / 2.0 + 0.5 - aside);
            }
        }
    }

    /// The picture as a PNG file.
    pub fn encode_png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Balanced);
        let mut writer = encoder.write_header().expect("a picture has at least one pixel");
        writer.write_image_data(&self.rgb).expect("three bytes per pixel");
        writer.finish().expect("writing to memory does not fail");
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_changes_only_the_pixels_on_it() {
        let mut picture = Picture::filled(20, 10, [0, 0, 0]);
        picture.line((2.0, 5.0), (18.0, 5.0), 1.0, [255, 0, 0], None);
        assert_eq!(picture.pixel(1, 5), [0, 0, 0]);
        assert!(picture.pixel(10, 4)[0] > 100 && picture.pixel(10, 5)[0] > 100);
        assert_eq!(picture.pixel(10, 8), [0, 0, 0]);
        picture.line((f64::NAN, 0.0), (1e9, 1e9), 1.0, [9, 9, 9], None); // must not panic
    }

    #[test]
    fn paste_is_cropped_at_the_border() {
        let mut picture = Picture::filled(4, 4, [0, 0, 0]);
        picture.paste(&Picture::filled(3, 3, [7, 7, 7]), 2, 2);
        assert_eq!(picture.pixel(3, 3), [7, 7, 7]);
        assert_eq!(picture.pixel(1, 1), [0, 0, 0]);
    }

    #[test]
    fn paste_and_crop_beyond_the_border_are_empty() {
        let black = Picture::filled(4, 4, [0, 0, 0]);
        for (x, y) in [(9, 3), (3, 9), (9, 9), (4, 3), (usize::MAX, 3), (3, usize::MAX)] {
            let mut picture = black.clone();
            picture.paste(&Picture::filled(2, 2, [7, 7, 7]), x, y);
            assert_eq!(picture, black, "at {x}, {y}");
            assert!(black.cropped(x, y, 2, 2).rgb.is_empty(), "at {x}, {y}");
        }
        assert_eq!(black.cropped(3, 3, 5, 5), Picture::filled(1, 1, [0, 0, 0]));
    }
}
