//! `GET /api/v1/search/suggestions`.
use super::App;
use super::caller::Caller;
use crate::gateway::{Json, Query};
use crate::problem::{Problem, ProblemDocument};
use axum::extract::State;
use homeroom_core::ports::search_index::SuggestionKind;
use homeroom_core::usecases::suggest::{Proposal, suggest};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Suggestions unless said.
const DEFAULT_LIMIT: u32 = 8;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    /// What was typed so far, at most 200 characters.
    #[param(max_length = 200)]
    q: Option<String>,
    /// Suggestions at most, 8 unless said.
    #[param(minimum = 1, maximum = 20)]
    limit: Option<u32>,
}

/// One proposal of what to search.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct SuggestionBody {
    /// `title`, `subject`, `person` or `phrase`.
    kind: &'static str,
    /// What to show and to search.
    text: String,
    /// The material, for a title.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
    material_id: Option<String>,
    /// The user's id, for a person, as the `uploader` filter takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
    user_id: Option<String>,
    /// The slug, for a subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

/// What may be meant.
#[derive(Serialize, ToSchema)]
pub(crate) struct SuggestionsBody {
    /// Best first.
    suggestions: Vec<SuggestionBody>,
}

impl From<Proposal> for SuggestionBody {
    fn from(proposal: Proposal) -> Self {
        match proposal {
            Proposal::Subject(subject) => Self {
                kind: "subject",
                text: subject.name,
                subject: Some(subject.slug.as_str().to_owned()),
                ..Self::default()
            },
            Proposal::Found(found) => Self {
                kind: match found.kind {
                    SuggestionKind::Title => "title",
                    SuggestionKind::Person => "person",
                    SuggestionKind::Phrase => "phrase",
                },
                text: found.text,
                material_id: found.material.map(|id| id.to_string()),
                user_id: found.person.map(|id| id.to_string()),
                subject: None,
            },
        }
    }
}

/// Propose what to search while somebody types: titles, subjects, people and frequent phrases, only
/// of what the caller may see.
#[utoipa::path(get, path = "/api/v1/search/suggestions", operation_id = "suggest", tag = "search", params(Parameters),
    responses((status = 200, description = "Suggestions", body = SuggestionsBody),
        (status = 422, description = "`invalid_fields`", body = ProblemDocument, content_type = "application/problem+json")))]
pub(crate) async fn handle(
    State(app): State<App>,
    caller: Caller,
    Query(parameters): Query<Parameters>,
) -> Result<Json<SuggestionsBody>, Problem> {
    let text = parameters.q.unwrap_or_default();
    let limit = parameters.limit.unwrap_or(DEFAULT_LIMIT);
    let found = suggest(&app.product, &caller.actor(), &text, limit).await?;
    Ok(Json(SuggestionsBody {
        suggestions: found.into_iter().map(SuggestionBody::from).collect(),
    }))
}
