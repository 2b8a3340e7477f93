//! The prescription and the AI.

use geometry::SliceGroup;

use super::{Card, CardState, Fate, Refusal, Session, refuse, refused};
use crate::assist::Behaviour;
use crate::scanner_room::Order;
use slice_editor::Edit;

impl Session {
    pub(super) fn draw(&mut self, edit: &Edit) -> Result<(), Refusal> {
        if !self.has_localizer() {
            return refuse("scan the localizer first: slices are planned on it");
        }
        if *edit == Edit::Remove && self.draft.selected_group().is_some_and(|group| self.is_being_scanned(&group.name))
        {
            return refuse("this series is being scanned: stop it first");
        }
        self.draft.apply(edit).map_err(refused)?;
        self.drawn();
        Ok(())
    }

    fn is_being_scanned(&self, name: &str) -> bool {
        self.card(name).is_some_and(|card| matches!(card.state, CardState::Preparing | CardState::Scanning))
    }

    pub(super) fn undo(&mut self) -> Result<(), Refusal> {
        if !self.draft.undo() {
            return refuse("there is nothing to undo");
        }
        self.drawn();
        Ok(())
    }

    pub(super) fn redo(&mut self) -> Result<(), Refusal> {
        if !self.draft.redo() {
            return refuse("there is nothing to do again");
        }
        self.drawn();
        Ok(())
    }

    /// After every change: a card a group, and the planning clock.
    fn drawn(&mut self) {
        self.deal_cards();
        if let Some((_, to)) = &mut self.planning_s {
            *to = self.clock_s;
        }
    }

    /// A card for every group of the prescription, in its order; cards keep what they have by name.
    fn deal_cards(&mut self) {
        let mut old = std::mem::take(&mut self.cards);
        for group in self.draft.groups() {
            let known = old.iter().position(|card| card.name == group.name);
            let card = known.map(|at| old.remove(at)).unwrap_or_else(|| {
                let series = self.exercise.setup.protocol.series_for(&group.target);
                Card::new(&group.name, series.clone())
            });
            self.cards.push(card);
        }
    }

    /// Names of the protocol's further series.
    pub fn further_series(&self) -> Vec<&str> {
        self.exercise.setup.protocol.further.iter().map(|further| further.series.name.as_str()).collect()
    }

    pub(super) fn add_series(&mut self, protocol: &str) -> Result<(), Refusal> {
        let further = self.exercise.setup.protocol.further.iter().find(|further| further.series.name == protocol);
        let Some(further) = further.cloned() else {
            return refuse(format!(
                "the protocol has no series '{protocol}'; it has {}",
                self.further_series().join(", ")
            ));
        };
        let is_on_stack = |group: &&SliceGroup| group.target.orientation() == further.stack;
        let Some(like) = self.draft.groups().iter().find(is_on_stack).cloned() else {
            return refuse("plan the stack whose position this series is to copy first");
        };
        let add = Edit::AddGroup { target: like.target.clone(), name: Some(protocol.to_owned()), centre: like.centre };
        self.draft.apply(&add).map_err(refused)?;
        self.draft.apply(&Edit::CopyPosition { from: like }).map_err(refused)?;
        self.drawn();
        if let Some(card) = self.card_mut(protocol) {
            card.protocol = further.series;
        }
        Ok(())
    }

    /// True if the exercise has an AI to ask.
    pub fn has_ai(&self) -> bool {
        self.exercise.assist != Behaviour::Off && self.exercise.setup.model_folder.is_some()
    }

    pub(super) fn ask_ai(&mut self) -> Result<(), Refusal> {
        if !self.has_ai() {
            return refuse("the AI is switched off in this exercise");
        }
        if !self.has_localizer() {
            return refuse("scan the localizer first: the AI plans on it");
        }
        if self.is_awaiting() {
            return refuse("the scanner room is busy");
        }
        self.order(Order::Propose);
        Ok(())
    }

    pub(super) fn take_proposal(&mut self, fate: Fate) -> Result<(), Refusal> {
        let Some(plan) = self.proposal.as_ref().map(|proposal| proposal.plan.clone()) else {
            return refuse("the AI has proposed nothing");
        };
        self.draft.apply(&Edit::Adopt(plan)).map_err(refused)?;
        if let Some(proposal) = &mut self.proposal {
            proposal.fate = fate;
        }
        self.drawn();
        Ok(())
    }

    pub(super) fn reject_proposal(&mut self) -> Result<(), Refusal> {
        match &mut self.proposal {
            Some(proposal) => {
                proposal.fate = Fate::Rejected;
                Ok(())
            }
            None => refuse("the AI has proposed nothing"),
        }
    }
}
