//! Lessons: a class's timetable by calendar year, and where to find a lesson by its id.
//!
//! A lesson is what the timetable says; what leads to it by id is written before and means nothing
//! alone, so that any number of lessons appear at once.
use super::{Records, Stored, classes, decode, encode, every, unchanged};
use crate::domain::ids::{ClassId, LessonId};
use crate::domain::lesson::Lesson;
use crate::ports::record_store::{Condition, Key, Record, StoreError, Write};
use serde::{Deserialize, Serialize};

/// The lessons of one class in one calendar year, by opening time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timetable {
    /// In order of opening.
    pub lessons: Vec<Lesson>,
}

#[derive(Serialize, Deserialize)]
struct StoredTimetable {
    v: u8,
    lessons: Vec<Lesson>,
}

#[derive(Serialize, Deserialize)]
struct StoredPlace {
    v: u8,
    class: ClassId,
    year: i16,
}

/// Where a lesson is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// In which class's timetable.
    pub class: ClassId,
    /// Of which year.
    pub year: i16,
}

/// The partition of everything that belongs to one lesson.
pub(super) fn partition(id: LessonId) -> String {
    format!("lesson#{id}")
}

fn timetable_key(class: ClassId, year: i16) -> Key {
    Key::new(classes::partition(class), format!("timetable#{year:05}"))
}

fn place_key(id: LessonId) -> Key {
    Key::new(partition(id), "place")
}

/// The write that stores a year's timetable.
pub fn put(class: ClassId, year: i16, timetable: &Timetable, condition: Condition) -> Write {
    let body = encode(&StoredTimetable {
        v: 1,
        lessons: timetable.lessons.clone(),
    });
    Write::Put(Record::new(timetable_key(class, year), body), condition)
}

/// The write that leads from a lesson's id to its timetable.
pub fn put_place(id: LessonId, place: Place) -> Write {
    let body = encode(&StoredPlace {
        v: 1,
        class: place.class,
        year: place.year,
    });
    Write::Put(Record::new(place_key(id), body), Condition::Any)
}

impl Timetable {
    /// A lesson by id.
    pub fn lesson(&self, id: LessonId) -> Option<&Lesson> {
        self.lessons.iter().find(|lesson| lesson.id == id)
    }

    /// Puts a lesson in its place, instead of what had its id.
    pub fn insert(&mut self, lesson: Lesson) {
        self.remove(lesson.id);
        let place = self
            .lessons
            .partition_point(|other| (other.opens_at, other.id) < (lesson.opens_at, lesson.id));
        self.lessons.insert(place, lesson);
    }

    /// Takes a lesson out.
    pub fn remove(&mut self, id: LessonId) {
        self.lessons.retain(|lesson| lesson.id != id);
    }
}

impl Records {
    /// Timetables of a class for some years, in the years' order; version 0 where there is none yet.
    pub async fn timetables(
        &self,
        class: ClassId,
        years: &[i16],
    ) -> Result<Vec<Stored<Timetable>>, StoreError> {
        let keys: Vec<Key> = years.iter().map(|year| timetable_key(class, *year)).collect();
        let read = |record: &Option<Record>| {
            let Some(record) = record else {
                return Ok(Stored {
                    value: Timetable::default(),
                    version: 0,
                });
            };
            let stored: StoredTimetable = decode(record)?;
            Ok(Stored {
                value: Timetable {
                    lessons: stored.lessons,
                },
                version: record.version,
            })
        };
        let mut found = Vec::with_capacity(keys.len());
        for some in keys.chunks(100) {
            let records = self.store().get(some).await?;
            for record in &records {
                found.push(read(record)?);
            }
        }
        Ok(found)
    }

    /// The years for which a class has timetables.
    pub async fn years_of(&self, class: ClassId) -> Result<Vec<i16>, StoreError> {
        let keys = every(|cursor| self.keys_in(classes::partition(class), cursor)).await?;
        let year = |key: &Key| key.sort.strip_prefix("timetable#")?.parse().ok();
        Ok(keys.iter().filter_map(year).collect())
    }

    /// Where a lesson is written down.
    pub async fn lesson_place(&self, id: LessonId) -> Result<Option<Place>, StoreError> {
        let Some(record) = self.one(place_key(id)).await? else {
            return Ok(None);
        };
        let stored: StoredPlace = decode(&record)?;
        Ok(Some(Place {
            class: stored.class,
            year: stored.year,
        }))
    }
}

/// The write that fails unless a year's timetable is the one that was read.
pub fn check(class: ClassId, year: i16, timetable: &Stored<Timetable>) -> Write {
    Write::Check(timetable_key(class, year), timetable.unchanged())
}

impl Stored<Timetable> {
    /// The condition under which it may be replaced.
    pub const fn unchanged(&self) -> Condition {
        unchanged(self.version)
    }
}
