//! Who sees what (HARDENING 39 and 40): nothing of a hidden material in hits, counts or snippets.
use crate::sample::*;
use homeroom_core::ports::search_index::{
    Audience, Change, FindRequest, IndexedMaterial, ListRequest, SearchIndex, Sort, Viewer,
};

fn of(n: u128, owner: u128, audience: Audience) -> IndexedMaterial {
    IndexedMaterial {
        owner: user(owner),
        audience,
        subject: Some(format!("subject{n}")),
        ..material(n, "Shared title", &[&format!("common text secret{n}x")])
    }
}

async fn sample() -> Sample {
    index_of(vec![
        of(1, 1, Audience::Public),
        of(2, 1, Audience::School),
        of(3, 1, Audience::Owner),
        of(4, 2, Audience::Owner),
        of(5, 2, Audience::Classmates),
        of(6, 3, Audience::Classmates),
    ])
    .await
}

#[tokio::test]
async fn every_viewer_sees_exactly_theirs() {
    let sample = sample().await;
    for (viewer, expected) in [
        (Viewer::Anonymous, &[1][..]),
        (Viewer::User(user(1)), &[1, 2, 3]),
        (Viewer::User(user(2)), &[1, 2, 4, 5]),
        (Viewer::User(user(9)), &[1, 2]),
        (classmate(9, &[&[9, 2], &[8, 9]]), &[1, 2, 5]),
        (classmate(9, &[&[9, 2, 3]]), &[1, 2, 5, 6]),
        (classmate(9, &[&[9, 2], &[9, 3]]), &[1, 2, 5, 6]),
        // A classmate's own is still their own.
        (classmate(9, &[&[9, 1]]), &[1, 2]),
        (classmate(1, &[&[1, 3]]), &[1, 2, 3, 6]),
        (Viewer::Everything(user(9)), &[1, 2, 5, 6]),
        (Viewer::Everything(user(1)), &[1, 2, 3, 5, 6]),
    ] {
        for text in [
            "common",
            "title",
            "common -nothing",
            "\"common text\"",
            "comm",
            "secret",
            "common OR title",
        ] {
            let found = sample
                .index
                .find(&FindRequest {
                    viewer: viewer.clone(),
                    ..request(text)
                })
                .await
                .unwrap();
            let mut hits: Vec<_> = found.hits.iter().map(|hit| hit.material).collect();
            hits.sort_unstable();
            assert_eq!(
                hits,
                expected.iter().map(|n| id(*n)).collect::<Vec<_>>(),
                "{viewer:?} {text}"
            );
            assert_eq!(found.total, expected.len() as u64);
            let mut subjects: Vec<_> = found
                .facets
                .subject
                .iter()
                .map(|facet| facet.value.clone())
                .collect();
            subjects.sort_unstable();
            assert_eq!(
                subjects,
                expected.iter().map(|n| format!("subject{n}")).collect::<Vec<_>>()
            );
            assert_eq!(found.facets.grade[0].count, expected.len() as u64);
        }
        let listed = sample
            .index
            .list(&ListRequest {
                viewer: viewer.clone(),
                ..listing(Sort::Newest)
            })
            .await
            .unwrap();
        assert_eq!(
            listed.materials,
            expected.iter().rev().map(|n| id(*n)).collect::<Vec<_>>(),
            "{viewer:?}"
        );
        assert_eq!(listed.total, expected.len() as u64);
        assert_eq!(listed.facets.subject.len(), expected.len());
    }
}

#[tokio::test]
async fn a_correction_never_names_a_hidden_word() {
    let sample = index_of(vec![
        IndexedMaterial {
            audience: Audience::Owner,
            ..material(1, "Mine", &["confidential"])
        },
        material(2, "Shared", &["something else"]),
    ])
    .await;
    let found = sample.find("confidentail").await;
    assert_eq!((found.total, found.corrected), (0, None));
    let own = FindRequest {
        viewer: Viewer::User(user(1)),
        ..request("confidentail")
    };
    assert_eq!(
        sample.index.find(&own).await.unwrap().corrected.as_deref(),
        Some("confidential")
    );
}

#[tokio::test]
async fn made_private_it_is_gone_at_once() {
    let sample = sample().await;
    sample
        .index
        .apply(vec![Change::Replace(Box::new(of(2, 1, Audience::Owner)))])
        .await
        .unwrap();
    let found = sample.find("secret2x").await;
    assert!(found.hits.iter().all(|hit| hit.material != id(2)));
    assert_eq!(sample.find("common").await.total, 1);
}
