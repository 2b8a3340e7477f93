//! Agreement figures of a table on standard input as JSON, for the peer test `tests/peers/agreement_pingouin.py`.
//!
//! One subject per line, its observers' measurements separated by spaces.

#![expect(clippy::print_stdout, reason = "an example's result is what it prints")]

use scoring::agreement::{BlandAltman, Icc, icc_1_1, icc_2_1, icc_3_1};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = std::io::read_to_string(std::io::stdin())?;
    let subjects = text
        .lines()
        .map(|line| line.split_whitespace().map(str::parse).collect::<Result<Vec<f64>, _>>())
        .collect::<Result<Vec<_>, _>>()?;
    let [first, second] = [0, 1].map(|observer| subjects.iter().filter_map(|s| s.get(observer).copied()).collect());
    let (first, second): (Vec<f64>, Vec<f64>) = (first, second);
    let pair = BlandAltman::of(&first, &second)?;
    let icc = |icc: Icc| format!("[{}, {}, {}]", icc.value, icc.ci95[0], icc.ci95[1]);
    println!(
        "{{\"ICC1\": {}, \"ICC2\": {}, \"ICC3\": {}, \"bias\": {}, \"sd\": {}}}",
        icc(icc_1_1(&subjects)?),
        icc(icc_2_1(&subjects)?),
        icc(icc_3_1(&subjects)?),
        pair.bias,
        pair.sd
    );
    Ok(())
}
