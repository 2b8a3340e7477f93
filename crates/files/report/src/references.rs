//! What the page and the metrics cite.

use maud::{Markup, html};

/// As it is cited, the work, and where it is found.
type Reference = (&'static str, &'static str, &'static str);

const REFERENCES: [Reference; 14] = [
    ("Bharadwaj 2023", "Bharadwaj et al., Eur Radiol 2023;33:3435 (dural sac and disc on axial T2)", "PMC10566647"),
    ("Bland and Altman 1986", "Bland, Altman, Lancet 1986;327:307", "doi:10.1016/S0140-6736(86)90837-8"),
    ("Brier 1950", "Brier, Mon Weather Rev 1950;78:1", "doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2"),
    ("Cheng 2026", "Cheng et al., Research 2026 (a published lumbar planning system)", "doi:10.34133/research.1145"),
    ("Clopper and Pearson", "Clopper, Pearson, Biometrika 1934;26:404", "doi:10.1093/biomet/26.4.404"),
    ("Dice", "Dice, Ecology 1945;26:297", "doi:10.2307/1932409"),
    ("Guo 2017", "Guo, Pleiss, Sun, Weinberger, ICML 2017 (calibration of networks)", "arXiv:1706.04599"),
    ("McGraw & Wong 1996", "McGraw, Wong, Psychol Methods 1996;1:30", "doi:10.1037/1082-989X.1.1.30"),
    (
        "Nakagawa & Schielzeth 2010",
        "Nakagawa, Schielzeth, Biol Rev 2010;85:935",
        "doi:10.1111/j.1469-185X.2010.00141.x",
    ),
    (
        "Ozhinsky 2024",
        "Ozhinsky et al., Magn Reson Imaging 2024;110:29 (lumbar prescription at the console)",
        "doi:10.1016/j.mri.2024.03.041",
    ),
    ("SPIDER", "van der Graaf et al., Sci Data 2024;11:264", "doi:10.1038/s41597-024-03090-w"),
    ("Shrout & Fleiss 1979", "Shrout, Fleiss, Psychol Bull 1979;86:420", "doi:10.1037/0033-2909.86.2.420"),
    ("V-Net", "Milletari, Navab, Ahmadi, 3DV 2016:565", "doi:10.1109/3DV.2016.79"),
    (
        "BASS 2011-035, ISMRM 2021 #3812, CT study of 1991",
        "conference abstracts and a CT study without a DOI; what was taken of them stands in the repository",
        "docs/lumbar-numbers.md",
    ),
];

pub(super) fn references() -> Markup {
    html! {
        ul.references { @for (cited, work, place) in REFERENCES {
            li { strong { (cited) } ": " (work) ", " code { (place) } "." }
        } }
        p.quiet { "A limit without a source is a choice of the project and says so. No publication gives the order of the three arms: it follows "
                  "from the panel's numbers, which are assumptions." }
    }
}
