//! Simulated technologists who prescribe slices by hand or with the AI.
