//! A form with a file in it, read in bounded memory.
use super::form::stale;
use super::visitor::Visitor;
use crate::api::App;
use crate::api::caller::csrf_fits;
use crate::problem::Problem;
use axum::extract::{FromRequest, Multipart, Request};
use bytes::{Bytes, BytesMut};
use http::StatusCode;
use std::collections::HashMap;

/// The longest of the other fields, in bytes.
const MAX_FIELD_BYTES: usize = 16 * 1024;

/// What such a form sent, after its token was checked. The file's field is called `file`.
pub(super) struct AttachedForm {
    /// As the browser calls it; empty without a file.
    pub filename: String,
    /// The file.
    pub content: Bytes,
    fields: HashMap<String, String>,
}

impl AttachedForm {
    /// Reads a form whose file has at most `max_bytes`.
    pub async fn read(
        app: &App,
        request: Request,
        visitor: &Visitor,
        max_bytes: usize,
    ) -> Result<Self, Problem> {
        let unreadable = || Problem::bad_request("bad_form", "The form did not arrive whole");
        let mut multipart = Multipart::from_request(request, app)
            .await
            .map_err(|_| unreadable())?;
        let mut form = Self {
            filename: String::new(),
            content: Bytes::new(),
            fields: HashMap::new(),
        };
        let mut checked = false;
        while let Some(mut field) = multipart.next_field().await.map_err(|_| unreadable())? {
            let name = field.name().unwrap_or_default().to_owned();
            let limit = if name == "file" {
                max_bytes
            } else {
                MAX_FIELD_BYTES
            };
            // The token stands before the file, so that nothing large is read for a stranger.
            if name == "file" && !checked {
                return Err(stale());
            }
            if name == "file" {
                field
                    .file_name()
                    .unwrap_or_default()
                    .clone_into(&mut form.filename);
            }
            let mut content = BytesMut::new();
            while let Some(chunk) = field.chunk().await.map_err(|_| unreadable())? {
                if content.len() + chunk.len() > limit {
                    return Err(Problem::new(
                        StatusCode::PAYLOAD_TOO_LARGE,
                        "body_too_large",
                        "The file is too large for the simple form",
                    ));
                }
                content.extend_from_slice(&chunk);
            }
            if name == "file" {
                form.content = content.freeze();
            } else {
                let text = String::from_utf8_lossy(&content).into_owned();
                if name == "csrf" {
                    checked = visitor
                        .identity
                        .as_ref()
                        .is_some_and(|identity| csrf_fits(identity, &text));
                }
                form.fields.insert(name, text);
            }
        }
        if checked { Ok(form) } else { Err(stale()) }
    }

    /// A field that may be left empty.
    pub fn optional(&self, name: &str) -> Option<String> {
        self.fields
            .get(name)
            .filter(|text| !text.trim().is_empty())
            .cloned()
    }
}
