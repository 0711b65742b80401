//! The table of [`crate::matrix`], cell by cell, against every route of the OpenAPI document.
use crate::classes::room::Room;
use crate::contract::{document, operations};
use crate::matrix::{CALLERS, Row, class_rows, rows};
use crate::person::{Answer, Person, id};
use crate::school::{PASSWORD, School, name};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

const PDF: &[u8] = include_bytes!("../../samples/cell-respiration.pdf");

/// Everybody, and something of the owner's in each visibility.
struct Scene {
    callers: Vec<Person>,
    materials: HashMap<&'static str, String>,
}

impl Scene {
    async fn set(school: &School) -> Self {
        let owner = school.student().await;
        let mut materials = HashMap::new();
        for visibility in ["private", "class", "school", "public"] {
            let material = owner
                .share("cells.pdf", PDF, &json!({"visibility": visibility}))
                .await;
            materials.insert(visibility, id(&material).to_owned());
        }
        let callers = vec![
            school.stranger(),
            owner,
            school.student().await,
            school.user("teacher").await,
            school.user("moderator").await,
            school.user("admin").await,
        ];
        Self { callers, materials }
    }

    fn owner(&self) -> &Person {
        &self.callers[1]
    }

    async fn fresh_subject(&self) -> String {
        let slug = name("subject");
        let body = json!({"name": slug, "slug": slug});
        self.callers[5].post("/api/v1/subjects", &body).await.expect(201);
        slug
    }

    /// The path of one cell, with something to delete of its own where it deletes.
    async fn path(&self, row: &Row) -> String {
        let deletes = row.method == "DELETE";
        let mut path = row.path.replace("{number}", "1");
        if path.contains("/uploads/{id}") {
            path = path.replace("{id}", id(&self.owner().begin("a.bin", 3).await));
        } else if path.contains("/materials/{id}") {
            let material = if deletes {
                let details = json!({"visibility": row.visibility});
                id(&self.owner().share("notes.md", b"to be deleted", &details).await).to_owned()
            } else {
                self.materials[row.visibility].clone()
            };
            path = path.replace("{id}", &material);
        }
        if path.contains("{slug}") {
            path = path.replace("{slug}", &self.fresh_subject().await);
        }
        path
    }

    /// A body that says nothing wrong.
    async fn body(&self, row: &Row, caller: &Person) -> Option<Value> {
        let body = match (row.method, row.path) {
            ("POST", "/api/v1/uploads") => json!({"filename": "a.bin", "size": 1}),
            ("POST", "/api/v1/uploads/{id}/complete") => json!({}),
            ("POST", "/api/services/upload") => json!({"file_name": "a.bin"}),
            ("POST", "/api/v1/materials/{id}/versions") => {
                json!({"upload": self.owner().begin("a.bin", 3).await["id"]})
            }
            ("PATCH", "/api/v1/materials/{id}") => json!({"description": "changed"}),
            ("PUT", "/api/v1/materials/{id}/rating") => json!({"stars": 4}),
            ("POST", "/api/v1/subjects") => json!({"name": name("Subject")}),
            ("PATCH", "/api/v1/subjects/{slug}") => json!({"hue": 3}),
            ("POST", "/api/v1/classes") => json!({"name": "Biology 10b"}),
            ("POST", "/api/v1/receipts/verify") => json!({"receipt": "no.such.receipt"}),
            ("PATCH", "/api/v1/admin/users") => json!({"login": self.owner().username, "suspended": false}),
            ("PATCH", "/api/v1/me") => json!({"full_name": "Somebody"}),
            ("POST", "/api/v1/auth/signup") => {
                let name = name("new");
                json!({"username": name, "email": format!("{name}@school.example"), "password": PASSWORD})
            }
            ("POST", "/api/v1/auth/login") => json!({"login": self.owner().username, "password": PASSWORD}),
            ("POST", "/api/v1/auth/refresh") => {
                let person = if caller.token.is_some() {
                    caller
                } else {
                    self.owner()
                };
                json!({"refresh_token": person.again().await.refresh})
            }
            _ => return None,
        };
        Some(body)
    }

    async fn ask(&self, row: &Row, caller: &Person) -> Answer {
        // Ending a session must not end that of the cells that follow.
        let ends = row.path.ends_with("/logout") && caller.token.is_some();
        let caller = if ends {
            caller.again().await
        } else {
            caller.clone()
        };
        let mut request = caller.request(row.method.parse().unwrap(), &self.path(row).await);
        if (row.method, row.path) == ("PUT", "/api/v1/materials/{id}/captions") {
            request = request
                .header("content-type", "text/vtt")
                .body("WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n");
        }
        match self.body(row, &caller).await {
            Some(body) => Answer::of(request.json(&body)).await,
            None => Answer::of(request).await,
        }
    }
}

/// HARDENING 35.
#[tokio::test]
async fn hardening_35_every_route_has_a_row() {
    let school = School::start().await;
    let routes = operations(&document(&school.stranger()).await);
    let routes: BTreeSet<String> = routes
        .into_iter()
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    let known: BTreeSet<String> = rows()
        .iter()
        .chain(&class_rows())
        .map(|row| format!("{} {}", row.method, row.path))
        .collect();
    assert_eq!(routes, known);
    for row in rows().iter().filter(|row| row.path.contains("/materials/{id}")) {
        let same = rows()
            .iter()
            .filter(|other| (other.method, other.path) == (row.method, row.path))
            .count();
        assert_eq!(
            same, 3,
            "{} {} needs a row for each visibility",
            row.method, row.path
        );
    }
}

/// HARDENING 35.
#[tokio::test]
async fn hardening_35_everybody_gets_what_the_table_says() {
    let school = School::start().await;
    let scene = Scene::set(&school).await;
    let mut wrong = Vec::new();
    for row in rows() {
        for (column, caller) in scene.callers.iter().enumerate() {
            let answer = scene.ask(&row, caller).await;
            wrong.extend(row.judge(column, CALLERS[column], &answer));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// HARDENING 35: what is shared with classes is for those who are in one with its owner as what is shared with
/// the school, and for others as what is private.
#[tokio::test]
async fn hardening_35_classmates_get_what_the_school_would() {
    let school = School::start().await;
    let mut scene = Scene::set(&school).await;
    let room = Room::of(scene.callers[3].clone(), json!({"name": "Biology 10b"})).await;
    room.admit(scene.owner()).await;
    room.admit(&scene.callers[2]).await;
    scene.callers.push(school.student().await);
    scene.callers.push(school.user("teacher").await);
    let of_materials = |row: &Row| row.path.contains("/materials/{id}");
    let of = |visibility: &str| {
        let same = move |row: &Row| of_materials(row) && row.visibility == visibility;
        rows().into_iter().filter(same).collect::<Vec<_>>()
    };
    let mut wrong = Vec::new();
    for (mut row, private) in of("school").into_iter().zip(of("private")) {
        assert_eq!((row.method, row.path), (private.method, private.path));
        row.visibility = "class";
        row.expected.extend([private.expected[2], private.expected[3]]);
        for (column, caller) in scene.callers.iter().enumerate() {
            let answer = scene.ask(&row, caller).await;
            let who = CALLERS.get(column).copied().unwrap_or("outsider");
            wrong.extend(row.judge(column, who, &answer));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// HARDENING 35 and 40: lists and searches hold what the caller may read, and no more.
#[tokio::test]
async fn hardening_35_lists_hold_what_one_may_read() {
    let school = School::start().await;
    let scene = Scene::set(&school).await;
    for (caller, who) in scene.callers.iter().zip(CALLERS.iter().copied()) {
        let seen: BTreeSet<&str> = match who {
            "anonymous" => ["public"].into(),
            "owner" => ["private", "class", "school", "public"].into(),
            "moderator" | "admin" => ["class", "school", "public"].into(),
            _ => ["school", "public"].into(),
        };
        let expected: BTreeSet<String> = seen
            .into_iter()
            .map(|visibility| scene.materials[visibility].clone())
            .collect();
        let listed = caller.walk("/api/v1/materials", 100).await;
        assert_eq!(
            listed
                .iter()
                .map(|material| id(material).to_owned())
                .collect::<BTreeSet<_>>(),
            expected,
            "{who}"
        );
        let found = caller.found("mitochondria").await;
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected, "{who}");
        assert_eq!(
            caller.search("mitochondria").await["total"],
            expected.len(),
            "{who}"
        );
    }
}
