//! What `plumbline compare` finds with how many patients, by simulation:
//!
//! ```text
//! cargo run --release -p plumbline-results --example comparison_power
//! ```

#![expect(clippy::print_stdout, reason = "an example's result is what it prints")]

use results::compare::{Change, Margins, compare};
use results::simulation::{SimulatedPlanner, run};

/// Comparisons of each kind.
const REPEATS: u64 = 100;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let at_level = Some("L5/S1".parse()?);
    let same = SimulatedPlanner::default();
    let planners = [
        ("the same planner, other noise".to_owned(), same),
        ("0.5° at every level".to_owned(), SimulatedPlanner { tilt_deg: 0.5, ..same }),
        ("1° at every level".to_owned(), SimulatedPlanner { tilt_deg: 1.0, ..same }),
        ("1° at L5/S1".to_owned(), SimulatedPlanner { tilt_deg: 1.0, at_level, ..same }),
        ("2° at L5/S1".to_owned(), SimulatedPlanner { tilt_deg: 2.0, at_level, ..same }),
        ("5 % more silent failures".to_owned(), SimulatedPlanner { silent_failures: 0.05, ..same }),
        ("20 % more silent failures".to_owned(), SimulatedPlanner { silent_failures: 0.2, ..same }),
    ];
    println!(
        "{:30}  {:>8}  {:>6}  {:>12}  {:>9}  {:>6}",
        "candidate", "patients", "worse", "inconclusive", "not worse", "better"
    );
    for (name, candidate) in planners {
        for patients in [6, 12, 24, 60, 120] {
            let mut counts = [0; 4];
            for seed in 0..REPEATS {
                let (before, after) = (run(same, patients, [seed, 0]), run(candidate, patients, [seed, 1]));
                counts[match compare(&before, &after, &Margins::default())?.change {
                    Change::Worse => 0,
                    Change::Inconclusive => 1,
                    Change::NotWorse => 2,
                    Change::Better => 3,
                }] += 1;
            }
            let [worse, inconclusive, not_worse, better] = counts;
            println!("{name:30}  {patients:8}  {worse:5}%  {inconclusive:11}%  {not_worse:8}%  {better:5}%");
        }
    }
    Ok(())
}
