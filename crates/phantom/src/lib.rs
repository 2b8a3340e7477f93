//! Lumbar spines as implicit solids, sampled from population statistics.
