//! `GET /api/v1/classes`.
use super::ClassBody;
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::cursor::{PageParameters, Walk, limit};
use crate::gateway::{Json, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::usecases::classes::list_classes::list_classes;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of classes.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClassPage {
    /// By name, archived ones last.
    items: Vec<ClassBody>,
    /// Where to go on.
    next_cursor: Option<String>,
}

/// The caller's classes: those they teach and those they are in.
#[utoipa::path(get, path = "/api/v1/classes", operation_id = "listClasses", tag = "classes", security(("bearer" = [])),
    params(PageParameters),
    responses((status = 200, description = "Classes", body = ClassPage),
        (status = 401, description = "Not signed in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Query(parameters): Query<PageParameters>,
) -> Result<Json<ClassPage>, Problem> {
    let limit = limit(parameters.limit)?;
    let walk = Walk::of("classes");
    let from = walk.offset(parameters.cursor.as_deref())?;
    let all = list_classes(&app.product, &caller.actor()).await?;
    let (items, next_cursor) = walk.window(all, from, limit);
    Ok(Json(ClassPage {
        items: items.into_iter().map(ClassBody::from).collect(),
        next_cursor,
    }))
}
