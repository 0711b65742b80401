//! Uploads in parts: nothing is visible before they are joined, and only what was named is joined.
use super::ObjectStoreSubject;
use super::subject::{PART, Scratch, noise};
use homeroom_core::ports::object_store::{ObjectError, StoredPart};

/// Three parts become one object, in their order.
pub async fn parts_become_one_object(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("video");
    let content = noise(2 * PART + 1_001, 3);
    let parts = [&content[..PART], &content[PART..2 * PART], &content[2 * PART..]];
    let (id, arrived) = scratch.upload(&key, &parts).await;
    let sizes: Vec<(u32, u64)> = arrived.iter().map(|part| (part.number, part.size)).collect();
    assert_eq!(sizes, [(1, PART as u64), (2, PART as u64), (3, 1_001)]);
    assert_eq!(scratch.store.head(&key).await.unwrap(), None);
    scratch
        .store
        .complete_multipart(&key, &id, &arrived)
        .await
        .unwrap();
    let info = scratch.store.head(&key).await.unwrap().expect("it is there");
    assert_eq!(
        (info.size, info.content_type.as_deref()),
        (content.len() as u64, Some("video/mp4"))
    );
    assert!(scratch.read(&key, None).await.unwrap() == content);
    let seam = (PART as u64 - 3)..(PART as u64 + 3);
    assert!(scratch.read(&key, Some(seam)).await.unwrap() == content[PART - 3..PART + 3]);
    assert!(scratch.store.list_parts(&key, &id).await.is_err());
}

/// Naming a part that never arrived, or with another ETag, joins nothing and loses nothing.
pub async fn an_omitted_part_never_publishes(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("video");
    let content = noise(PART, 4);
    let (id, arrived) = scratch.upload(&key, &[&content]).await;
    let mut never_sent = arrived.clone();
    never_sent.push(StoredPart {
        number: 2,
        ..arrived[0].clone()
    });
    let mut another_etag = arrived.clone();
    another_etag[0].etag = "\"0123456789abcdef0123456789abcdef\"".into();
    for wrong in [never_sent, another_etag] {
        let error = scratch
            .store
            .complete_multipart(&key, &id, &wrong)
            .await
            .unwrap_err();
        assert!(matches!(error, ObjectError::BadParts(_)), "{error}");
        assert_eq!(scratch.store.head(&key).await.unwrap(), None);
    }
    scratch
        .store
        .complete_multipart(&key, &id, &arrived)
        .await
        .unwrap();
    assert!(scratch.read(&key, None).await.unwrap() == content);
}

/// A part of another length than granted is refused and not kept.
pub async fn parts_have_their_exact_length(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("video");
    let id = scratch.store.create_multipart(&key, "video/mp4").await.unwrap();
    let grant = scratch.may_put_part(&key, &id, 1, 1_000);
    for size in [999, 1_001] {
        scratch
            .send(&grant, &noise(size, 5))
            .await
            .assert_refused("another length");
    }
    let mut other_number = grant.clone();
    other_number.url = grant.url.replace("partNumber=1", "partNumber=2");
    let answer = scratch.send(&other_number, &noise(1_000, 5)).await;
    answer.assert_refused("another number");
    assert_eq!(scratch.store.list_parts(&key, &id).await.unwrap(), []);
    scratch.store.abort_multipart(&key, &id).await.unwrap();
}

/// The last sending of a part counts.
pub async fn a_part_may_be_sent_again(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("video");
    let (id, first) = scratch.upload(&key, &[b"first"]).await;
    let grant = scratch.may_put_part(&key, &id, 1, 6);
    scratch.send(&grant, b"second").await.assert_stored();
    let arrived = scratch.store.list_parts(&key, &id).await.unwrap();
    assert_eq!(arrived.len(), 1);
    assert!(arrived[0].size == 6 && arrived[0].etag != first[0].etag);
    scratch
        .store
        .complete_multipart(&key, &id, &arrived)
        .await
        .unwrap();
    assert_eq!(scratch.read(&key, None).await.unwrap(), b"second");
}

/// Who did not hear that it was done does it again: the same object stands there afterwards.
pub async fn completing_twice_changes_nothing(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("video");
    let (id, arrived) = scratch.upload(&key, &[b"content"]).await;
    scratch
        .store
        .complete_multipart(&key, &id, &arrived)
        .await
        .unwrap();
    let again = scratch.store.complete_multipart(&key, &id, &arrived).await;
    assert!(
        matches!(again, Ok(()) | Err(ObjectError::NotFound | ObjectError::Exists)),
        "{again:?}"
    );
    assert_eq!(scratch.read(&key, None).await.unwrap(), b"content");
    if !subject.gaps().join_once {
        let (id, arrived) = scratch.upload(&key, &[b"another"]).await;
        let other = scratch.store.complete_multipart(&key, &id, &arrived).await;
        assert!(matches!(other, Err(ObjectError::Exists)), "{other:?}");
        scratch.store.abort_multipart(&key, &id).await.unwrap();
    }
    assert_eq!(scratch.read(&key, None).await.unwrap(), b"content");
}

/// After an abort there is no upload, no part and no object, and aborting again succeeds.
pub async fn aborted_uploads_are_gone(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let key = scratch.key("video");
    let (id, arrived) = scratch.upload(&key, &[b"content"]).await;
    let grant = scratch.may_put_part(&key, &id, 2, 3);
    scratch.store.abort_multipart(&key, &id).await.unwrap();
    scratch.store.abort_multipart(&key, &id).await.unwrap();
    let parts = scratch.store.list_parts(&key, &id).await;
    assert!(matches!(parts, Err(ObjectError::NotFound)), "{parts:?}");
    let joined = scratch.store.complete_multipart(&key, &id, &arrived).await;
    assert!(matches!(joined, Err(ObjectError::NotFound)), "{joined:?}");
    scratch
        .send(&grant, b"two")
        .await
        .assert_refused("a part of no upload");
    assert_eq!(scratch.store.head(&key).await.unwrap(), None);
}

/// What was begun and not ended is found by the sweep.
pub async fn open_uploads_are_listed(subject: &dyn ObjectStoreSubject) {
    let scratch = Scratch::new(subject);
    let (key, done) = (scratch.key("open"), scratch.key("done"));
    let id = scratch.store.create_multipart(&key, "video/mp4").await.unwrap();
    let (other, arrived) = scratch.upload(&done, &[b"content"]).await;
    scratch
        .store
        .complete_multipart(&done, &other, &arrived)
        .await
        .unwrap();
    let open = scratch.store.list_multiparts().await.unwrap();
    let mine = open
        .iter()
        .find(|upload| upload.key == key)
        .expect("it is listed");
    assert_eq!(mine.multipart, id);
    assert!(open.iter().all(|upload| upload.key != done));
    scratch.store.abort_multipart(&key, &id).await.unwrap();
    let open = scratch.store.list_multiparts().await.unwrap();
    assert!(open.iter().all(|upload| upload.key != key));
}
