//! What is to be scanned: told before the examination, and marked after it. What was not ordered costs nothing.

use geometry::{Disc, Orientation};
use scanner::Protocol;
use scenario::lesson::LessonOrder;

/// The scans that an order asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderedScans {
    /// Discs through which axial slices are ordered, from the head downwards.
    pub levels: Vec<Disc>,
    /// True if the order says "every lumbar disc": to name them would tell how many this patient has.
    pub every_level: bool,
    /// Sagittal series, by the protocol's names.
    pub sagittal: Vec<String>,
    /// Axial series, by the protocol's names: each at every level.
    pub axial: Vec<String>,
    /// Whether the saturation band in front of the spine is ordered.
    pub saturation_band: bool,
}

/// A level is ordered that the patient does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("lesson.order.levels: {level} is ordered, but the patient's lumbar discs are {}", listed(.present))]
pub struct NoSuchLevel {
    /// The level.
    pub level: Disc,
    /// The discs that there are.
    pub present: Vec<Disc>,
}

impl OrderedScans {
    /// What a lesson orders of a patient with these lumbar discs. `order` was checked against the protocol when the
    /// scenario was read.
    ///
    /// # Errors
    /// [`NoSuchLevel`] for a level that the patient does not have.
    pub fn of(order: &LessonOrder, protocol: &Protocol, present: &[Disc]) -> Result<Self, NoSuchLevel> {
        if let Some(level) = order.levels.iter().find(|level| !present.contains(level)) {
            return Err(NoSuchLevel { level: *level, present: present.to_vec() });
        }
        let known = protocol.series_names();
        let ordered = |orientation| -> Vec<String> {
            let of_stack = known.iter().filter(|(_, stack)| *stack == orientation).map(|(name, _)| (*name).to_owned());
            if order.series.is_empty() {
                // The planned series comes first of its orientation.
                return of_stack.take(1).collect();
            }
            of_stack.filter(|name| order.series.contains(name)).collect()
        };
        let (sagittal, axial) = (ordered(Orientation::Sagittal), ordered(Orientation::Axial));
        let mut levels = if order.levels.is_empty() { present.to_vec() } else { order.levels.clone() };
        levels.sort();
        if axial.is_empty() {
            levels.clear();
        }
        Ok(Self {
            levels,
            every_level: order.levels.is_empty(),
            sagittal,
            axial,
            saturation_band: order.saturation_band && protocol.saturation_band.thickness_mm > 0.0,
        })
    }

    /// How many series are ordered.
    pub fn count(&self) -> usize {
        self.sagittal.len() + self.axial.len() * self.levels.len()
    }

    /// Further series that are ordered, beyond those that a drawn group is scanned with.
    pub fn further<'a>(&'a self, protocol: &'a Protocol) -> impl Iterator<Item = &'a str> {
        let ordered = self.sagittal.iter().chain(&self.axial).map(String::as_str);
        ordered.filter(|name| protocol.further(name).is_some())
    }

    /// For the trainee, before the examination: "T2 TSE sagittal, T1 TSE sagittal; T2 TSE axial through L4/L5 and L5/S1;
    /// saturation band in front of the spine".
    pub fn describe(&self) -> String {
        let mut parts = Vec::new();
        if !self.sagittal.is_empty() {
            parts.push(self.sagittal.join(", "));
        }
        if !self.axial.is_empty() {
            let through = if self.every_level {
                "every lumbar disc, from L1/L2 to the sacrum".to_owned()
            } else {
                listed(&self.levels)
            };
            parts.push(format!("{} through {through}", self.axial.join(", ")));
        }
        if self.saturation_band {
            parts.push("saturation band in front of the spine".to_owned());
        }
        parts.join("; ")
    }
}

/// "L3/L4, L4/L5 and L5/S1"
fn listed(discs: &[Disc]) -> String {
    let names: Vec<String> = discs.iter().map(Disc::to_string).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => "none".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn discs(names: &[&str]) -> Vec<Disc> {
        names.iter().map(|name| name.parse().expect("a disc")).collect()
    }

    #[test]
    fn an_order_is_told_in_words_and_names_levels_only_if_the_instructor_did() {
        let protocol = Protocol::builtin("lumbar-1.5t").expect("it ships");
        let present = discs(&["L1/L2", "L2/L3", "L3/L4", "L4/S1"]);
        let usual = OrderedScans::of(&LessonOrder::default(), &protocol, &present).expect("every level is there");
        assert_eq!((usual.levels.len(), usual.count()), (4, 5));
        let told = usual.describe();
        assert!(told.contains("every lumbar disc") && !told.contains("L4/S1"), "{told}");

        let order = LessonOrder {
            levels: discs(&["L3/L4", "L2/L3"]),
            series: vec!["T1 TSE sagittal".into(), "T2 TSE axial".into()],
            saturation_band: false,
        };
        let chosen = OrderedScans::of(&order, &protocol, &present).expect("they are there");
        assert_eq!(chosen.describe(), "T1 TSE sagittal; T2 TSE axial through L2/L3 and L3/L4");
        assert_eq!(chosen.further(&protocol).collect::<Vec<_>>(), ["T1 TSE sagittal"]);
    }

    #[test]
    fn a_level_that_the_patient_does_not_have_is_refused() {
        let protocol = Protocol::builtin("lumbar-1.5t").expect("it ships");
        let order = LessonOrder { levels: discs(&["L5/S1"]), ..LessonOrder::default() };
        let refused = OrderedScans::of(&order, &protocol, &discs(&["L3/L4", "L4/S1"])).expect_err("four vertebrae");
        assert!(refused.to_string().contains("L5/S1 is ordered") && refused.to_string().contains("L3/L4 and L4/S1"));
    }
}
