//! The record store's conformance suite: one async function for each promise of the contract.
//!
//! Every case works in partitions of its own, so that many cases may share one table; tries again
//! after `TransactError::Conflict`, which the contract allows an engine to answer at any time; and
//! gives an index time through [`RecordStoreSubject::wait_for_index`], because an index may lag.
//! A backend runs all of it with [`record_store_conformance!`](crate::record_store_conformance).
pub mod conditions;
pub mod counters;
pub mod cursors;
pub mod durability;
pub mod expiry;
pub mod indexes;
pub mod limits;
pub mod queries;
mod subject;
pub mod transactions;

pub use subject::{Faults, RecordStoreSubject, WriteFault};

/// Emits one `#[tokio::test]` for each case of the record store's conformance suite.
///
/// The argument is an expression that makes a fresh [`RecordStoreSubject`]; it is evaluated in an
/// async context, so it may `.await`. The crate that uses it depends on `tokio` with `macros` and
/// `rt-multi-thread`.
#[macro_export]
macro_rules! record_store_conformance {
    ($make_subject:expr) => {
        $crate::record_store_conformance!(@cases $make_subject;
            queries: keys_are_ordered_bytewise, partitions_do_not_mix, ranges_are_half_open,
                prefixes_cover_exactly, records_come_back_whole, get_keeps_the_keys_order;
            cursors: pages_cover_everything_once, ties_have_a_stable_order, cursors_survive_changes,
                index_cursors_survive_changes, cursors_stay_in_their_range,
                cursors_are_printable_and_checked;
            indexes: indexes_are_sparse, indexes_are_ordered_bytewise, puts_move_index_entries,
                deletes_remove_index_entries, indexes_show_the_newest_state;
            conditions: conditions_hold_on_put, conditions_hold_on_delete, conditions_hold_on_check,
                failed_places_are_named, versions_count_states, one_writer_wins_each_version,
                one_writer_gets_a_name;
            counters: adding_creates_an_item, adding_keeps_the_rest, bounds_are_kept,
                contention_never_exceeds_the_maximum;
            transactions: a_hundred_writes_are_one, readers_never_see_half, transfers_keep_the_sum,
                checks_exclude_write_skew, reads_see_every_answered_write;
            expiry: expired_records_are_absent_to_readers, expired_records_do_not_thin_pages,
                expired_records_are_absent_to_conditions, adding_to_an_expired_record_starts_anew,
                expiry_is_replaced_by_a_put, removing_expired_records_spares_the_live;
            limits: bodies_have_a_largest_size, transactions_have_a_largest_size,
                transactions_have_a_largest_number, keys_are_named_once, keys_have_limits, longest_keys_fit_together,
                indexes_are_named_once, reads_have_limits;
            durability: answered_writes_survive_reopening, unavailable_means_not_written,
                unknown_outcomes_are_whole_or_absent, sound_data_has_no_findings;
        );
    };
    (@cases $make_subject:expr; $($module:ident: $($case:ident),+;)+) => {
        $(mod $module {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                let mut subject = $make_subject;
                $crate::conformance::record_store::$module::$case(&mut subject).await;
            })+
        })+
    };
}
