//! Why a recipe gives no training examples.

/// Why a recipe gives no training examples: the wrong field, and what was found and expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RecipeError {
    /// The field, as named in the `[examples]` table.
    pub field: String,
    /// What was found and what was expected.
    pub message: String,
}
