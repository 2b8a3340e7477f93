//! Who the patient is.
