//! Small facts about the program itself: when the sweeper last ran, what was seeded.
use super::{Records, decode, encode};
use crate::ports::record_store::{Condition, Key, Record, StoreError, TransactError, Write};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The sweeper's idea of time: it does not trust a clock that leaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// When it last ran.
    pub at: Timestamp,
    /// Since when its clock has gone without a leap.
    pub steady_since: Timestamp,
}

fn heartbeat_key() -> Key {
    Key::new("mark", "sweeper")
}

fn seeded_key() -> Key {
    Key::new("mark", "subjects-seeded")
}

/// What the programs beside Homeroom may make possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ability {
    /// Text in pictures is recognised.
    Recognition,
    /// Documents of office programs are laid out.
    Layout,
}

fn ability_key(ability: Ability) -> Key {
    let name = match ability {
        Ability::Recognition => "text-recognition",
        Ability::Layout => "layout",
    };
    Key::new("mark", name)
}

fn subject_names_key() -> Key {
    Key::new("mark", "subject-names-indexed")
}

fn place_key() -> Key {
    Key::new("mark", "storage-place")
}

#[derive(Serialize, Deserialize)]
struct StoredPlace {
    v: u8,
    place: String,
}

#[derive(Serialize, Deserialize)]
struct StoredReading {
    v: u8,
    format: u32,
}

fn reading_key() -> Key {
    Key::new("mark", "reading")
}

#[derive(Serialize, Deserialize)]
struct StoredAbility {
    v: u8,
    possible: bool,
}

/// The write that says whether something is possible from now on.
pub fn ability(ability: Ability, possible: bool) -> Write {
    let stored = StoredAbility { v: 1, possible };
    Write::Put(Record::new(ability_key(ability), encode(&stored)), Condition::Any)
}

/// The write that says by which format files are read from now on.
pub fn reading(format: u32) -> Write {
    let stored = StoredReading { v: 1, format };
    Write::Put(Record::new(reading_key(), encode(&stored)), Condition::Any)
}

/// The write that says where the files are from now on.
pub fn place(place: &str, condition: Condition) -> Write {
    let stored = StoredPlace {
        v: 1,
        place: place.to_owned(),
    };
    Write::Put(Record::new(place_key(), encode(&stored)), condition)
}

/// The write that stores the heartbeat.
pub fn beat(heartbeat: &Heartbeat) -> Write {
    Write::Put(Record::new(heartbeat_key(), encode(heartbeat)), Condition::Any)
}

/// The write that says that the initial subjects were made; fails when they were.
pub fn seeded() -> Write {
    Write::Put(Record::new(seeded_key(), b"{}".to_vec()), Condition::Absent)
}

/// The write that says that indexes hold what subjects are called, and not their slugs alone.
pub fn subject_names_are_indexed() -> Write {
    Write::Put(
        Record::new(subject_names_key(), b"{}".to_vec()),
        Condition::Absent,
    )
}

impl Records {
    /// Whether indexes hold what subjects are called.
    pub async fn subject_names_are_indexed(&self) -> Result<bool, StoreError> {
        Ok(self.one(subject_names_key()).await?.is_some())
    }

    /// Where the files of this school are: `here`, if nobody has said so before.
    pub async fn storage_place(&self, here: &str) -> Result<String, StoreError> {
        match self.store().transact(vec![place(here, Condition::Absent)]).await {
            Ok(()) => return Ok(here.to_owned()),
            Err(TransactError::Condition(_) | TransactError::Conflict) => {}
            Err(TransactError::Store(error)) => return Err(error),
        }
        let known = self.one(place_key()).await?;
        let known = known.as_ref().map(decode::<StoredPlace>).transpose()?;
        Ok(known.map_or_else(|| here.to_owned(), |known| known.place))
    }

    /// Whether something was possible when a process last said so; `None` when none has.
    pub async fn ability_noted(&self, ability: Ability) -> Result<Option<bool>, StoreError> {
        let noted = self.one(ability_key(ability)).await?;
        let noted = noted.as_ref().map(decode::<StoredAbility>).transpose()?;
        Ok(noted.map(|noted| noted.possible))
    }

    /// By which format files were read when a process last said so; `None` when none has.
    pub async fn reading_noted(&self) -> Result<Option<u32>, StoreError> {
        let noted = self.one(reading_key()).await?;
        let noted = noted.as_ref().map(decode::<StoredReading>).transpose()?;
        Ok(noted.map(|noted| noted.format))
    }

    /// The sweeper's heartbeat.
    pub async fn heartbeat(&self) -> Result<Option<Heartbeat>, StoreError> {
        self.one(heartbeat_key()).await?.as_ref().map(decode).transpose()
    }
}
