//! The object store's conformance suite: one async function for each promise of the contract.
//!
//! Every case works below a prefix of its own, so that many may share one bucket, and sends what is
//! granted as a stranger would: with the URL and the headers of the grant and nothing else. What a
//! service is known not to do is named by [`Gaps`], and then the case holds it to the rest.
//! A backend runs all of it with [`object_store_conformance!`](crate::object_store_conformance).
pub mod grants;
pub mod listing;
pub mod multipart;
pub mod reading;
mod subject;

pub use subject::{Gaps, ObjectStoreSubject};

/// Emits one `#[tokio::test]` for each case of the object store's conformance suite.
///
/// The argument is an expression that makes an `Option` of a fresh [`ObjectStoreSubject`]; it is
/// evaluated in an async context, so it may `.await`. `None` passes the case over: the fixture has
/// said why. The crate that uses it depends on `tokio` with `macros` and `rt-multi-thread`.
#[macro_export]
macro_rules! object_store_conformance {
    ($make_subject:expr) => {
        $crate::object_store_conformance!(@cases $make_subject;
            grants: a_granted_put_stores_exactly_that, another_length_is_refused,
                another_type_or_no_type_is_refused, another_content_is_never_taken_for_the_announced,
                a_key_is_written_once, a_grant_is_for_its_key_and_method, grants_end,
                reading_answers_as_granted, names_of_any_script_come_back, a_grant_reads_ranges;
            multipart: parts_become_one_object, an_omitted_part_never_publishes,
                parts_have_their_exact_length, a_part_may_be_sent_again, completing_twice_changes_nothing,
                aborted_uploads_are_gone, open_uploads_are_listed;
            listing: everything_is_listed_once_in_order, prefixes_cover_exactly, a_thousand_are_deleted_at_once;
            reading: absence_is_none, ranges_are_half_open, putting_again_replaces, deleting_the_absent_succeeds,
                empty_objects_are_objects;
        );
    };
    (@cases $make_subject:expr; $($module:ident: $($case:ident),+;)+) => {
        $(mod $module {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                if let Some(subject) = $make_subject {
                    $crate::conformance::object_store::$module::$case(&subject).await;
                }
            })+
        })+
    };
}
