//! The day board: its page, its rows by themselves, and what is done on it.
use super::classes::shown;
use super::form::Form;
use super::lesson::to_lesson;
use super::visitor::{Visitor, parameter};
use crate::gateway::Path;
use crate::web::context::Choice;
use crate::web::pages::beside_board::EntryBeside;
use crate::web::pages::board::{self, BoardPage, BoardRows, Filter, Order, Row, Video};
use axum::response::{IntoResponse, Response};
use homeroom_core::domain::attendance::{AttendanceState, MarkState, Submission, Verdict};
use homeroom_core::domain::class::Class;
use homeroom_core::domain::ids::{LessonId, MemberId, SubmissionId};
use homeroom_core::domain::lesson::Lesson;
use homeroom_core::ports::object_store::Audience;
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::classes::change_submission::review_submission;
use homeroom_core::usecases::classes::function_actions::{EntryView, beside_board};
use homeroom_core::usecases::classes::mark_attendance::{MAX_AT_ONCE, MarkAttendance, mark_attendance};
use homeroom_core::usecases::classes::plan_lessons::list_lessons;
use homeroom_core::usecases::classes::read_board::{Board, BoardRow, read_board};
use http::StatusCode;
use jiff::ToSpan;

const ORDERS: [&str; 3] = ["name", "state", "time"];

/// What of the board is asked for.
#[derive(Clone, Copy)]
struct Wish {
    state: Option<AttendanceState>,
    order: &'static str,
}

impl Wish {
    fn of(visitor: &Visitor) -> Self {
        let state = parameter(&visitor.here, "state");
        let order = parameter(&visitor.here, "sort");
        Self {
            state: AttendanceState::ALL
                .into_iter()
                .find(|known| state.as_deref() == Some(known.name())),
            order: ORDERS
                .into_iter()
                .find(|known| order.as_deref() == Some(known))
                .unwrap_or("name"),
        }
    }

    fn url(self, path: &str) -> String {
        let state = self.state.map(|state| format!("state={}", state.name()));
        let order = (self.order != "name").then(|| format!("sort={}", self.order));
        let query: Vec<String> = state.into_iter().chain(order).collect();
        if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", query.join("&"))
        }
    }
}

/// The board's page, for a teacher.
pub(super) async fn page(visitor: &Visitor, id: LessonId, audience: &Audience) -> Response {
    match context(visitor, id, audience).await {
        Ok(context) => visitor.show(board::page(&context, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

/// `GET /lessons/{id}/rows`: the part of the page that changes.
pub(super) async fn rows(visitor: Visitor, Path(id): Path<LessonId>) -> Response {
    match read_board(&visitor.app.product, &visitor.actor(), id).await {
        Ok(board) => visitor.show(board::rows(&shown_rows(&visitor, &board), visitor.t)),
        // A script asks: it is told by the status.
        Err(error) => crate::problem::Problem::from(error).into_response(),
    }
}

async fn context(visitor: &Visitor, id: LessonId, audience: &Audience) -> Result<BoardPage, UseCaseError> {
    let board = read_board(&visitor.app.product, &visitor.actor(), id).await?;
    let (previous, next) = neighbours(visitor, &board.class, &board.lesson).await?;
    let (class, lesson) = (&board.class, &board.lesson);
    let beside = beside_board(&visitor.app.product, &visitor.actor(), id, audience).await?;
    Ok(BoardPage {
        chrome: visitor.chrome(),
        url: format!("/lessons/{id}"),
        class_url: format!("/classes/{}", class.id),
        class: class.name.clone(),
        title: lesson.title.clone(),
        times: shown::times(lesson, class),
        standing: shown::standing(lesson, class, board.at),
        previous,
        next,
        events_url: format!("/api/v1/lessons/{id}/board/events"),
        csv_url: format!("/api/v1/lessons/{id}/export.csv?bom=true"),
        board: shown_rows(visitor, &board),
        beside: beside.into_iter().map(entry_beside).collect(),
    })
}

fn entry_beside(view: EntryView) -> EntryBeside {
    EntryBeside {
        user_id: view.entry.user_id,
        timestamp: view.entry.timestamp,
        title: view.entry.title,
        description: view.entry.description,
        size: view.entry.size,
        src: view.video_link,
    }
}

async fn neighbours(
    visitor: &Visitor,
    class: &Class,
    lesson: &Lesson,
) -> Result<(Option<String>, Option<String>), UseCaseError> {
    let (from, to) = (
        lesson.date.saturating_sub(21.days()),
        lesson.date.saturating_add(21.days()),
    );
    let (product, actor) = (&visitor.app.product, visitor.actor());
    let (_, lessons) = list_lessons(product, &actor, class.id, Some(from), Some(to)).await?;
    let Some(place) = lessons.iter().position(|other| other.id == lesson.id) else {
        return Ok((None, None));
    };
    let url = |other: &Lesson| format!("/lessons/{}", other.id);
    let previous = place.checked_sub(1).map(|before| url(&lessons[before]));
    Ok((previous, lessons.get(place + 1).map(url)))
}

fn shown_rows(visitor: &Visitor, board: &Board) -> BoardRows {
    let wish = Wish::of(visitor);
    let path = format!("/lessons/{}", board.lesson.id);
    let choice = |is_chosen: bool| if is_chosen { Choice::Chosen } else { Choice::Open };
    let states = std::iter::once(None).chain(AttendanceState::ALL.into_iter().map(Some));
    let mut rows: Vec<&BoardRow> = board
        .rows
        .iter()
        .filter(|row| wish.state.is_none_or(|state| row.state == state))
        .collect();
    match wish.order {
        "state" => rows.sort_by_key(|row| row.state),
        "time" => rows.sort_by_key(|row| {
            let at = row.submission.as_ref().map(|video| video.submitted_at);
            (at.is_none(), at)
        }),
        _ => {}
    }
    BoardRows {
        revision: board.revision,
        rows_url: wish.url(&format!("{path}/rows")),
        marks_url: format!("{path}/marks"),
        csrf: visitor.chrome().csrf().to_owned(),
        total: board.rows.len() as u64,
        filters: states
            .map(|state| Filter {
                state,
                count: state.map_or(board.rows.len(), |state| board.count(state)) as u64,
                url: Wish { state, ..wish }.url(&path),
                choice: choice(wish.state == state),
            })
            .collect(),
        orders: ORDERS
            .into_iter()
            .map(|order| Order {
                name: order,
                url: Wish { order, ..wish }.url(&path),
                choice: choice(wish.order == order),
            })
            .collect(),
        rows: rows.into_iter().map(|row| shown_row(row, board)).collect(),
    }
}

fn shown_row(row: &BoardRow, board: &Board) -> Row {
    Row {
        member: row.member.id.to_string(),
        name: row.member.name.clone(),
        initials: shown::initials(&row.member.name),
        state: row.state,
        reason: row.mark.as_ref().map(|mark| mark.reason.clone()),
        marked: row.mark.is_some(),
        alert: row.is_alert().then_some(row.absences_in_row),
        video: row.submission.as_ref().map(|video| shown_video(video, board)),
    }
}

fn shown_video(video: &Submission, board: &Board) -> Video {
    let late = video.submitted_at.duration_since(board.lesson.late_after);
    let minutes = late.as_secs().max(0).unsigned_abs().div_ceil(60);
    Video {
        url: format!("/submissions/{}", video.id),
        src: source(video),
        poster: poster(video),
        title: video.title.clone(),
        description: video.description.clone(),
        received: shown::local(video.submitted_at, &board.class.zone),
        minutes_late: video.late.then_some(minutes),
        duration_ms: video.media.duration_ms,
        size: video.size,
        review: video
            .review
            .as_ref()
            .map(|review| (review.verdict, review.comment.clone())),
    }
}

/// Where a video plays, while it is kept. A replacement is another address, so that no player shows the one before.
pub(super) fn source(video: &Submission) -> Option<String> {
    let url = format!("/api/v1/submissions/{}/video?receipt={}", video.id, video.receipt);
    video.object.is_some().then_some(url)
}

/// Its still, once it is drawn.
pub(super) fn poster(video: &Submission) -> Option<String> {
    let url = format!(
        "/api/v1/submissions/{}/poster?receipt={}",
        video.id, video.receipt
    );
    video.has_poster.then_some(url)
}

/// `POST /lessons/{id}/marks`: of one member or of all that are picked, whole or not at all per 90.
pub(super) async fn mark(Path(id): Path<LessonId>, form: Form) -> Response {
    let visitor = &form.visitor;
    match mark_all(&form, id).await {
        Ok(()) if asks_by_script(visitor) => StatusCode::NO_CONTENT.into_response(),
        Ok(()) => to_lesson(id),
        Err(error) if asks_by_script(visitor) => crate::problem::Problem::from(error).into_response(),
        Err(error) => visitor.refused(error),
    }
}

async fn mark_all(form: &Form, id: LessonId) -> Result<(), UseCaseError> {
    let visitor = &form.visitor;
    let state = match form.text("state") {
        "excused" => Some(MarkState::Excused),
        "absent" => Some(MarkState::Absent),
        "" => None,
        _ => return Err(UseCaseError::field("state", "must be excused, absent or empty")),
    };
    let members = form.all("member").into_iter().map(str::parse::<MemberId>);
    let members: Vec<MemberId> = members
        .collect::<Result<_, _>>()
        .map_err(|_| UseCaseError::field("member", "is not a member's id"))?;
    if members.is_empty() {
        return Err(UseCaseError::field("member", "must not be empty"));
    }
    for some in members.chunks(MAX_AT_ONCE) {
        let command = MarkAttendance {
            members: some.to_vec(),
            state,
            reason: form.text("reason").to_owned(),
        };
        mark_attendance(&visitor.app.product, &visitor.actor(), id, command).await?;
    }
    Ok(())
}

/// `POST /submissions/{id}/review`
pub(super) async fn review(Path(id): Path<SubmissionId>, form: Form) -> Response {
    let visitor = &form.visitor;
    let verdict = if form.text("verdict") == "again" {
        Verdict::Again
    } else {
        Verdict::Accepted
    };
    let comment = form.text("comment");
    match review_submission(&visitor.app.product, &visitor.actor(), id, verdict, comment).await {
        Ok(_) if asks_by_script(visitor) => StatusCode::NO_CONTENT.into_response(),
        Ok(submission) => to_lesson(submission.lesson),
        Err(error) if asks_by_script(visitor) => crate::problem::Problem::from(error).into_response(),
        Err(error) => visitor.refused(error),
    }
}

/// The board's module sends its forms by itself and stays on the page.
fn asks_by_script(visitor: &Visitor) -> bool {
    let accept = visitor.headers.get(http::header::ACCEPT);
    accept.is_some_and(|accept| accept == "application/json")
}
