//! Words, phrases, exclusions, typos; grouping, paging, replacing.
use crate::sample::*;
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::search_index::{
    Change, Filter, FindRequest, IndexedMaterial, ListRequest, SearchIndex, Sort,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

#[tokio::test]
async fn the_page_with_all_words_is_found() {
    let sample = index_of(vec![
        material(
            1,
            "Algebra",
            &["vectors and matrices", "eigenvalues of a symmetric matrix"],
        ),
        material(2, "Biology", &["cells divide", "symmetric leaves"]),
    ])
    .await;
    assert_eq!(sample.pages("symmetric matrix").await, [(1, 2)]);
    assert_eq!(sample.pages("leaves").await, [(2, 2)]);
    assert_eq!(sample.pages("leav").await, [(2, 2)], "by its beginning");
    assert_eq!(sample.pages("nothing-of-this").await, []);
    assert_eq!(sample.find("").await.total, 0);
}

#[tokio::test]
async fn a_title_is_found_once_on_the_first_page_and_before_text() {
    let sample = index_of(vec![
        material(1, "Other", &["about photosynthesis"]),
        material(2, "Photosynthesis", &["light", "water", "sugar"]),
        material(3, "Photosynthesis without pages", &[]),
    ])
    .await;
    let found = sample.find("photosynthesis").await;
    assert_eq!(found.total, 3);
    assert_eq!(found.hits.len(), 3);
    assert_eq!(sample.pages("photosynthesis").await.last(), Some(&(1, 1)));
    let titled = found.hits.iter().find(|hit| hit.material == id(2)).unwrap();
    assert_eq!((titled.page, titled.also.as_slice()), (1, &[][..]));
    assert!(
        found
            .hits
            .iter()
            .any(|hit| hit.material == id(3) && hit.page == 0)
    );
    assert_eq!(
        sample.pages("photosynthesis sugar").await,
        [(2, 3)],
        "title and text together"
    );
}

#[tokio::test]
async fn a_material_is_one_hit_with_its_further_pages() {
    let pages: Vec<String> = (1..=30)
        .map(|n| format!("entropy {}", "entropy ".repeat(usize::from(n == 17))))
        .collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    let sample = index_of(vec![
        material(1, "Heat", &pages),
        material(2, "Cold", &["no word of it"]),
    ])
    .await;
    let found = sample.find("entropy").await;
    assert_eq!((found.total, found.hits.len()), (1, 1));
    assert_eq!(found.hits[0].page, 17);
    assert_eq!(
        found.hits[0]
            .also
            .iter()
            .map(|page| page.number)
            .collect::<Vec<u32>>(),
        (1..=21).filter(|n| *n != 17).collect::<Vec<u32>>()
    );
    assert_eq!(found.facets.subject[0].count, 1);
}

#[tokio::test]
async fn phrases_exclusions_and_alternatives() {
    let sample = index_of(vec![
        material(1, "A", &["the red house by the river"]),
        material(2, "B", &["the house was red"]),
        material(3, "C", &["a green boat"]),
    ])
    .await;
    assert_eq!(sample.pages("\"red house\"").await, [(1, 1)]);
    assert_eq!(sample.pages("house -river").await, [(2, 1)]);
    assert_eq!(sample.pages("-house").await, [(3, 1)]);
    assert_eq!(
        sample.pages("red house").await,
        [(1, 1), (2, 1)],
        "in order is better"
    );
    assert_eq!(sample.find("river OR boat").await.total, 2);
    assert_eq!(
        sample.pages("\"red house").await.len(),
        2,
        "an open quote is no phrase"
    );
}

#[tokio::test]
async fn a_typo_is_corrected_only_when_nothing_matches() {
    let sample = index_of(vec![
        material(1, "Algebra", &["polynomial equations"]),
        material(2, "Plays", &["the chorus of Athens"]),
        material(3, "Plays", &["the chores of Rome"]),
    ])
    .await;
    for typo in ["polynomail", "polinomal equations", "polynomial equatoins"] {
        let found = sample.find(typo).await;
        assert_eq!(found.hits.first().map(|hit| hit.material), Some(id(1)), "{typo}");
        assert!(
            found
                .corrected
                .as_deref()
                .is_some_and(|text| text.starts_with("polynomial")),
            "{typo}"
        );
    }
    let exact = sample.find("chorus").await;
    assert_eq!((exact.total, exact.corrected), (1, None));
    assert_eq!(sample.find("polynomial").await.corrected, None);
}

#[tokio::test]
async fn english_words_are_found_in_either_spelling_as_written_first() {
    let sample = index_of(vec![
        material(1, "Rome", &["the theater and its colors"]),
        material(2, "Athens", &["the theatre and its colours"]),
    ])
    .await;
    for (query, first) in [
        ("theatre", 2),
        ("theater", 1),
        ("colour theatre", 2),
        ("color", 1),
    ] {
        let found = sample.find(query).await;
        let hits: Vec<_> = found.hits.iter().map(|hit| hit.material).collect();
        assert_eq!((found.total, hits.first()), (2, Some(&id(first))), "{query}");
        assert!(
            found.hits.iter().all(|hit| hit.snippet.contains("<mark>")),
            "{query}"
        );
    }
}

#[tokio::test]
async fn signs_of_mathematics_are_words() {
    let sample = index_of(vec![
        material(1, "Fields", &["the gradient \u{2207}f points uphill"]),
        material(2, "Sums", &["write \u{2211} for a sum; f is a function"]),
        material(3, "Sets", &["x \u{2208} A"]),
    ])
    .await;
    for (query, expected) in [
        ("\u{2207}", 1),
        ("\u{2207}f", 1),
        ("f \u{2211}", 2),
        ("\"x \u{2208} A\"", 3),
    ] {
        let found = sample.find(query).await;
        let hits: Vec<_> = found.hits.iter().map(|hit| hit.material).collect();
        assert_eq!(hits, [id(expected)], "{query}");
    }
    // What extraction lost, or what the typist added, costs no answer.
    assert_eq!(sample.find("gradient \u{222B}").await.total, 1);
}

#[tokio::test]
async fn fewer_words_when_no_page_has_all() {
    let sample = index_of(vec![
        material(1, "A", &["osmosis in plant cells", "membranes"]),
        material(2, "B", &["unrelated"]),
    ])
    .await;
    assert_eq!(sample.pages("osmosis plant zebra").await, [(1, 1)]);
    assert_eq!(sample.find("zebra giraffe").await.total, 0);
}

#[tokio::test]
async fn exact_words_come_before_stems() {
    let sample = index_of(vec![
        material(1, "A", &["he walks to school every day with them"]),
        material(2, "B", &["walking to school every day with them"]),
    ])
    .await;
    assert_eq!(sample.pages("walking").await, [(2, 1), (1, 1)]);
}

#[tokio::test]
async fn signs_and_powers() {
    let sample = index_of(vec![
        material(1, "A", &["C++ and x² are here"]),
        material(2, "B", &["vitamin C, and C# minor"]),
    ])
    .await;
    assert_eq!(sample.pages("c++").await, [(1, 1)]);
    assert_eq!(sample.pages("C#").await, [(2, 1)]);
    assert_eq!(sample.pages("x^2").await, [(1, 1)]);
}

#[tokio::test]
async fn snippets_are_escaped_and_marked() {
    let hostile = "<script>alert('x')</script> & \"osmosis\" <mark>no</mark>";
    let sample = index_of(vec![material(1, "<script>osmosis</script>", &[hostile])]).await;
    let snippet = sample.find("osmosis script").await.hits[0].snippet.clone();
    let unmarked = snippet.replace("<mark>", "").replace("</mark>", "");
    assert!(
        snippet.contains("<mark>osmosis</mark>") && snippet.contains("&lt;mark&gt;no"),
        "{snippet}"
    );
    assert!(!unmarked.contains(['<', '>', '"', '\'']), "{snippet}");
}

#[tokio::test]
async fn filters_are_exact_and_facets_count_materials() {
    let physics = IndexedMaterial {
        subject: Some("physics".to_owned()),
        grade: Some(12),
        kind: Kind::Docx,
        tags: vec!["exam".to_owned()],
        course: Some("c1".to_owned()),
        owner: user(5),
        language: None,
        ..material(3, "C", &["waves", "waves again"])
    };
    let sample = index_of(vec![
        material(1, "A", &["waves"]),
        material(2, "B", &["waves", "waves"]),
        physics,
    ])
    .await;
    let found = sample.find("waves").await;
    let counts = |facets: &[homeroom_core::ports::search_index::FacetCount]| {
        facets
            .iter()
            .map(|facet| format!("{}={}", facet.value, facet.count))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(counts(&found.facets.subject), "math=2 physics=1");
    assert_eq!(counts(&found.facets.grade), "9=2 12=1");
    assert_eq!(counts(&found.facets.kind), "pdf=2 docx=1");
    assert_eq!(counts(&found.facets.language), "en=2");
    let empty = Filter::default();
    for filter in [
        Filter {
            subject: Some("physics".into()),
            ..empty.clone()
        },
        Filter {
            grade: Some(12),
            ..empty.clone()
        },
        Filter {
            course: Some("c1".into()),
            ..empty.clone()
        },
        Filter {
            uploader: Some(user(5)),
            ..empty.clone()
        },
        Filter {
            tag: Some("exam".into()),
            ..empty.clone()
        },
        Filter {
            kinds: vec![Kind::Docx, Kind::Doc],
            ..empty.clone()
        },
    ] {
        let request = FindRequest {
            filter: filter.clone(),
            ..request("waves")
        };
        let found = sample.index.find(&request).await.unwrap();
        assert_eq!(
            found.hits.iter().map(|hit| hit.material).collect::<Vec<_>>(),
            [id(3)],
            "{filter:?}"
        );
        assert_eq!(
            (found.total, counts(&found.facets.subject)),
            (1, "physics=1".to_owned())
        );
        let listed = sample
            .index
            .list(&ListRequest {
                filter,
                ..listing(Sort::Newest)
            })
            .await
            .unwrap();
        assert_eq!((listed.materials, listed.total), (vec![id(3)], 1));
    }
}

#[tokio::test]
async fn pages_of_answers_have_neither_gaps_nor_doubles() {
    let materials: Vec<IndexedMaterial> = (0..57).map(|n| material(n, "Same", &["tie", "tie"])).collect();
    let sample = index_of(Vec::new()).await;
    for chunk in materials.chunks(10) {
        feed(&sample.index, chunk.to_vec()).await;
    }
    let mut found = Vec::new();
    let mut listed = Vec::new();
    for offset in (0..60).step_by(10) {
        let request = FindRequest {
            limit: 10,
            offset,
            ..request("tie")
        };
        found.extend(
            sample
                .index
                .find(&request)
                .await
                .unwrap()
                .hits
                .into_iter()
                .map(|hit| hit.material),
        );
        let request = ListRequest {
            limit: 10,
            offset,
            ..listing(Sort::Newest)
        };
        listed.extend(sample.index.list(&request).await.unwrap().materials);
    }
    assert_eq!(found.len(), 57);
    assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 57);
    let newest_first: Vec<_> = (0..57).rev().map(id).collect();
    assert_eq!(listed, newest_first);
}

#[tokio::test]
async fn lists_by_title() {
    let sample = index_of(vec![
        material(1, "beta", &["x"]),
        material(2, "Alpha", &["x"]),
        material(3, "גמא", &[]),
    ])
    .await;
    feed(&sample.index, vec![material(4, "ALPHABET", &["x"])]).await;
    let listed = sample.index.list(&listing(Sort::Title)).await.unwrap();
    assert_eq!(listed.materials, [id(2), id(4), id(1), id(3)]);
    assert_eq!(listed.total, 4);
}

#[tokio::test]
async fn changes_are_visible_when_apply_returns() {
    let sample = index_of(vec![material(1, "Old", &["before", "more"])]).await;
    feed(&sample.index, vec![material(1, "New", &["after"])]).await;
    assert_eq!(sample.pages("before").await, []);
    assert_eq!(sample.pages("after").await, [(1, 1)]);
    sample
        .index
        .apply(vec![Change::Remove(id(1)), Change::Remove(id(77))])
        .await
        .unwrap();
    assert_eq!(sample.find("after").await.total, 0);
    let both = vec![
        Change::Replace(Box::new(material(2, "Twice", &["first"]))),
        Change::Replace(Box::new(material(2, "Twice", &["second"]))),
        Change::Replace(Box::new(material(3, "Gone", &["gone"]))),
        Change::Remove(id(3)),
    ];
    sample.index.apply(both).await.unwrap();
    assert_eq!(sample.pages("second").await, [(2, 1)]);
    assert_eq!(sample.find("first OR gone").await.total, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_changes_are_all_visible_to_those_who_waited() {
    let sample = std::sync::Arc::new(index_of(Vec::new()).await);
    let tasks: Vec<_> = (0..40)
        .map(|n| {
            let sample = sample.clone();
            tokio::spawn(async move {
                feed(
                    &sample.index,
                    vec![material(n, "Many", &[&format!("unique{n}x")])],
                )
                .await;
                assert_eq!(sample.pages(&format!("\"unique{n}x\"")).await, [(n, 1)]);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(sample.find("many").await.total, 40);
}

#[tokio::test]
async fn hostile_queries_answer_soon() {
    let text: Vec<String> = (0..50)
        .map(|n| format!("word{n} algebra geometry theorem {n}"))
        .collect();
    let pages: Vec<&str> = text.iter().map(String::as_str).collect();
    let sample = index_of((0..20).map(|n| material(n, "Words", &pages)).collect()).await;
    let hostile = [
        "\"".repeat(1_000),
        "word ".repeat(200),
        (0..200).map(|n| format!("wrod{n}")).collect::<Vec<_>>().join(" "),
        "((((((((.*.*.*.*.*)+)+)+)+".to_owned(),
        "\u{0}\u{1}\u{202e}\u{feff}a\u{300}\u{300}\u{300}".to_owned(),
        "a".repeat(1_000),
        "-".repeat(1_000),
        "-a ".repeat(300),
        "a OR ".repeat(200),
        "中".repeat(1_000),
        "\u{1F468}\u{200D}\u{1F469}".repeat(100),
    ];
    for text in hostile {
        let started = Instant::now();
        sample.find(&text).await;
        // Unoptimised code on a busy machine; the release measurement holds the real limit.
        assert!(started.elapsed() < Duration::from_secs(5), "{text}");
    }
}

#[test]
fn any_text_is_a_query() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let sample = runtime.block_on(index_of(vec![material(
        1,
        "שלום world",
        &["any text C++ 方陣 ไทย"],
    )]));
    proptest!(ProptestConfig::with_cases(200), |(text in "(\\PC|[\"\\-| ]|OR|[a-zא-ת方-陣ก-ฮ]|.){0,60}")| {
        prop_assert!(runtime.block_on(sample.index.find(&request(&text))).is_ok());
    });
}
