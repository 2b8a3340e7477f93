//! Series, their parameters, scanning.

use std::collections::BTreeMap;

use geometry::SliceGroup;
use planner::quality_check::{QualityReport, QualityVerdict};
use scanner::SeriesProtocol;

use super::{Refusal, Session, Weight, refuse, refused};
use crate::intent::Shows;
use crate::scanner_room::{Order, Stack};
use slice_editor::parameters::{self, Conflict, Parameter, Summary};
use slice_editor::{Edit, Selected};

/// One series of the queue.
#[derive(Clone, Debug)]
pub struct Card {
    /// The slice group's name.
    pub name: String,
    /// How it is scanned.
    pub protocol: SeriesProtocol,
    /// How far it is.
    pub state: CardState,
    /// What was scanned.
    pub scanned: Option<Stack>,
    /// What the check said.
    pub report: Option<QualityReport>,
}

/// How far a series is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardState {
    /// In the queue.
    Waiting,
    /// The scanner prepares.
    Preparing,
    /// Images come in.
    Scanning,
    /// All images are there.
    Done,
    /// Broken off.
    Stopped,
}

impl Card {
    pub(super) fn new(name: &str, protocol: SeriesProtocol) -> Self {
        Self { name: name.to_owned(), protocol, state: CardState::Waiting, scanned: None, report: None }
    }
}

impl Session {
    /// The queue.
    pub fn cards(&self) -> &[Card] {
        &self.cards
    }

    /// A series by name.
    pub fn card(&self, name: &str) -> Option<&Card> {
        self.cards.iter().find(|card| card.name == name)
    }

    pub(super) fn card_mut(&mut self, name: &str) -> Option<&mut Card> {
        self.cards.iter_mut().find(|card| card.name == name)
    }

    /// The slices that a series is prescribed with.
    pub fn group(&self, name: &str) -> Option<&SliceGroup> {
        self.draft.groups().iter().find(|group| group.name == name)
    }

    /// True if a series was scanned with other slices or parameters than are prescribed now.
    pub fn is_outdated(&self, card: &Card) -> bool {
        card.scanned
            .as_ref()
            .is_some_and(|stack| Some(&stack.group) != self.group(&card.name) || stack.protocol != card.protocol)
    }

    /// Scan time, voxel, relative signal-to-noise ratio and SAR of a series.
    pub fn summary(&self, name: &str) -> Option<Summary> {
        let (card, group) = (self.card(name)?, self.group(name)?);
        let usual = self.exercise.setup.protocol.series_for(&group.target);
        Some(Summary::of((&card.protocol, group), (usual, &usual_group(self, group)), self.field_t()))
    }

    /// What keeps a series from being scanned.
    pub fn conflicts(&self, name: &str) -> Vec<Conflict> {
        let (Some(card), Some(group)) = (self.card(name), self.group(name)) else { return Vec::new() };
        parameters::conflicts(&card.protocol, group, self.field_t())
    }

    /// Field strength, T.
    pub fn field_t(&self) -> f64 {
        self.exercise.setup.protocol.field_t
    }

    pub(super) fn set_parameter(&mut self, name: &str, parameter: Parameter, value: f64) -> Result<(), Refusal> {
        let Some((card, group)) = self.card(name).zip(self.group(name)) else {
            return refuse(format!("there is no series '{name}'"));
        };
        let (mut protocol, mut group) = (card.protocol.clone(), group.clone());
        parameters::set(&mut protocol, &mut group, parameter, value).map_err(refused)?;
        self.change(name, protocol, group)
    }

    pub(super) fn resolve(&mut self, name: &str, conflict: usize) -> Result<(), Refusal> {
        let suggestion = self.conflicts(name).into_iter().nth(conflict).and_then(|conflict| conflict.suggestion);
        let Some((suggestion, (card, group))) = suggestion.zip(self.card(name).zip(self.group(name))) else {
            return refuse("there is nothing to be suggested");
        };
        let (mut protocol, mut group) = (card.protocol.clone(), group.clone());
        for (parameter, value) in suggestion.changes {
            parameters::set(&mut protocol, &mut group, parameter, value).map_err(refused)?;
        }
        self.change(name, protocol, group)
    }

    fn change(&mut self, name: &str, protocol: SeriesProtocol, group: SliceGroup) -> Result<(), Refusal> {
        if self.group(name) != Some(&group) {
            let at = self.draft.groups().iter().position(|group| group.name == name).unwrap_or(0);
            let selected = self.draft.selected();
            self.draft.apply(&Edit::Select(Some(Selected::Group(at)))).map_err(refused)?;
            self.draft.apply(&Edit::Replace(group)).map_err(refused)?;
            self.draft.apply(&Edit::Select(selected)).map_err(refused)?;
        }
        if let Some(card) = self.card_mut(name) {
            card.protocol = protocol;
        }
        Ok(())
    }

    pub(super) fn scan(&mut self, name: &str) -> Result<(), Refusal> {
        if self.is_busy() {
            return refuse("the scanner is busy");
        }
        if self.card(name).is_none() {
            return refuse(format!("there is no series '{name}'"));
        }
        if let Some(conflict) = self.conflicts(name).first() {
            return refuse(format!("{name} cannot be scanned: {}", conflict.message));
        }
        let protocols: BTreeMap<_, _> =
            self.cards.iter().map(|card| (card.name.clone(), card.protocol.clone())).collect();
        let again = self.card(name).is_some_and(|card| card.scanned.is_some());
        if again {
            self.repeats += 1;
            self.order(Order::Repeat(name.to_owned()));
        }
        if let Some(card) = self.card_mut(name) {
            card.state = CardState::Preparing;
            card.scanned = None;
            card.report = None;
        }
        self.order(Order::Scan { plan: self.draft.to_plan(), protocols, name: name.to_owned() });
        Ok(())
    }

    pub(super) fn scan_all(&mut self) -> Result<(), Refusal> {
        let next = self.next_to_scan();
        let Some(next) = next else { return refuse("no series is waiting") };
        self.scan(&next)?;
        self.scanning_all = true;
        Ok(())
    }

    fn next_to_scan(&self) -> Option<String> {
        let waiting =
            |card: &&Card| matches!(card.state, CardState::Waiting | CardState::Stopped) || self.is_outdated(card);
        self.cards.iter().find(waiting).map(|card| card.name.clone())
    }

    pub(super) fn repeat(&mut self, name: &str) -> Result<(), Refusal> {
        if self.card(name).is_none_or(|card| card.scanned.is_none()) {
            return refuse(format!("'{name}' has not been scanned yet"));
        }
        self.scan(name)
    }

    pub(super) fn series_comes(&mut self, stack: Stack) {
        let name = stack.group.name.clone();
        if let Some(card) = self.card_mut(&name) {
            card.state = CardState::Scanning;
            card.scanned = Some(stack.clone());
        }
        self.show_arriving(&Shows::Series(name.clone()));
        self.begin_arrival(&name, &stack);
    }

    pub(super) fn series_arrived(&mut self, name: &str) {
        if let Some(card) = self.card_mut(name) {
            card.state = CardState::Done;
        }
        self.order(Order::Check);
    }

    pub(super) fn series_checked(&mut self, name: &str, report: QualityReport) {
        match &report.verdict {
            QualityVerdict::Accept => self.say(Weight::Info, format!("{name}: the check is content")),
            QualityVerdict::Repeat(why) => self.say(Weight::Warning, format!("{name}: better scanned again: {why}")),
            QualityVerdict::Replan(why) => self.say(Weight::Warning, format!("{name}: better planned anew: {why}")),
        }
        if let Some(card) = self.card_mut(name) {
            card.report = Some(report);
        }
        if self.scanning_all {
            match self.next_to_scan() {
                Some(next) => {
                    if let Err(refusal) = self.scan(&next) {
                        self.scanning_all = false;
                        self.say(Weight::Warning, refusal.0);
                    }
                }
                None => self.scanning_all = false,
            }
        }
    }

    pub(super) fn scan_refused(&mut self, order: Option<Order>, reason: String) {
        self.scanning_all = false;
        if let Some(Order::Scan { name, .. }) = order
            && let Some(card) = self.card_mut(&name)
        {
            card.state = CardState::Waiting;
        }
        self.say(Weight::Warning, reason);
    }
}

/// The group as the exercise prescribes it, for comparison.
fn usual_group(session: &Session, group: &SliceGroup) -> SliceGroup {
    session.exercise.setup.prescription.stack(&group.target).applied_to(group)
}
