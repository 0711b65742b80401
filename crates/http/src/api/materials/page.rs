//! `GET /api/v1/materials/{id}/pages/{n}`.
use crate::api::App;
use crate::api::caller::Caller;
use crate::gateway::{Json, Path};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::ports::extractor::{ExtractedPage, Link, LinkTarget};
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
    /// What people call it where that is not its number: a printed page number, the name of a sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// Where it leads.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<LinkBody>,
    /// Where in a film or recording it begins, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    starts_at_ms: Option<u64>,
    /// Its own language (BCP 47 primary subtag), where that can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
}

/// A place on a page that leads elsewhere, in points from the top left corner.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkBody {
    x: f32,
    y: f32,
    w: f32,
    h: f32,
    to: LinkTargetBody,
}

/// Where a link leads.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LinkTargetBody {
    /// A page of the same material, from 1.
    Page(u32),
    /// An `http`, `https` or `mailto` address.
    Address(String),
}

impl From<Link> for LinkBody {
    fn from(link: Link) -> Self {
        Self {
            x: link.x,
            y: link.y,
            w: link.w,
            h: link.h,
            to: match link.to {
                LinkTarget::Page(page) => LinkTargetBody::Page(page),
                LinkTarget::Address(address) => LinkTargetBody::Address(address),
            },
        }
    }
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
            label: page.label,
            links: page.links.into_iter().map(LinkBody::from).collect(),
            starts_at_ms: page.starts_at_ms,
            language: page.language,
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
