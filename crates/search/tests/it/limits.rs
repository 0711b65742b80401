//! Queries that nobody means well with: every one is answered, and only so much of it is looked up.
use crate::sample::*;
use homeroom_core::ports::search_index::{SearchIndex, SuggestRequest, Viewer};

async fn sample() -> Sample {
    let text = "the cat of the house and a dog in the garden. 中文的方陣";
    index_of(vec![
        material(1, "Cats and dogs", &[text, "the end of the cat"]),
        material(2, "Houses", &["the house of the end"]),
    ])
    .await
}

#[tokio::test]
async fn every_text_is_answered() {
    let sample = sample().await;
    for query in [
        "a".repeat(10_000),
        "cat ".repeat(2_500),
        "cat OR ".repeat(1_500),
        "-cat ".repeat(2_000),
        format!("-({})", "cat ".repeat(2_000)),
        format!("cat -\"{}\"", "dog ".repeat(2_000)),
        "\"cat \"dog ".repeat(1_000),
        "(".repeat(10_000),
        "(cat OR (dog ".repeat(800),
        "\u{0}\u{1}\u{7f}\u{85}cat".repeat(1_000),
        "(a+)+$ (.*)* [a-z]{1,9999} ^(([a-z])+.)+".repeat(100),
        "* ?? c* *t % _ ~2 ^9 cat*".repeat(100),
        "中文的方陣線性代數".repeat(1_000),
        "ab中".repeat(3_000),
        format!("e{}", "\u{301}".repeat(9_000)),
        "\u{FDFA}".repeat(9_000),
        "a\u{200d}".repeat(5_000),
        "\u{200b}\u{feff}".repeat(5_000),
        "electroencephalographicallyyyyyy".repeat(100),
        "c".to_owned(),
        "ca".to_owned(),
        "中".to_owned(),
        "1 ".repeat(5_000),
        "c++ c# x^2 3.14 §12 ".repeat(500),
    ] {
        let begins: String = query.chars().take(30).collect();
        let found = sample.index.find(&request(&query)).await;
        assert!(found.is_ok(), "{begins}: {found:?}");
        let request = SuggestRequest {
            text: query,
            viewer: Viewer::User(user(9)),
            limit: 20,
        };
        let proposed = sample.index.suggest(&request).await;
        assert!(proposed.is_ok_and(|proposed| proposed.len() <= 20), "{begins}");
    }
    assert!(!sample.index.needs_rebuild(), "an answer panicked");
}

/// What stands beyond the limits is not looked up, instead of failing.
#[tokio::test]
async fn what_is_too_much_is_left_out() {
    let sample = sample().await;
    let words = format!("{}unheardof", "cat ".repeat(16));
    assert_eq!(sample.find(&words).await.total, 1);
    let characters = format!("cat{}unheardof", " ".repeat(1_000));
    assert_eq!(sample.find(&characters).await.total, 1);
}
