//! The state machine of a lesson.
