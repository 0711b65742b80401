//! The shape of submissions.
use homeroom_core::domain::attendance::Submission;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// What a teacher thinks of a video.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReviewBody {
    /// `accepted`, or `again` when another video is asked for.
    verdict: &'static str,
    /// For the member.
    comment: String,
    /// Who.
    #[schema(format = "uuid")]
    by: String,
    /// When.
    #[schema(value_type = String, format = "date-time")]
    at: Timestamp,
}

/// One member's video for one lesson.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SubmissionBody {
    /// Its id; a new video takes the place of the earlier one under the same id.
    #[schema(format = "uuid")]
    id: String,
    /// Of which class.
    #[schema(format = "uuid")]
    class: String,
    /// For which lesson.
    #[schema(format = "uuid")]
    lesson: String,
    /// By which member.
    #[schema(format = "uuid")]
    member: String,
    /// At most 200 characters.
    title: String,
    /// At most 2,000 characters.
    description: String,
    /// When it was received, by the server's clock.
    #[schema(value_type = String, format = "date-time")]
    submitted_at: Timestamp,
    /// Whether that was after the lesson's `late_after`.
    late: bool,
    /// `video/mp4`, `video/quicktime` or `video/webm`, by content.
    content_type: String,
    /// In bytes.
    size: u64,
    /// Of the whole video, in hexadecimal.
    sha256: String,
    /// In milliseconds.
    duration_ms: Option<u64>,
    /// In pixels.
    width: u32,
    /// In pixels.
    height: u32,
    /// The number of its receipt in the class's chain.
    receipt_number: u64,
    /// How many earlier videos it has taken the place of.
    replaced: u32,
    /// What a teacher thinks of it.
    review: Option<ReviewBody>,
    /// Where the video is watched, by a redirect to a link of a few minutes; null once its time was over.
    video: Option<String>,
    /// Where its still is; null while there is none.
    poster: Option<String>,
}

impl From<Submission> for SubmissionBody {
    fn from(submission: Submission) -> Self {
        let at = |what: &str| format!("/api/v1/submissions/{}/{what}", submission.id);
        Self {
            video: submission.object.is_some().then(|| at("video")),
            poster: submission.has_poster.then(|| at("poster")),
            id: submission.id.to_string(),
            class: submission.class.to_string(),
            lesson: submission.lesson.to_string(),
            member: submission.member.to_string(),
            title: submission.title,
            description: submission.description,
            submitted_at: submission.submitted_at,
            late: submission.late,
            content_type: submission.content_type,
            size: submission.size,
            sha256: submission.sha256.to_hex(),
            duration_ms: submission.media.duration_ms,
            width: submission.media.width,
            height: submission.media.height,
            receipt_number: submission.receipt,
            replaced: submission.replaced,
            review: submission.review.map(|review| ReviewBody {
                verdict: review.verdict.name(),
                comment: review.comment,
                by: review.by.to_string(),
                at: review.at,
            }),
        }
    }
}
