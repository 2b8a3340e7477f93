//! What every certificate says.

pub(super) const TITLE: &str = "Certificate of Simulation";
pub(super) const PRODUCT: &str = "Plumbline";
pub(super) const PRODUCT_LINE: &str = "Virtual MRI scanner · lumbar spine positioning";
pub(super) const CERTIFIES: &str = "This is to certify that";
pub(super) const COMPLETED: &str = "completed the exercise";
pub(super) const IN_PRACTICE: &str = "in practice, with hints";
pub(super) const AS_EXAM: &str = "as an examination, without hints";
pub(super) const OF_100: &str = "of 100 points";
pub(super) const LEARNING_CURVE: &str = "Learning curve";
pub(super) const FIRST_ATTEMPT: &str = "This is the first attempt; a curve needs two.";
/// What the paper is, and what it is not.
pub(super) const STATEMENT: &str = "This certificate was earned in simulation. The patient, the scanner and the images \
     were computed; nobody was examined. It confirms this one exercise. It confirms no clinical qualification, and no \
     competence with patients or with any manufacturer's equipment.";
/// The same in the space of a footer.
pub(super) const SHORT_STATEMENT: &str = "Simulation certificate: no clinical qualification";
pub(super) const SIGNATURES: [&str; 2] = ["Instructor", "Place and date"];
pub(super) const ITEMS: &str = "What was marked";
pub(super) const ITEM_COLUMNS: [&str; 4] = ["Subject", "Disc", "Points", "Explanation"];
pub(super) const PICTURES: &str = "Pictures";
pub(super) const FACTS: &str = "Record";
pub(super) const BY_HAND: &str = "by hand";
pub(super) const FROM_PROPOSAL: &str = "from the AI's proposal";
pub(super) const BY_AI: &str = "by the AI alone";

/// The program with its version.
pub(super) fn program() -> String {
    format!("{PRODUCT} {}", env!("CARGO_PKG_VERSION"))
}
