//! A thousand pairs of a viewer and a material: where the viewer may not see it, nothing shows it in
//! hits, counts, facets, snippets, corrections, suggestions or similar material.
use crate::sample::*;
use homeroom_core::ports::search_index::{
    Audience, FindRequest, IndexedMaterial, SearchIndex, SuggestRequest, Viewer,
};

const USERS: u128 = 25;
const MATERIALS: u128 = 40;

/// Nine letters that no other number has nearly.
fn secret(n: u128) -> String {
    let mut state = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5555;
    let mut letter = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'a' + u8::try_from((state >> 40) % 26).unwrap())
    };
    (0..9).map(|_| letter()).collect()
}

fn audience(n: u128) -> Audience {
    [
        Audience::Owner,
        Audience::School,
        Audience::Classmates,
        Audience::Public,
        Audience::Classmates,
    ][usize::try_from(n % 5).unwrap()]
}

/// Everybody is in two classes, one of three people and one of seven or fewer.
fn classes(of: u128) -> [Vec<u128>; 2] {
    let same = |count: u128| (0..USERS).filter(|n| n % count == of % count).collect();
    [same(11), same(4)]
}

fn secretive(n: u128) -> IndexedMaterial {
    let word = secret(n);
    let text = format!("common words {word} goes on. {word} goes on");
    IndexedMaterial {
        owner: user(n % USERS),
        audience: audience(n),
        uploader_name: format!("Name{}", secret(1_000 + n)),
        subject: Some(format!("subject{n}")),
        tags: vec![format!("tag{word}")],
        ..material(n, &format!("Title {word}"), &[&text, &text])
    }
}

fn may_see(viewer: &Viewer, n: u128) -> bool {
    match (viewer, audience(n)) {
        (Viewer::Anonymous, audience) => matches!(audience, Audience::Public),
        (_, Audience::Public | Audience::School) | (Viewer::Everything(_), Audience::Classmates) => true,
        (Viewer::Classmate(_, classmates), Audience::Classmates) => classmates.includes(user(n % USERS)),
        (Viewer::User(id), Audience::Owner | Audience::Classmates)
        | (Viewer::Classmate(id, _) | Viewer::Everything(id), Audience::Owner) => *id == user(n % USERS),
    }
}

fn viewers() -> Vec<Viewer> {
    let in_classes = |n| {
        let classes = classes(n);
        classmate(n, &[&classes[0], &classes[1]])
    };
    let mut viewers: Vec<Viewer> = (1..USERS - 2).map(in_classes).collect();
    viewers.push(Viewer::User(user(USERS - 2)));
    viewers.extend([Viewer::Anonymous, Viewer::Everything(user(0))]);
    viewers
}

#[tokio::test]
async fn a_thousand_pairs_without_a_leak() {
    let sample = index_of((0..MATERIALS).map(secretive).collect()).await;
    let mut pairs = 0;
    for viewer in viewers() {
        let visible = (0..MATERIALS).filter(|n| may_see(&viewer, *n)).count() as u64;
        let common = ask(&sample, &viewer, "common").await;
        assert_eq!(common.total, visible);
        assert_eq!(common.facets.subject.len() as u64, visible);
        assert_eq!(
            common.facets.grade.iter().map(|facet| facet.count).sum::<u64>(),
            visible
        );
        for n in 0..MATERIALS {
            pairs += 1;
            if may_see(&viewer, n) {
                shown(&sample, &viewer, n).await;
            } else {
                hidden(&sample, &viewer, n).await;
            }
        }
    }
    assert_eq!(pairs, 1_000);
}

async fn ask(sample: &Sample, viewer: &Viewer, text: &str) -> homeroom_core::ports::search_index::Found {
    let request = FindRequest {
        viewer: viewer.clone(),
        limit: 100,
        ..request(text)
    };
    sample.index.find(&request).await.unwrap()
}

async fn suggestions(sample: &Sample, viewer: &Viewer, text: &str) -> Vec<String> {
    let request = SuggestRequest {
        text: text.to_owned(),
        viewer: viewer.clone(),
        limit: 20,
    };
    let found = sample.index.suggest(&request).await.unwrap();
    found.into_iter().map(|suggestion| suggestion.text).collect()
}

async fn shown(sample: &Sample, viewer: &Viewer, n: u128) {
    let word = secret(n);
    let found = ask(sample, viewer, &word).await;
    assert_eq!(
        (found.total, found.hits[0].material),
        (1, id(n)),
        "{viewer:?} {n}"
    );
    let proposed = suggestions(sample, viewer, &word[..6]).await;
    assert!(
        proposed.iter().any(|text| text.ends_with(&word)),
        "{viewer:?} {n}: {proposed:?}"
    );
}

async fn hidden(sample: &Sample, viewer: &Viewer, n: u128) {
    let word = secret(n);
    let mut typo = word.clone();
    typo.replace_range(4..5, if &word[4..5] == "x" { "y" } else { "x" });
    let person = format!("Name{}", secret(1_000 + n));
    for query in [
        word.clone(),
        format!("\"{word} goes\""),
        word[..7].to_owned(),
        typo,
        format!("{}{}", &word[..4], &word[4..]),
        format!("{} {}", &word[..4], &word[4..]),
        person.clone(),
    ] {
        let found = ask(sample, viewer, &query).await;
        let said = format!("{viewer:?} {query}: {found:?}");
        assert!(found.hits.iter().all(|hit| hit.material != id(n)), "{said}");
        assert!(!said.replace(&query, "").contains(&word), "{said}");
        let facet = format!("subject{n}");
        assert!(
            found.facets.subject.iter().all(|count| count.value != facet),
            "{said}"
        );
    }
    for beginning in [&word[..6], "Title", "tag", "nam", "common words", &word] {
        for text in suggestions(sample, viewer, beginning).await {
            let lower = text.to_lowercase();
            assert!(
                !lower.contains(&word) && !lower.contains(&person.to_lowercase()),
                "{viewer:?} {beginning}: {text}"
            );
        }
    }
    let alike = sample.index.similar(id(n), viewer, 20).await.unwrap();
    assert_eq!(alike, [], "{viewer:?} {n}");
}

#[tokio::test]
async fn similar_material_is_only_what_one_may_see() {
    let mut materials: Vec<IndexedMaterial> = (0..MATERIALS).map(secretive).collect();
    for material in &mut materials {
        material.pages[0].text.push_str(" osmosis membrane");
    }
    materials.extend((100..160).map(|n| material(n, "Filler", &["nothing of the kind"])));
    let sample = index_of(materials).await;
    for viewer in viewers() {
        for n in (0..MATERIALS).filter(|n| may_see(&viewer, *n)) {
            let alike = sample.index.similar(id(n), &viewer, 20).await.unwrap();
            assert!(!alike.contains(&id(n)));
            let allowed = |other: &_| {
                (0..MATERIALS)
                    .filter(|n| may_see(&viewer, *n))
                    .any(|n| id(n) == *other)
            };
            assert!(
                !alike.is_empty() && alike.iter().all(allowed),
                "{viewer:?} {n}: {alike:?}"
            );
        }
    }
}

/// Whether a hidden page has a word must not change what others see of their own pages.
#[tokio::test]
async fn scores_do_not_tell_of_hidden_pages() {
    let hidden = |word: &str| IndexedMaterial {
        owner: user(2),
        audience: Audience::Owner,
        ..material(
            2,
            &format!("About {word}"),
            &[&format!("{word} and {word} again")],
        )
    };
    let own = IndexedMaterial {
        owner: user(9),
        audience: Audience::Owner,
        ..material(
            1,
            "Mine",
            &["osmosis and more of it", "osmosis osmosis and membranes"],
        )
    };
    let fillers = || (10..30).map(|n| material(n, "Filler", &["nothing of the kind"]));
    let mut answers = Vec::new();
    for word in ["osmosis", "gravity"] {
        let materials = [own.clone(), hidden(word)].into_iter().chain(fillers());
        let sample = index_of(materials.collect()).await;
        let mut found = Vec::new();
        for query in [
            "osmosis",
            "osmosis membranes",
            "osmos",
            "osmosis OR membranes",
            "\"osmosis and\"",
        ] {
            found.push(sample.find(query).await);
        }
        answers.push(found);
    }
    assert!(answers[0].iter().all(|found| found.total == 1), "{answers:?}");
    assert_eq!(answers[0], answers[1]);
}
