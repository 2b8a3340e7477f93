//! One file a verb, or a family of them.

pub mod check;
pub mod console;
pub mod eval;
pub mod fault;
pub mod help;
pub mod phantom;
pub mod plan;
pub mod run;
pub mod runs;
pub mod scan;
pub mod segment;
pub mod train;
