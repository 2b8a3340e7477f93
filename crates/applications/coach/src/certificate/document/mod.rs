//! The certificate as a PDF, made without a browser: A4, tagged for screen readers, typefaces embedded.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `typeface` | how wide a line is and where it breaks |
//! | `sheet` | marks on pages |
//! | `layout` | where everything goes |
//! | `paint` | marks become a PDF |

mod layout;
mod paint;
mod sheet;
mod typeface;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::error::KrillaError;
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};

use self::layout::{Framed, lay_out};
use self::paint::paint;
use self::sheet::Mark;
use self::typeface::Typefaces;
use super::Picture;
use super::chart::Chart;
use super::content::{Content, TITLE};
use crate::history::CurvePoint;
use crate::record::AttemptRecord;

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A letter that the embedded typefaces do not have.
    #[error("'{letter}' in \"{text}\" is not in the PDF's typefaces; the HTML certificate can show it")]
    Letter {
        /// The letter.
        letter: char,
        /// The line it is in.
        text: String,
    },
    /// A picture that cannot be read.
    #[error("the picture \"{caption}\" is no PNG that can be read: {fault}")]
    Picture {
        /// What it should show.
        caption: String,
        /// What is wrong with it.
        fault: String,
    },
    /// The PDF cannot be written.
    #[error("the PDF cannot be written: {0}")]
    Writing(String),
}

/// The certificate of an attempt as a PDF: who, which exercise, points by subject, the learning curve, what was marked
/// and why, the pictures.
///
/// # Errors
/// A name in letters that DejaVu does not have (Chinese, say), or a picture that is no PNG.
pub fn pdf(
    record: &AttemptRecord,
    curve: &[CurvePoint],
    pictures: &[Picture<'_>],
) -> Result<Vec<u8>, CertificateError> {
    let content = Content::of(record);
    let chart = Chart::of(curve, &record.ended_at);
    let faces = Typefaces::new();
    let images = pictures.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let framed: Vec<Framed<'_>> = pictures
        .iter()
        .zip(&images)
        .map(|(picture, image)| Framed { caption: picture.caption, pixels: image.size() })
        .collect();

    let sheets = lay_out(&faces, &content, chart.as_ref(), &framed);
    for (_, mark) in sheets.pages.iter().flatten() {
        if let Mark::Text { setting, text, .. } = mark
            && let Some(letter) = faces.missing(setting.style, text)
        {
            return Err(CertificateError::Letter { letter, text: text.clone() });
        }
    }
    paint(&sheets, &images, metadata(record, &content)).map_err(|error| refused(error, &images, pictures))
}

fn read(picture: &Picture<'_>) -> Result<Image, CertificateError> {
    let fault = |fault: String| CertificateError::Picture { caption: picture.caption.to_owned(), fault };
    let image = Image::from_png(picture.png.to_vec().into(), true).map_err(fault)?;
    if image.size().0 == 0 || image.size().1 == 0 {
        return Err(fault("it has no pixels".to_owned()));
    }
    Ok(image)
}

fn metadata(record: &AttemptRecord, content: &Content) -> Metadata {
    let metadata = Metadata::new()
        .title(format!("{TITLE}: {}", content.trainee))
        .description(format!("{}, in simulation", content.exercise))
        .authors(vec!["Plumbline".to_owned()])
        .creator(format!("Plumbline {}", env!("CARGO_PKG_VERSION")))
        .language("en".to_owned());
    let Ok(ended_at) = record.ended_at.parse::<Timestamp>() else { return metadata };
    let ended_at = TimeZone::UTC.to_datetime(ended_at);
    let part = |value: i8| u8::try_from(value).unwrap_or(0);
    metadata.creation_date(
        DateTime::new(u16::try_from(ended_at.year()).unwrap_or(0))
            .month(part(ended_at.month()))
            .day(part(ended_at.day()))
            .hour(part(ended_at.hour()))
            .minute(part(ended_at.minute()))
            .second(part(ended_at.second()))
            .utc_offset_hour(0)
            .utc_offset_minute(0),
    )
}

/// Pixels are decoded when the PDF is written: which picture could not be?
fn refused(error: KrillaError, images: &[Image], pictures: &[Picture<'_>]) -> CertificateError {
    if let KrillaError::Image(image, _, fault) = &error
        && let Some(number) = images.iter().position(|candidate| candidate == image)
    {
        let (caption, fault) = (pictures[number].caption.to_owned(), fault.clone());
        return CertificateError::Picture { caption, fault };
    }
    CertificateError::Writing(format!("{error:?}"))
}

/// Every line of text: its page, left edge, width and base, pt.
#[cfg(test)]
pub(super) fn marks_of(content: &Content, chart: Option<&Chart>) -> Vec<(usize, f32, f32, f32, String)> {
    let faces = Typefaces::new();
    let sheets = lay_out(&faces, content, chart, &[]);
    let mut lines = Vec::new();
    for (page, (_, mark)) in
        sheets.pages.iter().enumerate().flat_map(|(page, marks)| marks.iter().map(move |m| (page, m)))
    {
        if let Mark::Text { at: [x, y], setting, text } = mark {
            lines.push((page, *x, faces.width(setting.style, setting.size, text), *y, text.clone()));
        }
    }
    lines
}
