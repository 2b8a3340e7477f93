//! Unique identifiers that are reproducible: independent of time and place.

/// A UID of the form 2.25.n (PS3.5 B.2), derived from texts: the same texts give the same UID.
pub fn uid(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    let bytes: [u8; 16] = hasher.finalize().as_bytes()[..16].try_into().expect("a hash has 32 bytes");
    format!("2.25.{}", u128::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_are_short_enough_and_depend_on_every_part() {
        assert!(uid(&["a"]).len() <= 64);
        assert_eq!(uid(&["a", "b"]), uid(&["a", "b"]));
        assert_ne!(uid(&["a", "b"]), uid(&["ab"]));
    }
}
