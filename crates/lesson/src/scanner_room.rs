//! The examination and the planner, away from the window.
