//! `GET /api/v1/search`.
use super::App;
use super::caller::Caller;
use super::cursor::{Walk, limit};
use super::wire::{FacetsBody, MaterialBody};
use crate::gateway::{Json, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::ports::search_index::{AlsoPage, FindSort};
use homeroom_core::usecases::find_pages::{FilterText, find_pages};
use serde::{Deserialize, Serialize};
use std::time::Instant;
use utoipa::{IntoParams, ToSchema};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// What to find: words (all of them), `"phrases"`, `-exclusion`, `OR`, `(groups)`, and fields:
    /// `subject:`, `by:`, `type:`, `grade:`, `lang:`; at most 1,000 characters.
    #[param(max_length = 1000)]
    q: Option<String>,
    /// A subject's slug.
    subject: Option<String>,
    /// 7 to 12.
    #[param(minimum = 7, maximum = 12)]
    grade: Option<i64>,
    /// A course's id.
    course: Option<String>,
    /// A user's id or name.
    uploader: Option<String>,
    /// A type such as `pdf`, or several by one name: `word`, `slides`, `sheet`.
    kind: Option<String>,
    /// A BCP 47 primary subtag.
    language: Option<String>,
    /// `relevance` (unless said), `newest` or `best_rated`.
    sort: Option<String>,
    /// Materials per page, 20 unless said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// Where to go on, as the last page gave it.
    cursor: Option<String>,
}

/// A found page.
#[derive(Serialize, ToSchema)]
pub(crate) struct HitBody {
    /// The material that it is in.
    material: MaterialBody,
    /// From 1; 0 when a material without pages was found by its title or description.
    page: u32,
    /// What people call that page, where it is not its number: `iv`, a sheet's or a chapter's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// HTML: hits in `<mark>`, everything else escaped.
    snippet: String,
    /// Higher is better; comparable within one answer.
    score: f32,
    /// Further pages of the material with hits.
    also: Vec<u32>,
    /// What people call each of these pages, `null` where that is its number. Absent when no page has
    /// a name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    also_labels: Vec<Option<String>>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct SearchBody {
    /// Best first, one for each material.
    hits: Vec<HitBody>,
    /// Counts over all that was found.
    facets: FacetsBody,
    /// Materials in all.
    total: u64,
    /// How long the server took, in milliseconds.
    took_ms: u64,
    /// What was searched instead of what was typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrected: Option<String>,
    /// What was perhaps meant, though something was found for what was typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested: Option<String>,
    /// Words that were left out because nothing has all of them, as they were typed; everything that was
    /// found has the others. Never what stands in quotes. Absent when nothing was left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    without: Vec<String>,
    /// Whether the index is being rebuilt, so that more will be found in a while.
    incomplete: bool,
    /// Where to go on.
    next_cursor: Option<String>,
}

/// Find pages that the caller may see.
#[utoipa::path(get, path = "/api/v1/search", operation_id = "search", tag = "search", params(Parameters),
    responses((status = 200, description = "Found pages", body = SearchBody),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Query(parameters): Query<Parameters>,
) -> Result<Json<SearchBody>, Problem> {
    let started = Instant::now();
    let limit = limit(parameters.limit)?;
    let filter = FilterText {
        subject: parameters.subject,
        grade: parameters.grade,
        course: parameters.course,
        uploader: parameters.uploader,
        tag: None,
        kind: parameters.kind,
        language: parameters.language,
    };
    let sort = match parameters.sort.as_deref() {
        None => FindSort::default(),
        Some(name) => FindSort::called(name)
            .ok_or_else(|| Problem::invalid_field("sort", "must be relevance, newest or best_rated"))?,
    };
    let query = parameters.q.unwrap_or_default();
    let walk = Walk::of_search(&query, &filter, sort);
    let offset = walk.offset(parameters.cursor.as_deref())?;
    let found = find_pages(&app.product, &caller.actor(), &query, filter, sort, limit, offset).await?;
    let hits = found
        .hits
        .into_iter()
        .map(|found| HitBody {
            material: found.material.into(),
            page: found.hit.page,
            label: found.hit.label,
            snippet: found.hit.snippet,
            score: found.hit.score,
            also: found.hit.also.iter().map(|page| page.number).collect(),
            also_labels: labels(found.hit.also),
        })
        .collect();
    Ok(Json(SearchBody {
        hits,
        facets: found.facets.into(),
        total: found.total,
        took_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        corrected: found.corrected,
        suggested: found.suggested,
        without: found.without,
        incomplete: found.incomplete,
        next_cursor: found.next_offset.map(|next| walk.cursor(next)),
    }))
}

fn labels(pages: Vec<AlsoPage>) -> Vec<Option<String>> {
    if pages.iter().all(|page| page.label.is_none()) {
        return Vec::new();
    }
    pages.into_iter().map(|page| page.label).collect()
}
