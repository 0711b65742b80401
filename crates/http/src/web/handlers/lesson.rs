//! One lesson: the board for a teacher, one's own for a member.
use super::board;
use super::classes::shown;
use super::form::Form;
use super::visitor::Visitor;
use crate::api::CallerOrigin;
use crate::gateway::Path;
use crate::web::pages::lesson::{self, LessonPage, OwnVideo, Sending};
use axum::response::{IntoResponse, Redirect, Response};
use homeroom_core::domain::attendance::Submission;
use homeroom_core::domain::class::Zone;
use homeroom_core::domain::ids::{LessonId, SubmissionId};
use homeroom_core::domain::lesson::Phase;
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::classes::change_submission::{
    delete_submission, edit_submission, read_submission,
};
use homeroom_core::usecases::classes::read_board::{LessonView, OwnLesson, read_lesson};
use http::header::{HeaderName, HeaderValue};

/// `GET /lessons/{id}`
pub(super) async fn page(visitor: Visitor, origin: CallerOrigin, Path(id): Path<LessonId>) -> Response {
    if let Err(log_in) = visitor.signed_in() {
        return *log_in;
    }
    match read_lesson(&visitor.app.product, &visitor.actor(), id).await {
        Ok(LessonView::Taught(..)) => board::page(&visitor, id, &origin.0).await,
        Ok(LessonView::Own(own)) => own_page(&visitor, *own),
        Err(error) => visitor.refused(error),
    }
}

/// The only page that may ask for camera and microphone, while there is something to record for.
fn own_page(visitor: &Visitor, own: OwnLesson) -> Response {
    let context = context(visitor, own);
    let mut response = visitor.show(lesson::page(&context, visitor.t));
    if context.sending.is_some() {
        response.headers_mut().insert(
            HeaderName::from_static("permissions-policy"),
            HeaderValue::from_static("camera=(self), microphone=(self), geolocation=(), payment=(), usb=()"),
        );
    }
    response
}

fn context(visitor: &Visitor, own: OwnLesson) -> LessonPage {
    let (class, one) = (&own.class, &own.lesson);
    let is_open = matches!(one.phase(own.at), Phase::OnTime | Phase::Late);
    let may_send = is_open && one.takes_place(class) && !class.archived;
    let is_said = own.submission.is_some() || own.mark.is_some();
    LessonPage {
        chrome: visitor.chrome(),
        class_url: format!("/classes/{}", class.id),
        class: class.name.clone(),
        title: one.title.clone(),
        times: shown::times(one, class),
        standing: shown::standing(one, class, own.at),
        state: own.state.filter(|_| is_said || one.counts(class, own.at)),
        reason: own.mark.map(|mark| mark.reason),
        video: own.submission.as_ref().map(|video| own_video(video, &class.zone)),
        sending: may_send.then(|| Sending {
            submit_url: format!("/api/v1/lessons/{}/submissions", one.id),
            max_bytes: class.limits.max_bytes,
            max_seconds: class.limits.max_seconds,
            person: visitor
                .actor()
                .user()
                .map(|user| user.to_string())
                .unwrap_or_default(),
        }),
        retention_days: class.retention_days,
    }
}

fn own_video(video: &Submission, zone: &Zone) -> OwnVideo {
    OwnVideo {
        url: format!("/submissions/{}", video.id),
        src: board::source(video),
        poster: board::poster(video),
        title: video.title.clone(),
        description: video.description.clone(),
        received: shown::local(video.submitted_at, zone),
        duration_ms: video.media.duration_ms,
        size: video.size,
        receipt_url: format!("/api/v1/submissions/{}/receipt", video.id),
        review: video
            .review
            .as_ref()
            .map(|review| (review.verdict, review.comment.clone())),
    }
}

/// `POST /submissions/{id}/edit`
pub(super) async fn edit(Path(id): Path<SubmissionId>, form: Form) -> Response {
    let visitor = &form.visitor;
    let (title, description) = (form.text("title"), form.text("description"));
    let (product, actor) = (&visitor.app.product, visitor.actor());
    match edit_submission(product, &actor, id, Some(title), Some(description)).await {
        Ok(submission) => to_lesson(submission.lesson),
        Err(error) => visitor.refused(error),
    }
}

/// `POST /submissions/{id}/delete`
pub(super) async fn delete(Path(id): Path<SubmissionId>, form: Form) -> Response {
    let visitor = &form.visitor;
    match take_back(visitor, id).await {
        Ok(lesson) => to_lesson(lesson),
        Err(error) => visitor.refused(error),
    }
}

async fn take_back(visitor: &Visitor, id: SubmissionId) -> Result<LessonId, UseCaseError> {
    let (product, actor) = (&visitor.app.product, visitor.actor());
    let (submission, _) = read_submission(product, &actor, id).await?;
    delete_submission(product, &actor, id).await?;
    Ok(submission.lesson)
}

pub(super) fn to_lesson(id: LessonId) -> Response {
    Redirect::to(&format!("/lessons/{id}")).into_response()
}
