//! One file on its way: find or begin its upload, send what is missing, complete.
use super::Details;
use super::client::{Client, Part, Upload, UploadPage, is_passing, pause};
use crate::Failure;
use aws_lc_rs::digest::{Context, SHA256};
use futures::StreamExt;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::io::{Read, SeekFrom};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

/// Attempts for one part.
const ATTEMPTS: u32 = 8;

/// Sends a file and returns a link to its material.
///
/// # Errors
/// When the file cannot be read, or the server refuses it or stays away.
pub async fn send(
    client: &Client,
    path: &Path,
    details: &Details,
    connections: usize,
    bars: &MultiProgress,
) -> Result<String, Failure> {
    let name = path
        .file_name()
        .ok_or("has no name")?
        .to_string_lossy()
        .into_owned();
    let size = tokio::fs::metadata(path).await?.len();
    let bar = bars.add(bar(&name, size));
    let hashing = tokio::task::spawn_blocking({
        let path = path.to_owned();
        move || hash(&path)
    });
    let upload = if let Some(upload) = unfinished(client, &name, size).await? {
        upload
    } else {
        let body = json!({"filename": name, "size": size, "content_type": content_type(&name)});
        client.call(Method::POST, "api/v1/uploads", Some(&body)).await?
    };
    bar.set_position(upload.received);
    let missing: Vec<Part> = upload
        .parts
        .iter()
        .filter(|part| part.url.is_some())
        .cloned()
        .collect();
    let mut sends = futures::stream::iter(
        missing
            .into_iter()
            .map(|part| send_part(client, path, &upload.id, part, &bar)),
    )
    .buffer_unordered(connections);
    while let Some(sent) = sends.next().await {
        sent?;
    }
    bar.set_message("checking");
    let mut body = serde_json::to_value(details)?;
    body["sha256"] = Value::String(hashing.await??);
    let route = format!("api/v1/uploads/{}/complete", upload.id);
    let material: Value = client.call(Method::POST, &route, Some(&body)).await?;
    bar.finish_and_clear();
    let id = material["id"]
        .as_str()
        .ok_or("the server answered without a material")?;
    Ok(client.url(&format!("materials/{id}"))?.to_string())
}

fn bar(name: &str, size: u64) -> ProgressBar {
    let style = ProgressStyle::with_template(
        "{prefix:30!} {wide_bar} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} {msg}",
    )
    .expect("the template names fields that exist");
    ProgressBar::new(size)
        .with_style(style)
        .with_prefix(name.to_owned())
}

/// An open upload of the same name and size: the one that was cut off.
async fn unfinished(client: &Client, name: &str, size: u64) -> Result<Option<Upload>, Failure> {
    let mut cursor = String::new();
    loop {
        let page: UploadPage = client
            .call(Method::GET, &format!("api/v1/uploads?limit=100{cursor}"), None)
            .await?;
        if let Some(found) = page
            .items
            .iter()
            .find(|upload| upload.filename == name && upload.size == size)
        {
            return Ok(Some(
                client
                    .call(Method::GET, &format!("api/v1/uploads/{}", found.id), None)
                    .await?,
            ));
        }
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(None),
        }
    }
}

async fn send_part(
    client: &Client,
    path: &Path,
    upload: &str,
    mut part: Part,
    bar: &ProgressBar,
) -> Result<(), Failure> {
    for attempt in 1..=ATTEMPTS {
        let before = bar.position();
        match client.put(&part, body(path, &part, bar.clone()).await?).await {
            Ok(()) | Err(Some(StatusCode::PRECONDITION_FAILED)) => return Ok(()),
            Err(None) => pause(attempt).await,
            Err(Some(status)) if is_passing(status) => pause(attempt).await,
            // The URL has expired: the server gives a fresh one.
            Err(Some(StatusCode::FORBIDDEN)) => {}
            Err(Some(status)) => return Err(format!("storage answered {status}").into()),
        }
        bar.set_position(before.min(bar.position()));
        let now: Upload = client
            .call(Method::GET, &format!("api/v1/uploads/{upload}"), None)
            .await?;
        match now.parts.into_iter().find(|fresh| fresh.number == part.number) {
            Some(fresh) if fresh.url.is_some() => part = fresh,
            _ => return Ok(()),
        }
    }
    Err(format!("part {} could not be sent", part.number).into())
}

async fn body(path: &Path, part: &Part, bar: ProgressBar) -> Result<reqwest::Body, Failure> {
    let mut file = tokio::fs::File::open(path).await?;
    file.seek(SeekFrom::Start(part.offset)).await?;
    let stream = ReaderStream::with_capacity(file.take(part.size), 256 * 1024);
    Ok(reqwest::Body::wrap_stream(stream.inspect(move |chunk| {
        if let Ok(chunk) = chunk {
            bar.inc(chunk.len() as u64);
        }
    })))
}

fn hash(path: &PathBuf) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(context.finish())),
            count => context.update(&buffer[..count]),
        }
    }
}

/// What the name suggests; the server decides by content.
fn content_type(name: &str) -> &'static str {
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_lowercase())
        .unwrap_or_default();
    match extension.as_str() {
        "pdf" => "application/pdf",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "txt" | "md" => "text/plain",
        "html" | "htm" => "text/html",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "mp3" => "audio/mpeg",
        _ => "application/octet-stream",
    }
}
