//! Listings, as clients page through them.
use crate::support::Rig;
use homeroom_core::ports::ObjectStore as _;
use homeroom_core::ports::object_store::ObjectKey;

#[tokio::test]
async fn objects_are_listed_in_key_order_after_a_key_and_below_a_prefix() {
    let rig = Rig::new().await;
    for key in ["b/2", "a", "b/1", "b", "b0", "ü", "b/10"] {
        rig.store
            .put(&ObjectKey(key.into()), "text/plain", "x".into())
            .await
            .unwrap();
    }
    let names = async |prefix: &str, after: Option<&str>| {
        let after = after.map(|after| ObjectKey(after.into()));
        let listed = rig.store.list(prefix, after.as_ref()).await.unwrap();
        listed.into_iter().map(|object| object.key.0).collect::<Vec<_>>()
    };
    assert_eq!(names("", None).await, ["a", "b", "b/1", "b/10", "b/2", "b0", "ü"]);
    assert_eq!(names("b/", None).await, ["b/1", "b/10", "b/2"]);
    assert_eq!(names("b/", Some("b/1")).await, ["b/10", "b/2"]);
    assert_eq!(names("", Some("b0")).await, ["ü"]);
    assert_eq!(names("c", None).await, Vec::<String>::new());
    let keys = ["a", "b", "nowhere"].map(|key| ObjectKey(key.into()));
    rig.store.delete(&keys).await.unwrap();
    assert_eq!(names("", None).await, ["b/1", "b/10", "b/2", "b0", "ü"]);
}

#[tokio::test]
async fn more_than_a_page_is_listed_page_by_page() {
    let rig = Rig::new().await;
    for number in 0..1_005 {
        let key = ObjectKey(format!("k/{number:04}"));
        rig.store.put(&key, "text/plain", "".into()).await.unwrap();
    }
    let first = rig.store.list("k/", None).await.unwrap();
    assert_eq!(first.len(), 1_000);
    let second = rig
        .store
        .list("k/", first.last().map(|object| &object.key))
        .await
        .unwrap();
    assert_eq!(second.len(), 5);
    let keys: Vec<_> = first.into_iter().map(|object| object.key).collect();
    rig.store.delete(&keys).await.unwrap();
    assert_eq!(rig.store.list("", None).await.unwrap().len(), 5);
}
