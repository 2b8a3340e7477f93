//! Training examples from phantoms: every example has another patient, positioning and contrast.

mod error;
mod examples;
mod fault_mix;
mod out_of_protocol;
mod recipe;
mod setup;

pub use error::RecipeError;
pub use examples::PhantomExamples;
pub use fault_mix::FaultMix;
pub use recipe::{ContrastMix, ExampleRecipe, TrainingFile};
pub use setup::TrainingSetup;
