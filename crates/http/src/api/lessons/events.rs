//! `GET /api/v1/lessons/{id}/board/events`: a board as it changes, as server-sent events.
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::Path;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use homeroom_core::domain::ids::LessonId;
use homeroom_core::domain::policy::Actor;
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::authenticate::still_authenticated;
use homeroom_core::usecases::classes::read_board::board_revision;
use http::header;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// How often it is looked for what other processes have changed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After this the client asks anew, and is asked who it is.
const LONGEST: Duration = Duration::from_mins(30);

/// One who watches.
struct Watch {
    app: App,
    actor: Actor,
    lesson: LessonId,
    seen: Option<u64>,
    changes: Receiver<LessonId>,
    until: tokio::time::Instant,
}

/// A board as it changes: an event `board` with `{"revision": n}` at once and after every change, for the class's
/// teachers. Ends when the caller's session or their rights end.
#[utoipa::path(get, path = "/api/v1/lessons/{id}/board/events", operation_id = "watchBoard", tag = "lessons", security(("bearer" = [])),
    params(("id" = uuid::Uuid, Path, description = "The lesson")),
    responses((status = 200, description = "Server-sent events", content_type = "text/event-stream", body = String),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(lesson): Path<LessonId>,
) -> Result<Response, Problem> {
    let actor = caller.actor();
    // Watched before it is read, so that nothing in between is missed.
    let changes = app.product.boards.watch();
    board_revision(&app.product, &actor, lesson).await?;
    let watch = Watch {
        app,
        actor,
        lesson,
        seen: None,
        changes,
        until: tokio::time::Instant::now() + LONGEST,
    };
    let events = futures::stream::unfold(watch, next);
    let answer = Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        // Proxies that gather answers would hold events back.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, answer).into_response())
}

/// The next change; `None` once there is nobody to tell.
async fn next(mut watch: Watch) -> Option<(Result<Event, Infallible>, Watch)> {
    loop {
        match watch.look().await {
            Ok(revision) if watch.seen != Some(revision) => {
                watch.seen = Some(revision);
                let event = Event::default()
                    .event("board")
                    .id(revision.to_string())
                    .data(format!("{{\"revision\":{revision}}}"));
                return Some((Ok(event), watch));
            }
            Ok(_) | Err(UseCaseError::Unavailable(_)) => {}
            Err(_) => return None,
        }
        if !watch.wait().await {
            return None;
        }
    }
}

impl Watch {
    /// Where the board is, if its watcher may still see it.
    async fn look(&mut self) -> Result<u64, UseCaseError> {
        let product = &self.app.product;
        self.actor = still_authenticated(product, &self.actor).await?;
        board_revision(product, &self.actor, self.lesson).await
    }

    /// Waits for a change here, or until it is time to look; `false` when it is time to end.
    async fn wait(&mut self) -> bool {
        let stopping = self.app.stopping.clone();
        let look = tokio::time::sleep(LOOK_EVERY);
        tokio::pin!(look);
        loop {
            tokio::select! {
                () = stopping.cancelled() => return false,
                () = tokio::time::sleep_until(self.until) => return false,
                () = &mut look => return true,
                changed = self.changes.recv() => match changed {
                    Ok(lesson) if lesson == self.lesson => return true,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return true,
                    Err(RecvError::Closed) => return false,
                },
            }
        }
    }
}
