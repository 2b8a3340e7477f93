//! What a run was made of, and how to make it again.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::text::figure;
use results::host::Host;
use results::identity::{Identity, PlannerIdentity, ProgramFile, ScenarioIdentity, Selection};
use results::manifest::Manifest;

/// The command that examines a scenario's cases once more, from the folder that holds the scenario.
fn again(identity: &Identity, scenario: &ScenarioIdentity, planner: &PlannerIdentity) -> String {
    let mut command = format!("plumbline run {}.toml --seed {}", scenario.name, scenario.seed);
    if let Some(seed) = scenario.noise_seed {
        command += &format!(" --noise-seed {seed}");
    }
    if let Some(fault) = &identity.fault {
        command += &format!(" --fault {fault}");
    }
    match identity.selection {
        Selection::All => {}
        Selection::Case(case) => command += &format!(" --case {case}"),
        Selection::Shard { index, count } => command += &format!(" --shard {index}/{count}"),
    }
    if let PlannerIdentity::Command { .. } = planner {
        command += &format!(" --planner {}", shlex::try_quote(&planner.to_string()).unwrap_or_default());
    }
    command
}

/// Warnings that are seen at once.
const SHOWN: usize = 20;

/// The files of a planner's program.
fn program(planner: &PlannerIdentity) -> &[ProgramFile] {
    match planner {
        PlannerIdentity::Command { files, .. } => files,
        PlannerIdentity::Builtin { .. } | PlannerIdentity::Reference => &[],
    }
}

/// Every file of the planners' programs with its hash, once.
fn programs(identity: &Identity) -> BTreeSet<(&str, &str)> {
    let files = identity.planners.iter().flat_map(program);
    files.map(|file| (file.name.as_str(), file.blake3.as_str())).collect()
}

fn described(host: &Host) -> Markup {
    html! {
        (host.name) ": " (host.os) ", " (host.cpu) ", " (host.cores) " cores"
        @if let Some(commit) = &host.commit { ", built from " code { (commit) } }
        @if let Some(hash) = &host.executable { br; span.quiet { "executable (BLAKE3) " code { (hash) } } }
    }
}

pub(super) fn provenance(manifest: &Manifest) -> Markup {
    let provenance = &manifest.provenance;
    let identity = &provenance.identity;
    let sources: Vec<String> = identity.scenarios.iter().map(|s| format!("{} {}", s.name, s.hash)).collect();
    html! {
        table.plain { tbody {
            tr { td { "program" } td { "plumbline " (identity.version) } }
            tr { td { "planner" } td { (identity.planner()) } }
            @if let Some(model) = identity.model() { tr { td { "model (BLAKE3)" } td { code { (model) } } } }
            @for (name, hash) in programs(identity) { tr { td { "planner's program (BLAKE3)" } td { (name) " " code { (hash) } } } }
            @for source in &sources { tr { td { "scenario (BLAKE3)" } td { code { (source) } } } }
            tr { td { "cases" } td { (identity.selection.to_string()) } }
            tr { td { "device" } td { (provenance.devices.join(", ")) } }
            @for host in &provenance.hosts { tr { td { "host" } td { (described(host)) } } }
            @if let Some(clock) = &provenance.wall_clock {
                tr { td { "run" } td { (clock.started_at) " to " (clock.finished_at) ", " (figure(clock.elapsed_s, "s")) } }
            }
        } }
        @for (scenario, planner) in identity.scenarios.iter().zip(&identity.planners) {
            p { "Again: " code { (again(identity, scenario, planner)) } " gives the same figures but for the wall clock"
                @if identity.attempts.is_some() { ", with the same people's plans as " code { "--attempts" } }
                "." }
        }
        @if !manifest.warnings.is_empty() {
            h3 { "Warnings" }
            details open[manifest.warnings.len() <= SHOWN] {
            summary { (manifest.warnings.len()) @if manifest.warnings.len() == 1 { " warning" } @else { " warnings" } }
            ul { @for warning in &manifest.warnings { li { (warning.scenario) " case " (warning.case) ": " (warning.message) } } }
            }
        }
    }
}
