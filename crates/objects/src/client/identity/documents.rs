//! The documents in which keys are handed out, and the little HTTP that fetches them.
use super::{Identity, IdentityError};
use crate::credentials::{Credentials, SecretKey};
use crate::xml::Element;
use jiff::Timestamp;

/// More than any of them has.
const LARGEST: usize = 256 * 1024;

/// What agents and metadata services answer with.
#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeysDocument {
    code: Option<String>,
    access_key_id: Option<String>,
    secret_access_key: Option<String>,
    token: Option<String>,
    expiration: Option<Timestamp>,
}

/// Sends a request and gives the whole answer, which must be a success.
pub(super) async fn fetch(
    from: &'static str,
    request: reqwest::RequestBuilder,
) -> Result<Vec<u8>, IdentityError> {
    let failed = |why: String| IdentityError::Source { from, why };
    let answer = request
        .send()
        .await
        .map_err(|error| failed(chain(&error.without_url())))?;
    let status = answer.status();
    let mut body = Vec::new();
    let mut answer = answer;
    while let Some(bytes) = answer
        .chunk()
        .await
        .map_err(|error| failed(chain(&error.without_url())))?
    {
        body.extend_from_slice(&bytes);
        if body.len() > LARGEST {
            return Err(failed("its answer is too long".into()));
        }
    }
    if status.is_success() {
        return Ok(body);
    }
    let code = Element::parse(&body)
        .ok()
        .and_then(|root| Some(root.child("Error")?.value("Code")?.to_owned()))
        .unwrap_or_default();
    let code: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(60)
        .collect();
    Err(failed(
        format!("status {} {code}", status.as_u16()).trim_end().to_owned(),
    ))
}

/// Reads keys as agents and metadata services write them.
pub(super) fn of_json(from: &'static str, document: &[u8]) -> Result<Identity, IdentityError> {
    let odd = |why: &str| IdentityError::Source {
        from,
        why: why.into(),
    };
    let keys: KeysDocument =
        serde_json::from_slice(document).map_err(|_| odd("its answer is not a document of keys"))?;
    if keys.code.as_deref().is_some_and(|code| code != "Success") {
        return Err(odd("it says that it failed"));
    }
    let (Some(access_key), Some(secret)) = (keys.access_key_id, keys.secret_access_key) else {
        return Err(odd("its answer has no keys"));
    };
    Ok(Identity {
        credentials: Credentials {
            access_key,
            secret_key: SecretKey::new(secret),
        },
        session_token: keys.token.filter(|token| !token.is_empty()).map(SecretKey::new),
        expires_at: keys.expiration,
    })
}

/// Reads keys as the security token service writes them.
pub(super) fn of_xml(from: &'static str, document: &[u8]) -> Result<Identity, IdentityError> {
    let odd = || IdentityError::Source {
        from,
        why: "its answer has no keys".into(),
    };
    let root = Element::parse(document).map_err(|_| odd())?;
    let keys = root
        .child("AssumeRoleWithWebIdentityResult")
        .and_then(|result| result.child("Credentials"))
        .ok_or_else(odd)?;
    let text = |name: &str| keys.value(name).map(str::trim).filter(|text| !text.is_empty());
    Ok(Identity {
        credentials: Credentials {
            access_key: text("AccessKeyId").ok_or_else(odd)?.to_owned(),
            secret_key: SecretKey::new(text("SecretAccessKey").ok_or_else(odd)?),
        },
        session_token: text("SessionToken").map(SecretKey::new),
        expires_at: text("Expiration").and_then(|at| at.parse().ok()),
    })
}

/// An error with what caused it, which is where the reason stands.
pub(in crate::client) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}
