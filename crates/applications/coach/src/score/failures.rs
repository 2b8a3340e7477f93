//! What fails an examination whatever the rest is worth, in words.

use super::images::Shown;
use super::{Examined, text};

/// Every reason, gravest first; none if there is none.
pub(super) fn reasons(examined: &Examined<'_>, shown: &Shown<'_>) -> Vec<String> {
    let mut reasons = examined.conduct.grave();
    if shown.scanned_part() == 0.0 {
        reasons.push(text::NOTHING_SCANNED.to_owned());
    } else {
        let lacking =
            [(shown.lacks_sagittal(), text::NO_USABLE_SAGITTAL), (shown.lacks_axial(), text::NO_USABLE_AXIAL)];
        reasons.extend(lacking.into_iter().filter(|(lacks, _)| *lacks).map(|(_, reason)| reason.to_owned()));
    }
    for disc in &examined.order.levels {
        let crossed = shown.disc(*disc).and_then(|view| view.crossed);
        if let Some(other) = crossed.filter(|crossed| crossed != disc) {
            reasons.push(text::wrong_level(*disc, other));
        }
    }
    reasons.extend(examined.accepted_error.map(text::error_accepted));
    reasons
}
