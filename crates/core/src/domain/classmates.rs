//! Who is in a class with somebody: those for whom what is shared with classes is meant.
use super::ids::UserId;
use foldhash::fast::RandomState;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

/// Everybody in one class who has an account: its members and its teachers. A search asks for every owner
/// that it comes across.
pub type People = HashSet<UserId, RandomState>;

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
}
