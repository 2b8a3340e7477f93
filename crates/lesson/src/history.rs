//! Attempts of all trainees, in an SQLite file.
