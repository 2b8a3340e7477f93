//! An attempt on paper: one page of HTML with everything in it, or a PDF, with the same content.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `content` | what is said, in the words and figures of both |
//! | `chart` | the learning curve, in parts of its frame |
//! | `page` | the HTML page with its style and its drawing |
//! | `document` | the PDF: typefaces, lines and pages |

mod chart;
mod content;
mod document;
mod page;
#[cfg(test)]
mod tests;

pub use document::{CertificateError, pdf};
pub use page::html;

/// A picture on a certificate.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// What it shows.
    pub caption: &'a str,
    /// The picture as a PNG file has it.
    pub png: &'a [u8],
}
