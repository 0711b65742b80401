//! `GET /api/v1/materials/{id}/contents`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::api::wire::MediaBody;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::ports::extractor::{Notice, OutlineEntry};
use homeroom_core::usecases::read_contents::{Contents, PageSummary, read_contents};
use serde::Serialize;
use utoipa::ToSchema;

/// What a material holds, without its text.
#[derive(Serialize, ToSchema)]
pub(crate) struct ContentsBody {
    /// In order.
    pages: Vec<PageSummaryBody>,
    /// The table of contents, at most 2,000 lines.
    outline: Vec<OutlineBody>,
    /// Length and size of films, recordings and pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<MediaBody>,
    /// What is missing: `no_text_recognition`, `incomplete`, `no_text`, `not_its_type` or `unknown_type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
}

/// A page without its text.
#[derive(Serialize, ToSchema)]
pub(crate) struct PageSummaryBody {
    /// From 1.
    number: u32,
    /// What people call it where that is not its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// In points; 0 where the format has no page geometry.
    width: f32,
    /// In points.
    height: f32,
    /// Where in a film or recording it begins, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    starts_at_ms: Option<u64>,
}

/// One line of the table of contents.
#[derive(Serialize, ToSchema)]
pub(crate) struct OutlineBody {
    /// At most 200 characters.
    title: String,
    /// From 1.
    page: u32,
    /// From 1, at most 8.
    level: u8,
    /// Where in a film or recording what it names begins, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    starts_at_ms: Option<u64>,
}

impl From<Contents> for ContentsBody {
    fn from(contents: Contents) -> Self {
        let numbered = (1..).zip(contents.pages);
        Self {
            pages: numbered
                .map(|(number, page)| PageSummaryBody::new(number, page))
                .collect(),
            outline: contents.outline.into_iter().map(OutlineBody::from).collect(),
            media: contents.media.map(MediaBody::from),
            notice: contents.notice.map(Notice::code),
        }
    }
}

impl PageSummaryBody {
    fn new(number: u32, page: PageSummary) -> Self {
        Self {
            number,
            label: page.label,
            width: page.width,
            height: page.height,
            starts_at_ms: page.starts_at_ms,
        }
    }
}

impl From<OutlineEntry> for OutlineBody {
    fn from(entry: OutlineEntry) -> Self {
        Self {
            title: entry.title,
            page: entry.page,
            level: entry.level,
            starts_at_ms: entry.starts_at_ms,
        }
    }
}

/// The pages by name, size and time, and the table of contents.
#[utoipa::path(get, path = "/api/v1/materials/{id}/contents", operation_id = "readContents", tag = "materials",
    params(("id" = uuid::Uuid, Path, description = "The material")),
    responses((status = 200, description = "The contents; without pages while it is being read", body = ContentsBody),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<MaterialId>,
) -> Result<Json<ContentsBody>, Problem> {
    Ok(Json(
        read_contents(&app.product, &caller.actor(), id).await?.into(),
    ))
}
