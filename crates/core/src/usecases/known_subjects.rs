//! The school's subjects as searches read them: remembered for a few seconds, since every letter that
//! is typed into a search field asks for all of them.
use super::{Product, UseCaseError};
use crate::domain::subject::Subject;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};

/// How late a search may know what another process changed.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(5);
/// Subjects that are looked through for a name.
const MOST_SUBJECTS: usize = 1_000;

/// The subjects, and when they were read.
#[derive(Default)]
pub struct KnownSubjects(Mutex<Option<(Timestamp, Arc<[Subject]>)>>);

impl KnownSubjects {
    /// The school's subjects by slug, at most 1,000; what this process changed is known at once, what
    /// others changed within 5 seconds.
    ///
    /// # Errors
    /// When the records do not answer.
    pub(super) async fn all(product: &Product) -> Result<Arc<[Subject]>, UseCaseError> {
        let now = product.clock.now();
        if let Some(known) = product.known_subjects.at(now) {
            return Ok(known);
        }
        let mut subjects = Vec::new();
        let mut cursor = None;
        loop {
            let listing = product.records.subjects(100, cursor).await?;
            subjects.extend(listing.items);
            cursor = listing.next;
            if cursor.is_none() || subjects.len() >= MOST_SUBJECTS {
                break;
            }
        }
        let read: Arc<[Subject]> = subjects.into();
        product.known_subjects.set(Some((now, Arc::clone(&read))));
        Ok(read)
    }

    /// Has them read again, after a change.
    pub(super) fn forget(&self) {
        self.set(None);
    }

    fn at(&self, now: Timestamp) -> Option<Arc<[Subject]>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, subjects) = known.as_ref()?;
        let age = now.duration_since(*read_at);
        // A clock that was set back says nothing about age.
        let fresh = !age.is_negative() && age <= REMEMBERED;
        fresh.then(|| Arc::clone(subjects))
    }

    fn set(&self, known: Option<(Timestamp, Arc<[Subject]>)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_remembered_for_a_while_and_until_a_change() {
        let known = KnownSubjects::default();
        let read_at = Timestamp::UNIX_EPOCH;
        let later = |seconds| read_at + SignedDuration::from_secs(seconds);
        assert_eq!(known.at(read_at), None);
        known.set(Some((read_at, Arc::default())));
        assert!(known.at(later(5)).is_some());
        assert!(known.at(later(6)).is_none() && known.at(later(-1)).is_none());
        known.forget();
        assert_eq!(known.at(read_at), None);
    }
}
