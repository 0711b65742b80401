//! Finding pages: the index answers, the records have the last word.
use super::classmates::{viewer, visible};
use super::query_fields::read_fields;
use super::read_material::{MaterialView, with_uploaders};
use super::{Fields, Product, UseCaseError, authorize, unanswered_searches};
use crate::domain::ids::{MaterialId, UserId};
use crate::domain::kind::Kind;
use crate::domain::language::Language;
use crate::domain::name::TextError;
use crate::domain::policy::{Action, Actor};
use crate::domain::subject::SubjectSlug;
use crate::domain::user::Grade;
use crate::ports::search_index::{Facets, FieldClauses, Filter, FindRequest, FindSort, Hit};
use std::collections::HashMap;

/// The longest query, in characters.
pub const MAX_QUERY_CHARACTERS: usize = 1_000;
/// How deep one may page.
pub const MAX_OFFSET: u32 = 10_000;

/// Filters as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterText {
    /// A subject's slug.
    pub subject: Option<String>,
    /// 7 to 12.
    pub grade: Option<i64>,
    /// A course's id.
    pub course: Option<String>,
    /// A user's id or name.
    pub uploader: Option<String>,
    /// One tag.
    pub tag: Option<String>,
    /// A kind's name, or that of several such as `slides`.
    pub kind: Option<String>,
    /// A BCP 47 primary subtag.
    pub language: Option<String>,
}

/// A material that was found, with its best page.
#[derive(Clone, Debug)]
pub struct FoundMaterial {
    /// The material.
    pub material: MaterialView,
    /// Where and how it was found.
    pub hit: Hit,
}

/// What a search gives.
#[derive(Clone, Debug, Default)]
pub struct FoundPages {
    /// Best first.
    pub hits: Vec<FoundMaterial>,
    /// Counts over all that was found.
    pub facets: Facets,
    /// Materials that match in all.
    pub total: u64,
    /// What was searched instead of what was typed.
    pub corrected: Option<String>,
    /// What was perhaps meant, though something was found for what was typed.
    pub suggested: Option<String>,
    /// Words that were left out because nothing has all of them.
    pub without: Vec<String>,
    /// Whether the index is being rebuilt, so that more will be found later.
    pub incomplete: bool,
    /// The offset of the next page of results, if there is one.
    pub next_offset: Option<u32>,
}

/// Finds pages that the actor may see. The query may hold fields: `subject:`, `by:`, `type:`, `grade:`,
/// `lang:`, each also with a minus or dash before it; what is no known field is words.
///
/// # Errors
/// `Invalid` for a query that is too long or bad filters; `Unavailable`.
pub async fn find_pages(
    product: &Product,
    actor: &Actor,
    query: &str,
    filter: FilterText,
    sort: FindSort,
    limit: u32,
    offset: u32,
) -> Result<FoundPages, UseCaseError> {
    authorize(actor, Action::Find)?;
    let count = query.chars().count();
    if count > MAX_QUERY_CHARACTERS {
        let message = format!("must have at most {MAX_QUERY_CHARACTERS} characters, not {count}");
        return Err(UseCaseError::field("q", message));
    }
    let fielded = read_fields(product, query).await?;
    let narrowed = filter != FilterText::default();
    let request = FindRequest {
        text: fielded.text,
        fields: fielded.fields,
        viewer: viewer(product, actor).await?,
        filter: parse_filter(product, filter).await?,
        sort,
        limit,
        offset,
    };
    let incomplete = product.search.needs_rebuild();
    let found = product.search.find(&request).await?;
    // While filters are set or the index is being rebuilt, that it finds nothing says little.
    if found.total == 0 && !narrowed && !incomplete {
        unanswered_searches::note(product, actor, query).await;
    }
    let next = offset + limit;
    let next_offset = (u64::from(next) < found.total && next <= MAX_OFFSET).then_some(next);
    let hits = hydrate(product, actor, found.hits).await?;
    Ok(FoundPages {
        hits,
        facets: found.facets,
        total: found.total,
        corrected: found.corrected,
        suggested: found.suggested,
        without: found.without,
        incomplete,
        next_offset,
    })
}

/// Finds the pages of one material that the actor may see; `None` when nothing in it matches.
///
/// # Errors
/// `Unavailable`. A query that is too long finds nothing.
pub async fn find_in_material(
    product: &Product,
    actor: &Actor,
    material: MaterialId,
    query: &str,
) -> Result<Option<Hit>, UseCaseError> {
    authorize(actor, Action::Find)?;
    if query.trim().is_empty() || query.chars().count() > MAX_QUERY_CHARACTERS {
        return Ok(None);
    }
    let filter = Filter {
        material: Some(material),
        ..Filter::default()
    };
    let request = FindRequest {
        text: read_fields(product, query).await?.text,
        fields: FieldClauses::default(),
        viewer: viewer(product, actor).await?,
        filter,
        sort: FindSort::Relevance,
        limit: 1,
        offset: 0,
    };
    Ok(product.search.find(&request).await?.hits.pop())
}

/// The materials of the hits as the records have them now; those that the actor may not see any
/// more are dropped, even if the index lags.
async fn hydrate(
    product: &Product,
    actor: &Actor,
    hits: Vec<Hit>,
) -> Result<Vec<FoundMaterial>, UseCaseError> {
    let ids: Vec<_> = hits.iter().map(|hit| hit.material).collect();
    let materials = product.records.materials(&ids).await?;
    let found = visible(product, actor, materials.into_iter().flatten().collect()).await?;
    let mut views: HashMap<_, _> = with_uploaders(product, found)
        .await?
        .into_iter()
        .map(|view| (view.material.id, view))
        .collect();
    Ok(hits
        .into_iter()
        .filter_map(|hit| {
            views
                .remove(&hit.material)
                .map(|material| FoundMaterial { material, hit })
        })
        .collect())
}

/// Parses filters; an unknown uploader finds nothing rather than everything.
pub(crate) async fn parse_filter(product: &Product, text: FilterText) -> Result<Filter, UseCaseError> {
    let mut fields = Fields::default();
    let subject = fields.optional("subject", text.subject.map(|slug| SubjectSlug::parse(&slug)));
    let grade = fields.optional("grade", text.grade.map(Grade::new));
    let kinds = fields.optional(
        "kind",
        text.kind.map(|kind| {
            let kinds = Kind::called(&kind);
            Some(kinds)
                .filter(|kinds| !kinds.is_empty())
                .ok_or(TextError::Form(
                    "must be a kind of file such as pdf, or several such as slides",
                ))
        }),
    );
    let language = fields.optional(
        "language",
        text.language
            .map(|tag| Language::parse(&tag).ok_or(TextError::Form("must be a language such as en or he"))),
    );
    fields.finish()?;
    let uploader = match text.uploader {
        Some(who) => Some(uploader(product, &who).await?),
        None => None,
    };
    Ok(Filter {
        subject: subject.map(|slug| slug.as_str().to_owned()),
        grade: grade.map(Grade::number),
        course: text.course,
        uploader,
        material: None,
        tag: text.tag.map(|tag| tag.trim().to_lowercase()),
        kinds: kinds.unwrap_or_default(),
        language: language.map(|language| language.as_str().to_owned()),
    })
}

async fn uploader(product: &Product, who: &str) -> Result<UserId, UseCaseError> {
    if let Ok(id) = who.parse() {
        return Ok(id);
    }
    // Only by name: an address would tell whose it is.
    let user = if who.contains('@') {
        None
    } else {
        product.records.user_by_login(who).await?
    };
    Ok(user.map_or_else(|| UserId::new(uuid::Uuid::nil()), |user| user.value.id))
}
