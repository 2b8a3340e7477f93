//! What is asked before an examination.

use serde::{Deserialize, Serialize};

use super::answer::{Answer, DeviceStatus};
use crate::safety::text;

/// One question of the form, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Pacemaker, defibrillator.
    CardiacDevice,
    /// Clip on a vessel of the brain.
    AneurysmClip,
    /// Neurostimulator, infusion pump.
    Neurostimulator,
    /// Cochlear implant.
    CochlearImplant,
    /// A splinter in the eye.
    MetalInEye,
    /// Any other implant or operation.
    OtherImplant,
    /// Pregnancy.
    Pregnancy,
    /// Kidney disease or an allergy to contrast agents: to be known, no contrast agent is given here.
    KidneyOrContrast,
    /// Fear of narrow places.
    Claustrophobia,
    /// Jewellery, hearing aids, anything metallic still worn.
    WornMetal,
    /// Earplugs or headphones, given by asking.
    HearingProtection,
}

impl Question {
    /// All, in the order of the form.
    pub const ALL: [Self; 11] = [
        Self::CardiacDevice,
        Self::AneurysmClip,
        Self::Neurostimulator,
        Self::CochlearImplant,
        Self::MetalInEye,
        Self::OtherImplant,
        Self::Pregnancy,
        Self::KidneyOrContrast,
        Self::Claustrophobia,
        Self::WornMetal,
        Self::HearingProtection,
    ];

    /// What the form says.
    pub const fn label(self) -> &'static str {
        text::question(self)
    }

    /// The name in files and journals.
    pub const fn key(self) -> &'static str {
        match self {
            Self::CardiacDevice => "cardiac-device",
            Self::AneurysmClip => "aneurysm-clip",
            Self::Neurostimulator => "neurostimulator",
            Self::CochlearImplant => "cochlear-implant",
            Self::MetalInEye => "metal-in-eye",
            Self::OtherImplant => "other-implant",
            Self::Pregnancy => "pregnancy",
            Self::KidneyOrContrast => "kidney-or-contrast",
            Self::Claustrophobia => "claustrophobia",
            Self::WornMetal => "worn-metal",
            Self::HearingProtection => "hearing-protection",
        }
    }

    /// The status of a device of which the answer says nothing more than that it is there.
    pub(super) const fn usual_status(self) -> DeviceStatus {
        match self {
            Self::CardiacDevice
            | Self::AneurysmClip
            | Self::Neurostimulator
            | Self::CochlearImplant
            | Self::MetalInEye
            | Self::OtherImplant => DeviceStatus::Unknown,
            Self::Pregnancy
            | Self::KidneyOrContrast
            | Self::Claustrophobia
            | Self::WornMetal
            | Self::HearingProtection => DeviceStatus::Safe,
        }
    }

    /// True if an answer asks for a decision.
    pub(super) fn needs_decision(self, answer: &Answer) -> bool {
        match self {
            Self::KidneyOrContrast | Self::Claustrophobia | Self::HearingProtection => false,
            _ => answer.yes,
        }
    }
}
