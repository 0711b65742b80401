//! A submission after it was handed in: its texts, its removal, and what a teacher thinks of it.
use super::submit_video::{arrival, remove_bytes, sheet_of};
use super::{Seat, lesson_of, refuse_archived, seat};
use crate::domain::attendance::{Review, Submission, Verdict};
use crate::domain::ids::SubmissionId;
use crate::domain::lesson::Lesson;
use crate::domain::name;
use crate::domain::policy::{Action, Actor};
use crate::ports::record_store::{Condition, TransactError, Write};
use crate::records::{Stored, submissions};
use crate::usecases::{
    CONFLICT_RETRIES, Fields, Product, UseCaseError, applied, applied_with_jobs, authorize, require_user,
};

/// A submission with where it belongs.
pub(super) struct Found {
    pub(super) seat: Seat,
    pub(super) lesson: Lesson,
    pub(super) submission: Stored<Submission>,
}

/// A submission for its member or one of its class's teachers.
pub(super) async fn find(product: &Product, actor: &Actor, id: SubmissionId) -> Result<Found, UseCaseError> {
    require_user(actor)?;
    let submission = product
        .records
        .submission(id)
        .await?
        .ok_or(UseCaseError::NotFound)?;
    let (lesson, class) = lesson_of(product, submission.value.lesson).await?;
    let seat = seat(product, actor, class).await?;
    authorize(
        actor,
        Action::ReadSubmission(&seat.class.value, &submission.value),
    )?;
    Ok(Found {
        seat,
        lesson,
        submission,
    })
}

/// One submission with its lesson.
///
/// # Errors
/// `NotFound`.
pub async fn read_submission(
    product: &Product,
    actor: &Actor,
    id: SubmissionId,
) -> Result<(Submission, Lesson), UseCaseError> {
    let found = find(product, actor, id).await?;
    Ok((found.submission.value, found.lesson))
}

/// Changes title and description of one's own submission while its lesson is open.
///
/// # Errors
/// `NotFound`; `Forbidden` for a teacher; `Closed`; `Invalid`; `Conflict` (`class_archived`).
pub async fn edit_submission(
    product: &Product,
    actor: &Actor,
    id: SubmissionId,
    title: Option<&str>,
    description: Option<&str>,
) -> Result<Submission, UseCaseError> {
    let mut fields = Fields::default();
    let title = fields.optional("title", title.map(|title| name::line(title, 200)));
    let description = fields.optional(
        "description",
        description.map(|text| name::paragraph(text, 2_000)),
    );
    change(
        product,
        actor,
        id,
        |found, now| {
            authorize(
                actor,
                Action::EditSubmission(&found.seat.class.value, &found.submission.value),
            )?;
            arrival(&found.seat.class.value, &found.lesson, now)?;
            let mut submission = found.submission.value.clone();
            submission.title = title.clone().unwrap_or(submission.title);
            submission.description = description.clone().unwrap_or(submission.description);
            Ok(submission)
        },
        fields,
    )
    .await
}

/// Says what a teacher thinks of a video. Asking for another one needs a comment.
///
/// # Errors
/// `NotFound`; `Forbidden` for its member; `Invalid`; `Conflict` (`class_archived`).
pub async fn review_submission(
    product: &Product,
    actor: &Actor,
    id: SubmissionId,
    verdict: Verdict,
    comment: &str,
) -> Result<Submission, UseCaseError> {
    let user = require_user(actor)?;
    let mut fields = Fields::default();
    let comment = fields
        .take("comment", name::paragraph(comment, 1_000))
        .unwrap_or_default();
    change(
        product,
        actor,
        id,
        |found, now| {
            if !found.seat.teaches {
                return Err(UseCaseError::Forbidden("not_allowed"));
            }
            if verdict == Verdict::Again && comment.is_empty() {
                return Err(UseCaseError::field(
                    "comment",
                    "is needed to ask for another video",
                ));
            }
            let mut submission = found.submission.value.clone();
            submission.review = Some(Review {
                verdict,
                comment: comment.clone(),
                by: user,
                at: now,
            });
            Ok(submission)
        },
        fields,
    )
    .await
}

async fn change(
    product: &Product,
    actor: &Actor,
    id: SubmissionId,
    change: impl Fn(&Found, jiff::Timestamp) -> Result<Submission, UseCaseError> + Send + Sync,
    fields: Fields,
) -> Result<Submission, UseCaseError> {
    let mut refused = Some(fields);
    for _ in 0..CONFLICT_RETRIES {
        let found = find(product, actor, id).await?;
        let submission = change(&found, product.clock.now())?;
        refuse_archived(&found.seat.class.value)?;
        // What is wrong with the texts is said only to whom may change them.
        refused.take().map_or(Ok(()), Fields::finish)?;
        let (sheet, revision) = sheet_of(product, submission.lesson).await?;
        let writes = vec![
            submissions::put(&submission, Condition::Version(found.submission.version)),
            submissions::put_sheet(submission.lesson, &sheet, revision),
        ];
        if applied(product, writes).await? {
            product.boards.changed(submission.lesson);
            return Ok(submission);
        }
    }
    Err(TransactError::Conflict.into())
}

/// Takes a video back: one's own while its lesson is open; a teacher may at any time. Its receipts stay.
///
/// # Errors
/// `NotFound`; `Closed`.
pub async fn delete_submission(
    product: &Product,
    actor: &Actor,
    id: SubmissionId,
) -> Result<(), UseCaseError> {
    for _ in 0..CONFLICT_RETRIES {
        let found = find(product, actor, id).await?;
        if !found.seat.teaches {
            arrival(&found.seat.class.value, &found.lesson, product.clock.now())?;
        }
        if remove(product, &found.submission).await? {
            return Ok(());
        }
    }
    Err(TransactError::Conflict.into())
}

/// Removes a submission with its video; `Ok(false)` when it changed meanwhile.
pub(super) async fn remove(product: &Product, stored: &Stored<Submission>) -> Result<bool, UseCaseError> {
    let submission = &stored.value;
    let (mut sheet, revision) = sheet_of(product, submission.lesson).await?;
    sheet.set_video(submission.member, None);
    let mut writes = submissions::delete(stored);
    writes.push(submissions::put_sheet(submission.lesson, &sheet, revision));
    remove_with(product, submission, writes).await
}

/// Removes the video and the texts of somebody whose account goes; the class keeps that and when it came. `Ok(false)`
/// when it changed meanwhile.
pub(super) async fn release(product: &Product, stored: &Stored<Submission>) -> Result<bool, UseCaseError> {
    let submission = &stored.value;
    let (sheet, revision) = sheet_of(product, submission.lesson).await?;
    let mut writes = submissions::release(stored);
    // The same sheet again: watchers see by its version that the board has changed.
    writes.push(submissions::put_sheet(submission.lesson, &sheet, revision));
    remove_with(product, submission, writes).await
}

async fn remove_with(
    product: &Product,
    submission: &Submission,
    mut writes: Vec<Write>,
) -> Result<bool, UseCaseError> {
    writes.extend(remove_bytes(product, submission));
    let done = applied_with_jobs(product, writes).await?;
    if done {
        product.boards.changed(submission.lesson);
    }
    Ok(done)
}
