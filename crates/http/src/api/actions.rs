//! `POST /f/{token}`: the action endpoint of a class, for clients that only know `{action, params}`, and the same
//! as an AWS Lambda event.
//!
//! Answers are what the table in PRODUCT.md says: a JSON value and a status. Problems are JSON objects with a
//! `message`, since such clients know no problem documents.
use crate::api::{App, CallerOrigin};
use crate::gateway::{BodyError, Path, RateLimits};
use crate::problem::Problem;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use homeroom_core::domain::class::Class;
use homeroom_core::ports::object_store::Audience;
use homeroom_core::usecases::classes::function_actions::{
    self, BeginObject, DEFAULT_EXPIRATION, EntryView, WriteEntry, class_of_token,
};
use homeroom_core::usecases::{Product, UseCaseError};
use http::{StatusCode, header};
use serde_json::{Map, Value, json};

/// The endpoint, which is no part of the API.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/f/{token}", post(handle))
}

/// A status and a JSON body.
type Answer = (u16, Value);

async fn handle(
    State(app): State<App>,
    origin: CallerOrigin,
    limits: Option<Extension<RateLimits>>,
    Path(token): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let class = match class_of_token(&app.product, &token).await {
        Ok(class) => class,
        Err(error) => return Problem::from(error).into_response(),
    };
    if let Some(Extension(limits)) = limits
        && let Err(problem) = limits.check_function(class.id.uuid())
    {
        return problem.into_response();
    }
    let body = match body {
        Ok(body) => body,
        Err(error) => {
            let too_large = BodyError::find(&error).map(BodyError::problem);
            return too_large
                .unwrap_or_else(|| Problem::bad_request("bad_body", "The body cannot be read"))
                .into_response();
        }
    };
    let given: Option<Value> = serde_json::from_slice(&body).ok();
    let event = given.as_ref().and_then(lambda_body);
    let is_event = event.is_some();
    let request = match event {
        Some(inner) => inner.and_then(|text| serde_json::from_slice(&text).ok()),
        None => given,
    };
    let (status, answer) = match request {
        Some(request) => act(&app.product, &class, &request, &origin.0).await,
        None => bad_request("the body must be JSON"),
    };
    if is_event {
        let body = answer.to_string();
        return written(200, &json!({ "statusCode": status, "body": body }));
    }
    written(status, &answer)
}

fn written(status: u16, answer: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, answer.to_string()).into_response()
}

/// The body inside an event of AWS Lambda (API Gateway and function URLs); `None` when it is no event, an inner
/// `None` when its body cannot be read.
#[expect(clippy::option_option, reason = "no event, an event without a body, an event")]
fn lambda_body(given: &Value) -> Option<Option<Vec<u8>>> {
    let event = given.as_object()?;
    let is_event = !event.contains_key("action")
        && event.contains_key("body")
        && (event.contains_key("requestContext")
            || event.contains_key("httpMethod")
            || event.contains_key("version")
            || event.contains_key("headers")
            || event.len() <= 2);
    if !is_event {
        return None;
    }
    Some(match event.get("body") {
        Some(Value::String(text)) if event.get("isBase64Encoded") == Some(&Value::Bool(true)) => {
            base64::engine::general_purpose::STANDARD.decode(text).ok()
        }
        Some(Value::String(text)) => Some(text.clone().into_bytes()),
        Some(object @ Value::Object(_)) => Some(object.to_string().into_bytes()),
        _ => None,
    })
}

fn bad_request(message: &str) -> Answer {
    (400, json!({ "message": message }))
}

/// What is wrong with the parameters.
struct Wrong(String);

/// The parameters of an action.
struct Params<'a>(&'a Map<String, Value>);

impl Params<'_> {
    fn text(&self, name: &str) -> Result<String, Wrong> {
        match self.0.get(name) {
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            None | Some(Value::Null | Value::String(_)) => Err(Wrong(format!("{name} is required"))),
            Some(_) => Err(Wrong(format!("{name} must be a text"))),
        }
    }

    /// A text or a number, where there is any.
    fn present_text(&self, name: &str) -> Result<Option<String>, Wrong> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(_) => self.text(name).map(Some),
        }
    }

    /// A text, which may be empty, where there is any.
    fn optional_text(&self, name: &str) -> Result<Option<String>, Wrong> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Wrong(format!("{name} must be a text"))),
        }
    }

    fn whole_number(&self, name: &str) -> Result<Option<i64>, Wrong> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Number(number)) if number.as_i64().is_some() => Ok(number.as_i64()),
            Some(Value::String(text)) if text.len() < 20 => text
                .trim()
                .parse()
                .map(Some)
                .map_err(|_| Wrong(format!("{name} must be a whole number"))),
            Some(_) => Err(Wrong(format!("{name} must be a whole number"))),
        }
    }

    fn submission_id(&self) -> Result<u32, Wrong> {
        let number = self
            .whole_number("submission_id")?
            .ok_or_else(|| Wrong("submission_id is required".into()))?;
        u32::try_from(number).map_err(|_| Wrong("submission_id must fit into 32 bits".into()))
    }
}

async fn act(product: &Product, class: &Class, request: &Value, audience: &Audience) -> Answer {
    let Some(request) = request.as_object() else {
        return bad_request("the body must be an object with action and params");
    };
    let Some(action) = request.get("action").and_then(Value::as_str) else {
        return bad_request("action is required");
    };
    let empty = Map::new();
    let params = match request.get("params") {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(params)) => params,
        Some(_) => return bad_request("params must be an object"),
    };
    match perform(product, class, action, &Params(params), audience).await {
        Ok(answer) => answer,
        Err(Failure::Wrong(Wrong(message))) => bad_request(&message),
        Err(Failure::UseCase(error)) => refused(error),
    }
}

enum Failure {
    Wrong(Wrong),
    UseCase(UseCaseError),
}

impl From<Wrong> for Failure {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl From<UseCaseError> for Failure {
    fn from(error: UseCaseError) -> Self {
        Self::UseCase(error)
    }
}

async fn perform(
    product: &Product,
    class: &Class,
    action: &str,
    params: &Params<'_>,
    audience: &Audience,
) -> Result<Answer, Failure> {
    match action {
        "upload" => {
            let object = BeginObject {
                object_name: params.text("object_name")?,
                user_id: params.present_text("user_id")?,
                expiration: params.whole_number("expiration")?.unwrap_or(DEFAULT_EXPIRATION),
            };
            let url = function_actions::begin(product, class, object, audience).await?;
            Ok((200, json!({ "url": url })))
        }
        "write_to_db" => {
            let entry = WriteEntry {
                user_id: params.text("user_id")?,
                submission_id: params.submission_id()?,
                object_name: params.text("object_name")?,
                timestamp: params.text("timestamp")?,
                title: params.text("title")?,
                description: params.optional_text("description")?.unwrap_or_default(),
            };
            function_actions::write(product, class, entry).await?;
            Ok((200, Value::String("Successfully wrote the submission.".into())))
        }
        "get_calendar" => {
            let date = params.text("date")?;
            let found = function_actions::calendar(product, class, &date, audience).await?;
            Ok((200, found.iter().map(listed).collect()))
        }
        "get_single_entry" => {
            let (id, time) = (params.submission_id()?, params.text("timestamp")?);
            let found = function_actions::single(product, class, id, &time, audience).await?;
            Ok((200, single(&found)))
        }
        "update_entry" => {
            let (id, time) = (params.submission_id()?, params.text("timestamp")?);
            let (title, description) = (params.text("title")?, params.optional_text("description")?);
            let description = description.as_deref();
            function_actions::update(product, class, id, &time, &title, description).await?;
            Ok((200, Value::String("Successfully updated the submission.".into())))
        }
        "delete" => {
            let (id, time) = (params.submission_id()?, params.text("timestamp")?);
            function_actions::delete(product, class, id, &time).await?;
            Ok((200, Value::String("Successfully deleted the submission.".into())))
        }
        _ => Ok(bad_request("there is no such action")),
    }
}

fn listed(view: &EntryView) -> Value {
    json!({
        "title": view.entry.title,
        "description": view.entry.description,
        "video_link": view.video_link,
        "timestamp": view.entry.timestamp,
        "submission_id": view.entry.submission_id,
    })
}

fn single(view: &EntryView) -> Value {
    let mut record = listed(view);
    record["object_name"] = view.entry.object_name.clone().into();
    record["user_id"] = view.entry.user_id.clone().into();
    record
}

/// A refusal as such clients know it. What is wrong with parameters is 400 here.
fn refused(error: UseCaseError) -> Answer {
    match error {
        UseCaseError::NotFound => (404, json!({"message": "there is no such submission"})),
        UseCaseError::Invalid(fields) => {
            let wrong = fields
                .iter()
                .map(|field| format!("{} {}", field.field, field.message));
            bad_request(&wrong.collect::<Vec<_>>().join("; "))
        }
        UseCaseError::Content { code, detail } => {
            let status = if code.ends_with("_too_large") { 413 } else { 400 };
            (status, json!({ "message": detail, "code": code }))
        }
        other => {
            let problem = Problem::from(other);
            let message = problem.detail.clone().unwrap_or_else(|| problem.title.to_owned());
            let code = problem.code;
            (
                problem.status.as_u16(),
                json!({ "message": message, "code": code }),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_lambda_are_told_from_requests() {
        let inner =
            |given: Value| lambda_body(&given).map(|body| body.map(|text| String::from_utf8(text).unwrap()));
        assert_eq!(inner(json!({"action": "upload", "params": {}})), None);
        assert_eq!(
            inner(json!({"body": "{}", "requestContext": {}})),
            Some(Some("{}".into()))
        );
        assert_eq!(
            inner(json!({"body": "e30=", "isBase64Encoded": true})),
            Some(Some("{}".into()))
        );
        assert_eq!(inner(json!({"body": null, "httpMethod": "POST"})), Some(None));
        assert_eq!(inner(json!([1])), None);
    }

    #[test]
    fn submission_ids_have_32_bits() {
        let id = |value: Value| {
            let params = json!({ "submission_id": value });
            Params(params.as_object().unwrap()).submission_id().ok()
        };
        assert_eq!(id(json!(4_294_967_295_u64)), Some(u32::MAX));
        assert_eq!(id(json!("17")), Some(17));
        for wrong in [
            json!(4_294_967_296_u64),
            json!(-1),
            json!(1.5),
            json!("x"),
            json!(null),
            json!([1]),
        ] {
            assert_eq!(id(wrong.clone()), None, "{wrong}");
        }
    }
}
