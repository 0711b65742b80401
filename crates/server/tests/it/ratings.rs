//! Stars: one person counts once, and what they gave goes when they go.
use crate::person::{id, note};
use crate::school::School;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn everybody_counts_once() {
    let school = School::start().await;
    let (owner, one, two) = (
        school.student().await,
        school.student().await,
        school.student().await,
    );
    let material = owner.share("notes.md", &note("rated"), &json!({})).await;
    assert_eq!(material["rating"], json!({"average": null, "count": 0}));
    let path = format!("/api/v1/materials/{}", id(&material));
    let rating = format!("{path}/rating");

    let given = one
        .put_json(&rating, &json!({"stars": 2}))
        .await
        .expect(200)
        .json();
    assert_eq!(given, json!({"stars": 2, "rating": {"average": 2.0, "count": 1}}));
    one.put_json(&rating, &json!({"stars": 5})).await.expect(200);
    let both = two
        .put_json(&rating, &json!({"stars": 4}))
        .await
        .expect(200)
        .json();
    assert_eq!(both["rating"], json!({"average": 4.5, "count": 2}));
    assert_eq!(owner.get(&path).await.json()["rating"], both["rating"]);

    for stars in [json!(0), json!(6), json!(-1), json!("5"), json!(2.5), json!(null)] {
        let refused = one.put_json(&rating, &json!({"stars": stars})).await;
        assert!(
            matches!(refused.status.as_u16(), 400 | 422),
            "{stars}: {}",
            refused.text()
        );
    }
    assert_eq!(owner.get(&path).await.json()["rating"], both["rating"]);
    owner
        .put_json(&rating, &json!({"stars": 5}))
        .await
        .problem(403, "not_allowed");

    two.delete(&rating).await.expect(204);
    two.delete(&rating).await.expect(204);
    assert_eq!(
        owner.get(&path).await.json()["rating"],
        json!({"average": 5.0, "count": 1})
    );
    one.delete("/api/v1/me").await.expect(204);
    assert_eq!(owner.get(&path).await.json()["rating"]["count"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn ratings_at_once_are_all_counted() {
    let school = School::start().await;
    let owner = school.student().await;
    let material = owner.share("notes.md", &note("busy"), &json!({})).await;
    let path = format!("/api/v1/materials/{}/rating", id(&material));
    let mut people = Vec::new();
    for _ in 0..6 {
        people.push(school.student().await);
    }
    let given = people.iter().map(|person| async {
        // Whoever loses too often is told so, and may try again.
        person
            .eventually(30, async || {
                let answer = person.put_json(&path, &json!({"stars": 3})).await;
                (answer.status == 200).then_some(())
            })
            .await;
    });
    futures::future::join_all(given).await;
    let material = owner
        .get(&format!("/api/v1/materials/{}", id(&material)))
        .await
        .json();
    assert_eq!(material["rating"], json!({"average": 3.0, "count": 6}));
}
