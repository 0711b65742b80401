//! The OpenAPI document says what the program does.
use crate::person::{Answer, Person};
use crate::school::School;
use reqwest::Method;
use serde_json::Value;

/// Every method and path of the document.
pub fn operations(document: &Value) -> Vec<(Method, String)> {
    let paths = document["paths"].as_object().unwrap();
    let mut found = Vec::new();
    for (path, item) in paths {
        for method in ["get", "put", "post", "patch", "delete"] {
            if item.get(method).is_some() {
                found.push((method.to_uppercase().parse().unwrap(), path.clone()));
            }
        }
    }
    found
}

/// The document as it is served.
pub async fn document(person: &Person) -> Value {
    person.get("/openapi.json").await.expect(200).json()
}

#[tokio::test]
async fn the_document_is_served_as_the_command_prints_it() {
    let school = School::start().await;
    let served = document(&school.stranger()).await;
    let printed = school.run(&["openapi"], "");
    assert!(printed.status.success());
    assert_eq!(served, serde_json::from_slice::<Value>(&printed.stdout).unwrap());
    assert_eq!(
        served["openapi"].as_str().map(|version| &version[..3]),
        Some("3.1")
    );
    assert_eq!(school.stranger().get("/docs/").await.status, 200);
}

#[tokio::test]
async fn every_route_of_the_document_is_there() {
    let school = School::start().await;
    let stranger = school.stranger();
    let operations = operations(&document(&stranger).await);
    assert!(operations.len() >= 30, "{}", operations.len());
    for (method, path) in operations {
        // Without a body where one is needed, and without a token: whatever is said, it is not that
        // there is no such route.
        let filled = path
            .replace("{slug}", "math")
            .replace("{number}", "1")
            .replace("{id}", &uuid::Uuid::nil().to_string());
        let answer = Answer::of(stranger.request(method.clone(), &filled)).await;
        let known = answer.status != 405 && (answer.status != 404 || path.contains('{'));
        assert!(known, "{method} {path}: {}", answer.status);
        assert!(
            !answer.status.is_server_error(),
            "{method} {path}: {}",
            answer.text()
        );
    }
}
