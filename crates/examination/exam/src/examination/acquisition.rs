//! Scanning: registered coordinates in, images on the group's own grid out.

use geometry::{SatBand, SliceGroup, Volume};
use scanner::SeriesProtocol;

use super::{Examination, Refused};
use crate::event::Event;

/// What saturates a series, in registered coordinates.
#[derive(Default)]
pub(super) struct Saturating {
    pub bands: Vec<SatBand>,
    pub crossing: Vec<SliceGroup>,
}

impl Examination {
    /// Scans a series of the queue.
    pub(super) fn scan_queued(&mut self, number: usize) -> Result<Vec<Event>, Refused> {
        let (group, protocol) = (self.queue[number].group.clone(), self.queue[number].protocol.clone());
        let bands = self.plan.as_ref().map(|plan| plan.sat_bands.clone()).unwrap_or_default();
        let saturating = Saturating { bands, crossing: self.crossing(number) };
        let (images, scan_time_s) = self.acquire(&protocol, &group, &saturating)?;
        let series = &mut self.queue[number];
        series.images = Some(images);
        series.counted_s = scan_time_s;
        self.current = Some(number);
        Ok(vec![Event::SeriesScanned { series: number, name: group.name, target: group.target, scan_time_s }])
    }

    /// The other disc groups with the same protocol: they share the repetition time with a disc group, and saturate
    /// where they cross it. Another series of the very same slices is scanned by itself.
    fn crossing(&self, current: usize) -> Vec<SliceGroup> {
        let own = &self.queue[current];
        if own.group.target.disc().is_none() {
            return Vec::new();
        }
        let others = self.queue.iter().filter(|series| {
            series.group.target.disc().is_some() && series.protocol == own.protocol && series.group != own.group
        });
        others.map(|series| series.group.clone()).collect()
    }

    /// Scans one group; every acquisition has its own noise. The console's coordinates are those of the registered
    /// position: the slices lie where these lead to in the true patient, and the images keep the console's labels.
    pub(super) fn acquire(
        &mut self,
        series: &SeriesProtocol,
        group: &SliceGroup,
        saturating: &Saturating,
    ) -> Result<(Volume<f32>, f64), Refused> {
        let registered = self.registered()?.position;
        series
            .check(group)
            .and_then(|()| series.check_exposure(group, self.scanner.field_t))
            .map_err(|error| Refused::Impossible { name: group.name.clone(), reason: error.to_string() })?;
        let stream = self.stream.child("acquisition", self.acquisitions);
        self.acquisitions += 1;

        let actual = self.patient.positioning.position;
        let images = if registered == actual {
            let saturation = scanner::Saturation { bands: &saturating.bands, crossing: &saturating.crossing };
            scanner::acquire(&self.patient, &self.scanner, series, group, &saturation, &stream)
        } else {
            let to_patient = crate::registered_to_patient(registered, actual);
            let bands: Vec<_> = saturating.bands.iter().map(|band| band.moved(&to_patient)).collect();
            let crossing: Vec<_> = saturating.crossing.iter().map(|other| other.moved(&to_patient)).collect();
            let saturation = scanner::Saturation { bands: &bands, crossing: &crossing };
            let there = group.moved(&to_patient);
            scanner::acquire(&self.patient, &self.scanner, series, &there, &saturation, &stream).on(group.grid())
        };
        let scan_time_s = series.scan_time_s(group);
        self.scan_time_s += scan_time_s;
        Ok((images, scan_time_s))
    }
}
