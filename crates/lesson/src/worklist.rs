//! Today's patients.
