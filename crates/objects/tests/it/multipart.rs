//! Multipart uploads: parts checked, one winner, nothing left behind (HARDENING 9–12).
use crate::support::{Rig, noise, sha256};
use futures::TryStreamExt as _;
use homeroom_core::ports::ObjectStore as _;
use homeroom_core::ports::object_store::{MultipartId, ObjectError, ObjectKey, StoredPart};
use std::sync::Arc;

fn key() -> ObjectKey {
    ObjectKey("video".into())
}

async fn begin(rig: &Rig, sizes: &[usize]) -> (MultipartId, Vec<u8>, Vec<StoredPart>) {
    let id = rig.store.create_multipart(&key(), "video/mp4").await.unwrap();
    let content = noise(sizes.iter().sum());
    let mut at = 0;
    for (place, size) in sizes.iter().enumerate() {
        let number = u32::try_from(place).unwrap() + 1;
        let grant = rig.grant_part(&key(), &id, number, *size as u64);
        let answer = rig.send(&grant, &content[at..at + size]).await;
        assert_eq!(answer.status, 200, "{}", answer.code());
        at += size;
    }
    let parts = rig.store.list_parts(&key(), &id).await.unwrap();
    assert_eq!(parts.len(), sizes.len());
    (id, content, parts)
}

async fn content_of(rig: &Rig) -> Vec<u8> {
    let stream = rig.store.get(&key(), None).await.unwrap().unwrap();
    stream.try_collect::<Vec<_>>().await.unwrap().concat()
}

#[tokio::test]
async fn parts_become_one_object_without_being_copied() {
    let rig = Rig::new().await;
    let (id, content, parts) = begin(&rig, &[300_000, 262_144, 5]).await;
    let before = rig.content_files();
    rig.store.complete_multipart(&key(), &id, &parts).await.unwrap();
    assert_eq!(rig.content_files(), before);
    assert!(content_of(&rig).await == content);
    let range = rig
        .store
        .get(&key(), Some(299_990..562_149))
        .await
        .unwrap()
        .unwrap();
    assert!(range.try_collect::<Vec<_>>().await.unwrap().concat() == content[299_990..562_149]);
    let head = rig.store.head(&key()).await.unwrap().unwrap();
    assert_eq!(
        (head.size, head.content_type.as_deref()),
        (content.len() as u64, Some("video/mp4"))
    );
    assert!(head.etag.ends_with("-3\""));
    let rig = rig.reopen().await;
    assert!(content_of(&rig).await == content);
}

#[tokio::test]
async fn hardening_9_each_wrong_list_has_its_error() {
    let rig = Rig::with_parts_of(1_000).await;
    let (id, _, parts) = begin(&rig, &[1_000, 999, 1_000, 10]).await;
    let refused = async |parts: &[StoredPart]| match rig
        .store
        .complete_multipart(&key(), &id, parts)
        .await
        .unwrap_err()
    {
        ObjectError::BadParts(code) => code,
        other => panic!("{other}"),
    };
    let pick = |numbers: &[usize]| {
        numbers
            .iter()
            .map(|number| parts[number - 1].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(refused(&pick(&[3, 1])).await, "InvalidPartOrder");
    assert_eq!(refused(&pick(&[1, 1])).await, "InvalidPartOrder");
    assert_eq!(refused(&pick(&[1, 2, 3])).await, "EntityTooSmall");
    assert_eq!(refused(&[]).await, "MalformedXML");
    let mut wrong = pick(&[1, 3]);
    wrong[1].etag = "\"00000000000000000000000000000000\"".into();
    assert_eq!(refused(&wrong).await, "InvalidPart");
    wrong[1].etag = "*".into();
    assert_eq!(refused(&wrong).await, "InvalidPart");
    let mut unknown = pick(&[1]);
    unknown[0].number = 7;
    assert_eq!(refused(&unknown).await, "InvalidPart");
    assert!(
        rig.store.head(&key()).await.unwrap().is_none(),
        "nothing is published"
    );
    for number in [0, 10_001] {
        let grant = rig.grant_part(&key(), &id, number, 3);
        let answer = rig.send(&grant, b"abc").await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, "InvalidArgument")
        );
    }
    rig.store
        .complete_multipart(&key(), &id, &pick(&[1, 3, 4]))
        .await
        .unwrap();
    assert_eq!(rig.store.head(&key()).await.unwrap().unwrap().size, 2_010);
}

#[tokio::test]
async fn hardening_2_a_part_has_exactly_the_signed_length() {
    let rig = Rig::new().await;
    let id = rig.store.create_multipart(&key(), "video/mp4").await.unwrap();
    let grant = rig.grant_part(&key(), &id, 1, 100);
    assert_eq!(rig.send(&grant, &noise(101)).await.status, 403);
    assert_eq!(rig.send(&grant, &noise(99)).await.status, 403);
    assert!(rig.content_files().is_empty());
    assert_eq!(rig.send(&grant, &noise(100)).await.status, 200);
    assert_eq!(
        rig.send(&grant, &noise(100)).await.status,
        200,
        "a part may be sent again"
    );
    tokio::task::yield_now().await;
    assert_eq!(rig.store.list_parts(&key(), &id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn completing_twice_gives_the_same_answer() {
    let rig = Rig::new().await;
    let (id, content, parts) = begin(&rig, &[100, 10]).await;
    rig.store.complete_multipart(&key(), &id, &parts).await.unwrap();
    let etag = rig.store.head(&key()).await.unwrap().unwrap().etag;
    rig.store.complete_multipart(&key(), &id, &parts).await.unwrap();
    assert_eq!(rig.store.head(&key()).await.unwrap().unwrap().etag, etag);
    rig.store.put(&key(), "text/plain", "other".into()).await.unwrap();
    let gone = rig
        .store
        .complete_multipart(&key(), &id, &parts)
        .await
        .unwrap_err();
    assert!(matches!(gone, ObjectError::NotFound), "{gone}");
    let late = rig
        .send(&rig.grant_part(&key(), &id, 1, 100), &content[..100])
        .await;
    assert_eq!(
        (late.status.as_u16(), late.code().as_str()),
        (404, "NoSuchUpload")
    );
}

#[tokio::test]
async fn an_object_that_stands_is_not_replaced_by_a_completion() {
    let rig = Rig::new().await;
    let (id, _, parts) = begin(&rig, &[100]).await;
    rig.store.put(&key(), "text/plain", "first".into()).await.unwrap();
    let refused = rig
        .store
        .complete_multipart(&key(), &id, &parts)
        .await
        .unwrap_err();
    assert!(matches!(refused, ObjectError::Exists), "{refused}");
    assert_eq!(content_of(&rig).await, b"first");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hardening_11_a_hundred_races_of_complete_against_abort() {
    let rig = Arc::new(Rig::new().await);
    let mut completed = 0;
    for _ in 0..100 {
        let (id, content, parts) = begin(&rig, &[40, 20]).await;
        let (one, other) = (Arc::clone(&rig), Arc::clone(&rig));
        let (upload, again) = (id.clone(), id.clone());
        let complete =
            tokio::spawn(async move { one.store.complete_multipart(&key(), &upload, &parts).await });
        let abort = tokio::spawn(async move { other.store.abort_multipart(&key(), &again).await });
        let (complete, abort) = (complete.await.unwrap(), abort.await.unwrap());
        abort.unwrap();
        if complete.is_ok() {
            completed += 1;
            assert!(content_of(&rig).await == content);
        } else {
            assert!(matches!(complete, Err(ObjectError::NotFound)));
            assert!(rig.store.head(&key()).await.unwrap().is_none());
        }
        assert!(rig.store.list_multiparts().await.unwrap().is_empty());
        rig.store.delete(&[key()]).await.unwrap();
    }
    assert!(completed <= 100);
    rig.endpoint.sweep().await.unwrap();
    assert!(rig.content_files().is_empty());
}

#[tokio::test]
async fn hardening_12_abandoned_uploads_leave_no_byte_and_active_ones_survive() {
    let rig = Rig::new().await;
    let (abandoned, _, _) = begin(&rig, &[300_000, 5_000]).await;
    let (active, content, parts) = begin(&rig, &[400_000, 10]).await;
    let open = rig.store.list_multiparts().await.unwrap();
    assert_eq!(open.len(), 2);
    rig.store.abort_multipart(&key(), &abandoned).await.unwrap();
    rig.store.abort_multipart(&key(), &abandoned).await.unwrap();
    rig.endpoint.sweep().await.unwrap();
    assert_eq!(rig.content_files().len(), 2);
    rig.store
        .complete_multipart(&key(), &active, &parts)
        .await
        .unwrap();
    assert_eq!(sha256(&content_of(&rig).await), sha256(&content));
}

#[tokio::test]
async fn parts_are_listed_over_many_pages() {
    let rig = Rig::new().await;
    let id = rig.store.create_multipart(&key(), "video/mp4").await.unwrap();
    for number in (1..=1_050).rev() {
        let answer = rig.send(&rig.grant_part(&key(), &id, number, 1), b"x").await;
        assert_eq!(answer.status, 200);
    }
    let parts = rig.store.list_parts(&key(), &id).await.unwrap();
    assert_eq!(parts.len(), 1_050);
    assert!(parts.windows(2).all(|pair| pair[0].number + 1 == pair[1].number));
}
