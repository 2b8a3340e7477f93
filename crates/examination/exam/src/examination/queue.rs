//! The queue: series from the plan and appended ones, in the order in which they wait.

use geometry::{Orientation, SliceGroup};
use planner::{ScanPlan, Severity};
use scanner::SeriesProtocol;

use super::{Examination, Refused, Series};
use crate::event::Event;

impl Examination {
    /// Takes a plan. Without a queue every group becomes a series as the examination's protocol has it for the group's target.
    ///
    /// With a queue, the plan's series are matched by their group's name: one whose group is unchanged stays as it is,
    /// images and acceptance included; one whose group has moved keeps its protocol and waits again; one whose group
    /// is no longer in the plan goes. Appended series stay behind them: one that waits and lies on a group of the old
    /// plan goes where that group goes, and goes away with it; one that is scanned is left alone.
    pub(super) fn adopt(&mut self, plan: ScanPlan) -> Result<Vec<Event>, Refused> {
        self.registered()?;
        let critical: Vec<_> = plan.flags.iter().filter(|flag| flag.severity == Severity::Critical).cloned().collect();
        if !critical.is_empty() {
            return Ok(vec![Event::HelpCalled { flags: critical }]);
        }
        let unchecked = self.current.take().map(|number| {
            let series = &self.queue[number];
            (series.group.clone(), series.protocol.clone())
        });
        let (appended, mut planned): (Vec<_>, Vec<_>) = self.queue.drain(..).partition(|series| series.appended);
        let old_plan = self.plan.take();

        let mut queue: Vec<Series> = Vec::new();
        for group in &plan.groups {
            let known = planned.iter().position(|series| series.group.name == group.name);
            queue.push(match known.map(|number| planned.remove(number)) {
                Some(series) if series.group == *group => series,
                Some(series) => Series { repeats: series.repeats, ..Series::waiting(group.clone(), series.protocol) },
                None => Series::waiting(group.clone(), self.protocol.series_for(&group.target).clone()),
            });
        }
        queue.extend(appended.into_iter().filter_map(|series| followed(series, old_plan.as_ref(), &plan)));

        self.current = unchecked.and_then(|(group, protocol)| {
            let same = |series: &Series| series.group == group && series.protocol == protocol;
            queue.iter().position(|series| same(series) && series.images.is_some() && !series.accepted)
        });
        self.queue = queue;
        self.plan = Some(plan);
        Ok(vec![Event::PlanAdopted { series: self.queue.len() }])
    }

    /// Takes discs and axial groups from a plan made on a sharper series; what is scanned or appended stays.
    pub(super) fn replace_axial_groups(&mut self, sharper: ScanPlan) {
        let axial = |group: &SliceGroup| group.target.orientation() == Orientation::Axial;
        self.queue.retain(|series| series.accepted || series.appended || !axial(&series.group));
        let fresh = sharper.groups.iter().filter(|group| axial(group));
        let fresh: Vec<_> = fresh
            .map(|group| Series::waiting(group.clone(), self.protocol.series_for(&group.target).clone()))
            .collect();
        self.queue.extend(fresh);
        if let Some(plan) = &mut self.plan {
            plan.groups.retain(|group| !axial(group));
            plan.groups.extend(sharper.groups.iter().filter(|group| axial(group)).cloned());
            plan.levels = sharper.levels;
            plan.flags.extend(sharper.flags);
        }
    }

    pub(super) fn append(&mut self, group: SliceGroup, protocol: SeriesProtocol) -> Result<Vec<Event>, Refused> {
        self.registered()?;
        let name = group.name.clone();
        self.queue.push(Series { appended: true, ..Series::waiting(group, protocol) });
        Ok(vec![Event::Appended { series: self.queue.len() - 1, name }])
    }

    pub(super) fn remove(&mut self, series: usize) -> Result<Vec<Event>, Refused> {
        self.queued(series)?;
        let name = self.queue.remove(series).group.name;
        self.current = match self.current {
            Some(current) if current == series => None,
            Some(current) if current > series => Some(current - 1),
            current => current,
        };
        Ok(vec![Event::Removed { series, name }])
    }

    pub(super) fn set_protocol(&mut self, series: usize, protocol: SeriesProtocol) -> Result<Vec<Event>, Refused> {
        let queued = self.queued(series)?;
        let name = queued.group.name.clone();
        if queued.protocol != protocol {
            queued.protocol = protocol;
            self.drop_images(series);
        }
        Ok(vec![Event::ProtocolSet { series, name }])
    }

    pub(super) fn scan_next(&mut self) -> Result<Vec<Event>, Refused> {
        let next = self.queue.iter().position(Series::is_waiting).ok_or(Refused::EmptyQueue)?;
        self.scan_queued(next)
    }

    pub(super) fn scan(&mut self, series: usize) -> Result<Vec<Event>, Refused> {
        let queued = self.queued(series)?;
        let name = queued.group.name.clone();
        match (queued.accepted, queued.images.is_some()) {
            (true, _) => Err(Refused::AlreadyAccepted { name }),
            (false, true) => Err(Refused::AlreadyScanned { name }),
            (false, false) => self.scan_queued(series),
        }
    }

    pub(super) fn repeat(&mut self, series: usize) -> Result<Vec<Event>, Refused> {
        let queued = self.scanned(series)?;
        let name = queued.group.name.clone();
        queued.repeats += 1;
        self.repeats += 1;
        self.drop_images(series);
        Ok(vec![Event::RepeatOrdered { name }])
    }

    pub(super) fn stop(&mut self, series: usize, elapsed_s: f64) -> Result<Vec<Event>, Refused> {
        if !(elapsed_s.is_finite() && elapsed_s >= 0.0) {
            return Err(Refused::NoTime(elapsed_s));
        }
        let queued = self.scanned(series)?;
        let name = queued.group.name.clone();
        if queued.accepted {
            return Err(Refused::AlreadyAccepted { name });
        }
        let scan_time_s = elapsed_s.min(queued.counted_s);
        let refund_s = queued.counted_s - scan_time_s;
        self.scan_time_s -= refund_s;
        self.drop_images(series);
        Ok(vec![Event::Stopped { series, name, scan_time_s }])
    }

    pub(super) fn accept(&mut self, series: usize) -> Result<Vec<Event>, Refused> {
        let queued = self.scanned(series)?;
        queued.accepted = true;
        let name = queued.group.name.clone();
        if self.current == Some(series) {
            self.current = None;
        }
        Ok(vec![Event::Accepted { series, name }])
    }

    fn queued(&mut self, series: usize) -> Result<&mut Series, Refused> {
        let queued = self.queue.len();
        self.queue.get_mut(series).ok_or(Refused::NoSuchSeries { series, queued })
    }

    fn scanned(&mut self, series: usize) -> Result<&mut Series, Refused> {
        let queued = self.queued(series)?;
        if queued.images.is_none() {
            return Err(Refused::NotScanned { name: queued.group.name.clone() });
        }
        Ok(queued)
    }

    /// A series waits again, and cannot be checked.
    pub(super) fn drop_images(&mut self, series: usize) {
        self.queue[series].drop_images();
        if self.current == Some(series) {
            self.current = None;
        }
    }
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
