//! An attempt on paper.
