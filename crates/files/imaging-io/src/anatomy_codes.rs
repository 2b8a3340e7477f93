//! SNOMED CT codes of the anatomy, as listed in DICOM (PS3.16 CID 7603 vertebrae, CID 7604 discs, CID 6115).

use geometry::{Disc, Structure, Vertebra};

use crate::dicom_element::Code;

/// The code of a class, such as any vertebra or any disc. Background has no code.
pub fn structure_code(structure: Structure) -> Option<Code> {
    match structure {
        Structure::Background => None,
        Structure::Vertebra => Some(Code::snomed("51282000", "Vertebra")),
        Structure::Disc => Some(Code::snomed("360499006", "Intervertebral disc")),
        Structure::Sacrum => Some(Code::snomed("54735007", "Sacrum")),
        Structure::Canal => Some(Code::snomed("61853006", "Vertebral canal")),
    }
}

/// The code of one vertebra; `None` for L6, which has no code in SNOMED CT.
pub fn vertebra_code(vertebra: Vertebra) -> Option<Code> {
    let (value, meaning) = match vertebra {
        Vertebra::T10 => ("7610001", "T10 vertebra"),
        Vertebra::T11 => ("12989004", "T11 vertebra"),
        Vertebra::T12 => ("23215003", "T12 vertebra"),
        Vertebra::L1 => ("66794005", "L1 vertebra"),
        Vertebra::L2 => ("14293000", "L2 vertebra"),
        Vertebra::L3 => ("36470004", "L3 vertebra"),
        Vertebra::L4 => ("11994002", "L4 vertebra"),
        Vertebra::L5 => ("49668003", "L5 vertebra"),
        Vertebra::L6 => return None,
        Vertebra::S1 => ("54735007", "Sacrum"),
    };
    Some(Code::snomed(value, meaning))
}

/// The code of one disc. Discs of anatomical variants (L5/L6, L6/S1, L4/S1) have no specific code and get that of any
/// disc; the tracking identifier has their name.
pub fn disc_code(disc: Disc) -> Code {
    use Vertebra::{L1, L2, L3, L4, L5, S1, T10, T11, T12};
    let (value, meaning) = match (disc.upper, disc.lower) {
        (T10, T11) => ("34959001", "T10/T11 disc"),
        (T11, T12) => ("1537001", "T11/T12 disc"),
        (T12, L1) => ("76206002", "T12/L1 disc"),
        (L1, L2) => ("80064006", "L1/L2 disc"),
        (L2, L3) => ("67459009", "L2/L3 disc"),
        (L3, L4) => ("62551000", "L3/L4 disc"),
        (L4, L5) => ("84020006", "L4/L5 disc"),
        (L5, S1) => ("715056000", "L5/S1 disc"),
        _ => ("360499006", "Intervertebral disc"),
    };
    Code::snomed(value, meaning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_level_has_its_own_code() {
        let levels: Vec<Disc> = Vertebra::ALL
            .windows(2)
            .filter(|pair| !pair.contains(&Vertebra::L6))
            .map(|pair| Disc::between(pair[0], pair[1]))
            .chain([Disc::between(Vertebra::L5, Vertebra::S1)])
            .collect();
        for disc in &levels {
            assert_eq!(disc_code(*disc).meaning, format!("{disc} disc"));
        }
        let values: BTreeSet<_> = levels.iter().map(|disc| disc_code(*disc).value).collect();
        assert_eq!(values.len(), levels.len());
        assert_eq!(disc_code(Disc::between(Vertebra::L6, Vertebra::S1)).meaning, "Intervertebral disc");
        for vertebra in Vertebra::ALL.into_iter().filter(|v| ![Vertebra::L6, Vertebra::S1].contains(v)) {
            assert_eq!(vertebra_code(vertebra).expect("numbered").meaning, format!("{vertebra} vertebra"));
        }
    }
}
