//! What is found when nothing has all that was typed, and that it is said.
use crate::sample::*;
use homeroom_core::ports::search_index::{FieldClause, FieldClauses, FindRequest, Found, SearchIndex};

async fn school() -> Sample {
    index_of(vec![
        material(1, "История", &["история Древнего Рима"]),
        material(
            2,
            "Matrices",
            &["a matrix of numbers", "the quick brown fox", "a brown matrix"],
        ),
        material(3, "Cells", &["osmosis in plant cells"]),
    ])
    .await
}

fn found(found: &Found) -> (u64, Vec<&str>) {
    (found.total, found.without.iter().map(String::as_str).collect())
}

#[tokio::test]
async fn words_that_are_left_out_are_named() {
    let sample = school().await;
    for (query, total, without) in [
        ("история рима", 1, &[][..]),
        ("zzzqqqxx история", 1, &["zzzqqqxx"]),
        ("osmosis zzzqqqxx plant c++", 1, &["zzzqqqxx", "c++"]),
        ("osmosis plant (zzzqqqxx yyyyqqqq)", 1, &["zzzqqqxx", "yyyyqqqq"]),
        ("osmosis plant zzzqqqxx-yyyyqqqq", 1, &["zzzqqqxx-yyyyqqqq"]),
        ("zzzqqqxx", 0, &[]),
        ("zzzqqqxx yyyyqqqq", 0, &[]),
    ] {
        assert_eq!(
            found(&sample.find(query).await),
            (total, without.to_vec()),
            "{query}"
        );
    }
}

#[tokio::test]
async fn one_word_that_tells_is_enough() {
    let sample = school().await;
    for (query, total, without) in [
        (
            "osmosis zzzqqqxx yyyyqqqq wwwqqqxx",
            1,
            &["zzzqqqxx", "yyyyqqqq", "wwwqqqxx"][..],
        ),
        ("the zzzqqqxx yyyyqqqq wwwqqqxx", 0, &[]),
        ("zzzqqqxx of yyyyqqqq in wwwqqqxx", 0, &[]),
    ] {
        assert_eq!(
            found(&sample.find(query).await),
            (total, without.to_vec()),
            "{query}"
        );
    }
}

#[tokio::test]
async fn everything_found_has_all_other_words() {
    let sample = index_of(vec![
        material(1, "A", &["osmosis osmosis plant plant"]),
        material(2, "B", &["osmosis zebra"]),
        material(3, "C", &["plant zebra"]),
        material(4, "D", &["osmosis plant"]),
    ])
    .await;
    let answer = sample.find("osmosis plant zebra").await;
    let kept: Vec<&str> = ["osmosis", "plant", "zebra"]
        .into_iter()
        .filter(|word| !answer.without.iter().any(|without| without == word))
        .collect();
    assert_eq!((kept.len(), answer.without.len()), (2, 1));
    assert_eq!(
        sample.pages(&kept.join(" ")).await,
        sample.pages("osmosis plant zebra").await
    );
}

#[tokio::test]
async fn what_stands_in_quotes_is_never_left_out() {
    let sample = school().await;
    for (query, total, without) in [
        ("\"the quick brown\" matrix", 1, &["matrix"][..]),
        ("\"a quick brown\" matrix", 0, &[]),
        ("\"zzzqqqxx\" matrix", 0, &[]),
        ("\"matrix\" zzzqqqxx", 1, &["zzzqqqxx"]),
        ("\"brown matrix\" \"no such thing\"", 0, &[]),
        ("zzzqqqxx OR yyyyqqqq matrix", 0, &[]),
    ] {
        assert_eq!(
            found(&sample.find(query).await),
            (total, without.to_vec()),
            "{query}"
        );
    }
    assert_eq!(sample.pages("\"the quick brown\" matrix").await, [(2, 2)]);
}

#[tokio::test]
async fn exclusions_and_fields_are_never_left_out() {
    let sample = school().await;
    assert_eq!(found(&sample.find("osmosis zzzqqqxx -plant").await), (0, vec![]));
    let request = FindRequest {
        fields: FieldClauses {
            wanted: vec![FieldClause::Subject(vec!["biology".to_owned()])],
            excluded: Vec::new(),
        },
        ..request("osmosis zzzqqqxx")
    };
    assert_eq!(found(&sample.index.find(&request).await.unwrap()), (0, vec![]));
}

#[tokio::test]
async fn a_typo_is_corrected_before_words_are_left_out() {
    let sample = school().await;
    let answer = sample.find("osmossis zzzqqqxx cells").await;
    assert_eq!(answer.corrected.as_deref(), Some("osmosis zzzqqqxx cells"));
    assert_eq!(found(&answer), (1, vec!["zzzqqqxx"]));
}

#[tokio::test]
async fn of_pairs_of_characters_only_what_stands_in_no_other_is_named() {
    let sample = index_of(vec![material(1, "A", &["光合作用很重要，过程很长"])]).await;
    assert_eq!(found(&sample.find("光合作用过程").await), (1, vec![]));
    assert_eq!(found(&sample.find("光合作用猫狗").await), (1, vec!["猫狗"]));
}
