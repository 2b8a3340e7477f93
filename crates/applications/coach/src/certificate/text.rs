//! The certificate.

pub(crate) const TITLE: &str = "Certificate of Simulation";
pub(crate) const PRODUCT: &str = "Plumbline";
pub(crate) const PRODUCT_LINE: &str = "Virtual MRI scanner · lumbar spine positioning";
pub(crate) const CERTIFIES: &str = "This is to certify that";
pub(crate) const COMPLETED: &str = "completed the exercise";
pub(crate) const PASSED_EXERCISE: &str = "passed the exercise";
/// Of an attempt that was not passed nothing is certified.
pub(crate) const FAILED_TITLE: &str = "Record of an Attempt";
pub(crate) const ATTEMPTED: &str = "attempted the exercise";
pub(crate) const PASSED: &str = "Passed";
pub(crate) const NOT_PASSED: &str = "Not passed";
pub(crate) const PASS_MARK: &str = "pass mark";
pub(crate) const FAILED_BY: &str = "Fails the examination whatever the rest is worth:";
pub(crate) const IN_PRACTICE: &str = "in practice, with hints";
pub(crate) const AS_EXAM: &str = "as an examination, without hints";
pub(crate) const OF_100: &str = "of 100 points";
pub(crate) const LEARNING_CURVE: &str = "Learning curve";
pub(crate) const FIRST_ATTEMPT: &str = "This is the first attempt; a curve needs two.";
/// What the paper is, and what it is not.
pub(crate) const STATEMENT: &str = "This certificate was earned in simulation. The patient, the scanner and the images \
     were computed; nobody was examined. It confirms this one exercise. It confirms no clinical qualification, and no \
     competence with patients or with any manufacturer's equipment.";
/// The same of an attempt that was not passed.
pub(crate) const FAILED_STATEMENT: &str = "This is the record of an attempt in simulation that was not passed. The \
     patient, the scanner and the images were computed; nobody was examined. It confirms no qualification and no \
     competence.";
pub(crate) const FAILED_SHORT_STATEMENT: &str = "Record of a simulation: not passed";
/// The same in the space of a footer.
pub(crate) const SHORT_STATEMENT: &str = "Simulation certificate: no clinical qualification";
pub(crate) const SIGNATURES: [&str; 2] = ["Instructor", "Place and date"];
pub(crate) const ITEMS: &str = "What was marked";
pub(crate) const ITEM_COLUMNS: [&str; 4] = ["Subject", "Disc", "Points", "Explanation"];
pub(crate) const PICTURES: &str = "Pictures";
pub(crate) const FACTS: &str = "Record";
pub(crate) const PROPOSAL_ACCEPTED: &str = "the AI's proposal, unchanged";
pub(crate) const PROPOSAL_ADJUSTED: &str = "the AI's proposal, changed";
pub(crate) const PROPOSAL_REJECTED: &str = "by hand, the AI's proposal was rejected";
pub(crate) const PROPOSAL_SHOWN: &str = "by hand, with the AI's proposal in view";
pub(crate) const BY_HAND: &str = "by hand";
pub(crate) const FROM_PROPOSAL: &str = "from the AI's proposal";
pub(crate) const BY_AI: &str = "by the AI alone";

/// The program with its version.
pub(crate) fn program() -> String {
    format!("{PRODUCT} {}", env!("CARGO_PKG_VERSION"))
}
