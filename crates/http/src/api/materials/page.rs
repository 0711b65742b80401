//! `GET /api/v1/materials/{id}/pages/{n}`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::ports::extractor::ExtractedPage;
use homeroom_core::usecases::read_page::read_page;
use serde::Serialize;
use utoipa::ToSchema;

/// The text of one page.
#[derive(Serialize, ToSchema)]
pub(crate) struct PageBody {
    /// From 1.
    number: u32,
    /// In reading order.
    text: String,
    /// In points; 0 where the format has no page geometry.
    width: f32,
    /// In points.
    height: f32,
    /// Where each word stands, where that is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    words: Vec<WordBody>,
}

/// A word on a page, in points from the top left corner.
#[derive(Serialize, ToSchema)]
pub(crate) struct WordBody {
    text: String,
    x: f32,
    y: f32,
    w: f32,
    h: f32,
}

impl From<ExtractedPage> for PageBody {
    fn from(page: ExtractedPage) -> Self {
        let words = page
            .words
            .into_iter()
            .map(|word| WordBody {
                text: word.text,
                x: word.x,
                y: word.y,
                w: word.w,
                h: word.h,
            })
            .collect();
        Self {
            number: page.number,
            text: page.text,
            width: page.width,
            height: page.height,
            words,
        }
    }
}

/// One page's text and words.
#[utoipa::path(get, path = "/api/v1/materials/{id}/pages/{number}", operation_id = "readPage", tag = "materials",
    params(("id" = uuid::Uuid, Path, description = "The material"), ("number" = u32, Path, description = "From 1", minimum = 1)),
    responses((status = 200, description = "The page", body = PageBody),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path((id, number)): Path<(MaterialId, u32)>,
) -> Result<Json<PageBody>, Problem> {
    Ok(Json(
        read_page(&app.product, &caller.actor(), id, number).await?.into(),
    ))
}
