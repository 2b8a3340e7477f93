//! Transitional lumbosacral vertebrae.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Type of a transitional vertebra (Castellvi, Spine 1984;9:493).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "Castellvi's types: a is unilateral, b bilateral")]
pub enum Castellvi {
    /// Broad transverse processes.
    Ia,
    Ib,
    /// A joint with the sacrum's ala.
    IIa,
    IIb,
    /// Fused with it.
    IIIa,
    IIIb,
    /// A joint on the right, fused on the left.
    IV,
}

/// A lumbosacral transitional vertebra (sacralization or lumbarization).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Transition {
    /// Its type.
    pub castellvi: Castellvi,
}

impl Transition {
    /// The bridge between transverse process and ala on the left and on the right.
    pub(crate) fn bridges(self) -> [Bridge; 2] {
        use Bridge::{Broad, Free, Fused, Joint};
        match self.castellvi {
            Castellvi::Ia => [Broad, Free],
            Castellvi::Ib => [Broad, Broad],
            Castellvi::IIa => [Joint, Free],
            Castellvi::IIb => [Joint, Joint],
            Castellvi::IIIa => [Fused, Free],
            Castellvi::IIIb => [Fused, Fused],
            Castellvi::IV => [Fused, Joint],
        }
    }
}

/// One side of a transitional vertebra.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bridge {
    Free,
    Broad,
    Joint,
    Fused,
}
