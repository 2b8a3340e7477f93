//! The prescription and the queue: a series for every group of the plan, and appended ones behind them.

use geometry::{Orientation, SliceGroup};
use planner::{ScanPlan, Severity};
use scanner::SeriesProtocol;

use super::{Examination, Response};
use crate::event::Event;
use crate::refused::Refused;
use crate::series::{Series, SeriesId, SeriesState};

impl Examination {
    /// Takes a plan. A group without a series gets the protocol's series for its target.
    ///
    /// A series of the earlier plan goes on with its group: its id, protocol and images stay, and images of other
    /// slices are outdated. Its group is the equal one, else the one of the same name and orientation, else the
    /// one with the same slices. A series without a group in the new plan goes. Of appended series, one that waits
    /// and lies on a group of the old plan goes where that group goes, and goes away with it; others stay.
    pub(super) fn adopt(&mut self, plan: ScanPlan) -> Result<Event, Refused> {
        self.registered()?;
        let critical: Vec<_> = plan.flags.iter().filter(|flag| flag.severity == Severity::Critical).cloned().collect();
        if !critical.is_empty() {
            return Ok(Event::HelpCalled { flags: critical });
        }
        let (appended, planned): (Vec<_>, Vec<_>) = self.queue.drain(..).partition(|series| series.appended);
        let old_plan = self.plan.take();
        for (group, known) in plan.groups.iter().zip(matched(planned, &plan.groups)) {
            let series = match known {
                Some(series) => Series { group: group.clone(), ..series },
                None => self.new_series(group.clone(), self.protocol.series_for(&group.target).clone()),
            };
            self.queue.push(series);
        }
        self.queue.extend(appended.into_iter().filter_map(|series| followed(series, old_plan.as_ref(), &plan)));
        self.unchecked = self.unchecked.filter(|id| self.series(*id).is_some());
        self.plan = Some(plan);
        Ok(Event::PlanAdopted { series: self.queue.len() })
    }

    /// Takes discs and axial groups from a plan made on a sharper series; what is accepted or appended stays.
    pub(super) fn replace_axial_groups(&mut self, sharper: ScanPlan) {
        let axial = |group: &SliceGroup| group.target.orientation() == Orientation::Axial;
        self.queue.retain(|series| series.is_accepted() || series.appended || !axial(&series.group));
        for group in sharper.groups.iter().filter(|group| axial(group)) {
            let series = self.new_series(group.clone(), self.protocol.series_for(&group.target).clone());
            self.queue.push(series);
        }
        if let Some(plan) = &mut self.plan {
            plan.groups.retain(|group| !axial(group));
            plan.groups.extend(sharper.groups.iter().filter(|group| axial(group)).cloned());
            plan.levels = sharper.levels;
            plan.flags.extend(sharper.flags);
        }
    }

    pub(super) fn append(&mut self, group: SliceGroup, protocol: SeriesProtocol) -> Result<Event, Refused> {
        self.registered()?;
        let series = Series { appended: true, ..self.new_series(group, protocol) };
        let (id, name) = (series.id, series.name().to_owned());
        self.queue.push(series);
        Ok(Event::Appended { series: id, name })
    }

    pub(super) fn remove(&mut self, id: SeriesId) -> Result<Event, Refused> {
        let name = self.queued(id)?.name().to_owned();
        if let Some((_, kind)) = self.job.filter(|(_, kind)| kind.series() == Some(id)) {
            return Err(Refused::Busy(kind));
        }
        self.queue.retain(|series| series.id != id);
        self.unchecked = self.unchecked.filter(|unchecked| *unchecked != id);
        Ok(Event::Removed { series: id, name })
    }

    pub(super) fn set_protocol(&mut self, id: SeriesId, protocol: SeriesProtocol) -> Result<Event, Refused> {
        let series = self.queued_mut(id)?;
        series.protocol = protocol;
        Ok(Event::ProtocolSet { series: id, name: series.name().to_owned() })
    }

    pub(super) fn scan_next(&mut self) -> Result<Response, Refused> {
        let next = self.queue.iter().find(|series| series.is_waiting()).ok_or(Refused::EmptyQueue)?.id;
        self.start_scan(next)
    }

    pub(super) fn scan(&mut self, id: SeriesId) -> Result<Response, Refused> {
        let series = self.queued(id)?;
        let name = series.name().to_owned();
        match series.state {
            SeriesState::Accepted if !series.is_waiting() => Err(Refused::AlreadyAccepted { name }),
            SeriesState::Scanned if !series.is_waiting() => Err(Refused::AlreadyScanned { name }),
            _ => self.start_scan(id),
        }
    }

    pub(super) fn repeat(&mut self, id: SeriesId) -> Result<Event, Refused> {
        let series = self.scanned(id)?;
        let name = series.name().to_owned();
        series.repeats += 1;
        series.drop_images(SeriesState::Waiting);
        self.repeats += 1;
        self.unchecked = self.unchecked.filter(|unchecked| *unchecked != id);
        Ok(Event::RepeatOrdered { series: id, name })
    }

    pub(super) fn stop_localizer(&mut self, elapsed_s: f64) -> Result<Event, Refused> {
        seconds(elapsed_s)?;
        if self.localizer.is_empty() {
            return Err(Refused::NoLocalizer);
        }
        let counted_s: f64 = self.localizer.iter().map(|(_, stack)| stack.scan_time_s()).sum();
        let scan_time_s = elapsed_s.min(counted_s);
        self.scan_time_s -= counted_s - scan_time_s;
        self.localizer.clear();
        Ok(Event::LocalizerStopped { scan_time_s })
    }

    pub(super) fn stop(&mut self, id: SeriesId, elapsed_s: f64) -> Result<Event, Refused> {
        seconds(elapsed_s)?;
        let series = self.scanned(id)?;
        let name = series.name().to_owned();
        if series.state == SeriesState::Accepted {
            return Err(Refused::AlreadyAccepted { name });
        }
        let counted_s = series.scanned.as_ref().map_or(0.0, |stack| stack.scan_time_s());
        let scan_time_s = elapsed_s.min(counted_s);
        series.drop_images(SeriesState::Stopped);
        self.scan_time_s -= counted_s - scan_time_s;
        self.unchecked = self.unchecked.filter(|unchecked| *unchecked != id);
        Ok(Event::Stopped { series: id, name, scan_time_s })
    }

    pub(super) fn accept(&mut self, id: SeriesId) -> Result<Event, Refused> {
        let series = self.scanned(id)?;
        series.state = SeriesState::Accepted;
        let name = series.name().to_owned();
        self.unchecked = self.unchecked.filter(|unchecked| *unchecked != id);
        Ok(Event::Accepted { series: id, name })
    }

    fn new_series(&mut self, group: SliceGroup, protocol: SeriesProtocol) -> Series {
        let id = SeriesId(self.next_series);
        self.next_series += 1;
        Series::waiting(id, group, protocol)
    }

    pub(super) fn queued(&self, id: SeriesId) -> Result<&Series, Refused> {
        self.series(id).ok_or_else(|| self.no_such_series(id))
    }

    pub(super) fn queued_mut(&mut self, id: SeriesId) -> Result<&mut Series, Refused> {
        match self.queue.iter().position(|series| series.id == id) {
            Some(at) => Ok(&mut self.queue[at]),
            None => Err(self.no_such_series(id)),
        }
    }

    fn no_such_series(&self, series: SeriesId) -> Refused {
        let named = |series: &Series| format!("{} '{}'", series.id, series.name());
        let queued: Vec<String> = self.queue.iter().map(named).collect();
        let queued = if queued.is_empty() { "none".to_owned() } else { queued.join(", ") };
        Refused::NoSuchSeries { series, queued }
    }

    fn scanned(&mut self, id: SeriesId) -> Result<&mut Series, Refused> {
        let series = self.queued_mut(id)?;
        if series.scanned.is_none() {
            return Err(Refused::NotScanned { name: series.name().to_owned() });
        }
        Ok(series)
    }
}

/// Refuses what is no time after which a scan can be stopped.
fn seconds(elapsed_s: f64) -> Result<(), Refused> {
    if elapsed_s.is_finite() && elapsed_s >= 0.0 { Ok(()) } else { Err(Refused::NoTime(elapsed_s)) }
}

/// For every group of a new plan the series that it continues. Equal groups find each other first, so that of two
/// groups with the same name the one that stays keeps its series.
fn matched(mut series: Vec<Series>, groups: &[SliceGroup]) -> Vec<Option<Series>> {
    let equal: fn(&SliceGroup, &SliceGroup) -> bool = |old, new| old == new;
    let named_alike = |old: &SliceGroup, new: &SliceGroup| {
        old.name == new.name && old.target.orientation() == new.target.orientation()
    };
    let mut found: Vec<Option<Series>> = groups.iter().map(|_| None).collect();
    for is_same in [equal, named_alike, SliceGroup::same_slices] {
        for (found, group) in found.iter_mut().zip(groups).filter(|(found, _)| found.is_none()) {
            let known = series.iter().position(|series| is_same(&series.group, group));
            *found = known.map(|at| series.remove(at));
        }
    }
    found
}

/// What becomes of an appended series when a plan takes another's place; `None` if it goes with its group.
fn followed(series: Series, old: Option<&ScanPlan>, new: &ScanPlan) -> Option<Series> {
    let on_the_plan = old.is_some_and(|old| old.groups.contains(&series.group));
    if !on_the_plan || !series.is_waiting() {
        return Some(series);
    }
    let group = new.groups.iter().find(|group| group.name == series.group.name)?.clone();
    Some(Series { group, ..series })
}
