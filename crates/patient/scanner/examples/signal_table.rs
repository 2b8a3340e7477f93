//! Our signal equations over a grid of tissues and parameters, as tab-separated values for
//! `tests/peers/signal_mrzero.py`: `cargo run --release -p plumbline-scanner --example signal_table`.

use std::io::Write;

use scanner::{Sequence, Substance};

/// T1 and T2 at 1.5 T, ms (`lumbar-numbers.md` §6e; marrow's water).
const TISSUES: [(&str, f64, f64); 6] = [
    ("cerebrospinal fluid", 4273.0, 1578.0),
    ("nucleus", 1165.0, 129.0),
    ("annulus", 750.0, 50.0),
    ("marrow water", 850.0, 55.0),
    ("muscle", 856.0, 32.0),
    ("fat", 250.0, 135.0),
];

fn sequences() -> Vec<(&'static str, Sequence)> {
    let mut grid = Vec::new();
    for (tr_ms, te_ms, flip_deg) in [(100.0, 4.6, 20.0), (100.0, 4.6, 60.0), (300.0, 10.0, 70.0)] {
        grid.push(("spoiled gradient echo", Sequence::SpoiledGradientEcho { tr_ms, te_ms, flip_deg }));
    }
    for (tr_ms, flip_deg) in [(20.0, 30.0), (10.0, 60.0), (20.0, 45.0)] {
        grid.push(("bSSFP", Sequence::Bssfp { tr_ms, flip_deg }));
    }
    for (tr_ms, te_ms) in [(500.0, 15.0), (2500.0, 30.0), (2500.0, 90.0)] {
        grid.push(("spin echo", Sequence::SpinEcho { tr_ms, te_ms }));
    }
    for (tr_ms, te_ms, echo_train_length, echo_spacing_ms, restore) in
        [(600.0, 9.5, 3, 9.5, false), (3500.0, 100.0, 16, 10.0, false), (3500.0, 100.0, 16, 10.0, true)]
    {
        let name = if restore { "turbo spin echo, restored" } else { "turbo spin echo" };
        let three_d = false;
        grid.push((
            name,
            Sequence::TurboSpinEcho { tr_ms, te_ms, echo_train_length, echo_spacing_ms, restore, three_d },
        ));
    }
    for ti_ms in [165.0, 800.0] {
        let stir = Sequence::InversionRecovery {
            tr_ms: 4500.0,
            te_ms: 50.0,
            ti_ms,
            echo_train_length: 10,
            echo_spacing_ms: 10.0,
        };
        grid.push(("inversion recovery", stir));
    }
    grid
}

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "sequence\ttissue\tt1\tt2\ttr\tte\tti\tflip\techoes\tspacing\trestore\tsignal")?;
    for (name, sequence) in sequences() {
        let (echoes, spacing) = sequence.echo_train();
        let restore = matches!(sequence, Sequence::TurboSpinEcho { restore: true, .. });
        for (tissue, t1, t2) in TISSUES {
            writeln!(
                out,
                "{name}\t{tissue}\t{t1}\t{t2}\t{}\t{}\t{}\t{}\t{echoes}\t{spacing}\t{}\t{}",
                sequence.tr_ms(),
                sequence.te_ms(),
                sequence.inversion_time_ms().unwrap_or(0.0),
                sequence.flip_deg(),
                u8::from(restore),
                sequence.signal(&Substance::water(t1, t2, 1.0)),
            )?;
        }
    }
    Ok(())
}
