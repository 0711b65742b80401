//! Where in a version's page pack each page lies.
use super::{Records, decode, encode, materials};
use crate::domain::ids::MaterialId;
use crate::ports::record_store::{Condition, Key, Record, StoreError, Write};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The byte offsets of a version's pages in its pack: page `n` is `ends[n-2]..ends[n-1]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageMap {
    /// Where each page ends; ascending.
    pub ends: Vec<u64>,
    /// Which pack of the version it describes: a new one is written beside the one that is being read.
    pub revision: u32,
}

impl PageMap {
    /// The bytes of page `number`, counted from 1.
    pub fn range(&self, number: u32) -> Option<Range<u64>> {
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        let end = *self.ends.get(place)?;
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        Some(start..end)
    }
}

#[derive(Serialize, Deserialize)]
struct StoredPageMap {
    v: u8,
    sizes: Vec<u64>,
    #[serde(default)]
    revision: u32,
}

fn key(material: MaterialId, version: u32) -> Key {
    Key::new(materials::partition(material), format!("pages#{version:04}"))
}

/// The write that stores a page map.
pub fn put(material: MaterialId, version: u32, map: &PageMap) -> Write {
    let starts = std::iter::once(&0).chain(&map.ends);
    let sizes = map
        .ends
        .iter()
        .zip(starts)
        .map(|(end, start)| end - start)
        .collect();
    let stored = StoredPageMap {
        v: 1,
        sizes,
        revision: map.revision,
    };
    Write::Put(
        Record::new(key(material, version), encode(&stored)),
        Condition::Any,
    )
}

/// The write that removes a page map.
pub fn delete(material: MaterialId, version: u32) -> Write {
    Write::Delete(key(material, version), Condition::Any)
}

impl Records {
    /// The page map of a version; `None` before it was read.
    pub async fn page_map(&self, material: MaterialId, version: u32) -> Result<Option<PageMap>, StoreError> {
        let Some(record) = self.one(key(material, version)).await? else {
            return Ok(None);
        };
        let stored: StoredPageMap = decode(&record)?;
        let ends = stored
            .sizes
            .iter()
            .scan(0_u64, |end, size| {
                *end += size;
                Some(*end)
            })
            .collect();
        Ok(Some(PageMap {
            ends,
            revision: stored.revision,
        }))
    }
}
