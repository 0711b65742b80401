//! `GET /api/v1/admin/jobs`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::cursor::{limit, record_cursor};
use crate::gateway::{Json, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::jobs::Job;
use homeroom_core::usecases::users::list_jobs;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// `waiting` (unless said) or `dead`.
    state: Option<String>,
    /// Items per page, 20 unless said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where to go on, as the last page gave it.
    cursor: Option<String>,
}

/// A queued job.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobBody {
    /// Its id.
    #[schema(format = "uuid")]
    id: String,
    /// What it does.
    name: &'static str,
    /// How often it was begun.
    attempts: u32,
    /// When it runs, or its lease ends.
    #[schema(value_type = String, format = "date-time")]
    due_at: Timestamp,
    /// When it was queued.
    #[schema(value_type = String, format = "date-time")]
    created_at: Timestamp,
    /// Whether it is given up.
    dead: bool,
}

impl From<Job> for JobBody {
    fn from(job: Job) -> Self {
        Self {
            id: job.id.to_string(),
            name: job.payload.name(),
            attempts: job.attempts,
            due_at: job.due_at,
            created_at: job.created_at,
            dead: job.dead,
        }
    }
}

/// A page of jobs.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobPage {
    /// By when they are due.
    items: Vec<JobBody>,
    /// Where to go on.
    next_cursor: Option<String>,
}

/// Jobs that wait, run, or have failed for good: administrators.
#[utoipa::path(get, path = "/api/v1/admin/jobs", operation_id = "listJobs", tag = "admin", security(("bearer" = [])),
    params(Parameters),
    responses((status = 200, description = "Jobs", body = JobPage),
        (status = 403, description = "`not_allowed`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Query(parameters): Query<Parameters>,
) -> Result<Json<JobPage>, Problem> {
    let dead = match parameters.state.as_deref() {
        None | Some("waiting") => false,
        Some("dead") => true,
        Some(_) => return Err(Problem::invalid_field("state", "must be waiting or dead")),
    };
    let limit = limit(parameters.limit)?;
    let cursor = record_cursor(parameters.cursor)?;
    let listing = list_jobs(&app.product, &caller.actor(), dead, limit, cursor).await?;
    Ok(Json(JobPage {
        items: listing.items.into_iter().map(JobBody::from).collect(),
        next_cursor: listing.next.map(|cursor| cursor.0),
    }))
}
