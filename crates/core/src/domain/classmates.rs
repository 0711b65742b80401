//! Who is in a class with somebody: those for whom what is shared with classes is meant.
use super::ids::UserId;
use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

/// Everybody in one class who has an account: its members and its teachers.
pub type People = HashSet<UserId, BuildHasherDefault<IdHasher>>;

/// Everybody with whom somebody is in an active class, class by class, as member or teacher. Nobody by
/// default. Cloning it copies no people.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Classmates(Arc<[Arc<People>]>);

impl Classmates {
    /// The people of all these classes.
    pub fn of(classes: impl IntoIterator<Item = Arc<People>>) -> Self {
        Self(classes.into_iter().collect())
    }

    /// Whether there is no class at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether somebody is in one of the classes.
    pub fn includes(&self, user: UserId) -> bool {
        self.0.iter().any(|people| people.contains(&user))
    }
}

impl fmt::Debug for Classmates {
    /// Says how many, not who.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes = self.0.iter().map(|people| people.len());
        f.debug_tuple("Classmates")
            .field(&sizes.collect::<Vec<_>>())
            .finish()
    }
}

/// Hashes ids. A search asks this of every owner that it comes across, and ids are random and made here, so
/// that folding and multiplying them is enough.
#[derive(Clone, Copy, Default)]
pub struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        for some in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..some.len()].copy_from_slice(some);
            self.0 = (self.0.rotate_left(29) ^ u64::from_be_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        }
    }

    /// Lengths of ids are all the same.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn user(n: u128) -> UserId {
        UserId::new(Uuid::from_u128(n))
    }

    #[test]
    fn whoever_is_in_one_of_the_classes_is_a_classmate() {
        let class = |ids: &[u128]| Arc::new(ids.iter().map(|id| user(*id)).collect::<People>());
        let classmates = Classmates::of([class(&[1, 2]), class(&[2, 3])]);
        let found: Vec<u128> = (0..6).filter(|n| classmates.includes(user(*n))).collect();
        assert_eq!(found, [1, 2, 3]);
        assert!(!classmates.is_empty() && Classmates::default().is_empty());
        assert!(!Classmates::default().includes(user(1)));
        assert_eq!(format!("{classmates:?}"), "Classmates([2, 2])");
    }

    #[test]
    fn ids_that_are_near_each_other_fall_far_apart() {
        let hash =
            |n: u128| std::hash::BuildHasher::hash_one(&BuildHasherDefault::<IdHasher>::default(), user(n));
        let low: HashSet<u64> = (0..1_000).map(|n| hash(0x0190 << 112 | n) & 0xFFFF).collect();
        let high: HashSet<u64> = (0..1_000).map(|n| hash(n << 80) >> 48).collect();
        assert!(
            low.len() > 900 && high.len() > 900,
            "{} {}",
            low.len(),
            high.len()
        );
    }
}
