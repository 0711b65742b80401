//! A still of a video, for the board: drawn by a job, and nobody waits for it.
use crate::domain::ids::SubmissionId;
use crate::ports::extractor::COVER_WIDTH;
use crate::ports::object_store::ObjectKey;
use crate::ports::record_store::Condition;
use crate::records::submissions;
use crate::usecases::{Product, UseCaseError, applied};
use bytes::Bytes;

/// Below this prefix is what was made of one video of a submission.
pub(super) fn prefix(id: SubmissionId, receipt: u64) -> String {
    format!("derived/submission-{id}/{receipt}/")
}

/// Where the still of a video is.
pub(super) fn key(id: SubmissionId, receipt: u64) -> ObjectKey {
    ObjectKey(format!("{}poster", prefix(id, receipt)))
}

/// Draws the still of a submission's present video. Nothing happens if it is gone or has one.
///
/// # Errors
/// When something that is needed does not answer.
pub async fn draw_poster(product: &Product, id: SubmissionId) -> Result<(), UseCaseError> {
    let Some(stored) = product.records.submission(id).await? else {
        return Ok(());
    };
    let submission = stored.value;
    let Some(object) = submission.object.as_ref().filter(|_| !submission.has_poster) else {
        return Ok(());
    };
    // The video may be taken back meanwhile.
    let Some(content) = product.objects.get(object, None).await? else {
        return Ok(());
    };
    let file = product.scratch.spool(content).await?;
    let pictures = match product.extractor.render(file.path(), 1, 1, COVER_WIDTH).await {
        Ok(pictures) => pictures,
        Err(error) => {
            tracing::info!(%error, submission.id = %id, "no still could be drawn");
            return Ok(());
        }
    };
    let Some(picture) = pictures.into_iter().next() else {
        return Ok(());
    };
    let key = key(id, submission.receipt);
    let content = Bytes::from(picture.content);
    product.objects.put(&key, picture.content_type, content).await?;
    let lesson = submission.lesson;
    let receipt = submission.receipt;
    if note(product, id, receipt).await? {
        product.boards.changed(lesson);
    } else {
        product.objects.delete(&[key]).await?;
    }
    Ok(())
}

/// Notes that a video has a still; `Ok(false)` when another one has taken its place.
async fn note(product: &Product, id: SubmissionId, receipt: u64) -> Result<bool, UseCaseError> {
    loop {
        let Some(stored) = product.records.submission(id).await? else {
            return Ok(false);
        };
        if stored.value.receipt != receipt || stored.value.object.is_none() {
            return Ok(false);
        }
        let mut submission = stored.value;
        submission.has_poster = true;
        let (sheet, revision) = super::submit_video::sheet_of(product, submission.lesson).await?;
        let writes = vec![
            submissions::put(&submission, Condition::Version(stored.version)),
            // The same sheet again: watchers see by its version that the board has changed.
            submissions::put_sheet(submission.lesson, &sheet, revision),
        ];
        if applied(product, writes).await? {
            return Ok(true);
        }
    }
}
