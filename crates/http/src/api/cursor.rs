//! Paging: `limit` and an opaque `cursor`, which goes on with the listing that gave it out and with no other.
use crate::problem::Problem;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crc_fast::{CrcAlgorithm, Digest};
use homeroom_core::ports::record_store::Cursor;
use homeroom_core::ports::search_index::{FindSort, Sort};
use homeroom_core::usecases::find_pages::{FilterText, MAX_OFFSET};
use serde::Deserialize;
use utoipa::IntoParams;

/// Items per page unless said.
pub const DEFAULT_LIMIT: u32 = 20;
/// The most items per page.
pub const MAX_LIMIT: u32 = 100;
/// The longest cursor that is looked at, in characters; ours are shorter.
const MAX_CURSOR: usize = 8_192;
/// The format's number, the first byte of the cursors of a [`Walk`].
const FORMAT: u8 = 1;

/// What listings are asked with that are neither narrowed nor sorted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PageParameters {
    /// Items per page, 20 unless said.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// Where to go on, as the last page gave it.
    pub cursor: Option<String>,
}

/// The asked number of items.
///
/// # Errors
/// 422 outside 1 to 100.
pub fn limit(given: Option<u32>) -> Result<u32, Problem> {
    match given.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=MAX_LIMIT => Ok(limit),
        _ => Err(Problem::invalid_field(
            "limit",
            format!("must be from 1 to {MAX_LIMIT}"),
        )),
    }
}

/// A cursor of a record listing. The records refuse one of another listing.
///
/// # Errors
/// 422 for one that is longer than any of ours.
pub fn record_cursor(given: Option<String>) -> Result<Option<Cursor>, Problem> {
    match given {
        Some(text) if text.len() > MAX_CURSOR || text.is_empty() => Err(bad_cursor()),
        other => Ok(other.map(Cursor)),
    }
}

/// A listing by offsets, with all that decides what stands where in it: its cursors are bound to that.
/// How many items a page has is no part of it.
pub struct Walk(Digest);

impl Walk {
    /// Through the listing of this name.
    pub fn of(listing: &str) -> Self {
        Self(Digest::new(CrcAlgorithm::Crc64Nvme)).with(Some(listing))
    }

    /// Through what a search finds.
    pub fn of_search(query: &str, filter: &FilterText, sort: FindSort) -> Self {
        Self::of("search")
            .with(Some(query))
            .with(Some(sort.name()))
            .narrowed(filter)
    }

    /// Through the materials that one may see.
    pub fn of_materials(filter: &FilterText, sort: Sort) -> Self {
        Self::of("materials").with(Some(sort.name())).narrowed(filter)
    }

    fn narrowed(self, filter: &FilterText) -> Self {
        // By name, so that no filter is forgotten here.
        let FilterText {
            subject,
            grade,
            course,
            uploader,
            tag,
            kind,
            language,
        } = filter;
        let grade = grade.map(|grade| grade.to_string());
        [subject, &grade, course, uploader, tag, kind, language]
            .into_iter()
            .fold(self, |walk, value| walk.with(value.as_deref()))
    }

    /// That depends on this value, too; one that is not given is told from an empty one.
    #[must_use]
    pub fn with(mut self, value: Option<&str>) -> Self {
        let length = value.map_or(u64::MAX, |value| value.len() as u64);
        self.0.update(&length.to_le_bytes());
        self.0.update(value.unwrap_or_default().as_bytes());
        self
    }

    /// How many items a cursor passes over; none without one.
    ///
    /// # Errors
    /// 422 for one that was not given out for this walk.
    pub fn offset(&self, given: Option<&str>) -> Result<u32, Problem> {
        let Some(text) = given else { return Ok(0) };
        self.read(text).ok_or_else(bad_cursor)
    }

    fn read(&self, text: &str) -> Option<u32> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text.get(..MAX_CURSOR.min(text.len()))?)
            .ok()?;
        let (scope, offset) = bytes.strip_prefix(&[FORMAT])?.split_first_chunk::<8>()?;
        let offset = u32::from_le_bytes(offset.try_into().ok()?);
        (u64::from_le_bytes(*scope) == self.0.finalize() && offset <= MAX_OFFSET).then_some(offset)
    }

    /// The cursor that [`offset`](Self::offset) reads.
    pub fn cursor(&self, offset: u32) -> String {
        let mut bytes = vec![FORMAT];
        bytes.extend_from_slice(&self.0.finalize().to_le_bytes());
        bytes.extend_from_slice(&offset.to_le_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// A page of what is at hand as a whole, from an offset on, and the cursor of the next one.
    pub fn window<T>(&self, all: Vec<T>, from: u32, limit: u32) -> (Vec<T>, Option<String>) {
        let next = from.saturating_add(limit);
        let more = (next as usize) < all.len();
        let items = all.into_iter().skip(from as usize).take(limit as usize).collect();
        (items, more.then(|| self.cursor(next)))
    }
}

fn bad_cursor() -> Problem {
    Problem::invalid_field("cursor", "is not a cursor that was given out here")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(query: &str, change: impl FnOnce(&mut FilterText)) -> Walk {
        let mut filter = FilterText::default();
        change(&mut filter);
        Walk::of_search(query, &filter, FindSort::Relevance)
    }

    #[test]
    fn a_cursor_goes_on_with_its_own_listing_only() {
        let walk = search("cell", |filter| filter.subject = Some("biology".into()));
        let cursor = walk.cursor(40);
        assert_eq!(walk.offset(Some(&cursor)).unwrap(), 40);
        assert_eq!(walk.offset(None).unwrap(), 0);
        let others = [
            search("cells", |filter| filter.subject = Some("biology".into())),
            search("cell", |filter| filter.subject = Some("history".into())),
            search("cell", |filter| filter.tag = Some("biology".into())),
            search("cell", |filter| {
                filter.subject = Some("biology".into());
                filter.grade = Some(9);
            }),
            Walk::of_search(
                "cell",
                &FilterText {
                    subject: Some("biology".into()),
                    ..FilterText::default()
                },
                FindSort::Newest,
            ),
            Walk::of_materials(&FilterText::default(), Sort::Newest),
            Walk::of("classes"),
            Walk::of("cla").with(Some("sses")),
        ];
        for other in others {
            assert_eq!(other.offset(Some(&cursor)).unwrap_err().status, 422);
        }
        assert_ne!(
            Walk::of("lessons").with(None).cursor(1),
            Walk::of("lessons").with(Some("")).cursor(1)
        );
    }

    #[test]
    fn what_was_not_given_out_is_refused() {
        let walk = Walk::of("classes");
        let cursor = walk.cursor(3);
        let longer = format!("{cursor}AAAA");
        let enormous = "A".repeat(100_000);
        let beyond = walk.cursor(MAX_OFFSET + 1);
        let wide = "é".repeat(MAX_CURSOR);
        let wrong = ["", "!!", "bm9uZQ", &cursor[1..], &cursor[..cursor.len() - 1]];
        for text in wrong.into_iter().chain([&*longer, &enormous, &beyond, &wide]) {
            assert!(walk.offset(Some(text)).is_err(), "{}", text.len());
        }
    }

    #[test]
    fn a_window_ends_where_there_is_no_more() {
        let walk = Walk::of("classes");
        let (items, next) = walk.window((0..5).collect(), 0, 3);
        assert_eq!(items, [0, 1, 2]);
        let from = walk.offset(next.as_deref()).unwrap();
        assert_eq!(walk.window((0..5).collect(), from, 3), (vec![3, 4], None));
        assert_eq!(walk.window(vec![0; 5], 9, 3), (vec![], None));
    }
}
