//! The language of queries, orders, corrections, what weighs, and suggestions.
use crate::sample::*;
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::search_index::{
    FieldClause, FieldClauses, FindRequest, FindSort, IndexedMaterial, IndexedPage, RatingSummary,
    SearchIndex, SuggestRequest, SuggestionKind, Viewer,
};

async fn numbers(sample: &Sample, request: FindRequest) -> Vec<u128> {
    let found = sample.index.find(&request).await.unwrap();
    let mut numbers: Vec<u128> = found
        .hits
        .iter()
        .map(|hit| hit.material.uuid().as_u128() & 0xFFFF)
        .collect();
    numbers.sort_unstable();
    numbers
}

#[tokio::test]
async fn brackets_and_alternatives() {
    let sample = index_of(vec![
        material(1, "A", &["the red house by the river"]),
        material(2, "B", &["a red boat on the river"]),
        material(3, "C", &["a green boat in the harbour"]),
    ])
    .await;
    for (query, expected) in [
        ("(red house) OR harbour", &[1, 3][..]),
        ("river (house OR boat)", &[1, 2]),
        ("boat -(red river)", &[3]),
        ("boat -\"red boat\"", &[3]),
        ("((((boat", &[2, 3]),
    ] {
        assert_eq!(numbers(&sample, request(query)).await, expected, "{query}");
    }
}

#[tokio::test]
async fn halves_of_a_word_are_joined_whichever_of_them_is_a_word_too() {
    let sample = index_of(vec![
        material(1, "A", &["draw it with semilogy or loglog"]),
        material(2, "B", &["a semi circle"]),
    ])
    .await;
    let found = sample.find("semi logy").await;
    assert_eq!(found.corrected.as_deref(), Some("semilogy"));
    assert_eq!(sample.pages("draw semi logy").await, [(1, 1)]);
}

#[tokio::test]
async fn further_pages_come_with_their_labels() {
    let page = |number, label: Option<&str>| IndexedPage {
        label: label.map(str::to_owned),
        ..IndexedPage::plain(number, "entropy".to_owned())
    };
    let sample = index_of(vec![IndexedMaterial {
        pages: vec![page(1, Some("i")), page(2, Some("ii")), page(3, None)],
        ..material(1, "A", &[])
    }])
    .await;
    let also = sample.find("entropy").await.hits[0].also.clone();
    let also: Vec<_> = also
        .iter()
        .map(|page| (page.number, page.label.as_deref()))
        .collect();
    assert_eq!(also, [(2, Some("ii")), (3, None)]);
}

#[tokio::test]
async fn fields_are_alternatives_of_their_kind() {
    let physics = IndexedMaterial {
        subject: Some("physics".into()),
        kind: Kind::Pptx,
        grade: Some(11),
        owner: user(5),
        uploader_name: "Dan Cohen".into(),
        ..material(2, "B", &["waves"])
    };
    let sample = index_of(vec![material(1, "A", &["waves"]), physics]).await;
    let subject = |slug: &str| FieldClause::Subject(vec![slug.into()]);
    let person = |name: &str| FieldClause::Person(vec![], name.into());
    let nothing = || FieldClause::Kind(Vec::new());
    for (wanted, excluded, expected) in [
        (vec![subject("physics")], vec![], &[2][..]),
        (vec![subject("physics"), subject("math")], vec![], &[1, 2]),
        (
            vec![subject("physics"), FieldClause::Kind(vec![Kind::Pdf])],
            vec![],
            &[],
        ),
        (vec![nothing()], vec![], &[]),
        (vec![], vec![nothing()], &[1, 2]),
        (vec![], vec![subject("physics")], &[1]),
        (vec![person("dan")], vec![], &[2]),
        (vec![person("coh dan")], vec![], &[2]),
        (vec![person("dan levi")], vec![], &[]),
        (
            vec![FieldClause::Person(vec![user(5)], String::new())],
            vec![],
            &[2],
        ),
        (vec![FieldClause::Grade(vec![10, 11])], vec![], &[2]),
        (vec![FieldClause::Language(vec!["en".into()])], vec![], &[1, 2]),
    ] {
        let fields = FieldClauses { wanted, excluded };
        for text in ["waves", ""] {
            let request = FindRequest {
                fields: fields.clone(),
                ..request(text)
            };
            if !fields.is_empty() {
                assert_eq!(numbers(&sample, request).await, expected, "{text} {fields:?}");
            }
        }
    }
}

#[tokio::test]
async fn orders() {
    let rated = |n, count, stars| IndexedMaterial {
        rating: RatingSummary { count, stars },
        ..material(n, "Same", &["tie"])
    };
    let sample = index_of(vec![
        rated(1, 40, 196),
        material(2, "Same", &["tie tie"]),
        rated(3, 1, 5),
        rated(4, 10, 10),
    ])
    .await;
    for (sort, expected) in [
        (FindSort::Newest, [4, 3, 2, 1]),
        (FindSort::BestRated, [1, 3, 2, 4]),
    ] {
        let request = FindRequest {
            sort,
            ..request("tie")
        };
        let found = sample.index.find(&request).await.unwrap();
        let order: Vec<u128> = found
            .hits
            .iter()
            .map(|hit| hit.material.uuid().as_u128() & 0xFFFF)
            .collect();
        assert_eq!(order, expected, "{sort:?}");
    }
    let better = sample.pages("tie").await;
    assert_eq!(better.last(), Some(&(4, 1)), "ratings decide between equals");
}

#[tokio::test]
async fn corrections_of_many_kinds() {
    let sample = index_of(vec![
        material(1, "Plants", &["photosynthesis happens in chloroplasts"]),
        material(2, "Data", &["a data base of birds and their nests"]),
        material(3, "Cells", &["from the cell wall"]),
        material(4, "Words", &["form and function of letters"]),
    ])
    .await;
    for (typed, expected) in [
        ("photo synthesis", "photosynthesis"),
        ("database", "data base"),
        ("qhotosynthesis", "photosynthesis"),
        ("photosnythesis", "photosynthesis"),
        ("chloroplsats happens", "chloroplasts happens"),
        ("brids nests", "birds nests"),
        ("form cell wall", "from cell wall"),
    ] {
        let found = sample.find(typed).await;
        assert_eq!(found.corrected.as_deref(), Some(expected), "{typed}");
        assert_eq!(found.total, 1, "{typed}");
    }
    assert_eq!(sample.find("form function").await.corrected, None);
}

#[tokio::test]
async fn headings_lift_a_page_and_repeated_lines_do_not() {
    let page = |number, text: &str, heading: Option<&str>, repeated: Option<&str>| IndexedPage {
        headings: heading.into_iter().map(str::to_owned).collect(),
        repeated: repeated.into_iter().map(str::to_owned).collect(),
        ..IndexedPage::plain(number, text.to_owned())
    };
    let mut book = material(1, "Book", &[]);
    let running = "Waves and sound";
    book.pages = vec![
        page(1, "Waves and sound\nmatter and heat", None, Some(running)),
        page(
            2,
            "Waves and sound\nOsmosis\nwater moves",
            Some("Osmosis"),
            Some(running),
        ),
        page(
            3,
            "Waves and sound\nabout osmosis there is little to say",
            None,
            Some(running),
        ),
        page(4, "Waves and sound\nsound waves travel far", None, Some(running)),
    ];
    let sample = index_of(vec![book]).await;
    assert_eq!(sample.pages("osmosis").await, [(1, 2)]);
    assert_eq!(sample.pages("sound waves").await, [(1, 4)]);
    assert_eq!(
        sample.find("\"waves and sound\"").await.total,
        1,
        "still to be found"
    );
}

#[tokio::test]
async fn words_near_to_one_another_make_the_better_page() {
    let far = format!(
        "symmetric {} matrix {}",
        "filler ".repeat(60),
        "matrix ".repeat(3)
    );
    let sample = index_of(vec![
        material(
            1,
            "A",
            &[
                &far,
                "a symmetric matrix has real eigenvalues and much more is known",
            ],
        ),
        material(2, "B", &[&far]),
    ])
    .await;
    assert_eq!(sample.pages("symmetric matrix").await, [(1, 2), (2, 1)]);
    assert_eq!(sample.pages("matrix symmetric").await[0], (1, 2), "in any order");
}

#[tokio::test]
async fn each_page_is_stemmed_in_its_language() {
    let mut book = material(1, "Book", &["running water", "les chevaux courent"]);
    book.language = None;
    book.pages[0].language = Some("en".into());
    book.pages[1].language = Some("fr".into());
    let sample = index_of(vec![book]).await;
    assert_eq!(sample.pages("runs").await, [(1, 1)]);
    assert_eq!(sample.pages("cheval").await, [(1, 2)]);
}

#[tokio::test]
async fn numbers_and_formulas() {
    let sample = index_of(vec![
        material(1, "A", &["pi is 3.14 and CO₂ is not H2O, see §12"]),
        material(2, "B", &["page 3 of 14, co 2, h 2 o, paragraph 12"]),
    ])
    .await;
    for query in ["3.14", "CO2", "co₂", "H₂O", "§ 12", "\"3.14 and\""] {
        assert_eq!(numbers(&sample, request(query)).await, [1], "{query}");
    }
    assert_eq!(numbers(&sample, request("12")).await, [1, 2]);
}

#[tokio::test]
async fn suggestions_of_titles_people_and_phrases() {
    let text = "the cell membrane lets water pass. a cell membrane is thin";
    let sample = index_of(vec![
        material(1, "Cell biology", &[text, "cell membrane again"]),
        material(2, "Prisons and cells", &["the cell membrane once more"]),
        IndexedMaterial {
            uploader_name: "Celia Stern".into(),
            owner: user(7),
            ..material(3, "Other", &["nothing"])
        },
    ])
    .await;
    let ask = |text: &str| SuggestRequest {
        text: text.to_owned(),
        viewer: Viewer::User(user(9)),
        limit: 8,
    };
    let found = sample.index.suggest(&ask("cel")).await.unwrap();
    let of = |kind| -> Vec<&str> {
        found
            .iter()
            .filter(|suggestion| suggestion.kind == kind)
            .map(|suggestion| suggestion.text.as_str())
            .collect()
    };
    assert_eq!(of(SuggestionKind::Title), ["Cell biology", "Prisons and cells"]);
    assert_eq!(of(SuggestionKind::Person), ["Celia Stern"]);
    assert!(of(SuggestionKind::Phrase).contains(&"cell membrane"), "{found:?}");
    assert_eq!(found[0].material, Some(id(1)));
    let longer = sample.index.suggest(&ask("cell mem")).await.unwrap();
    assert_eq!(longer[0].text, "cell membrane");
    for nothing in ["", "  ", "\"", "zzzz", "-"] {
        assert_eq!(
            sample.index.suggest(&ask(nothing)).await.unwrap(),
            [],
            "{nothing}"
        );
    }
}

#[tokio::test]
async fn what_is_far_more_frequent_is_suggested() {
    let mut materials: Vec<IndexedMaterial> = (1..=9)
        .map(|n| material(n, "Cells", &["photosynthesis in green plants", "photosynthesis"]))
        .collect();
    materials.push(material(10, "Typed in haste", &["photosyntesis in plants"]));
    materials.push(material(11, "Others", &["the structure of proteins", "potato"]));
    let sample = index_of(materials).await;
    for (query, suggested) in [
        ("photosyntesis", Some("photosynthesis")),
        ("plants photosyntesis", Some("plants photosynthesis")),
        ("photosynthesis", None),
        ("proteins", None),
        ("potato", None),
    ] {
        let found = sample.find(query).await;
        assert!(found.total > 0 && found.corrected.is_none(), "{query}: {found:?}");
        assert_eq!(found.suggested.as_deref(), suggested, "{query}");
    }
    let found = sample.find("photosyntesis").await;
    assert_eq!(found.hits[0].material, id(10));
}

#[tokio::test]
async fn thousands_are_found_however_they_are_parted() {
    let sample = index_of(vec![
        material(1, "A", &["a disk of 1,024 sectors"]),
        material(2, "B", &["a disk of 1024 sectors"]),
        material(3, "C", &["a disk of 2.048.500 sectors"]),
    ])
    .await;
    for query in ["1024", "1,024", "sectors 1'024"] {
        assert_eq!(numbers(&sample, request(query)).await, [1, 2], "{query}");
        for hit in sample.find(query).await.hits {
            let marked = ["<mark>1,024</mark>", "<mark>1024</mark>"];
            assert!(
                marked.iter().any(|mark| hit.snippet.contains(mark)),
                "{query}: {}",
                hit.snippet
            );
        }
    }
    for query in ["2048500", "2,048,500", "2'048'500"] {
        assert_eq!(numbers(&sample, request(query)).await, [3], "{query}");
    }
    assert_eq!(sample.find("500").await.total, 1);
}

#[tokio::test]
async fn parts_of_joined_names_are_found_and_marked() {
    let sample = index_of(vec![
        material(1, "A", &["call document.getElementById at once"]),
        material(2, "B", &["an elementary thing"]),
    ])
    .await;
    for query in [
        "element",
        "elements",
        "getElementById",
        "getelementbyid",
        "get element by",
    ] {
        assert_eq!(numbers(&sample, request(query)).await[0], 1, "{query}");
    }
    let hits = sample.find("elements ").await.hits;
    assert!(
        hits[0].snippet.contains("<mark>getElementById</mark>"),
        "{}",
        hits[0].snippet
    );
}

#[tokio::test]
async fn words_of_the_subject_count_like_those_of_headings() {
    let of_subject = |n, text: &str| IndexedMaterial {
        subject: Some("marine-biology".into()),
        ..material(n, "Worksheet", &[text])
    };
    let sample = index_of(vec![
        material(1, "Worksheet", &["about biology and kumquats"]),
        of_subject(2, "about kumquats"),
        of_subject(3, "about figs"),
    ])
    .await;
    for (query, found) in [
        ("biology", &[1, 2, 3][..]),
        ("marine kumquats", &[2]),
        ("biolo", &[1, 2, 3]),
        ("bioligy figs", &[3]),
    ] {
        assert_eq!(numbers(&sample, request(query)).await, found, "{query}");
    }
    assert_eq!(
        sample.pages("biology").await[0].0,
        3,
        "the shorter of two whose subject it is"
    );
}

#[tokio::test]
async fn formulas_units_and_words_that_some_write_as_one() {
    let sample = index_of(vec![
        material(1, "A", &["H2SO4 + 2NaOH → Na2SO4 + 2H2O at 25km"]),
        material(2, "B", &["an F-16 sends e-mail to the U.S.A. at 9.81 m/s²"]),
        material(3, "C", &["an F16 as the footnoted¹ word says, हिंदी"]),
    ])
    .await;
    for (query, found) in [
        ("NaOH", &[1][..]),
        ("h2o", &[1]),
        ("F16", &[2, 3]),
        ("email", &[2]),
        ("emails", &[2]),
        ("usa", &[2]),
        ("m/s", &[2]),
        ("m/s^2", &[2]),
        ("\"footnoted word\"", &[3]),
        ("footnoted", &[3]),
        ("हिन्दी", &[3]),
    ] {
        assert_eq!(numbers(&sample, request(query)).await, found, "{query}");
    }
    assert_eq!(numbers(&sample, request("F-16 footnoted")).await, [3]);
    for (query, mark) in [
        ("email", "<mark>e-mail</mark>"),
        ("NaOH", "<mark>2NaOH</mark>"),
        ("usa", "<mark>U.S.A</mark>"),
    ] {
        let snippet = &sample.find(query).await.hits[0].snippet;
        assert!(snippet.contains(mark), "{query}: {snippet}");
    }
}
