//! Slices as pictures, and what is drawn on them.
