//! What search offers beyond finding words: fields, orders, suggestions, similar material, and what
//! administrators learn of searches in vain.
use crate::person::{id, note, word};
use crate::school::School;
use serde_json::json;

fn texts(answer: &serde_json::Value) -> Vec<(String, String)> {
    let suggestions = answer["suggestions"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    suggestions
        .iter()
        .map(|suggestion| (text(&suggestion["kind"]), text(&suggestion["text"])))
        .collect()
}

#[tokio::test]
async fn fields_of_a_query_narrow_it() {
    let school = School::start().await;
    let (noa, dan) = (school.sign_up("noa.levi").await, school.student().await);
    let about = word();
    let biology = noa
        .share(
            "a.md",
            &note(&about),
            &json!({"subject": "biology", "grade": 9, "language": "en"}),
        )
        .await;
    let maths = dan
        .share(
            "b.txt",
            &note(&about),
            &json!({"subject": "math", "grade": 11, "language": "fr"}),
        )
        .await;
    for (query, expected) in [
        ("subject:biology", vec![&biology]),
        ("subject:Maths", vec![&maths]),
        ("-subject:math", vec![&biology]),
        ("–subject:math", vec![&biology]),
        ("—subject:math", vec![&biology]),
        ("\u{2212}subject:math", vec![&biology]),
        ("subject:math subject:biology", vec![&biology, &maths]),
        ("subject:nothing", vec![]),
        ("by:noa.levi", vec![&biology]),
        ("-by:noa.levi", vec![&maths]),
        ("by:noa@school.example", vec![]),
        ("type:markdown", vec![&biology]),
        ("type:pdf", vec![]),
        ("grade:11", vec![&maths]),
        ("grade:7-9", vec![&biology]),
        ("lang:english", vec![&biology]),
    ] {
        let mut found = dan.found(&format!("{about} {query}")).await;
        let mut expected: Vec<String> = expected
            .into_iter()
            .map(|material| id(material).to_owned())
            .collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{query}");
    }
    assert!(
        dan.found("subject:biology")
            .await
            .contains(&id(&biology).to_owned())
    );
    assert!(dan.found(&format!("foo:bar {about}zzz")).await.is_empty());
}

/// Those that see it find it: nobody tells of a subject's materials but the records.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_a_renamed_subject_is_found_by_its_new_name() {
    let mut school = School::start().await;
    let (student, moderator) = (school.student().await, school.user("moderator").await);
    let (first, second, third) = (word(), word(), word());
    let subject = moderator
        .post("/api/v1/subjects", &json!({"name": format!("{first} basics")}))
        .await
        .expect(201)
        .json();
    let slug = subject["slug"].as_str().unwrap();
    let mut shared = Vec::new();
    for visibility in ["school", "private"] {
        let details = json!({"subject": slug, "visibility": visibility});
        let material = student.share("a.md", &note("the text"), &details).await;
        shared.push(id(&material).to_owned());
    }
    let empty = json!({"subject": slug});
    shared.push(id(&student.share("empty.bin", &[0, 159, 146, 150], &empty).await).to_owned());
    student
        .share("b.md", &note("another"), &json!({"subject": "math"}))
        .await;
    shared.sort();
    let found = async |query: &str| {
        let mut found = student.found(query).await;
        found.sort();
        found
    };
    let path = format!("/api/v1/subjects/{slug}");
    for name in [&second, &third] {
        let named = json!({"name": format!("{name} for all")});
        moderator.patch(&path, &named).await.expect(200);
        for query in [
            name.clone(),
            format!("subject:\"{name} for all\""),
            format!("subject:{name}"),
        ] {
            student
                .eventually(20, async || (found(&query).await == shared).then_some(()))
                .await;
        }
        assert_eq!(found(&format!("{first} basics")).await, shared, "and by its slug");
        assert_eq!(moderator.found(name).await.len(), 2);
    }
    assert!(found(&second).await.is_empty());
    assert!(
        found(&format!("-subject:\"{third} for all\" {third}"))
            .await
            .is_empty()
    );
    assert_eq!(school.terminate().code(), Some(0));
    let examined = school.run(&["admin", "fsck"], "");
    let said = String::from_utf8_lossy(&examined.stdout).into_owned();
    assert_eq!(examined.status.code(), Some(0), "{said}");
}

#[tokio::test]
async fn answers_come_in_the_asked_order() {
    let school = School::start().await;
    let student = school.student().await;
    let about = word();
    let mut shared = Vec::new();
    for name in ["a.md", "b.md", "c.md"] {
        let material = student.share(name, &note(&about), &json!({})).await;
        shared.insert(0, id(&material).to_owned());
    }
    let path = |sort: &str| format!("/api/v1/search?q={about}&sort={sort}");
    let newest = student.get(&path("newest")).await.expect(200).json();
    let found: Vec<&str> = newest["hits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| id(&hit["material"]))
        .collect();
    assert_eq!(found, shared);
    student.get(&path("best_rated")).await.expect(200);
    student.get(&path("colour")).await.problem(422, "invalid_fields");
}

#[tokio::test]
async fn suggestions_name_only_what_one_may_see() {
    let school = School::start().await;
    let (owner, other) = (school.sign_up("quentin").await, school.student().await);
    let secret = format!("Zebrafish {}", word());
    let hidden = json!({"title": secret, "visibility": "private"});
    owner.share("a.md", &note("stripes"), &hidden).await;
    let shown = json!({"title": "Zebra crossings"});
    let crossing = owner.share("b.md", &note("streets"), &shown).await;
    let path = "/api/v1/search/suggestions?q=zebr";
    let own = texts(&owner.get(path).await.expect(200).json());
    assert!(own.contains(&("title".into(), secret.clone())), "{own:?}");
    let answer = other.get(path).await.expect(200).json();
    assert_eq!(
        texts(&answer),
        [("title".to_owned(), "Zebra crossings".to_owned())]
    );
    assert_eq!(answer["suggestions"][0]["material_id"], *id(&crossing));
    let subjects = other
        .get("/api/v1/search/suggestions?q=Biol")
        .await
        .expect(200)
        .json();
    assert_eq!(subjects["suggestions"][0]["subject"], "biology");
    let people = other
        .get("/api/v1/search/suggestions?q=quen")
        .await
        .expect(200)
        .json();
    assert_eq!(texts(&people), [("person".to_owned(), "quentin".to_owned())]);
    let long = "q".repeat(201);
    other
        .get(&format!("/api/v1/search/suggestions?q={long}"))
        .await
        .problem(422, "invalid_fields");
    other
        .get("/api/v1/search/suggestions?q=a&limit=21")
        .await
        .problem(422, "invalid_fields");
}

#[tokio::test]
async fn similar_material_shares_its_words() {
    let school = School::start().await;
    let student = school.student().await;
    let cells = b"Mitochondria turn sugar into energy inside every living cell.";
    let more = b"Sugar becomes energy where mitochondria work in the living cell.";
    let far = b"The senate of Rome met on the hill and argued about grain.";
    let first = student.share("a.md", cells, &json!({"title": "Cells"})).await;
    let second = student.share("b.md", more, &json!({"title": "Energy"})).await;
    student.share("c.md", far, &json!({"title": "Rome"})).await;
    let path = format!("/api/v1/materials/{}/similar", id(&first));
    let similar = student.get(&path).await.expect(200).json();
    let found: Vec<&str> = similar["items"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(found, [id(&second)]);
}

#[tokio::test]
async fn administrators_learn_what_was_asked_in_vain() {
    let school = School::start().await;
    let (student, admin) = (school.student().await, school.user("admin").await);
    for query in ["Quasar Physics", "quasar  physics", "other thing"] {
        assert_eq!(student.search(query).await["total"], 0);
    }
    school.stranger().search("asked by a stranger").await;
    let listed = admin.get("/api/v1/admin/searches").await.expect(200).json();
    let items = listed["items"].as_array().unwrap();
    let counts: Vec<(&str, u64)> = items
        .iter()
        .map(|item| (item["query"].as_str().unwrap(), item["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(counts, [("quasar physics", 2), ("other thing", 1)]);
}
