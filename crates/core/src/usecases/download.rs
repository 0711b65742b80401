//! Handing out a version's bytes: never ourselves, always by a short-lived signed URL.
use super::read_material::read_material;
use super::{Product, UseCaseError};
use crate::domain::ids::MaterialId;
use crate::domain::material::Processing;
use crate::domain::policy::Actor;
use crate::ports::extractor::Rejection;
use crate::ports::object_store::{Audience, GetGrant, Presigned};
use std::fmt::Write as _;

/// A signed URL for a version's content, the current one's unless said, as an attachment under its filename.
///
/// # Errors
/// `NotFound`; `Conflict` (`content_withdrawn`) when its checksum was wrong, (`not_scanned_yet`) until the
/// scanner has seen it, where there is one; `Forbidden` (`quarantined`) when the scanner has found it to do
/// harm.
pub async fn download(
    product: &Product,
    actor: &Actor,
    id: MaterialId,
    number: Option<u32>,
    audience: &Audience,
) -> Result<Presigned, UseCaseError> {
    let material = read_material(product, actor, id).await?.material;
    let version = match number {
        Some(number) if number != material.current.number => {
            let versions = product.records.versions(id).await?;
            &versions
                .into_iter()
                .find(|version| version.number == number)
                .ok_or(UseCaseError::NotFound)?
        }
        _ => &material.current,
    };
    if version.processing == Processing::Failed(Rejection::ChecksumMismatch) {
        return Err(UseCaseError::conflict(
            "content_withdrawn",
            "what arrived was not what was announced",
        ));
    }
    if version.processing == Processing::Failed(Rejection::Infected) {
        return Err(UseCaseError::Forbidden("quarantined"));
    }
    if product.scanner.is_some() && matches!(version.processing, Processing::Running { .. }) {
        return Err(UseCaseError::conflict(
            "not_scanned_yet",
            "it can be downloaded once it was scanned",
        ));
    }
    let grant = GetGrant {
        key: &version.object,
        content_disposition: &attachment(version.filename.as_str()),
        content_type: safe_type(&version.content_type, version.kind.media_type()),
        valid_for: product.settings.download_url_lifetime,
        through: None,
    };
    Ok(product.objects.presign_get(&grant, audience))
}

/// The true type where it is known; for pictures and media what was announced, if it is one of
/// those that are nothing but pictures and media.
fn safe_type<'a>(announced: &'a str, known: &'a str) -> &'a str {
    const INERT: [&str; 15] = [
        "image/png",
        "image/jpeg",
        "image/webp",
        "image/gif",
        "image/tiff",
        "image/bmp",
        "image/heic",
        "image/heif",
        "image/avif",
        "video/mp4",
        "video/webm",
        "video/quicktime",
        "audio/mpeg",
        "audio/mp4",
        "audio/ogg",
    ];
    if known == "application/octet-stream" && INERT.contains(&announced) {
        announced
    } else {
        known
    }
}

/// `Content-Disposition` for a download (RFC 6266): an ASCII fallback and the true name (RFC 8187).
pub fn attachment(filename: &str) -> String {
    let fallback: String = filename
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || " ._-()".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut encoded = String::new();
    for byte in filename.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HARDENING 22.
    #[test]
    fn dispositions_are_ascii_without_quotes_or_line_ends() {
        let header = attachment("a\"b\r\n; ש\u{202E}.pdf");
        assert!(header.is_ascii() && !header.contains(['\r', '\n']), "{header}");
        assert_eq!(
            attachment("a b.pdf"),
            "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf"
        );
    }
}
