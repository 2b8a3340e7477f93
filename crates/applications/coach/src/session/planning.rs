//! The prescription and the AI.

use exam::Command;
use geometry::SliceGroup;
use slice_editor::Edit;

use assessment::attempt::ProposalUse;

use super::{ProposalDecision, Refusal, Session, refuse, refused};
use crate::assist::Behaviour;

impl Session {
    pub(super) fn draw(&mut self, edit: &Edit) -> Result<(), Refusal> {
        if !self.has_localizer() {
            return refuse("scan the localizer first: slices are planned on it");
        }
        if *edit == Edit::Remove && self.selected_series_is_being_scanned() {
            return refuse("this series is being scanned: stop it first");
        }
        self.draft.apply(edit).map_err(refused)?;
        self.drawn()
    }

    pub(super) fn begin_gesture(&mut self) {
        self.in_gesture = true;
        self.draft.begin_gesture();
    }

    pub(super) fn end_gesture(&mut self) -> Result<(), Refusal> {
        self.in_gesture = false;
        self.draft.end_gesture();
        if self.has_localizer() { self.prescribe() } else { Ok(()) }
    }

    pub(super) fn undo(&mut self) -> Result<(), Refusal> {
        if !self.draft.undo() {
            return refuse("there is nothing to undo");
        }
        self.drawn()
    }

    pub(super) fn redo(&mut self) -> Result<(), Refusal> {
        if !self.draft.redo() {
            return refuse("there is nothing to redo");
        }
        self.drawn()
    }

    /// After every change: the planning clock, and the examination's prescription unless a drag goes on.
    fn drawn(&mut self) -> Result<(), Refusal> {
        if let Some((_, to)) = &mut self.planning_s {
            *to = self.clock_s;
        }
        let is_dragged = self.in_gesture && self.draft.groups().len() == self.exam.queue().len();
        if is_dragged { Ok(()) } else { self.prescribe() }
    }

    /// Gives the examination the prescription as it is drawn, if it has another.
    pub(super) fn prescribe(&mut self) -> Result<(), Refusal> {
        let plan = self.draft.to_plan();
        let is_prescribed = match self.exam.plan() {
            Some(prescribed) => *prescribed == plan,
            None => plan.groups.is_empty() && plan.sat_bands.is_empty(),
        };
        if is_prescribed { Ok(()) } else { self.command(Command::AdoptPlan(plan)) }
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
        self.drawn()?;
        match self.exam.queue().last().map(|series| series.id) {
            Some(series) => self.command(Command::SetProtocol { series, protocol: further.series }),
            None => Ok(()),
        }
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
        self.command(Command::ProposePlan)
    }

    pub(super) fn take_proposal(&mut self, decision: ProposalDecision) -> Result<(), Refusal> {
        let Some(plan) = self.proposal().map(|proposal| proposal.plan.clone()) else {
            return refuse("the AI has proposed nothing");
        };
        let before = self.draft.to_plan();
        self.draft.apply(&Edit::Adopt(plan)).map_err(refused)?;
        // Taking it twice leaves what there was before the first time.
        self.before_proposal.get_or_insert(before);
        self.decide(decision)?;
        self.drawn()
    }

    /// Rejects the AI's plan: one that was taken goes, with all that was drawn since, and what there was before it is back.
    pub(super) fn reject_proposal(&mut self) -> Result<(), Refusal> {
        if self.proposal().is_some()
            && let Some(before) = self.before_proposal.take()
        {
            self.draft.apply(&Edit::Adopt(before)).map_err(refused)?;
            self.decide(ProposalDecision::Rejected)?;
            return self.drawn();
        }
        self.decide(ProposalDecision::Rejected)
    }

    /// What became of the AI's proposal, from what is drawn: a plan that holds a group of the AI's is not one by hand,
    /// whatever was pressed.
    pub fn use_of_proposal(&self) -> ProposalUse {
        if !self.was_proposed {
            return ProposalUse::NotAsked;
        }
        let Some(proposal) = self.proposal() else { return ProposalUse::Shown };
        let drawn = self.draft.groups();
        let is_kept = |group: &&SliceGroup| drawn.iter().any(|drawn| drawn.same_slices(group));
        let (kept, all) = (proposal.plan.groups.iter().filter(is_kept).count(), proposal.plan.groups.len());
        match proposal.decision {
            _ if kept == all && kept > 0 => ProposalUse::Accepted,
            ProposalDecision::Accepted | ProposalDecision::Adjusted => ProposalUse::Adjusted,
            _ if kept > 0 => ProposalUse::Adjusted,
            ProposalDecision::Rejected => ProposalUse::Rejected,
            ProposalDecision::Open => ProposalUse::Shown,
        }
    }

    fn decide(&mut self, decision: ProposalDecision) -> Result<(), Refusal> {
        match &mut self.review {
            Some(review) if self.exam.proposal().is_some() => {
                review.decision = decision;
                Ok(())
            }
            _ => refuse("the AI has proposed nothing"),
        }
    }
}
