//! Subjects.
use super::{Records, Stored, decode, encode, index_key};
use crate::domain::subject::{Subject, SubjectSlug};
use crate::ports::record_store::{
    Condition, Cursor, Direction, Index, Key, Record, SortRange, Source, StoreError, Write,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct StoredSubject {
    v: u8,
    slug: SubjectSlug,
    name: String,
    hue: u8,
    created_at: Timestamp,
}

fn key(slug: &SubjectSlug) -> Key {
    Key::new(format!("subject#{}", slug.as_str()), "about")
}

/// The write that stores a subject.
pub fn put(subject: &Subject, condition: Condition) -> Write {
    let stored = StoredSubject {
        v: 1,
        slug: subject.slug.clone(),
        name: subject.name.clone(),
        hue: subject.hue,
        created_at: subject.created_at,
    };
    let mut record = Record::new(key(&subject.slug), encode(&stored));
    record.index_keys = vec![index_key(Index::Listing, "subjects", subject.slug.as_str())];
    Write::Put(record, condition)
}

/// The write that removes a subject.
pub fn delete(slug: &SubjectSlug) -> Write {
    Write::Delete(key(slug), Condition::Present)
}

/// The condition that a subject is there.
pub fn check(slug: &SubjectSlug) -> Write {
    Write::Check(key(slug), Condition::Present)
}

fn from_record(record: &Record) -> Result<Stored<Subject>, StoreError> {
    let stored: StoredSubject = decode(record)?;
    let value = Subject {
        slug: stored.slug,
        name: stored.name,
        hue: stored.hue,
        created_at: stored.created_at,
    };
    Ok(Stored {
        value,
        version: record.version,
    })
}

impl Records {
    /// A subject by slug.
    pub async fn subject(&self, slug: &SubjectSlug) -> Result<Option<Stored<Subject>>, StoreError> {
        self.one(key(slug)).await?.as_ref().map(from_record).transpose()
    }

    /// Subjects by slug.
    pub async fn subjects(
        &self,
        limit: u32,
        cursor: Option<Cursor>,
    ) -> Result<super::Listing<Subject>, StoreError> {
        let source = Source::Index(Index::Listing);
        let page = self
            .page(
                source,
                "subjects".into(),
                SortRange::All,
                Direction::Ascending,
                limit,
                cursor,
            )
            .await?;
        page.listing(|r| from_record(r).map(|s| s.value))
    }
}
