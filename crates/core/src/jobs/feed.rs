//! Feeding this process's search index from the log of events, so that every process that keeps one
//! answers the same a moment after any of them has changed something.
//!
//! A change that this process makes is in its index before it is acknowledged ([`Feed::took_up`]);
//! the log then only confirms it. What other processes change comes through the log, and so does
//! what this process missed while it was away. Each event is answered from the present state of
//! the records, so taking one up twice, or late, does no harm.
use crate::domain::ids::{EventId, MaterialId, UserId};
use crate::ports::record_store::StoreError;
use crate::records::events::{Event, Happening, KEPT, hour_of};
use crate::usecases::index_material::{changes_of, rebuild_index};
use crate::usecases::{Product, UseCaseError};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How often the log is looked at.
pub const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How far back is read each time: what a transaction may take to become visible.
const OVERLAP: SignedDuration = SignedDuration::from_secs(6);
/// How far back is read now and then: the clocks of two machines may differ by almost this much.
const WIDE_OVERLAP: SignedDuration = SignedDuration::from_secs(60);
/// How often "now and then" is.
const WIDE_EVERY: u32 = 20;
/// How long the position may lag behind in the index's own notes while things happen.
const NOTE_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// And while nothing does.
const NOTE_EVERY_AT_REST: SignedDuration = SignedDuration::from_hours(1);
/// Materials that are fed together.
const BATCH: usize = 20;

/// What this process has taken up without the log.
#[derive(Default)]
pub struct Feed {
    taken_up: Mutex<HashMap<EventId, Timestamp>>,
    signal: Notify,
}

impl Feed {
    /// Says that the index of this process already shows what an event is about.
    pub fn took_up(&self, event: &Event) {
        self.seen().insert(event.id, event.at);
    }

    fn took_up_all(&self, events: &[Event]) {
        self.seen()
            .extend(events.iter().map(|event| (event.id, event.at)));
    }

    /// Asks for a look at the log now.
    pub fn hurry(&self) {
        self.signal.notify_one();
    }

    /// Waits until the next look is due.
    pub async fn rest(&self) {
        // Whichever comes first; a time-out here is the ordinary case.
        let _ = tokio::time::timeout(LOOK_EVERY, self.signal.notified()).await;
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, HashMap<EventId, Timestamp>> {
        self.taken_up.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_new(&self, event: &Event) -> bool {
        !self.seen().contains_key(&event.id)
    }

    fn forget_before(&self, time: Timestamp) {
        self.seen().retain(|_, at| *at >= time);
    }
}

/// Where one process stands in the log.
pub struct Follower {
    position: Timestamp,
    noted: Timestamp,
    /// Requests for a rebuild from before this are done with.
    started: Timestamp,
    looks: u32,
    /// Whether anything has happened since the position was noted.
    fed: bool,
}

impl Follower {
    /// Goes on where the index says that it was. `None`, when it cannot know what it missed: the
    /// index must be built anew ([`Follower::after_rebuild`]).
    pub fn resume(product: &Product) -> Option<Self> {
        let now = product.clock.now();
        let followed = product
            .search
            .followed()
            .filter(|_| !product.search.needs_rebuild())?;
        let known_since = now
            .checked_sub(KEPT - SignedDuration::from_hours(1))
            .unwrap_or(now);
        (followed > known_since).then(|| Self::at(followed.min(now)))
    }

    /// Builds the index anew and follows from when that began; says how many materials it holds.
    ///
    /// # Errors
    /// When records, storage or index do not answer.
    pub async fn after_rebuild(product: &Product) -> Result<(Self, u64), UseCaseError> {
        let began = product.clock.now();
        let materials = rebuild_index(product).await?;
        product.search.note_followed(began).await?;
        tracing::info!(materials, "search index was built anew");
        Ok((Self::at(began), materials))
    }

    fn at(position: Timestamp) -> Self {
        Self {
            position,
            noted: position,
            started: position,
            // The first look is a wide one.
            looks: 0,
            fed: false,
        }
    }

    /// Takes up what has happened since the last look. `false` when the index must be built anew.
    ///
    /// # Errors
    /// When records, storage or index do not answer; the next look begins at the same place.
    pub async fn look(&mut self, product: &Product) -> Result<bool, UseCaseError> {
        if product.search.needs_rebuild() {
            return Ok(false);
        }
        let overlap = if self.looks.is_multiple_of(WIDE_EVERY) {
            WIDE_OVERLAP
        } else {
            OVERLAP
        };
        let now = product.clock.now();
        let from = self
            .position
            .min(now)
            .checked_sub(overlap)
            .unwrap_or(Timestamp::UNIX_EPOCH);
        let events = unseen(product, from, now).await?;
        if events.iter().any(|event| self.is_rebuild(event)) {
            product.feed.took_up_all(&events);
            return Ok(false);
        }
        take_up(product, &events).await?;
        self.fed |= !events.is_empty();
        self.looks = self.looks.wrapping_add(1);
        self.position = now;
        let note_every = if self.fed { NOTE_EVERY } else { NOTE_EVERY_AT_REST };
        if now.duration_since(self.noted) > note_every {
            product.search.note_followed(now).await?;
            (self.noted, self.fed) = (now, false);
            product
                .feed
                .forget_before(now.checked_sub(WIDE_OVERLAP * 2).unwrap_or(now));
        }
        Ok(true)
    }

    fn is_rebuild(&self, event: &Event) -> bool {
        event.what == Happening::AskedForRebuild && event.at > self.started
    }
}

async fn unseen(product: &Product, from: Timestamp, now: Timestamp) -> Result<Vec<Event>, StoreError> {
    let until = now.checked_add(WIDE_OVERLAP).unwrap_or(now);
    let mut events = Vec::new();
    for hour in hour_of(from)..=hour_of(until) {
        let mut cursor = None;
        loop {
            let listing = product.records.events_of_hour(hour, from, cursor).await?;
            events.extend(
                listing
                    .items
                    .into_iter()
                    .filter(|event| product.feed.is_new(event)),
            );
            cursor = listing.next;
            if cursor.is_none() {
                break;
            }
        }
    }
    Ok(events)
}

async fn take_up(product: &Product, events: &[Event]) -> Result<(), UseCaseError> {
    let mut changed = BTreeSet::new();
    for event in events {
        match event.what {
            Happening::ChangedMaterial { material } => {
                changed.insert(material);
            }
            Happening::ChangedUser { user } => changed.extend(shared_by(product, user).await?),
            Happening::AskedForRebuild => {}
        }
    }
    let changed: Vec<MaterialId> = changed.into_iter().collect();
    for batch in changed.chunks(BATCH) {
        product.search.apply(changes_of(product, batch).await?).await?;
    }
    product.feed.took_up_all(events);
    Ok(())
}

async fn shared_by(product: &Product, user: UserId) -> Result<Vec<MaterialId>, StoreError> {
    let mut materials = Vec::new();
    let mut cursor = None;
    loop {
        let listing = product.records.materials_of(user, 100, cursor).await?;
        materials.extend(listing.items.iter().map(|material| material.id));
        cursor = listing.next;
        if cursor.is_none() {
            return Ok(materials);
        }
    }
}
