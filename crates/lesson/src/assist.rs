//! How the AI behaves in an exercise.
