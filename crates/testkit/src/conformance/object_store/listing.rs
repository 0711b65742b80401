//! Listing and deleting many.
use super::ObjectStoreSubject;
use super::subject::Scratch;
use futures::{StreamExt as _, stream};
use homeroom_core::ports::object_store::ObjectKey;

const AT_ONCE: usize = 16;

async fn fill(scratch: &Scratch<'_>, names: impl Iterator<Item = String>) -> Vec<ObjectKey> {
    let keys: Vec<ObjectKey> = names.map(|name| scratch.key(&name)).collect();
    stream::iter(&keys)
        .for_each_concurrent(AT_ONCE, |key| scratch.put(key, b"x"))
        .await;
    keys
}

async fn walk(scratch: &Scratch<'_>, prefix: &str) -> Vec<ObjectKey> {
    let mut found: Vec<ObjectKey> = Vec::new();
    loop {
        let page = scratch.store.list(prefix, found.last()).await.unwrap();
        assert!(page.len() <= 1_000);
        if page.is_empty() {
            return found;
        }
        assert!(page.iter().all(|object| object.size == 1));
        found.extend(page.into_iter().map(|object| object.key));
    }
}

/// Pages of at most 1,000 give every key once, in order.
pub async fn everything_is_listed_once_in_order(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let mut keys = fill(&scratch, (0..1_030).map(|number| format!("n/{number:x}"))).await;
    keys.sort();
    assert_eq!(walk(&scratch, &scratch.prefix()).await, keys);
    for some in keys.chunks(1_000) {
        scratch.store.delete(some).await.unwrap();
    }
    assert_eq!(walk(&scratch, &scratch.prefix()).await, []);
}

/// A prefix is a prefix of keys and not a directory.
pub async fn prefixes_cover_exactly(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let names = ["a", "a/1", "a/2", "a0", "b/1"].map(str::to_owned);
    let keys = fill(&scratch, names.into_iter()).await;
    let expected = |places: &[usize]| {
        places
            .iter()
            .map(|place| keys[*place].clone())
            .collect::<Vec<_>>()
    };
    let prefix = scratch.prefix();
    assert_eq!(walk(&scratch, &format!("{prefix}a/")).await, expected(&[1, 2]));
    assert_eq!(
        walk(&scratch, &format!("{prefix}a")).await,
        expected(&[0, 1, 2, 3])
    );
    assert_eq!(walk(&scratch, &format!("{prefix}c")).await, []);
    let after = scratch.store.list(&prefix, Some(&keys[2])).await.unwrap();
    let after: Vec<ObjectKey> = after.into_iter().map(|object| object.key).collect();
    assert_eq!(after, expected(&[3, 4]));
    scratch.store.delete(&keys).await.unwrap();
}

/// 1,000 keys in one call, present and absent.
pub async fn a_thousand_are_deleted_at_once(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let mut keys = fill(&scratch, (0..40).map(|number| format!("there/{number}"))).await;
    let kept = fill(&scratch, std::iter::once("kept".to_owned())).await;
    keys.extend((0..960).map(|number| scratch.key(&format!("absent/{number}"))));
    scratch.store.delete(&keys).await.unwrap();
    assert_eq!(walk(&scratch, &scratch.prefix()).await, kept);
    scratch.store.delete(&kept).await.unwrap();
}
