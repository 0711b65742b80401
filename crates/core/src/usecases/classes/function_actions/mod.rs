//! What clients that only know actions do through a class's function URL (PRODUCT.md, the action endpoint).
//!
//! Whoever has the URL acts for the class; there is no other caller. Entries are found by their key: time and
//! number, never by looking through others'.
mod arrived;
mod begin;
mod change;
mod pending;
mod read;
mod write;

pub use begin::{BeginObject, DEFAULT_EXPIRATION, begin};
pub use change::{delete, update};
pub(super) use pending::remove_object;
pub(crate) use pending::{sweep_pending, withdraw_uploads};
pub use read::{EntryView, beside_board, calendar, single};
pub use write::{WriteEntry, write};

use crate::domain::class::Class;
use crate::records::Stored;
use crate::records::function_entries::FunctionEntry;
use crate::usecases::{Product, UseCaseError, digest, same_digest};
use jiff::Timestamp;
use jiff::civil::DateTime;

/// The class that a function URL's token leads to.
///
/// # Errors
/// `NotFound` for a token that leads nowhere.
pub async fn class_of_token(product: &Product, token: &str) -> Result<Class, UseCaseError> {
    // Found by its hash, so that how long it takes tells nothing of a token that is almost right.
    let digest = digest(token);
    let id = product.records.class_of_function_url(&digest).await?;
    let stored = product.records.class(id.ok_or(UseCaseError::NotFound)?).await?;
    stored
        .map(|stored| stored.value)
        .filter(|class| {
            let url = class.function_url.as_ref();
            url.is_some_and(|url| same_digest(&url.digest, &digest))
        })
        .ok_or(UseCaseError::NotFound)
}

async fn find(
    product: &Product,
    class: &Class,
    submission_id: u32,
    timestamp: &str,
) -> Result<Stored<FunctionEntry>, UseCaseError> {
    let timestamp = local_time(timestamp).ok_or_else(|| {
        UseCaseError::field("timestamp", "must be a local time such as 2026-09-01T08:05:00")
    })?;
    let stored = product
        .records
        .function_entry(class.id, &timestamp, submission_id)
        .await?;
    stored.ok_or(UseCaseError::NotFound)
}

/// A local time of ISO 8601 as it was written; it is the entry's key, so it is not rewritten.
fn local_time(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = (10..=40).contains(&text.len()) && text.is_ascii() && text.as_bytes()[4] == b'-';
    let is_known = text.parse::<DateTime>().is_ok() || text.parse::<Timestamp>().is_ok();
    (fits && is_known && !text.contains('#')).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_times_are_kept_as_they_are_written() {
        for time in [
            "2026-02-28T08:05:00",
            "2026-02-28T08:05",
            "2026-02-28 08:05:00.123456",
            "2026-02-28T08:05:00Z",
        ] {
            assert_eq!(local_time(time).as_deref(), Some(time));
        }
        for time in [
            "",
            "2025-13-40",
            "2025-13-40T08:00:00",
            "2026-02-28T08:05#1",
            "yesterday",
            "08:05:00",
        ] {
            assert_eq!(local_time(time), None, "{time}");
        }
    }
}
