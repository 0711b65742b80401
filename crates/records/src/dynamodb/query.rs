//! Pages of one partition: consistent on the table, on an index as far as that has come.
//!
//! DynamoDB counts its limit before it filters and ends a page after 1 MB, so that a page of ours may
//! take several of its own. A cursor names a place in the order and not one of its pages: DynamoDB goes
//! on behind any key that it is given, whether or not a record is still there.
use super::DynamoRecordStore;
use super::item::{self, EXPIRES, Item, PARTITION, SORT, index_attributes, number, text};
use super::patience;
use super::trouble::judge;
use crate::cursor::{self, Place};
use homeroom_core::ports::record_store::{Direction, Page, Query, Record, SortRange, Source, StoreError};

/// Items that one request looks at, at most, once expired ones have been met.
const MOST_SCANNED: usize = 1_000;

/// Reads one page, looking for one record more than it holds to know whether anything follows.
pub(super) async fn page(store: &DynamoRecordStore, query: &Query) -> Result<Page, StoreError> {
    let walk = Walk::new(query)?;
    let limit = query.limit as usize;
    let mut found = if walk.is_empty {
        Vec::new()
    } else {
        collect(store, &walk, limit + 1).await?
    };
    let more = found.len() > limit;
    found.truncate(limit);
    let next = match found.last().filter(|_| more) {
        Some(last) => Some(walk.place(last)?.to_cursor(walk.scope)),
        None => None,
    };
    Ok(Page { records: found, next })
}

/// The first `wanted` live records of the walk, or all that there are.
async fn collect(
    store: &DynamoRecordStore,
    walk: &Walk<'_>,
    wanted: usize,
) -> Result<Vec<Record>, StoreError> {
    let mut start = walk.start.clone();
    let mut scanned = wanted;
    let mut found = Vec::new();
    loop {
        let (items, last) = ask(store, walk, start, scanned).await?;
        for item in items {
            let record = item::record(item)?;
            if found.len() < wanted && walk.covers(&record)? {
                found.push(record);
            }
        }
        if found.len() == wanted || last.is_none() {
            return Ok(found);
        }
        start = last;
        scanned = scanned.saturating_mul(2).min(MOST_SCANNED);
    }
}

async fn ask(
    store: &DynamoRecordStore,
    walk: &Walk<'_>,
    start: Option<Item>,
    scanned: usize,
) -> Result<(Vec<Item>, Option<Item>), StoreError> {
    let query = walk.query;
    let request = store.client.query().table_name(&store.location.table);
    let request = match query.source {
        Source::Table => request.consistent_read(true),
        Source::Index(index) => request.index_name(index.name()),
    };
    let request = request
        .key_condition_expression(&walk.condition)
        .filter_expression(format!("{EXPIRES} > :now"))
        .set_expression_attribute_values(Some(walk.values.clone()))
        .expression_attribute_values(":now", number(store.now_ms()))
        .scan_index_forward(query.direction == Direction::Ascending)
        .limit(i32::try_from(scanned).unwrap_or(i32::MAX))
        .set_exclusive_start_key(start);
    let answer = patience::read(store.ids.as_ref(), || {
        let request = request.clone();
        async move {
            request
                .send()
                .await
                .map_err(|error| judge(&error, &store.location))
        }
    });
    let answer = answer.await?;
    let last = answer.last_evaluated_key.filter(|key| !key.is_empty());
    Ok((answer.items.unwrap_or_default(), last))
}

/// A query made ready.
struct Walk<'a> {
    query: &'a Query,
    scope: u64,
    /// The attributes of partition and sort key in the queried source.
    attributes: (&'static str, &'static str),
    condition: String,
    values: Item,
    start: Option<Item>,
    /// The range covers nothing, which DynamoDB would refuse to be asked.
    is_empty: bool,
}

impl<'a> Walk<'a> {
    /// # Errors
    /// [`StoreError::Invalid`] when the cursor belongs to another query.
    fn new(query: &'a Query) -> Result<Self, StoreError> {
        let attributes = match query.source {
            Source::Table => (PARTITION, SORT),
            Source::Index(index) => index_attributes(index),
        };
        let (condition, bounds) = bounds(&query.range, attributes.1);
        let mut values = Item::from([(":partition".to_owned(), text(&query.partition))]);
        values.extend(
            bounds
                .into_iter()
                .map(|(name, bound)| (name.to_owned(), text(bound))),
        );
        let mut walk = Self {
            query,
            scope: cursor::scope(query),
            attributes,
            condition: format!("{} = :partition{condition}", attributes.0),
            values,
            start: None,
            is_empty: matches!(&query.range, SortRange::Between { from: Some(from), before: Some(before) } if from >= before),
        };
        if let Some(cursor) = &query.cursor {
            walk.start = Some(walk.start_key(Place::of_cursor(cursor, walk.scope)?)?);
        }
        Ok(walk)
    }

    /// The keys of a place: those of the record, and its keys in the index that is walked.
    fn start_key(&self, place: Place) -> Result<Item, StoreError> {
        let part = |bytes| match String::from_utf8(bytes) {
            Ok(part) if !part.is_empty() => Ok(text(&part)),
            _ => Err(StoreError::Invalid(
                "the cursor does not belong to this query".into(),
            )),
        };
        let mut key = Item::from([
            (self.attributes.0.to_owned(), text(&self.query.partition)),
            (self.attributes.1.to_owned(), part(place.sort)?),
        ]);
        if matches!(self.query.source, Source::Index(_)) {
            key.insert(PARTITION.to_owned(), part(place.record_partition)?);
            key.insert(SORT.to_owned(), part(place.record_sort)?);
        }
        Ok(key)
    }

    fn place(&self, record: &Record) -> Result<Place, StoreError> {
        Ok(match self.query.source {
            Source::Table => Place::in_table(&record.key),
            Source::Index(_) => Place {
                sort: self.sort_of(record)?.as_bytes().to_vec(),
                record_partition: record.key.partition.clone().into_bytes(),
                record_sort: record.key.sort.clone().into_bytes(),
            },
        })
    }

    /// BETWEEN includes its upper end, which is ours to leave out.
    fn covers(&self, record: &Record) -> Result<bool, StoreError> {
        let sort = self.sort_of(record)?;
        Ok(match &self.query.range {
            SortRange::Between {
                before: Some(before), ..
            } => sort < before.as_str(),
            _ => true,
        })
    }

    fn sort_of<'r>(&self, record: &'r Record) -> Result<&'r str, StoreError> {
        let Source::Index(index) = self.query.source else {
            return Ok(&record.key.sort);
        };
        let entry = record.index_keys.iter().find(|entry| entry.index == index);
        entry.map(|entry| entry.sort.as_str()).ok_or_else(|| {
            StoreError::Damaged(format!(
                "record {:?} is in index {} without a key",
                record.key,
                index.name()
            ))
        })
    }
}

/// The range's part of the key condition, and the values that it names.
fn bounds<'q>(range: &'q SortRange, sort: &str) -> (String, Vec<(&'static str, &'q str)>) {
    match range {
        SortRange::All
        | SortRange::Between {
            from: None,
            before: None,
        } => (String::new(), Vec::new()),
        SortRange::Prefix(prefix) => (
            format!(" AND begins_with({sort}, :prefix)"),
            vec![(":prefix", prefix)],
        ),
        SortRange::Between {
            from: Some(from),
            before: None,
        } => (format!(" AND {sort} >= :from"), vec![(":from", from)]),
        SortRange::Between {
            from: None,
            before: Some(before),
        } => (format!(" AND {sort} < :before"), vec![(":before", before)]),
        SortRange::Between {
            from: Some(from),
            before: Some(before),
        } => (
            format!(" AND {sort} BETWEEN :from AND :before"),
            vec![(":from", from), (":before", before)],
        ),
    }
}
