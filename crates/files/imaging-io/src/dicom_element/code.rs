//! Coded concepts (PS3.3 8.8).

use std::borrow::Cow;

/// Designator of our private coding scheme (PS3.16 8.2: private schemes begin with 99).
const OWN_SCHEME: &str = "99PLUMBLINE";

/// A concept named by a coding scheme.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code {
    /// Code Value (0008,0100), at most 16 characters.
    pub value: Cow<'static, str>,
    /// Coding Scheme Designator (0008,0102): `SCT`, `DCM`, `UCUM`, ….
    pub scheme: Cow<'static, str>,
    /// Code Meaning (0008,0104).
    pub meaning: Cow<'static, str>,
}

impl Code {
    /// A code of any scheme.
    pub const fn new(scheme: &'static str, value: &'static str, meaning: &'static str) -> Self {
        Self { value: Cow::Borrowed(value), scheme: Cow::Borrowed(scheme), meaning: Cow::Borrowed(meaning) }
    }

    /// A SNOMED CT concept.
    pub const fn snomed(value: &'static str, meaning: &'static str) -> Self {
        Self::new("SCT", value, meaning)
    }

    /// A concept of the DICOM terminology (PS3.16 annex D).
    pub const fn dicom(value: &'static str, meaning: &'static str) -> Self {
        Self::new("DCM", value, meaning)
    }

    /// A unit of measurement: its UCUM symbol and its name.
    pub const fn unit(symbol: &'static str, meaning: &'static str) -> Self {
        Self::new("UCUM", symbol, meaning)
    }

    /// A concept of our private coding scheme.
    pub const fn own(value: &'static str, meaning: &'static str) -> Self {
        Self::new(OWN_SCHEME, value, meaning)
    }
}
