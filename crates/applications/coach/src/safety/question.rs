//! What is asked before an examination.

use serde::{Deserialize, Serialize};

use super::answer::{Answer, DeviceStatus};

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
        match self {
            Self::CardiacDevice => "Pacemaker or defibrillator",
            Self::AneurysmClip => "Aneurysm clip",
            Self::Neurostimulator => "Neurostimulator or pump",
            Self::CochlearImplant => "Cochlear implant",
            Self::MetalInEye => "Metal in the eye",
            Self::OtherImplant => "Other implants or operations",
            Self::Pregnancy => "Pregnancy",
            Self::KidneyOrContrast => "Kidney disease or contrast allergy",
            Self::Claustrophobia => "Claustrophobia",
            Self::WornMetal => "Jewellery, hearing aids",
            Self::HearingProtection => "Hearing protection given",
        }
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

    /// What a "yes" means for a device of which nothing more is told.
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

    /// True if somebody has to decide what follows from an answer.
    pub(super) fn needs_decision(self, answer: &Answer) -> bool {
        match self {
            Self::KidneyOrContrast | Self::Claustrophobia | Self::HearingProtection => false,
            _ => answer.yes,
        }
    }

    /// What the radiologist says to an answer.
    pub(super) fn radiologist(self, answer: &Answer) -> &'static str {
        match (self, answer.status) {
            _ if !answer.yes => "nothing speaks against the examination",
            (Self::WornMetal, _) => "have it taken off first",
            (Self::MetalInEye, DeviceStatus::Unknown) => {
                "not before an X-ray of the orbits: the examination is put off"
            }
            (_, DeviceStatus::Unsafe) => "not in any scanner: the examination is called off",
            (_, DeviceStatus::Unknown) => "not before the make is known: the examination is put off",
            (Self::Pregnancy, _) => "the examination is justified, without contrast agent and with short sequences",
            (_, DeviceStatus::Conditional) => "the conditions are met here: go on, within the stated limits",
            (_, DeviceStatus::Safe) => "nothing speaks against the examination",
        }
    }
}
