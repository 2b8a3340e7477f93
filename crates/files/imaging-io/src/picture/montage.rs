//! Several pictures on one sheet.

use super::canvas::Picture;
use super::palette;
use super::text::LETTER;

/// Space around each picture, pixels.
const MARGIN: usize = 6;

/// Pictures with captions side by side on black, `columns` per row.
pub fn montage(pictures: &[(&str, &Picture)], columns: usize) -> Picture {
    let columns = columns.clamp(1, pictures.len().max(1));
    let caption = LETTER + 6;
    let rows: Vec<_> = pictures.chunks(columns).collect();
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|(_, p)| p.width).max().unwrap_or(0))
        .collect();
    let heights: Vec<usize> = rows.iter().map(|row| row.iter().map(|(_, p)| p.height).max().unwrap_or(0)).collect();
    let width = widths.iter().map(|w| w + MARGIN).sum::<usize>() + MARGIN;
    let height = heights.iter().map(|h| h + caption + MARGIN).sum::<usize>() + MARGIN;
    let mut sheet = Picture::filled(width, height, palette::BLACK);
    let mut y = MARGIN;
    for (row, height) in rows.iter().zip(&heights) {
        let mut x = MARGIN;
        for ((title, picture), width) in row.iter().zip(&widths) {
            sheet.text(x as i64, y as i64 + 2, title, [200, 200, 200], 1);
            sheet.paste(picture, x, y + caption);
            x += width + MARGIN;
        }
        y += height + caption + MARGIN;
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_is_shown_completely() {
        let (red, green) = (Picture::filled(10, 20, [255, 0, 0]), Picture::filled(30, 5, [0, 255, 0]));
        let sheet = montage(&[("a", &red), ("b", &green), ("c", &red)], 2);
        let count = |colour: [u8; 3]| sheet.rgb.chunks(3).filter(|pixel| **pixel == colour).count();
        assert_eq!((count([255, 0, 0]), count([0, 255, 0])), (400, 150));
        assert!(montage(&[], 3).width > 0);
    }
}
