//! Beginning and looking at uploads: a durable record, reserved space, and signed URLs.
use super::idempotency::IdempotencyKey;
use super::{Fields, Product, UseCaseError, authorize, require_user, secret_text};
use crate::domain::ids::{UploadId, UserId};
use crate::domain::name::{Filename, TextError};
use crate::domain::policy::{Action, Actor};
use crate::domain::upload::{PartPlan, Upload, UploadState};
use crate::ports::object_store::{Audience, ObjectError, ObjectKey, PartGrant, Presigned, PutGrant, Sha256};
use crate::ports::record_store::{Condition, Cursor, TransactError};
use crate::records::{Listing, Stored, uploads, usage};
use std::collections::HashMap;

/// What keys of requests for uploads are remembered under.
const SCOPE: &str = "upload";

/// What a client says of a file that it wants to send.
#[derive(Clone, Debug, Default)]
pub struct BeginUpload {
    /// As people see it; only its last component is kept.
    pub filename: String,
    /// In bytes, exactly.
    pub size: u64,
    /// Its media type, at most 255 bytes; `application/octet-stream` if it is not said.
    pub content_type: Option<String>,
    /// 64 hexadecimal digits.
    pub sha256: Option<String>,
}

/// A part of an upload as its client sees it.
#[derive(Clone, Debug)]
pub struct PartView {
    /// From 1.
    pub number: u32,
    /// In the file, in bytes.
    pub offset: u64,
    /// In bytes.
    pub size: u64,
    /// How to send it; `None` once it has arrived.
    pub request: Option<Presigned>,
}

/// An upload as its client sees it.
#[derive(Clone, Debug)]
pub struct UploadView {
    /// The upload.
    pub upload: Upload,
    /// Bytes of the parts that have arrived.
    pub received: u64,
    /// All parts; none unless the upload is open.
    pub parts: Vec<PartView>,
}

/// Records an upload, reserves its space, and signs URLs for all its parts.
///
/// # Errors
/// `Invalid` for a bad name, type, hash or size; `QuotaExceeded`; `Conflict` (`idempotency_key_reused`).
pub async fn begin_upload(
    product: &Product,
    actor: &Actor,
    command: BeginUpload,
    idempotency: Option<IdempotencyKey>,
    audience: &Audience,
) -> Result<UploadView, UseCaseError> {
    authorize(actor, Action::BeginUpload)?;
    let owner = require_user(actor)?;
    let mut upload = parse(product, owner, &command)?;
    if upload.plan().count() > 1 {
        let id = product
            .objects
            .create_multipart(&upload.object, &upload.content_type)
            .await?;
        upload.multipart = Some(id);
    }
    let mut writes = vec![
        usage::reserve(owner, upload.size, product.settings.quota_bytes),
        uploads::put(&upload, Condition::Absent),
    ];
    writes.extend(idempotency.as_ref().map(|key| {
        let made = upload.id.to_string();
        key.remember(owner, SCOPE, &made, upload.created_at)
    }));
    match transact_with_retries(product, writes).await {
        Ok(()) => Ok(view(product, upload, &HashMap::new(), audience)),
        Err(error) => {
            discard_multipart(product, &upload).await;
            match (error, idempotency) {
                (TransactError::Condition(failed), Some(key)) if failed.contains(&2) => {
                    repeat(product, actor, owner, &key, audience).await
                }
                (TransactError::Condition(failed), _) if failed.contains(&0) => {
                    Err(UseCaseError::QuotaExceeded)
                }
                (error, _) => Err(error.into()),
            }
        }
    }
}

pub(crate) async fn transact_with_retries(
    product: &Product,
    writes: Vec<crate::ports::record_store::Write>,
) -> Result<(), TransactError> {
    for _ in 0..super::CONFLICT_RETRIES {
        match product.records.store().transact(writes.clone()).await {
            Err(TransactError::Conflict) => {}
            other => return other,
        }
    }
    Err(TransactError::Conflict)
}

/// The answer that the key's first request had.
async fn repeat(
    product: &Product,
    actor: &Actor,
    owner: UserId,
    key: &IdempotencyKey,
    audience: &Audience,
) -> Result<UploadView, UseCaseError> {
    let Some(made) = key.made(product, owner, SCOPE).await? else {
        return Err(UseCaseError::conflict(
            "changed_meanwhile",
            "the idempotency key has just expired; try again",
        ));
    };
    let id = made
        .parse()
        .map_err(|_| UseCaseError::Internal("an idempotency record names no upload".into()))?;
    get_upload(product, actor, id, audience).await
}

/// A multipart upload whose record was not written is of no use; if this fails the sweep finds it.
async fn discard_multipart(product: &Product, upload: &Upload) {
    if let Some(multipart) = &upload.multipart
        && let Err(error) = product.objects.abort_multipart(&upload.object, multipart).await
    {
        tracing::warn!(%error, upload.id = %upload.id, "unused multipart upload is left to the sweep");
    }
}

pub(crate) fn parse(product: &Product, owner: UserId, command: &BeginUpload) -> Result<Upload, UseCaseError> {
    let mut fields = Fields::default();
    let filename = fields.take("filename", Filename::parse(&command.filename));
    let content_type = fields.take("content_type", content_type(command.content_type.as_deref()));
    let sha256 = fields.optional("sha256", command.sha256.as_deref().map(parse_sha256));
    let limit = product.settings.max_upload_bytes;
    if command.size > limit {
        fields.refuse("size", format!("must be at most {limit} bytes"));
    }
    fields.finish()?;
    let (Some(filename), Some(content_type)) = (filename, content_type) else {
        return Err(UseCaseError::Internal("a refused field was not reported".into()));
    };
    let id = UploadId::new(product.ids.uuid());
    let now = product.clock.now();
    Ok(Upload {
        id,
        owner,
        filename,
        size: command.size,
        content_type,
        sha256,
        object: ObjectKey(format!("uploads/{id}/{}", secret_text(product.ids.secret()))),
        multipart: None,
        open_length: false,
        part_size: PartPlan::for_size(command.size).part_size(),
        state: UploadState::Open,
        created_at: now,
        expires_at: now.checked_add(product.settings.upload_lifetime).unwrap_or(now),
    })
}

/// Parses 64 hexadecimal digits.
pub(crate) fn parse_sha256(text: &str) -> Result<Sha256, TextError> {
    Sha256::from_hex(text).ok_or(TextError::Form("must be 64 hexadecimal digits"))
}

/// A media type (RFC 9110 §8.3.1) as announced: `type/subtype` with optional parameters.
fn content_type(given: Option<&str>) -> Result<String, TextError> {
    let Some(text) = given.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok("application/octet-stream".into());
    };
    let essence = text.split(';').next().unwrap_or_default().trim();
    let token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b))
    };
    let fits = text.len() <= 255
        && text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
        && essence
            .split_once('/')
            .is_some_and(|(kind, subtype)| token(kind) && token(subtype));
    fits.then(|| text.to_owned())
        .ok_or(TextError::Form("must be a media type such as application/pdf"))
}

/// What has arrived of an upload, and fresh URLs for what has not. Moves an open upload's expiry on.
///
/// # Errors
/// `NotFound` for somebody else's.
pub async fn get_upload(
    product: &Product,
    actor: &Actor,
    id: UploadId,
    audience: &Audience,
) -> Result<UploadView, UseCaseError> {
    let stored = own_upload(product, actor, id).await?;
    if stored.value.state != UploadState::Open {
        let received = if stored.value.state == UploadState::Aborted {
            0
        } else {
            stored.value.size
        };
        return Ok(UploadView {
            upload: stored.value,
            received,
            parts: Vec::new(),
        });
    }
    let upload = keep_alive(product, stored).await?;
    let arrived = arrived_parts(product, &upload).await?;
    Ok(view(product, upload, &arrived, audience))
}

/// The caller's upload, or `NotFound`.
pub(crate) async fn own_upload(
    product: &Product,
    actor: &Actor,
    id: UploadId,
) -> Result<Stored<Upload>, UseCaseError> {
    require_user(actor)?;
    let stored = product.records.upload(id).await?.ok_or(UseCaseError::NotFound)?;
    authorize(actor, Action::UseUpload(&stored.value))?;
    Ok(stored)
}

/// Whoever asks for an upload is still at it: once half its time has passed it gets the whole again.
async fn keep_alive(product: &Product, stored: Stored<Upload>) -> Result<Upload, UseCaseError> {
    let now = product.clock.now();
    let mut upload = stored.value;
    let lifetime = product.settings.upload_lifetime;
    if upload.expires_at.duration_since(now) > lifetime / 2 {
        return Ok(upload);
    }
    upload.expires_at = now.checked_add(lifetime).unwrap_or(upload.expires_at);
    match product
        .records
        .store()
        .transact(vec![uploads::put(&upload, Condition::Version(stored.version))])
        .await
    {
        Ok(()) | Err(TransactError::Condition(_) | TransactError::Conflict) => Ok(upload),
        Err(TransactError::Store(error)) => Err(error.into()),
    }
}

/// Sizes of the parts that have arrived whole, by number.
pub(crate) async fn arrived_parts(
    product: &Product,
    upload: &Upload,
) -> Result<HashMap<u32, u64>, UseCaseError> {
    let Some(multipart) = &upload.multipart else {
        let info = product.objects.head(&upload.object).await?;
        return Ok(info.map(|info| (1, info.size)).into_iter().collect());
    };
    match product.objects.list_parts(&upload.object, multipart).await {
        Ok(parts) => Ok(parts.into_iter().map(|part| (part.number, part.size)).collect()),
        Err(ObjectError::NotFound) => joined_parts(product, upload).await,
        Err(error) => Err(error.into()),
    }
}

/// The multipart upload is gone: either its parts were joined and the answer was lost, or it was
/// lost itself.
async fn joined_parts(product: &Product, upload: &Upload) -> Result<HashMap<u32, u64>, UseCaseError> {
    let joined = product
        .objects
        .head(&upload.object)
        .await?
        .is_some_and(|info| info.size == upload.size);
    if joined {
        return Ok(upload
            .plan()
            .parts()
            .map(|(number, _, size)| (number, size))
            .collect());
    }
    Err(UseCaseError::conflict(
        "upload_lost",
        "storage has lost the parts of this upload; begin it again",
    ))
}

fn view(product: &Product, upload: Upload, arrived: &HashMap<u32, u64>, audience: &Audience) -> UploadView {
    let mut received = 0;
    let parts = upload
        .plan()
        .parts()
        .map(|(number, offset, size)| {
            let has_arrived = arrived.get(&number) == Some(&size);
            if has_arrived {
                received += size;
            }
            let request = (!has_arrived).then(|| presign(product, &upload, number, size, audience));
            PartView {
                number,
                offset,
                size,
                request,
            }
        })
        .collect();
    UploadView {
        upload,
        received,
        parts,
    }
}

pub(crate) fn presign(
    product: &Product,
    upload: &Upload,
    number: u32,
    size: u64,
    audience: &Audience,
) -> Presigned {
    let valid_for = product.settings.upload_url_lifetime;
    let key = &upload.object;
    if let Some(multipart) = &upload.multipart {
        let grant = PartGrant {
            key,
            multipart,
            number,
            size,
            valid_for,
        };
        product.objects.presign_part(&grant, audience)
    } else {
        let grant = PutGrant {
            key,
            size: (!upload.open_length).then_some(size),
            content_type: (!upload.open_length).then_some(upload.content_type.as_str()),
            sha256: upload.sha256,
            valid_for,
            through: None,
        };
        product.objects.presign_put(&grant, audience)
    }
}

/// The caller's open uploads, latest first, without URLs: for resuming on another device.
///
/// # Errors
/// `Unauthenticated`.
pub async fn list_uploads(
    product: &Product,
    actor: &Actor,
    limit: u32,
    cursor: Option<Cursor>,
) -> Result<Listing<Upload>, UseCaseError> {
    let owner = require_user(actor)?;
    let refused = UseCaseError::of_page(cursor.is_some());
    product
        .records
        .open_uploads(owner, limit, cursor)
        .await
        .map_err(refused)
}
