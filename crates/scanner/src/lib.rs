//! Sequences, signal, acquisition: a virtual MRI scanner.
