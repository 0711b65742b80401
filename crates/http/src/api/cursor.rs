//! Paging: `limit` and an opaque `cursor`.
use crate::problem::Problem;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use homeroom_core::ports::record_store::Cursor;
use homeroom_core::usecases::find_pages::MAX_OFFSET;

/// Items per page unless said.
pub const DEFAULT_LIMIT: u32 = 20;
/// The most items per page.
pub const MAX_LIMIT: u32 = 100;

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

/// A cursor of a record listing.
///
/// # Errors
/// 422 for one that is longer than any of ours.
pub fn record_cursor(given: Option<String>) -> Result<Option<Cursor>, Problem> {
    match given {
        Some(text) if text.len() > 8_192 || text.is_empty() => Err(bad_cursor()),
        other => Ok(other.map(Cursor)),
    }
}

/// A cursor of a search or listing by the index: an offset.
///
/// # Errors
/// 422 for one that is none of ours.
pub fn offset(given: Option<&str>) -> Result<u32, Problem> {
    let Some(text) = given else { return Ok(0) };
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad_cursor())?;
    let offset = std::str::from_utf8(&bytes)
        .ok()
        .and_then(|text| text.strip_prefix("o:"));
    offset
        .and_then(|text| text.parse().ok())
        .filter(|offset| *offset <= MAX_OFFSET)
        .ok_or_else(bad_cursor)
}

/// A page of what is at hand as a whole, from an offset on, and the cursor of the next one.
pub fn window<T>(all: Vec<T>, from: u32, limit: u32) -> (Vec<T>, Option<String>) {
    let next = from.saturating_add(limit);
    let more = (next as usize) < all.len();
    let items = all.into_iter().skip(from as usize).take(limit as usize).collect();
    (items, more.then(|| from_offset(next)))
}

/// The cursor that [`offset`] reads.
pub fn from_offset(offset: u32) -> String {
    URL_SAFE_NO_PAD.encode(format!("o:{offset}"))
}

fn bad_cursor() -> Problem {
    Problem::invalid_field("cursor", "is not a cursor that was given out here")
}
