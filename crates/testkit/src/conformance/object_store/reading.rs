//! Small objects of our own: written, read in ranges, replaced, deleted.
use super::ObjectStoreSubject;
use super::subject::{Scratch, noise};

/// What is not there is `None` and no error.
pub async fn absence_is_none(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("absent");
    assert_eq!(scratch.store.head(&key).await.unwrap(), None);
    assert!(scratch.read(&key, None).await.is_none());
    assert!(scratch.read(&key, Some(0..5)).await.is_none());
    assert!(scratch.read(&key, Some(0..0)).await.is_none());
}

/// `range.start..range.end` without the end, also across what a service stores in pieces.
pub async fn ranges_are_half_open(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let (key, content) = (scratch.key("pack"), noise(5_000_000, 6));
    scratch.put(&key, &content).await;
    let length = content.len() as u64;
    for range in [0..1, 10..300_000, 4_194_300..4_194_310, length - 1..length, 7..7] {
        let read = scratch.read(&key, Some(range.clone())).await.unwrap();
        let [start, end] = [range.start, range.end].map(|place| usize::try_from(place).unwrap());
        assert!(read == content[start..end], "{range:?}");
    }
    assert!(scratch.read(&key, None).await.unwrap() == content);
}

/// Our own writes replace what was there, with its type.
pub async fn putting_again_replaces(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("cover");
    scratch.put(&key, b"first").await;
    scratch
        .store
        .put(&key, "image/webp", "second".into())
        .await
        .unwrap();
    let info = scratch.store.head(&key).await.unwrap().unwrap();
    assert_eq!((info.size, info.content_type.as_deref()), (6, Some("image/webp")));
    assert_eq!(scratch.read(&key, None).await.unwrap(), b"second");
}

/// Absent keys count as deleted; none at all is fine.
pub async fn deleting_the_absent_succeeds(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let (here, absent) = (scratch.key("here"), scratch.key("absent"));
    scratch.put(&here, b"x").await;
    scratch.store.delete(&[absent, here.clone()]).await.unwrap();
    scratch.store.delete(std::slice::from_ref(&here)).await.unwrap();
    scratch.store.delete(&[]).await.unwrap();
    assert_eq!(scratch.store.head(&here).await.unwrap(), None);
}

/// No bytes are content as well.
pub async fn empty_objects_are_objects(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("empty");
    scratch.put(&key, b"").await;
    assert_eq!(scratch.store.head(&key).await.unwrap().unwrap().size, 0);
    assert_eq!(scratch.read(&key, None).await.unwrap(), b"");
}
