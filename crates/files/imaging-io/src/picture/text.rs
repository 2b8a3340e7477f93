//! Captions in an eight-pixel font.

use font8x8::UnicodeFonts;

use super::canvas::{Colour, Picture};

/// Width and height of a letter, pixels.
pub(super) const LETTER: usize = 8;

impl Picture {
    /// Writes one line of text with its upper left corner at (x, y); a dot of the font has `scale` pixels.
    pub fn text(&mut self, x: i64, y: i64, text: &str, colour: Colour, scale: usize) {
        for (number, letter) in text.chars().enumerate() {
            let glyph = font8x8::BASIC_FONTS
                .get(letter)
                .or_else(|| font8x8::LATIN_FONTS.get(letter))
                .or_else(|| font8x8::BASIC_FONTS.get('?'));
            for (row, bits) in glyph.unwrap_or_default().into_iter().enumerate() {
                for column in (0..LETTER).filter(|column| bits >> column & 1 == 1) {
                    for dot in 0..scale * scale {
                        let dx = (number * LETTER + column) * scale + dot % scale;
                        let dy = row * scale + dot / scale;
                        self.blend(x + dx as i64, y + dy as i64, colour, 1.0);
                    }
                }
            }
        }
    }

    /// Text with a dark outline, legible on any image.
    pub fn label(&mut self, x: i64, y: i64, text: &str, colour: Colour) {
        for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1), (1, 1), (-1, -1), (1, -1), (-1, 1)] {
            self.text(x + dx, y + dy, text, [0, 0, 0], 1);
        }
        self.text(x, y, text, colour, 1);
    }
}
