//! What one person gave to one material. It stands with the person, so that it goes with them.
use super::{Listing, Records, Stored, decode, encode, users};
use crate::domain::ids::{MaterialId, UserId};
use crate::domain::material::Stars;
use crate::ports::record_store::{
    Condition, Cursor, Direction, Key, Record, SortRange, Source, StoreError, Write,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One person's rating of one material.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rating {
    /// Of which material.
    pub material: MaterialId,
    /// How many.
    pub stars: Stars,
    /// When it was given or last changed.
    pub rated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct StoredRating {
    v: u8,
    material: MaterialId,
    stars: Stars,
    rated_at: Timestamp,
}

fn key(user: UserId, material: MaterialId) -> Key {
    Key::new(users::partition(user), format!("rating#{material}"))
}

/// The write that stores a rating.
pub fn put(user: UserId, rating: &Rating, condition: Condition) -> Write {
    let body = encode(&StoredRating {
        v: 1,
        material: rating.material,
        stars: rating.stars,
        rated_at: rating.rated_at,
    });
    Write::Put(Record::new(key(user, rating.material), body), condition)
}

/// The write that takes a rating back.
pub fn delete(user: UserId, material: MaterialId, condition: Condition) -> Write {
    Write::Delete(key(user, material), condition)
}

fn from_record(record: &Record) -> Result<Stored<Rating>, StoreError> {
    let stored: StoredRating = decode(record)?;
    Ok(Stored {
        value: Rating {
            material: stored.material,
            stars: stored.stars,
            rated_at: stored.rated_at,
        },
        version: record.version,
    })
}

impl Records {
    /// What a person gave to a material.
    pub async fn rating(
        &self,
        user: UserId,
        material: MaterialId,
    ) -> Result<Option<Stored<Rating>>, StoreError> {
        self.one(key(user, material))
            .await?
            .as_ref()
            .map(from_record)
            .transpose()
    }

    /// All that a person has rated, 100 at a time.
    pub async fn ratings_of(
        &self,
        user: UserId,
        cursor: Option<Cursor>,
    ) -> Result<Listing<Rating>, StoreError> {
        let range = SortRange::Prefix("rating#".into());
        let page = self
            .page(
                Source::Table,
                users::partition(user),
                range,
                Direction::Ascending,
                100,
                cursor,
            )
            .await?;
        page.listing(|record| from_record(record).map(|stored| stored.value))
    }
}
