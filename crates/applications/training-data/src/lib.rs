//! Training examples from phantoms: a new patient, a new posture, a new contrast for every example.

mod examples;
mod fault_mix;
mod foreign;
mod recipe;
mod setup;

pub use examples::PhantomExamples;
pub use fault_mix::FaultMix;
pub use recipe::{ContrastMix, ExampleRecipe, TrainingFile};
pub use setup::TrainingSetup;
