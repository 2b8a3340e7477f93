//! Adds elements to a data set.

use dicom_core::value::{DataSetSequence, PrimitiveValue, Value};
use dicom_core::{DataElement, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use super::code::Code;

/// Adds elements to a data set, one line each.
pub(crate) trait Elements {
    /// A text; several values are separated by backslashes. An empty text gives an element without a value.
    fn text(&mut self, tag: Tag, vr: VR, value: impl Into<String>);
    /// An unsigned 16-bit number.
    fn whole(&mut self, tag: Tag, value: u16);
    /// Unsigned 32-bit numbers.
    fn wholes(&mut self, tag: Tag, values: &[u32]);
    /// Decimal strings.
    fn decimals(&mut self, tag: Tag, values: &[f64]);
    /// A 64-bit floating point number.
    fn double(&mut self, tag: Tag, value: f64);
    /// A sequence.
    fn sequence(&mut self, tag: Tag, items: Vec<InMemDicomObject>);
    /// A code sequence of one item.
    fn code(&mut self, tag: Tag, code: &Code);
}

impl Elements for InMemDicomObject {
    fn text(&mut self, tag: Tag, vr: VR, value: impl Into<String>) {
        let value: String = value.into();
        let value = if value.is_empty() { PrimitiveValue::Empty } else { PrimitiveValue::from(value) };
        self.put(DataElement::new(tag, vr, value));
    }

    fn whole(&mut self, tag: Tag, value: u16) {
        self.put(DataElement::new(tag, VR::US, PrimitiveValue::from(value)));
    }

    fn wholes(&mut self, tag: Tag, values: &[u32]) {
        self.put(DataElement::new(tag, VR::UL, PrimitiveValue::U32(values.into())));
    }

    fn decimals(&mut self, tag: Tag, values: &[f64]) {
        self.text(tag, VR::DS, values.iter().map(|v| decimal(*v)).collect::<Vec<_>>().join("\\"));
    }

    fn double(&mut self, tag: Tag, value: f64) {
        self.put(DataElement::new(tag, VR::FD, PrimitiveValue::from(value)));
    }

    fn sequence(&mut self, tag: Tag, items: Vec<InMemDicomObject>) {
        self.put(DataElement::new(tag, VR::SQ, Value::from(DataSetSequence::from(items))));
    }

    fn code(&mut self, tag: Tag, code: &Code) {
        self.sequence(tag, vec![code_item(code)]);
    }
}

/// A data set filled by a function, such as the item of a sequence.
pub(crate) fn item(fill: impl FnOnce(&mut InMemDicomObject)) -> InMemDicomObject {
    let mut item = InMemDicomObject::new_empty();
    fill(&mut item);
    item
}

/// The item of a code sequence.
fn code_item(code: &Code) -> InMemDicomObject {
    item(|object| {
        object.text(tags::CODE_VALUE, VR::SH, &*code.value);
        object.text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, &*code.scheme);
        object.text(tags::CODE_MEANING, VR::LO, &*code.meaning);
    })
}

/// A long string (PS3.5 6.2): at most 64 characters, none of which parts values or controls a terminal.
pub(crate) fn long_string(text: &str) -> String {
    text.chars().map(|c| if c == '\\' || c.is_control() { '-' } else { c }).take(64).collect()
}

/// A decimal string: at most 16 characters (PS3.5 6.2).
pub(super) fn decimal(value: f64) -> String {
    let shortest = format!("{value}");
    if shortest.len() <= 16 {
        return shortest;
    }
    let scientific = value != 0.0 && value.abs() < 1e-4;
    (0..=12)
        .rev()
        .map(|digits| if scientific { format!("{value:.digits$e}") } else { format!("{value:.digits$}") })
        .find(|text| text.len() <= 16)
        .unwrap_or_else(|| format!("{value:.6e}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_strings_are_one_value_of_64_characters() {
        assert_eq!(long_string("axial L4/L5"), "axial L4/L5");
        assert_eq!(long_string("a\\b\u{1b}[1m"), "a-b-[1m");
        assert_eq!(long_string(&"ä".repeat(300)), "ä".repeat(64));
    }

    proptest! {
        #[test]
        fn decimal_strings_fit_and_keep_their_value(value in -1e6f64..1e6, tiny in -1e-6f64..1e-6) {
            for value in [value, tiny, value.round()] {
                let text = decimal(value);
                prop_assert!(text.len() <= 16, "{text}");
                let back: f64 = text.parse().expect("a number");
                prop_assert!((back - value).abs() <= 1e-6 * value.abs().max(1e-3), "{text} for {value}");
            }
        }
    }
}
