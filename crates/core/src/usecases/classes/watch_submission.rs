//! Watching a video: a link of a few minutes for its member and the class's teachers, and its still.
use super::change_submission::find;
use super::draw_poster;
use crate::domain::ids::SubmissionId;
use crate::domain::policy::Actor;
use crate::ports::object_store::{Audience, GetGrant, Presigned};
use crate::usecases::read_page::{PictureContent, stored_picture};
use crate::usecases::{Product, UseCaseError};
use std::time::Duration;

/// The longest time that a link to a video holds.
pub const LONGEST_LINK: Duration = Duration::from_mins(15);

/// A signed URL for a submission's video.
///
/// # Errors
/// `NotFound`; `Conflict` (`video_removed`) once its time was over.
pub async fn watch_submission(
    product: &Product,
    actor: &Actor,
    id: SubmissionId,
    audience: &Audience,
) -> Result<Presigned, UseCaseError> {
    let submission = find(product, actor, id).await?.submission.value;
    let object = submission.object.as_ref().ok_or_else(removed)?;
    let grant = GetGrant {
        key: object,
        content_disposition: "inline",
        content_type: &submission.content_type,
        valid_for: product.settings.download_url_lifetime.min(LONGEST_LINK),
        through: None,
    };
    Ok(product.objects.presign_get(&grant, audience))
}

fn removed() -> UseCaseError {
    UseCaseError::conflict("video_removed", "this video's time is over and it was removed")
}

/// What changes when the still of a submission may look different.
///
/// # Errors
/// `NotFound`, also while there is none.
pub async fn poster_version(product: &Product, actor: &Actor, id: SubmissionId) -> Result<u64, UseCaseError> {
    let submission = find(product, actor, id).await?.submission.value;
    if submission.has_poster {
        Ok(submission.receipt)
    } else {
        Err(UseCaseError::NotFound)
    }
}

/// The still of a submission's video.
///
/// # Errors
/// `NotFound`, also while there is none.
pub async fn read_poster(
    product: &Product,
    actor: &Actor,
    id: SubmissionId,
) -> Result<PictureContent, UseCaseError> {
    let submission = find(product, actor, id).await?.submission.value;
    if !submission.has_poster {
        return Err(UseCaseError::NotFound);
    }
    let key = draw_poster::key(id, submission.receipt);
    stored_picture(product, &key).await?.ok_or(UseCaseError::NotFound)
}
