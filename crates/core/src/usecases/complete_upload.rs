//! Completing an upload: checks what has arrived, then publishes a material (or a version of one)
//! and queues its reading, all in one transaction.
use super::abort_upload::abandon;
use super::begin_upload::{own_upload, parse_sha256};
use super::classmates::classmates_for;
use super::update_material::{DetailsChange, parse_details};
use super::{Product, UseCaseError, applied_with_jobs, authorize, require_user};
use crate::domain::ids::{MaterialId, UploadId, VersionId};
use crate::domain::kind::Kind;
use crate::domain::material::{
    Details, MAX_VERSIONS, Material, Processing, RatingSummary, Reading, Version, Visibility,
};
use crate::domain::policy::{Action, Actor};
use crate::domain::upload::{Upload, UploadState};
use crate::jobs::{Job, Payload};
use crate::ports::object_store::{ObjectError, ObjectInfo, Sha256, StoredPart};
use crate::ports::record_store::{Condition, TransactError, Write};
use crate::records::{Stored, materials, subjects, uploads, usage};

/// What the owner says of the content.
#[derive(Clone, Debug, Default)]
pub struct CompleteUpload {
    /// Details of the new material; the title is suggested from the filename if it is not given.
    pub details: DetailsChange,
    /// 64 hexadecimal digits, for clients that hash while they send.
    pub sha256: Option<String>,
}

/// Completes an upload into a new material. Completing it again gives the same material.
///
/// # Errors
/// `NotFound`; `Invalid`; `Conflict` (`upload_incomplete`, `upload_aborted`); `Content`
/// (`size_mismatch`, `checksum_mismatch`), after which the upload is aborted.
pub async fn complete_upload(
    product: &Product,
    actor: &Actor,
    id: UploadId,
    command: CompleteUpload,
) -> Result<Material, UseCaseError> {
    for _ in 0..super::CONFLICT_RETRIES {
        let stored = own_upload(product, actor, id).await?;
        if let Some(material) = complete_stored(product, stored, &command).await? {
            return Ok(material);
        }
    }
    Err(TransactError::Conflict.into())
}

/// Completes an upload as it was read; `Ok(None)` when it changed meanwhile.
pub(crate) async fn complete_stored(
    product: &Product,
    stored: Stored<Upload>,
    command: &CompleteUpload,
) -> Result<Option<Material>, UseCaseError> {
    if let UploadState::Completed { material, .. } = stored.value.state {
        let material = product
            .records
            .material(material)
            .await?
            .ok_or(UseCaseError::NotFound)?;
        return Ok(Some(material.value));
    }
    let initial = initial_details(&stored.value);
    let details = parse_details(product, initial, command.details.clone()).await?;
    let (upload, content) = settle_content(product, stored, command.sha256.as_deref()).await?;
    let material = new_material(product, &upload.value, details, content);
    let payload = Payload::IngestVersion {
        material: material.id,
        version: 1,
    };
    let job = Job::new(payload, &*product.clock, &*product.ids);
    let mut writes = completed(&upload, material.id, 1);
    writes.push(materials::put(&material, Condition::Absent));
    writes.push(materials::put_version(&material.current, Condition::Absent));
    writes.push(job.enqueue());
    writes.extend(material.details.subject.as_ref().map(subjects::check));
    Ok(applied_with_jobs(product, writes).await?.then_some(material))
}

/// Completes an upload into the next version of a material. Completing it again gives the same.
///
/// # Errors
/// As [`complete_upload`]; `Conflict` (`too_many_versions`).
pub async fn add_version(
    product: &Product,
    actor: &Actor,
    material_id: MaterialId,
    upload_id: UploadId,
) -> Result<Version, UseCaseError> {
    require_user(actor)?;
    for _ in 0..super::CONFLICT_RETRIES {
        let stored = product
            .records
            .material(material_id)
            .await?
            .ok_or(UseCaseError::NotFound)?;
        let classmates = classmates_for(product, actor, [&stored.value]).await?;
        authorize(actor, Action::EditMaterial(&stored.value, &classmates))?;
        let upload = own_upload(product, actor, upload_id).await?;
        if let UploadState::Completed { material, version } = upload.value.state {
            if material != material_id {
                return Err(UseCaseError::conflict(
                    "upload_completed",
                    "this upload has become another material",
                ));
            }
            let versions = product.records.versions(material).await?;
            return versions
                .into_iter()
                .find(|v| v.number == version)
                .ok_or(UseCaseError::NotFound);
        }
        let number = stored.value.current.number + 1;
        if number > MAX_VERSIONS {
            let detail = format!("a material has at most {MAX_VERSIONS} versions");
            return Err(UseCaseError::conflict("too_many_versions", detail));
        }
        let (upload, content) = settle_content(product, upload, None).await?;
        let version = new_version(product, &upload.value, material_id, number, content);
        let mut material = stored.value;
        material.current = version.clone();
        material.updated_at = product.clock.now();
        let job = Job::new(
            Payload::IngestVersion {
                material: material_id,
                version: number,
            },
            &*product.clock,
            &*product.ids,
        );
        let mut writes = completed(&upload, material_id, number);
        writes.push(materials::put(&material, Condition::Version(stored.version)));
        writes.push(materials::put_version(&version, Condition::Absent));
        writes.push(job.enqueue());
        if applied_with_jobs(product, writes).await? {
            return Ok(version);
        }
    }
    Err(TransactError::Conflict.into())
}

fn completed(upload: &Stored<Upload>, material: MaterialId, version: u32) -> Vec<Write> {
    let mut done = upload.value.clone();
    done.state = UploadState::Completed { material, version };
    vec![uploads::put(&done, Condition::Version(upload.version))]
}

/// The content of an upload, joined and checked.
#[derive(Clone, Copy)]
pub(crate) struct Content {
    sha256: Option<Sha256>,
    verified: bool,
}

/// Joins what has arrived and checks it against what was announced. What is wrong for good aborts
/// the upload, so that nothing of it stays.
pub(crate) async fn settle_content(
    product: &Product,
    stored: Stored<Upload>,
    announced: Option<&str>,
) -> Result<(Stored<Upload>, Content), UseCaseError> {
    let announced = announced
        .map(parse_sha256)
        .transpose()
        .map_err(|e| UseCaseError::field("sha256", e.to_string()))?;
    let upload = &stored.value;
    if let UploadState::Submitted { .. } = upload.state {
        return Err(UseCaseError::conflict(
            "upload_completed",
            "this upload was handed in for a lesson",
        ));
    }
    if upload.state == UploadState::Aborted {
        return Err(UseCaseError::conflict(
            "upload_aborted",
            "this upload was given up or has expired; begin it again",
        ));
    }
    let info = joined(product, upload).await?;
    let stored = if stored.value.open_length {
        fix_length(product, stored, info.size).await?
    } else {
        stored
    };
    let upload = &stored.value;
    let expected = upload.sha256.or(announced);
    let verdict = if info.size != upload.size {
        Err((
            "size_mismatch",
            format!(
                "{} bytes were announced and {} have arrived",
                upload.size, info.size
            ),
        ))
    } else if upload
        .sha256
        .zip(announced)
        .is_some_and(|(first, second)| first != second)
    {
        Err(("checksum_mismatch", "two different SHA-256 were announced".into()))
    } else {
        check_hash(product, upload, &info, expected).await?
    };
    match verdict {
        Ok(verified) => Ok((
            stored,
            Content {
                sha256: expected.or(info.sha256),
                verified,
            },
        )),
        Err((code, detail)) => {
            abandon(product, stored).await?;
            Err(UseCaseError::Content { code, detail })
        }
    }
}

/// What arrived for an upload of open length decides its size; the rest of what was reserved is
/// given back. More than was reserved aborts it.
async fn fix_length(
    product: &Product,
    mut stored: Stored<Upload>,
    arrived: u64,
) -> Result<Stored<Upload>, UseCaseError> {
    let reserved = stored.value.size;
    if arrived > reserved {
        abandon(product, stored).await?;
        let detail = format!("at most {reserved} bytes may be sent this way; {arrived} have arrived");
        return Err(UseCaseError::Content {
            code: "size_mismatch",
            detail,
        });
    }
    stored.value.size = arrived;
    stored.value.part_size = arrived.max(1);
    stored.value.open_length = false;
    let writes = vec![
        uploads::put(&stored.value, Condition::Version(stored.version)),
        usage::release(stored.value.owner, reserved - arrived),
    ];
    product.records.store().transact(writes).await?;
    stored.version += 1;
    Ok(stored)
}

async fn joined(product: &Product, upload: &Upload) -> Result<ObjectInfo, UseCaseError> {
    if let Some(multipart) = &upload.multipart {
        match product.objects.list_parts(&upload.object, multipart).await {
            Ok(parts) => join(product, upload, multipart, parts).await?,
            // An earlier attempt joined them and its answer was lost.
            Err(ObjectError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    product
        .objects
        .head(&upload.object)
        .await?
        .ok_or_else(|| incomplete(&[1]))
}

async fn join(
    product: &Product,
    upload: &Upload,
    multipart: &crate::ports::object_store::MultipartId,
    parts: Vec<StoredPart>,
) -> Result<(), UseCaseError> {
    let whole = |number: u32, size: u64| {
        parts
            .iter()
            .any(|part| part.number == number && part.size == size)
    };
    let missing: Vec<u32> = upload
        .plan()
        .parts()
        .filter(|(number, _, size)| !whole(*number, *size))
        .map(|(number, ..)| number)
        .collect();
    if !missing.is_empty() {
        return Err(incomplete(&missing));
    }
    let count = upload.plan().count();
    let wanted: Vec<StoredPart> = parts.into_iter().filter(|part| part.number <= count).collect();
    match product
        .objects
        .complete_multipart(&upload.object, multipart, &wanted)
        .await
    {
        // Somebody else has just joined them: what counts is what stands there.
        Ok(()) | Err(ObjectError::Exists | ObjectError::NotFound) => Ok(()),
        Err(ObjectError::BadParts(why)) => Err(UseCaseError::conflict("upload_incomplete", why)),
        Err(error) => Err(error.into()),
    }
}

fn incomplete(missing: &[u32]) -> UseCaseError {
    let first: Vec<String> = missing.iter().take(10).map(u32::to_string).collect();
    let more = if missing.len() > 10 { ", …" } else { "" };
    UseCaseError::conflict(
        "upload_incomplete",
        format!(
            "{} parts have not arrived: {}{more}",
            missing.len(),
            first.join(", ")
        ),
    )
}

/// Whether the stored bytes are verified now; `Err` inside when they are the wrong ones.
async fn check_hash(
    product: &Product,
    upload: &Upload,
    info: &ObjectInfo,
    expected: Option<Sha256>,
) -> Result<Result<bool, (&'static str, String)>, UseCaseError> {
    let Some(expected) = expected else {
        return Ok(Ok(true));
    };
    let actual = match info.sha256 {
        Some(known) => known,
        None if info.size <= product.settings.verify_inline_bytes => read_hash(product, upload).await?,
        None => return Ok(Ok(false)),
    };
    if actual == expected {
        Ok(Ok(true))
    } else {
        Ok(Err((
            "checksum_mismatch",
            "the SHA-256 of what has arrived is not the one that was announced".into(),
        )))
    }
}

async fn read_hash(product: &Product, upload: &Upload) -> Result<Sha256, UseCaseError> {
    use futures::StreamExt;
    let mut arriving = product
        .objects
        .get(&upload.object, None)
        .await?
        .ok_or_else(|| incomplete(&[1]))?;
    let mut hash = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    while let Some(chunk) = arriving.next().await {
        hash.update(&chunk?);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(hash.finish().as_ref());
    Ok(Sha256(digest))
}

fn initial_details(upload: &Upload) -> Details {
    Details {
        title: upload.filename.suggested_title(),
        description: String::new(),
        subject: None,
        grade: None,
        course: None,
        tags: Vec::new(),
        language: None,
        licence: None,
        visibility: Visibility::default(),
    }
}

fn new_material(product: &Product, upload: &Upload, details: Details, content: Content) -> Material {
    let id = MaterialId::new(product.ids.uuid());
    let current = new_version(product, upload, id, 1, content);
    let now = current.created_at;
    Material {
        rating: RatingSummary::default(),
        id,
        owner: upload.owner,
        details,
        current,
        created_at: now,
        updated_at: now,
    }
}

fn new_version(
    product: &Product,
    upload: &Upload,
    material: MaterialId,
    number: u32,
    content: Content,
) -> Version {
    Version {
        id: VersionId::new(product.ids.uuid()),
        material,
        number,
        upload: upload.id,
        object: upload.object.clone(),
        filename: upload.filename.clone(),
        size: upload.size,
        sha256: content.sha256,
        verified: content.verified,
        content_type: upload.content_type.clone(),
        kind: Kind::Other,
        has_cover: false,
        has_layout: false,
        processing: Processing::Running { done: 0, total: 0 },
        reading: Reading::default(),
        media: None,
        notice: None,
        recognition: None,
        captions: None,
        created_at: product.clock.now(),
    }
}
