//! Sending a video for a lesson: the server's clock decides, the content is looked at before anything is
//! published, and the school signs what it has received.
use super::{lesson_seat, refuse_archived, still_there};
use crate::domain::attendance::{Arrival, Submission};
use crate::domain::class::Class;
use crate::domain::ids::{LessonId, MemberId, SubmissionId, UploadId};
use crate::domain::lesson::{Lesson, Phase};
use crate::domain::name;
use crate::domain::policy::Actor;
use crate::domain::receipt::{ChainEnd, Receipt, ReceiptClaims};
use crate::domain::upload::{Upload, UploadState};
use crate::jobs::{Job, Payload};
use crate::ports::extractor::{ExtractError, Rejection, Video};
use crate::ports::object_store::Sha256;
use crate::ports::record_store::{Condition, TransactError, Write};
use crate::ports::scanner::Verdict;
use crate::records::{Stored, receipts, submissions, uploads, usage};
use crate::usecases::abort_upload::abandon;
use crate::usecases::begin_upload::own_upload;
use crate::usecases::complete_upload::settle_content;
use crate::usecases::{Fields, Product, UseCaseError, require_user};
use jiff::Timestamp;

/// How often a video is tried to be written down beside others that arrive at the same time.
const TRIES: u32 = 60;

/// A video as it is handed in.
#[derive(Clone, Debug)]
pub struct SubmitVideo {
    /// The upload that brought it.
    pub upload: UploadId,
    /// At most 200 characters; from the filename unless it is given.
    pub title: Option<String>,
    /// At most 2,000 characters.
    pub description: Option<String>,
}

/// Hands in a video for a lesson, in place of the caller's earlier one, which stays until this one is whole.
/// Handing in the same upload again gives the same submission.
///
/// # Errors
/// `NotFound`; `Forbidden` (`not_a_member`); `Closed` before opening and after closing and when the lesson
/// does not take place; `Invalid`; `Conflict` (`upload_incomplete`, `upload_aborted`, `upload_completed`,
/// `class_archived`); `Content` (`video_too_large`, `video_too_long`, `not_a_video`, `video_damaged`,
/// `size_mismatch`, `checksum_mismatch`), after which the upload is given up.
pub async fn submit_video(
    product: &Product,
    actor: &Actor,
    id: LessonId,
    command: SubmitVideo,
) -> Result<(Submission, Receipt), UseCaseError> {
    let now = product.clock.now();
    require_user(actor)?;
    let found = lesson_seat(product, actor, id).await?;
    let member = found.seat.own()?.id;
    let (class, lesson) = (found.seat.class.value, found.lesson);
    let upload = own_upload(product, actor, command.upload).await?;
    if let Some(done) = submitted_before(product, id, member, &upload.value).await? {
        return Ok(done);
    }
    let arrival = arrival(&class, &lesson, now)?;
    refuse_archived(&class)?;
    let (title, description) = texts(&command, &upload.value)?;
    let limit = class.limits.max_bytes;
    if upload.value.size > limit && !upload.value.open_length {
        let detail = format!("a video of this class has at most {limit} bytes");
        return refuse(product, upload, "video_too_large", detail).await;
    }
    let (upload, _) = settle_content(product, upload, None).await?;
    let (upload, sha256, video) = examine(product, &class, upload).await?;
    let new = NewVideo {
        member,
        title,
        description,
        sha256,
        video,
        arrival,
        received_at: now,
    };
    publish(product, &class, &lesson, upload, new).await
}

/// What is to become a submission.
struct NewVideo {
    member: MemberId,
    title: String,
    description: String,
    sha256: Sha256,
    video: Video,
    arrival: Arrival,
    received_at: Timestamp,
}

async fn submitted_before(
    product: &Product,
    lesson: LessonId,
    member: MemberId,
    upload: &Upload,
) -> Result<Option<(Submission, Receipt)>, UseCaseError> {
    match upload.state {
        UploadState::Submitted { submission } => {
            let stored = product.records.submission(submission).await?;
            let found = stored.map(|stored| stored.value).filter(|submission| {
                submission.lesson == lesson && submission.member == member && submission.upload == upload.id
            });
            let submission = found.ok_or_else(|| {
                UseCaseError::conflict("upload_completed", "this upload was handed in already")
            })?;
            let receipt = product
                .records
                .receipt(submission.class, submission.receipt)
                .await?;
            let receipt = receipt.ok_or_else(|| UseCaseError::Internal("a receipt is missing".into()))?;
            Ok(Some((submission, receipt)))
        }
        UploadState::Completed { .. } => Err(UseCaseError::conflict(
            "upload_completed",
            "this upload has become a material",
        )),
        UploadState::Open | UploadState::Aborted => Ok(None),
    }
}

/// How a video that arrives now is judged.
pub(super) fn arrival(class: &Class, lesson: &Lesson, now: Timestamp) -> Result<Arrival, UseCaseError> {
    let closed = |code, detail: String| UseCaseError::Closed {
        code,
        detail,
        opens_at: lesson.opens_at,
        closes_at: lesson.closes_at,
    };
    if !lesson.takes_place(class) {
        return Err(closed(
            "lesson_cancelled",
            "this lesson does not take place".into(),
        ));
    }
    match lesson.phase(now) {
        Phase::Before => {
            let detail = format!("this lesson opens at {}", lesson.opens_at);
            Err(closed("lesson_not_open", detail))
        }
        Phase::Closed => {
            let detail = format!("this lesson closed at {}", lesson.closes_at);
            Err(closed("lesson_closed", detail))
        }
        Phase::OnTime => Ok(Arrival::OnTime),
        Phase::Late => Ok(Arrival::Late),
    }
}

fn texts(command: &SubmitVideo, upload: &Upload) -> Result<(String, String), UseCaseError> {
    let mut fields = Fields::default();
    let given = command.title.as_deref().filter(|title| !title.trim().is_empty());
    let title = given.map_or_else(|| upload.filename.suggested_title(), str::to_owned);
    let title = fields.take("title", name::line(&title, 200));
    let description = name::paragraph(command.description.as_deref().unwrap_or_default(), 2_000);
    let description = fields.take("description", description);
    fields.finish()?;
    Ok((title.unwrap_or_default(), description.unwrap_or_default()))
}

async fn refuse<T>(
    product: &Product,
    upload: Stored<Upload>,
    code: &'static str,
    detail: String,
) -> Result<T, UseCaseError> {
    abandon(product, upload).await?;
    Err(UseCaseError::Content { code, detail })
}

/// Reads the whole video once, and looks at what it is. What is no good gives the upload up.
async fn examine(
    product: &Product,
    class: &Class,
    upload: Stored<Upload>,
) -> Result<(Stored<Upload>, Sha256, Video), UseCaseError> {
    let (sha256, found) = look(product, &upload.value).await?;
    if upload.value.sha256.is_some_and(|announced| announced != sha256) {
        let detail = "the SHA-256 of what has arrived is not the one that was announced".to_owned();
        return refuse(product, upload, "checksum_mismatch", detail).await;
    }
    let video = match found {
        Ok(video) => video,
        Err((code, detail)) => return refuse(product, upload, code, detail).await,
    };
    let limit = class.limits;
    if upload.value.size > limit.max_bytes {
        let detail = format!("a video of this class has at most {} bytes", limit.max_bytes);
        return refuse(product, upload, "video_too_large", detail).await;
    }
    if let Some(detail) = too_long(class, &video) {
        return refuse(product, upload, "video_too_long", detail).await;
    }
    Ok((upload, sha256, video))
}

/// Why a video is too long for a class, if it is.
pub(super) fn too_long(class: &Class, video: &Video) -> Option<String> {
    let seconds = class.limits.max_seconds;
    // Half a second is what players and phones differ by.
    let most = u64::from(seconds) * 1_000 + 500;
    let is_longer = video.media.duration_ms.is_some_and(|length| length > most);
    is_longer.then(|| format!("a video of this class has at most {seconds} seconds"))
}

/// What a stored file is: its hash, and the video, or why it is none.
pub(super) type Looked = (Sha256, Result<Video, (&'static str, String)>);

/// Spools an upload's object and lets a confined process look at it; a few at a time.
async fn look(product: &Product, upload: &Upload) -> Result<Looked, UseCaseError> {
    look_at(product, &upload.object).await
}

/// As [`look`], for any object.
pub(super) async fn look_at(
    product: &Product,
    object: &crate::ports::object_store::ObjectKey,
) -> Result<Looked, UseCaseError> {
    let turn = product.video_turns.acquire().await;
    let _turn = turn.map_err(|_| UseCaseError::Unavailable("the program is stopping".into()))?;
    let content = product.objects.get(object, None).await?;
    let content = content.ok_or_else(|| UseCaseError::Internal("the object is gone".into()))?;
    let file = product.scratch.spool(content).await?;
    if let Some(scanner) = &product.scanner {
        match scanner.scan(file.path()).await {
            Ok(Verdict::Clean) => {}
            Ok(Verdict::Infected) => {
                let why = "the scanner knows this file to do harm".to_owned();
                return Ok((file.sha256, Err(("infected", why))));
            }
            Err(error) => return Err(UseCaseError::Unavailable(error.to_string())),
        }
    }
    let video = match product.extractor.examine_video(file.path()).await {
        Ok(video) => Ok(video),
        Err(ExtractError::Rejected(Rejection::Malformed)) => {
            let why = "only MP4, MOV and WebM are taken; this is something else".to_owned();
            Err(("not_a_video", why))
        }
        Err(ExtractError::Rejected(reason)) => {
            let why = format!("the video is cut off or damaged ({})", reason.code());
            Err(("video_damaged", why))
        }
        Err(ExtractError::Unavailable(why)) => return Err(UseCaseError::Unavailable(why)),
    };
    Ok((file.sha256, video))
}

/// Writes down submission, receipt and sheet in one transaction, with the end of the earlier video.
async fn publish(
    product: &Product,
    class: &Class,
    lesson: &Lesson,
    upload: Stored<Upload>,
    new: NewVideo,
) -> Result<(Submission, Receipt), UseCaseError> {
    // Whoever deletes lesson or class removes what was published before, and nothing is after.
    let mut conditions = still_there(product, lesson.id).await?;
    // All of one class write to the same chain and sheet: within a process they take turns.
    let _turn = product.class_turns.take(&class.id.to_string()).await;
    for _ in 0..TRIES {
        let before = product.records.submission_of(lesson.id, new.member).await?;
        // The same upload may have been handed in twice at the same time.
        if before
            .as_ref()
            .is_some_and(|before| before.value.upload == upload.value.id)
        {
            let again = product.records.upload(upload.value.id).await?;
            let again = again.ok_or(UseCaseError::NotFound)?;
            if let Some(done) = submitted_before(product, lesson.id, new.member, &again.value).await? {
                return Ok(done);
            }
        }
        let end = product.records.chain_end(class.id).await?;
        let (mut sheet, revision) = sheet_of(product, lesson.id).await?;
        let id = before
            .as_ref()
            .map_or_else(|| SubmissionId::new(product.ids.uuid()), |before| before.value.id);
        let receipt = sign(product, class, lesson, &upload.value, &new, id, &end.value);
        let submission = submission_of(class, lesson, &upload.value, &new, id, &receipt, before.as_ref());
        sheet.set_video(new.member, Some(new.arrival));
        let next = ChainEnd {
            number: receipt.claims.number,
            hash: Some(receipt.hash()),
        };
        let mut done = upload.value.clone();
        done.state = UploadState::Submitted { submission: id };
        let mut writes = conditions.clone();
        writes.extend([
            uploads::put(&done, Condition::Version(upload.version)),
            receipts::put(&receipt),
            receipts::put_end(class.id, &next, &end),
            submissions::put_sheet(lesson.id, &sheet, revision),
        ]);
        match &before {
            None => writes.extend(submissions::create(&submission)),
            Some(before) => {
                writes.extend(submissions::replace(before, &submission));
                writes.extend(remove_bytes(product, &before.value));
            }
        }
        let poster = Payload::DrawPoster { submission: id };
        writes.push(Job::new(poster, &*product.clock, &*product.ids).enqueue());
        match product.records.store().transact(writes).await {
            Ok(()) => {
                product.boards.changed(lesson.id);
                product.job_signal.notify_one();
                return Ok((submission, receipt));
            }
            Err(TransactError::Condition(_) | TransactError::Conflict) => {
                let again = product.records.upload(upload.value.id).await?;
                let again = again.ok_or(UseCaseError::NotFound)?;
                if let Some(done) = submitted_before(product, lesson.id, new.member, &again.value).await? {
                    return Ok(done);
                }
                conditions = still_there(product, lesson.id).await?;
            }
            Err(TransactError::Store(error)) => return Err(error.into()),
        }
    }
    Err(TransactError::Conflict.into())
}

pub(super) async fn sheet_of(
    product: &Product,
    lesson: LessonId,
) -> Result<(crate::domain::attendance::Sheet, u64), UseCaseError> {
    let sheets = product.records.sheets(&[lesson]).await?;
    Ok(sheets.into_iter().next().unwrap_or_default())
}

fn sign(
    product: &Product,
    class: &Class,
    lesson: &Lesson,
    upload: &Upload,
    new: &NewVideo,
    id: SubmissionId,
    end: &ChainEnd,
) -> Receipt {
    let claims = ReceiptClaims {
        v: 1,
        class: class.id,
        lesson: lesson.id,
        member: new.member,
        submission: id,
        sha256: new.sha256.to_hex(),
        size: upload.size,
        submitted_at: new.received_at,
        number: end.number + 1,
        previous: end.hash.clone(),
    };
    let token = product.receipts.sign(&claims);
    Receipt { claims, token }
}

fn submission_of(
    class: &Class,
    lesson: &Lesson,
    upload: &Upload,
    new: &NewVideo,
    id: SubmissionId,
    receipt: &Receipt,
    before: Option<&Stored<Submission>>,
) -> Submission {
    Submission {
        id,
        class: class.id,
        lesson: lesson.id,
        member: new.member,
        owner: upload.owner,
        title: new.title.clone(),
        description: new.description.clone(),
        upload: upload.id,
        object: Some(upload.object.clone()),
        content_type: new.video.container.media_type().to_owned(),
        size: upload.size,
        sha256: new.sha256,
        media: new.video.media,
        submitted_at: new.received_at,
        late: new.arrival == Arrival::Late,
        receipt: receipt.claims.number,
        replaced: before.map_or(0, |before| before.value.replaced + 1),
        review: None,
        has_poster: false,
    }
}

/// The writes that give back the bytes of a video and have them removed; none if they are gone.
pub(super) fn remove_bytes(product: &Product, submission: &Submission) -> Vec<Write> {
    let Some(object) = &submission.object else {
        return Vec::new();
    };
    let payload = Payload::DeleteObjects {
        keys: vec![object.clone()],
        prefixes: vec![super::draw_poster::prefix(submission.id, submission.receipt)],
    };
    vec![
        usage::release(submission.owner, submission.size),
        uploads::delete(submission.upload),
        Job::new(payload, &*product.clock, &*product.ids).enqueue(),
    ]
}
