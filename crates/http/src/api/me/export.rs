//! `GET /api/v1/me/export`: all that is held about the caller, as a zip.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::submissions::SubmissionBody;
use crate::api::wire::{MaterialBody, UploadBody, UserBody};
use crate::problem::{Problem, ProblemDocument};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use homeroom_core::domain::attendance::Submission;
use homeroom_core::domain::material::Material;
use homeroom_core::ports::object_store::ObjectKey;
use homeroom_core::usecases::Product;
use homeroom_core::usecases::account::{Holdings, gather_holdings};
use http::header;
use serde_json::json;
use std::io::{self, Write};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::io::StreamReader;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// All that is held about me: account, sessions, uploads and materials as JSON, and every file.
#[utoipa::path(get, path = "/api/v1/me/export", operation_id = "exportMe", tag = "me", security(("bearer" = [])),
    responses((status = 200, description = "A zip", content_type = "application/zip", body = [u8]),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let holdings = gather_holdings(&app.product, &caller.actor()).await?;
    let (sender, receiver) = mpsc::channel::<io::Result<bytes::Bytes>>(8);
    let product = Arc::clone(&app.product);
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        let sink = Pipe {
            sender: sender.clone(),
            buffer: Vec::with_capacity(PIPE_BYTES),
        };
        if let Err(error) = write_zip(sink, &product, &holdings, &runtime) {
            tracing::warn!(%error, "export was cut off");
            // The receiver may be gone, which is why it was cut off.
            let _ = sender.blocking_send(Err(error));
        }
    });
    let body = futures::stream::unfold(receiver, |mut receiver| async {
        let item = receiver.recv().await?;
        Some((item, receiver))
    });
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"homeroom-export.zip\"",
        ),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

const PIPE_BYTES: usize = 64 * 1024;

/// Hands what is written on to the response, with a bound.
struct Pipe {
    sender: mpsc::Sender<io::Result<bytes::Bytes>>,
    buffer: Vec<u8>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PIPE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let chunk = std::mem::replace(&mut self.buffer, Vec::with_capacity(PIPE_BYTES));
        self.sender
            .blocking_send(Ok(chunk.into()))
            .map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

fn write_zip(
    sink: Pipe,
    product: &Product,
    holdings: &Holdings,
    runtime: &tokio::runtime::Handle,
) -> io::Result<()> {
    let options = SimpleFileOptions::default().large_file(true);
    let mut zip = ZipWriter::new_stream(sink);
    zip.start_file("account.json", options)?;
    zip.write_all(&serde_json::to_vec_pretty(&describe(holdings))?)?;
    for material in &holdings.materials {
        let stored = options.compression_method(zip::CompressionMethod::Stored);
        zip.start_file(file_name(material), stored)?;
        copy_content(&mut zip, product, &material.current.object, runtime)?;
    }
    for submission in &holdings.submissions {
        if let Some(object) = &submission.object {
            let stored = options.compression_method(zip::CompressionMethod::Stored);
            zip.start_file(
                format!("videos/{}.{}", submission.id, extension(submission)),
                stored,
            )?;
            copy_content(&mut zip, product, object, runtime)?;
        }
    }
    zip.finish()?.into_inner().flush()
}

fn extension(submission: &Submission) -> &'static str {
    match submission.content_type.as_str() {
        "video/webm" => "webm",
        "video/quicktime" => "mov",
        _ => "mp4",
    }
}

fn file_name(material: &Material) -> String {
    format!("files/{}/{}", material.id, material.current.filename.as_str())
}

fn copy_content(
    to: &mut impl Write,
    product: &Product,
    object: &ObjectKey,
    runtime: &tokio::runtime::Handle,
) -> io::Result<()> {
    let content = runtime
        .block_on(product.objects.get(object, None))
        .map_err(io::Error::other)?;
    let Some(content) = content else { return Ok(()) };
    let reader = StreamReader::new(content.map(|chunk| chunk.map_err(io::Error::other)));
    let mut reader = tokio_util::io::SyncIoBridge::new_with_handle(reader, runtime.clone());
    io::copy(&mut reader, to).map(|_| ())
}

fn describe(holdings: &Holdings) -> serde_json::Value {
    let name = holdings.account.user.display_name().to_owned();
    let sessions: Vec<_> = holdings
        .sessions
        .iter()
        .map(|session| json!({"id": session.id, "created_at": session.created_at, "expires_at": session.expires_at}))
        .collect();
    let uploads: Vec<_> = holdings.uploads.iter().cloned().map(UploadBody::from).collect();
    let materials: Vec<_> = holdings
        .materials
        .iter()
        .cloned()
        .map(|material| MaterialBody::new(material, name.clone()))
        .collect();
    let ratings: Vec<_> = holdings
        .ratings
        .iter()
        .map(|rating| json!({"material": rating.material, "stars": rating.stars.number(), "rated_at": rating.rated_at}))
        .collect();
    let classes: Vec<_> = holdings
        .classes
        .iter()
        .map(|own| json!({"id": own.class.value.id, "name": own.class.value.name, "teaches": own.teaches()}))
        .collect();
    let submissions: Vec<_> = holdings
        .submissions
        .iter()
        .cloned()
        .map(SubmissionBody::from)
        .collect();
    json!({
        "account": UserBody::from(holdings.account.user.clone()),
        "used_bytes": holdings.account.used_bytes,
        "sessions": sessions,
        "uploads": uploads,
        "materials": materials,
        "ratings": ratings,
        "classes": classes,
        "submissions": submissions,
    })
}
