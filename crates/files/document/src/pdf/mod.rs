//! The document as a PDF, made without a browser: A4, tagged for screen readers, typefaces embedded.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `typesetter` | texts in lines |
//! | `pages` | blocks become marks on pages |
//! | `writer` | marks become a PDF |

mod pages;
mod typesetter;
mod writer;

use jiff::tz::TimeZone;
use krilla::error::KrillaError;
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};

use self::pages::Pages;
use crate::{Block, Document, Picture};

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// A letter that the embedded typefaces do not have.
    #[error("'{letter}' in \"{text}\" is not in the PDF's typefaces; the HTML page can show it")]
    Letter {
        /// The letter.
        letter: char,
        /// The text it is in.
        text: String,
    },
    /// A picture that cannot be read.
    #[error("the picture \"{caption}\" cannot be read as PNG: {reason}")]
    Picture {
        /// What it should show.
        caption: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The PDF cannot be written.
    #[error("the PDF cannot be written: {0}")]
    Writing(String),
}

impl Document {
    /// The bytes of the PDF. The same document gives the same bytes.
    ///
    /// # Errors
    /// A letter that DejaVu does not have (Chinese, say), or a picture that is not PNG.
    pub fn to_pdf(&self) -> Result<Vec<u8>, DocumentError> {
        let images = self.pictures().map(image).collect::<Result<Vec<_>, _>>()?;
        let pages = Pages::of(self, &images);
        if let Some((letter, text)) = pages.typesetter.missing.clone() {
            return Err(DocumentError::Letter { letter, text });
        }
        writer::write(&pages, &images, self.metadata()).map_err(|error| self.explained(error, &images))
    }

    fn pictures(&self) -> impl Iterator<Item = &Picture> {
        self.blocks.iter().flat_map(|block| match block {
            Block::Pictures(pictures) => pictures.as_slice(),
            _ => &[],
        })
    }

    fn metadata(&self) -> Metadata {
        let metadata = Metadata::new()
            .title(self.title.clone())
            .description(self.subject.clone())
            .authors(vec![self.masthead[0].clone()])
            .creator(self.creator.clone())
            .language("en".to_owned());
        let Some(created) = self.created else { return metadata };
        let created = TimeZone::UTC.to_datetime(created);
        let part = |value: i8| u8::try_from(value).unwrap_or(0);
        metadata.creation_date(
            DateTime::new(u16::try_from(created.year()).unwrap_or(0))
                .month(part(created.month()))
                .day(part(created.day()))
                .hour(part(created.hour()))
                .minute(part(created.minute()))
                .second(part(created.second()))
                .utc_offset_hour(0)
                .utc_offset_minute(0),
        )
    }

    /// Pixels are decoded when the PDF is written: which picture could not be?
    fn explained(&self, error: KrillaError, images: &[Image]) -> DocumentError {
        if let KrillaError::Image(image, _, reason) = &error
            && let Some((_, picture)) = images.iter().zip(self.pictures()).find(|(other, _)| *other == image)
        {
            return DocumentError::Picture { caption: picture.caption.clone(), reason: reason.clone() };
        }
        DocumentError::Writing(format!("{error:?}"))
    }
}

fn image(picture: &Picture) -> Result<Image, DocumentError> {
    let refused = |reason: String| DocumentError::Picture { caption: picture.caption.clone(), reason };
    let image = Image::from_png(picture.png.clone().into(), true).map_err(refused)?;
    if image.size().0 == 0 || image.size().1 == 0 {
        return Err(refused("it has no pixels".to_owned()));
    }
    Ok(image)
}

/// Every line of text: its page, left edge, width and base, pt.
#[cfg(test)]
pub(crate) fn lines_of(document: &Document) -> Vec<(usize, f32, f32, f32, String)> {
    let images: Vec<Image> = document.pictures().map(|picture| image(picture).expect("a picture")).collect();
    let pages = Pages::of(document, &images);
    let marks = pages.pages.iter().enumerate().flat_map(|(page, marks)| marks.iter().map(move |mark| (page, mark)));
    let line = |(page, mark): (usize, &pages::Mark)| match &mark.kind {
        pages::Kind::Line(text, number) => {
            let line = &text.lines[*number];
            Some((page, mark.at[0], line.width, mark.at[1], line.text.clone()))
        }
        _ => None,
    };
    marks.filter_map(line).collect()
}
