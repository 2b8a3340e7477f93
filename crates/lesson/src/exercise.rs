//! What is to be examined.
