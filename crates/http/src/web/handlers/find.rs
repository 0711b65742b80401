//! Searching.
use super::cards::{Subjects, card, facets, going_on, with_parameter};
use super::visitor::{Visitor, parameter};
use crate::api::cursor::Walk;
use crate::web::context::{Choice, Snippet};
use crate::web::pages::search::{self, AlsoLink, Corrected, HitRow, PageLink, SearchOrder, SearchPage};
use crate::web::parts::query_value;
use axum::response::Response;
use homeroom_core::ports::search_index::FindSort;
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::find_pages::{FilterText, FoundMaterial, FoundPages, find_pages};

const LIMIT: u32 = 20;

/// `GET /search`: the page, or with `fragment=1` only the results.
pub(super) async fn page(visitor: Visitor) -> Response {
    match context(&visitor).await {
        Ok(context) if parameter(&visitor.here, "fragment").is_some() => {
            visitor.show(search::results(&context, visitor.t))
        }
        Ok(context) => visitor.show(search::page(&context, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

/// The filters in a page's address.
pub(super) fn filter(visitor: &Visitor) -> FilterText {
    let given = |name| parameter(&visitor.here, name).filter(|value| !value.is_empty());
    FilterText {
        subject: given("subject"),
        grade: given("grade").and_then(|grade| grade.parse().ok()),
        course: given("course"),
        uploader: given("uploader"),
        tag: given("tag"),
        kind: given("kind"),
        language: given("language"),
    }
}

/// Where a page of a list begins; a cursor that was not given out for it begins at the beginning.
pub(super) fn start(visitor: &Visitor, walk: &Walk) -> u32 {
    let given = parameter(&visitor.here, "cursor");
    walk.offset(given.as_deref()).unwrap_or(0)
}

async fn context(visitor: &Visitor) -> Result<SearchPage, UseCaseError> {
    let subjects = Subjects::read(visitor).await?;
    let query: String = parameter(&visitor.here, "q").unwrap_or_default();
    let query: String = query
        .trim()
        .chars()
        .take(homeroom_core::usecases::find_pages::MAX_QUERY_CHARACTERS)
        .collect();
    let sort = sort(visitor);
    let filter = filter(visitor);
    let walk = Walk::of_search(&query, &filter, sort);
    let found = if query.is_empty() {
        FoundPages::default()
    } else {
        find_pages(
            &visitor.app.product,
            &visitor.actor(),
            &query,
            filter,
            sort,
            LIMIT,
            start(visitor, &walk),
        )
        .await?
    };
    let marked = found.corrected.clone().unwrap_or_else(|| query.clone());
    Ok(SearchPage {
        chrome: visitor.chrome(),
        corrected: found.corrected.map(|text| Corrected {
            text,
            exact_url: with_parameter(
                &visitor.here,
                "q",
                Some(&format!("\"{}\"", query.replace('"', ""))),
            ),
        }),
        suggested: found.suggested.map(|text| {
            let url = with_parameter(&visitor.here, "q", Some(&text));
            (text, url)
        }),
        without: found.without,
        incomplete: found.incomplete,
        total: found.total,
        facets: facets(&found.facets, None, &subjects, visitor),
        orders: if found.total > 1 {
            orders(visitor, sort)
        } else {
            Vec::new()
        },
        hits: found
            .hits
            .iter()
            .map(|found| row(found, &marked, &subjects, visitor))
            .collect(),
        next_url: found
            .next_offset
            .map(|next| going_on(visitor, &walk.cursor(next))),
        query,
    })
}

/// The order in the address; the best match first for one that there is not.
fn sort(visitor: &Visitor) -> FindSort {
    let asked = parameter(&visitor.here, "sort");
    asked.and_then(|name| FindSort::called(&name)).unwrap_or_default()
}

fn orders(visitor: &Visitor, present: FindSort) -> Vec<SearchOrder> {
    FindSort::ALL
        .into_iter()
        .map(|sort| SearchOrder {
            name: sort.name(),
            url: with_parameter(
                &visitor.here,
                "sort",
                (sort != FindSort::Relevance).then_some(sort.name()),
            ),
            state: if sort == present {
                Choice::Chosen
            } else {
                Choice::Open
            },
        })
        .collect()
}

fn row(found: &FoundMaterial, query: &str, subjects: &Subjects, visitor: &Visitor) -> HitRow {
    let id = found.material.material.id;
    let page_url = |page: u32| format!("/materials/{id}?page={page}&q={}", query_value(query));
    let page = (found.hit.page > 0).then_some(found.hit.page);
    let url = page.map_or_else(|| format!("/materials/{id}"), page_url);
    HitRow {
        card: card(&found.material, url, subjects, visitor),
        page,
        label: found.hit.label.clone(),
        snippet: Snippet::from_index(&found.hit.snippet),
        also: found
            .hit
            .also
            .iter()
            .map(|page| AlsoLink {
                page: PageLink {
                    number: page.number,
                    url: page_url(page.number),
                },
                label: page.label.clone(),
            })
            .collect(),
    }
}
