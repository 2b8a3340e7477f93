//! The images: whether what was ordered was scanned, shows what it should, and is not spoiled.

use geometry::Disc;

use super::measured::{AtDisc, OfStack};
use super::scanned::{ScannedSeries, Spoiled};
use super::weights::{IMAGES, SAGITTAL_PART};
use super::{Examined, Item, Subject, text};

/// Slices or pixels larger than the protocol's by more than this factor are told.
const COARSELY: f64 = 1.3;
/// From here on images show what they should, 0…1.
const WHOLLY: f64 = 0.995;

/// The best images of everything that was ordered; `None` for what was not scanned.
pub(super) struct Shown<'a> {
    /// By ordered sagittal series.
    pub stacks: Vec<(&'a str, Option<OfStack<'a>>)>,
    /// By ordered axial series and level.
    pub discs: Vec<(&'a str, Disc, Option<AtDisc<'a>>)>,
}

impl<'a> Shown<'a> {
    pub fn of(examined: &'a Examined<'_>) -> Self {
        let Examined { order, truth, scanned, rules, .. } = examined;
        let of_series = |name: &'a str| scanned.iter().filter(move |series| series.protocol == name);
        let stack = |name: &'a String| {
            let sagittal = of_series(name).filter(|series| series.group.target == geometry::SliceTarget::Sagittal);
            let views = sagittal.map(|series| OfStack::of(series, truth, &order.levels, &rules.sagittal));
            (name.as_str(), best(views, |view| (view.usable(), view.coverage)))
        };
        let disc = |(name, level): (&'a String, &Disc)| {
            let level_truth = truth.discs.iter().find(|disc| disc.labelled.label == *level);
            let for_level = of_series(name).filter(|series| series.group.target.discs().contains(level));
            let views = level_truth
                .into_iter()
                .flat_map(|disc| for_level.clone().map(move |series| AtDisc::of(series, truth, disc, &rules.axial)));
            (name.as_str(), *level, best(views, |view| (view.usable(), view.coverage)))
        };
        Self {
            stacks: order.sagittal.iter().map(stack).collect(),
            discs: order
                .axial
                .iter()
                .flat_map(|name| order.levels.iter().map(move |level| (name, level)))
                .map(disc)
                .collect(),
        }
    }

    /// The images by which the sagittal planning is judged.
    pub fn stack(&self) -> Option<&OfStack<'a>> {
        let stacks = self.stacks.iter().filter_map(|(_, stack)| stack.as_ref());
        stacks.min_by(|a, b| b.usable().total_cmp(&a.usable()))
    }

    /// The images by which the planning of a level is judged.
    pub fn disc(&self, level: Disc) -> Option<&AtDisc<'a>> {
        let of_level = self.discs.iter().filter(|(_, disc, _)| *disc == level).filter_map(|(.., view)| view.as_ref());
        of_level.min_by(|a, b| b.usable().total_cmp(&a.usable()))
    }

    /// Part of the ordered series that has images, 0…1.
    pub fn scanned_part(&self) -> f64 {
        let stacks = self.stacks.iter().map(|(_, stack)| stack.is_some());
        let all: Vec<bool> = stacks.chain(self.discs.iter().map(|(.., view)| view.is_some())).collect();
        all.iter().filter(|is_scanned| **is_scanned).count() as f64 / all.len().max(1) as f64
    }

    /// True if sagittal series were ordered and none can be used.
    pub fn lacks_sagittal(&self) -> bool {
        !self.stacks.is_empty() && self.stack().is_none_or(|stack| stack.usable() == 0.0)
    }

    /// True if axial series were ordered and none can be used.
    pub fn lacks_axial(&self) -> bool {
        let mut views = self.discs.iter().filter_map(|(.., view)| view.as_ref());
        !self.discs.is_empty() && views.all(|view| view.usable() == 0.0)
    }

    pub fn items(&self) -> Vec<Item> {
        let sagittal_part = match (self.stacks.is_empty(), self.discs.is_empty()) {
            (false, false) => SAGITTAL_PART,
            (false, true) => 1.0,
            (true, _) => 0.0,
        };
        let of_stack = IMAGES * sagittal_part / self.stacks.len().max(1) as f64;
        let of_disc = IMAGES * (1.0 - sagittal_part) / self.discs.len().max(1) as f64;
        let item = |disc, usable: f64, of, explanation| Item {
            subject: Subject::Images,
            disc,
            points: of * usable,
            of,
            measured: Some(usable),
            explanation,
        };
        let stacks = self.stacks.iter().map(|(name, view)| {
            let seen = view.as_ref().map(Seen::from);
            item(None, seen.as_ref().map_or(0.0, |seen| seen.usable), of_stack, explanation(name, seen))
        });
        let discs = self.discs.iter().map(|(name, disc, view)| {
            let seen = view.as_ref().map(Seen::from);
            let usable = seen.as_ref().map_or(0.0, |seen| seen.usable);
            item(Some(*disc), usable, of_disc, explanation(&format!("{name} of {disc}"), seen))
        });
        stacks.chain(discs).collect()
    }
}

/// What is said of images.
struct Seen<'a> {
    series: &'a ScannedSeries,
    usable: f64,
    canal_saturated: f64,
    coarseness: f64,
}

impl<'a> From<&OfStack<'a>> for Seen<'a> {
    fn from(view: &OfStack<'a>) -> Self {
        let OfStack { series, canal_saturated, coarseness, .. } = *view;
        Self { series, usable: view.usable(), canal_saturated, coarseness }
    }
}

impl<'a> From<&AtDisc<'a>> for Seen<'a> {
    fn from(view: &AtDisc<'a>) -> Self {
        let AtDisc { series, canal_saturated, coarseness, .. } = *view;
        Self { series, usable: view.usable(), canal_saturated, coarseness }
    }
}

/// What the images are worth, and what they suffer from most.
fn explanation(name: &str, seen: Option<Seen<'_>>) -> String {
    match seen {
        None => text::not_scanned(name),
        Some(Seen { series, usable, canal_saturated, coarseness }) => match series.spoiled {
            Some(Spoiled::Moved { mm }) if series.repeats > 0 => text::moved_again(name, mm),
            Some(Spoiled::Moved { mm }) => text::moved_and_kept(name, mm),
            Some(Spoiled::Noisy { snr }) => text::noisy(name, snr),
            None if canal_saturated > 0.0 => text::canal_is_dark(name),
            None if coarseness > COARSELY => text::coarse(name, coarseness),
            None if usable < WHOLLY => text::shows_in_part(name, usable),
            None => text::shows(name),
        },
    }
}

/// The view that is worth most; of those that are worth the same, the one that shows most.
fn best<V>(views: impl Iterator<Item = V>, worth: impl Fn(&V) -> (f64, f64)) -> Option<V> {
    views.max_by(|a, b| {
        let ((a, a_shows), (b, b_shows)) = (worth(a), worth(b));
        a.total_cmp(&b).then(a_shows.total_cmp(&b_shows))
    })
}
