//! A series' parameters.
