//! One write as one DynamoDB action, and what its failure means.
//!
//! # Versions, counters and expiry without reading first
//! Expired items may lie in the table for days before the engine sweeps them, and count as absent all
//! that time. "Absent" is therefore `x` missing or not after now, "live" is `x` after now; every item
//! has an `x`. With these two, most writes are one action that is right whatever is there:
//!
//! | write | action | condition |
//! | --- | --- | --- |
//! | put `Absent` | put, version 1 | absent |
//! | put `Version(n)` | put, version n + 1 | live and `v` = n |
//! | put `Present` | update, `v` + 1 | live |
//! | delete, check | delete, check | as its condition says |
//!
//! A put under `Any` and an `Add` have to go on from a live item and to start anew over an expired one,
//! which no single expression can. They are sent as if no expired item were there
//! ([`Guess::Unexpired`]: an update, conditioned on there being none). Should that be wrong, the answer
//! says so, and the transaction is sent again with a put of version 1 for that item, conditioned on
//! there being no live one ([`Guess::Expired`]). Neither guess can do harm, however often the item
//! changes in between: a wrong one only fails.
use super::item::{self, Item, index_attributes, key_item, number};
use homeroom_core::ports::record_store::{Condition, Index, Key, Record, Write};

const IS_ABSENT: &str = "(attribute_not_exists(x) OR x <= :now)";
const IS_LIVE: &str = "x > :now";

/// What is taken for granted about an item that is put under `Any` or added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guess {
    /// A live item is there, or none.
    Unexpired,
    /// An expired item is there, or none.
    Expired,
}

/// One action of a transaction, or one request of its own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Action {
    pub(super) kind: Kind,
    pub(super) condition: Option<String>,
    /// The values that condition and update name.
    pub(super) values: Item,
    /// Whether a failed condition is to be answered with the item that failed it.
    pub(super) tells_item: bool,
}

/// What an action does.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Put(Item),
    Update { key: Item, expression: String },
    Delete(Item),
    Check(Item),
}

/// What a failed condition means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The write's own condition does not hold.
    Failed,
    /// The guess was wrong; this one is to be tried.
    Try(Guess),
}

/// The action for `write`, or none where nothing is to be done or checked.
pub(super) fn action(write: &Write, guess: Guess, now_ms: i64) -> Option<Action> {
    let (kind, condition, mut values) = match write {
        Write::Check(_, Condition::Any) => return None,
        Write::Check(key, condition) => with(Kind::Check(key_item(key)), *condition),
        Write::Delete(key, condition) => with(Kind::Delete(key_item(key)), *condition),
        Write::Put(record, condition) => put(record, *condition, guess),
        Write::Add { .. } => add(write, guess)?,
    };
    if condition
        .as_deref()
        .is_some_and(|condition| condition.contains(":now"))
    {
        values.insert(":now".to_owned(), number(now_ms));
    }
    Some(Action {
        tells_item: guess == Guess::Unexpired && may_start_anew(write),
        kind,
        condition,
        values,
    })
}

/// What it means that the condition of `write`'s action did not hold for `found`.
pub(super) fn verdict(write: &Write, guess: Guess, found: Option<&Item>, now_ms: i64) -> Verdict {
    match (write, guess) {
        (Write::Put(_, Condition::Any), Guess::Unexpired) => Verdict::Try(Guess::Expired),
        (Write::Add { .. }, Guess::Unexpired)
            if may_start_anew(write) && found.is_some_and(|item| item::is_expired(item, now_ms)) =>
        {
            Verdict::Try(Guess::Expired)
        }
        (Write::Put(_, Condition::Any) | Write::Add { .. }, Guess::Expired) => Verdict::Try(Guess::Unexpired),
        _ => Verdict::Failed,
    }
}

/// Whether the write is an `Add` that may create its item.
fn may_start_anew(write: &Write) -> bool {
    matches!(write, Write::Add { delta, min, max, .. } if (min..=max).contains(&delta))
}

type Parts = (Kind, Option<String>, Item);

fn with(kind: Kind, condition: Condition) -> Parts {
    let (condition, values) = expression(condition);
    (kind, condition, values)
}

fn expression(condition: Condition) -> (Option<String>, Item) {
    match condition {
        Condition::Any => (None, Item::new()),
        Condition::Absent => (Some(IS_ABSENT.to_owned()), Item::new()),
        Condition::Present => (Some(IS_LIVE.to_owned()), Item::new()),
        Condition::Version(version) => (
            Some(format!("v = :version AND {IS_LIVE}")),
            Item::from([(":version".to_owned(), number(version))]),
        ),
    }
}

fn put(record: &Record, condition: Condition, guess: Guess) -> Parts {
    match (condition, guess) {
        (Condition::Absent, _) => with(Kind::Put(numbered(record, 1)), Condition::Absent),
        // No item ever has the last version, so that its successor is never stored.
        (Condition::Version(version), _) => {
            with(Kind::Put(numbered(record, version.saturating_add(1))), condition)
        }
        (Condition::Any, Guess::Expired) => (
            Kind::Put(numbered(record, 1)),
            Some(IS_ABSENT.to_owned()),
            Item::new(),
        ),
        (Condition::Any, Guess::Unexpired) => {
            let (kind, values) = replacing_update(record);
            (
                kind,
                Some(format!("attribute_not_exists(x) OR {IS_LIVE}")),
                values,
            )
        }
        (Condition::Present, _) => {
            let (kind, values) = replacing_update(record);
            (kind, Some(IS_LIVE.to_owned()), values)
        }
    }
}

fn numbered(record: &Record, version: u64) -> Item {
    let mut item = item::contents(record);
    item.extend(key_item(&record.key));
    item.insert(item::VERSION.to_owned(), number(version));
    item.insert(item::COUNT.to_owned(), number(0));
    item
}

/// Sets every attribute of the record, removes those that it lacks, and adds one to the version.
fn replacing_update(record: &Record) -> (Kind, Item) {
    let contents = item::contents(record);
    let optional = Index::ALL.into_iter().flat_map(|index| {
        let (partition, sort) = index_attributes(index);
        [partition, sort]
    });
    let absent: Vec<&str> = optional
        .chain([item::BODY])
        .filter(|attribute| !contents.contains_key(*attribute))
        .collect();
    let mut sets = vec![
        "v = if_not_exists(v, :zero) + :one".to_owned(),
        "c = :zero".to_owned(),
    ];
    let mut values = Item::from([(":zero".to_owned(), number(0)), (":one".to_owned(), number(1))]);
    for (attribute, value) in contents {
        sets.push(format!("{attribute} = :{attribute}"));
        values.insert(format!(":{attribute}"), value);
    }
    // The same request must read the same when it is sent again under its token.
    sets.sort_unstable();
    let mut expression = format!("SET {}", sets.join(", "));
    if !absent.is_empty() {
        expression.push_str(" REMOVE ");
        expression.push_str(&absent.join(", "));
    }
    let key = key_item(&record.key);
    (Kind::Update { key, expression }, values)
}

fn add(write: &Write, guess: Guess) -> Option<Parts> {
    let Write::Add {
        key,
        delta,
        min,
        max,
        expires_at,
    } = write
    else {
        return None;
    };
    let created = Record {
        expires_at: *expires_at,
        ..Record::new(key.clone(), Vec::new())
    };
    if guess == Guess::Expired {
        let mut item = numbered(&created, 1);
        item.insert(item::COUNT.to_owned(), number(delta));
        return Some((Kind::Put(item), Some(IS_ABSENT.to_owned()), Item::new()));
    }
    Some(adding_update(write, key, &created, (*delta, *min, *max)))
}

/// Adds to what is live; what is absent is created by the same expression, if the bounds allow it.
fn adding_update(write: &Write, key: &Key, created: &Record, (delta, min, max): (i64, i64, i64)) -> Parts {
    // Bounds on the counter before adding. Wider than 64 bits, as DynamoDB's numbers are.
    let bound = |limit: i64| number(i128::from(limit) - i128::from(delta));
    let mut values = Item::from([
        (":delta".to_owned(), number(delta)),
        (":zero".to_owned(), number(0)),
        (":one".to_owned(), number(1)),
        (":least".to_owned(), bound(min)),
        (":most".to_owned(), bound(max)),
    ]);
    let mut sets = vec!["v = if_not_exists(v, :zero) + :one".to_owned()];
    for (attribute, value) in item::contents(created) {
        sets.push(format!("{attribute} = if_not_exists({attribute}, :{attribute})"));
        values.insert(format!(":{attribute}"), value);
    }
    sets.sort_unstable();
    let within = format!("{IS_LIVE} AND c >= :least AND c <= :most");
    let condition = if may_start_anew(write) {
        format!("attribute_not_exists(x) OR ({within})")
    } else {
        within
    };
    let kind = Kind::Update {
        key: key_item(key),
        expression: format!("SET {} ADD c :delta", sets.join(", ")),
    };
    (kind, Some(condition), values)
}

impl Action {
    /// The values, where there are any: DynamoDB refuses an empty map.
    pub(super) fn values(&self) -> Option<Item> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use homeroom_core::ports::record_store::IndexKey;

    const NOW: i64 = 1_000;

    fn record() -> Record {
        Record {
            index_keys: vec![IndexKey {
                index: Index::Due,
                partition: "p".into(),
                sort: "s".into(),
            }],
            ..Record::new(Key::new("partition", "sort"), b"body".to_vec())
        }
    }

    fn add_of(delta: i64, min: i64, max: i64) -> Write {
        Write::Add {
            key: Key::new("partition", "sort"),
            delta,
            min,
            max,
            expires_at: None,
        }
    }

    /// DynamoDB refuses values that no expression names, and names without a value.
    #[test]
    fn expressions_and_values_name_the_same() {
        let conditions = [
            Condition::Any,
            Condition::Absent,
            Condition::Present,
            Condition::Version(7),
            Condition::Version(u64::MAX),
        ];
        let mut writes = vec![
            add_of(1, 0, 9),
            add_of(1, 5, 9),
            add_of(i64::MIN, i64::MIN, i64::MAX),
        ];
        for condition in conditions {
            writes.push(Write::Put(record(), condition));
            writes.push(Write::Put(Record::new(Key::new("p", "s"), vec![]), condition));
            writes.push(Write::Delete(Key::new("p", "s"), condition));
            writes.push(Write::Check(Key::new("p", "s"), condition));
        }
        for write in writes {
            for guess in [Guess::Unexpired, Guess::Expired] {
                let Some(action) = action(&write, guess, NOW) else {
                    assert!(matches!(write, Write::Check(_, Condition::Any)));
                    continue;
                };
                let mut text = action.condition.clone().unwrap_or_default();
                if let Kind::Update { expression, .. } = &action.kind {
                    text = format!("{text} {expression}");
                }
                let mut named: Vec<String> = text
                    .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != ':')
                    .filter(|word| word.starts_with(':'))
                    .map(String::from)
                    .collect();
                named.sort();
                named.dedup();
                let mut given: Vec<String> = action.values.keys().cloned().collect();
                given.sort();
                assert_eq!(named, given, "{write:?} {guess:?}: {text}");
            }
        }
    }

    #[test]
    fn bounds_are_wider_than_64_bits() {
        let sum = action(&add_of(i64::MIN, i64::MIN, i64::MAX), Guess::Unexpired, NOW).expect("it acts");
        assert_eq!(sum.values[":least"], number(0));
        assert_eq!(
            sum.values[":most"],
            number(i128::from(i64::MAX) - i128::from(i64::MIN))
        );
    }

    #[test]
    fn only_what_may_start_anew_is_tried_over_an_expired_item() {
        let expired = Item::from([("x".to_owned(), number(NOW))]);
        let live = Item::from([("x".to_owned(), number(NOW + 1))]);
        let judge = |write: &Write, found| verdict(write, Guess::Unexpired, found, NOW);
        assert_eq!(
            judge(&add_of(1, 0, 9), Some(&expired)),
            Verdict::Try(Guess::Expired)
        );
        assert_eq!(judge(&add_of(1, 0, 9), Some(&live)), Verdict::Failed);
        assert_eq!(judge(&add_of(1, 5, 9), Some(&expired)), Verdict::Failed);
        let any = Write::Put(record(), Condition::Any);
        assert_eq!(judge(&any, None), Verdict::Try(Guess::Expired));
        assert_eq!(
            verdict(&any, Guess::Expired, Some(&live), NOW),
            Verdict::Try(Guess::Unexpired)
        );
        assert_eq!(
            judge(&Write::Put(record(), Condition::Absent), Some(&live)),
            Verdict::Failed
        );
    }
}
