//! Entries of a day or another stretch of time, and single ones, with links to their videos.
use super::find;
use crate::domain::class::Class;
use crate::domain::ids::LessonId;
use crate::domain::policy::Actor;
use crate::ports::object_store::{Audience, GetGrant};
use crate::records::function_entries::FunctionEntry;
use crate::records::{Listing, Stored};
use crate::usecases::classes::taught_lesson;
use crate::usecases::classes::watch_submission::LONGEST_LINK;
use crate::usecases::{Product, UseCaseError};
use jiff::civil::DateTime;

/// The most entries that one call gives.
const MAX_ENTRIES: usize = 10_000;
/// The most entries that stand beside a board.
const MAX_BESIDE_BOARD: u32 = 100;

/// An entry with a link to its video.
#[derive(Clone, Debug)]
pub struct EntryView {
    /// As it was written.
    pub entry: FunctionEntry,
    /// Holds for 15 minutes at most; `None` once the video was removed.
    pub video_link: Option<String>,
}

/// The entries of a day or another stretch of time: all whose `timestamp` begins with `date`.
///
/// # Errors
/// `Invalid` when it does not begin a date; `Conflict` (`too_many_entries`).
pub async fn calendar(
    product: &Product,
    class: &Class,
    date: &str,
    audience: &Audience,
) -> Result<Vec<EntryView>, UseCaseError> {
    if !is_date_prefix(date) {
        let why = "must be the beginning of a date, such as 2026, 2026-09 or 2026-09-01";
        return Err(UseCaseError::field("date", why));
    }
    let mut found = Vec::new();
    let mut cursor = None;
    loop {
        let page: Listing<Stored<FunctionEntry>> = product
            .records
            .function_entries(class.id, date, 1_000, cursor)
            .await?;
        let views = page
            .items
            .into_iter()
            .map(|stored| view(product, stored.value, through(class), audience));
        found.extend(views);
        cursor = page.next;
        if cursor.is_none() {
            return Ok(found);
        }
        if found.len() >= MAX_ENTRIES {
            let detail = format!("more than {MAX_ENTRIES} entries; ask for a shorter time");
            return Err(UseCaseError::conflict("too_many_entries", detail));
        }
    }
}

/// The first hundred entries of a lesson's day, for the class's teachers: what came by the function URL names members
/// by numbers of its own and belongs to no row of the board.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn beside_board(
    product: &Product,
    actor: &Actor,
    id: LessonId,
    audience: &Audience,
) -> Result<Vec<EntryView>, UseCaseError> {
    let found = taught_lesson(product, actor, id).await?;
    let (class, day) = (found.seat.class.value.id, found.lesson.date.to_string());
    let page = product
        .records
        .function_entries(class, &day, MAX_BESIDE_BOARD, None)
        .await?;
    let entries = page.items.into_iter();
    Ok(entries
        .map(|stored| view(product, stored.value, None, audience))
        .collect())
}

/// Whether some date and time begins with a text.
fn is_date_prefix(text: &str) -> bool {
    // What is missing is filled in so that it fits every month, and once more for what begins the last days or months.
    const PATTERNS: [&str; 2] = ["2000-01-01T00:00:00", "2000-10-10T00:00:00"];
    let fits = (4..=PATTERNS[0].len()).contains(&text.len()) && text.is_ascii();
    let filled = |pattern: &str| format!("{text}{}", &pattern[text.len()..]);
    fits && PATTERNS
        .iter()
        .any(|pattern| filled(pattern).parse::<DateTime>().is_ok())
}

fn through(class: &Class) -> Option<&str> {
    class.function_url.as_ref().map(|url| url.digest.as_str())
}

/// `through` is the function URL without which the link holds no longer; teachers watch without one.
fn view(product: &Product, entry: FunctionEntry, through: Option<&str>, audience: &Audience) -> EntryView {
    let link = entry.object.as_ref().map(|object| {
        let grant = GetGrant {
            key: object,
            content_disposition: "inline",
            content_type: &entry.content_type,
            valid_for: product.settings.download_url_lifetime.min(LONGEST_LINK),
            through,
        };
        product.objects.presign_get(&grant, audience).url
    });
    EntryView {
        video_link: link,
        entry,
    }
}

/// One entry.
///
/// # Errors
/// `NotFound`.
pub async fn single(
    product: &Product,
    class: &Class,
    submission_id: u32,
    timestamp: &str,
    audience: &Audience,
) -> Result<EntryView, UseCaseError> {
    let stored = find(product, class, submission_id, timestamp).await?;
    Ok(view(product, stored.value, through(class), audience))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_may_be_as_short_as_its_year() {
        for date in [
            "2026",
            "2026-0",
            "2026-02",
            "2026-1",
            "2026-02-2",
            "2026-04-3",
            "2026-05-3",
            "2026-02-28",
            "2026-02-28T08",
            "2026-02-28T08:05",
        ] {
            assert!(is_date_prefix(date), "{date}");
        }
        for date in [
            "",
            "26",
            "2025-13-40",
            "2026-02-3",
            "2026-04-4",
            "2026-02-30",
            "2026-13",
            "2026/02",
            "2026-02-28T25",
            "abcd",
            "2026-02-28T08:05:00Z",
        ] {
            assert!(!is_date_prefix(date), "{date}");
        }
    }
}
