//! Reading a material, page by page.
mod about;
mod ahead;
mod boxes;
mod find;
mod hits;
mod leaves;
mod media;
mod text;

use super::cards::Subjects;
use super::recent;
use super::visitor::{Visitor, parameter};
use crate::gateway::Path;
use crate::web::context::{Choice, Picture};
use crate::web::pages::reader::context::{
    Found, Leaf, MediaView, OutlineLine, PageView, PrintPage, ReaderPage, Thumb, View,
};
use crate::web::pages::reader::leaf::Urgency;
use crate::web::pages::reader::{self, found, leaf, print};
use crate::web::pages::search::PageLink;
use crate::web::parts::query_value;
use axum::response::{IntoResponse, Response};
use hits::Needles;
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::domain::kind::Kind;
use homeroom_core::domain::material::{Material, Processing};
use homeroom_core::domain::policy::may_edit;
use homeroom_core::ports::extractor::Notice;
use homeroom_core::ports::search_index::Hit;
use homeroom_core::usecases::UseCaseError;
use homeroom_core::usecases::find_pages::find_in_material;
use homeroom_core::usecases::read_contents::{Contents, PageSummary, read_contents};
use homeroom_core::usecases::read_document::{PageText, read_document};
use homeroom_core::usecases::read_material::read_material;
use homeroom_core::usecases::read_page::read_page;
use http::{StatusCode, header};

/// Small pictures shown around the present page.
const THUMBS: u32 = 24;
/// Pages on one sheet for the printer: more at once keep browser and server busy for long.
const PRINTED: u32 = 50;

/// `GET /materials/{id}?page=N&q=…`
pub(super) async fn page(visitor: Visitor, Path(id): Path<MaterialId>) -> Response {
    match context(&visitor, id).await {
        Ok((context, place)) => {
            let response = visitor.show(reader::page(&context, visitor.t));
            remembering(&visitor, response, id, place)
        }
        Err(error) => visitor.refused(error),
    }
}

/// `GET /materials/{id}/leaves/{n}?q=…`: a page by itself, for the module that makes one scroll of them.
pub(super) async fn leaf(visitor: Visitor, Path((id, number)): Path<(MaterialId, u32)>) -> Response {
    match one_leaf(&visitor, id, number).await {
        Ok((leaf, title)) => visitor.show(leaf::leaf(&leaf, &title, Urgency::Now, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

/// `GET /materials/{id}/find?q=…`: the pages with hits, for the module.
pub(super) async fn find(visitor: Visitor, Path(id): Path<MaterialId>) -> Response {
    let asked = async {
        let material = read_material(&visitor.app.product, &visitor.actor(), id)
            .await?
            .material;
        let search = Search::read(&visitor, material.id).await?;
        search.found(&visitor, id).await
    };
    match asked.await {
        Ok(found) => visitor.show(found::list(&found.unwrap_or_default(), visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

/// `GET /materials/{id}/place?page=N`: keeps where the visitor is, in their own browser.
pub(super) async fn place(visitor: Visitor, Path(id): Path<MaterialId>) -> Response {
    match read_material(&visitor.app.product, &visitor.actor(), id).await {
        Ok(view) => {
            let page = asked_page(&visitor).filter(|page| *page <= page_count(&view.material).max(1));
            remembering(&visitor, StatusCode::NO_CONTENT.into_response(), id, page)
        }
        Err(error) => visitor.refused(error),
    }
}

/// `GET /materials/{id}/print?from=N`
pub(super) async fn printed(visitor: Visitor, Path(id): Path<MaterialId>) -> Response {
    match print_context(&visitor, id).await {
        Ok(context) => visitor.show(print::page(&context, visitor.t)),
        Err(error) => visitor.refused(error),
    }
}

fn remembering(visitor: &Visitor, mut response: Response, id: MaterialId, page: Option<u32>) -> Response {
    if let Some(page) = page
        && let Ok(cookie) = recent::remember(visitor, id, page).parse()
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// What is looked for in the material, and what the index says of it.
struct Search {
    query: String,
    hit: Option<Hit>,
    needles: Needles,
}

impl Search {
    async fn read(visitor: &Visitor, id: MaterialId) -> Result<Self, UseCaseError> {
        let query = parameter(&visitor.here, "q")
            .unwrap_or_default()
            .trim()
            .to_owned();
        let hit = find_in_material(&visitor.app.product, &visitor.actor(), id, &query).await?;
        let needles = Needles::new(&query, hit.as_ref().map(|hit| hit.snippet.as_str()));
        Ok(Self { query, hit, needles })
    }

    fn page_url(&self, id: MaterialId) -> impl Fn(u32) -> String {
        let query = self.query.clone();
        move |page| {
            if query.is_empty() {
                format!("/materials/{id}?page={page}")
            } else {
                format!("/materials/{id}?page={page}&q={}", query_value(&query))
            }
        }
    }

    /// Where it stands; nothing when nothing is looked for.
    async fn found(&self, visitor: &Visitor, id: MaterialId) -> Result<Option<Found>, UseCaseError> {
        if self.query.is_empty() {
            return Ok(None);
        }
        let pages = read_document(&visitor.app.product, &visitor.actor(), id).await?;
        Ok(Some(self.found_in(&pages, id)))
    }

    fn found_in(&self, pages: &[PageText], id: MaterialId) -> Found {
        find::found(pages, &self.needles, self.hit.as_ref(), &self.page_url(id))
    }
}

async fn context(visitor: &Visitor, id: MaterialId) -> Result<(ReaderPage, Option<u32>), UseCaseError> {
    let material = read_material(&visitor.app.product, &visitor.actor(), id).await?;
    if let Some(number) = first_shown(visitor).filter(|_| leaves::has_pictures(&material.material)) {
        ahead::draw_ahead(visitor, id, number);
    }
    let subjects = Subjects::read(visitor).await?;
    let search = Search::read(visitor, id).await?;
    let (view, place) = view(visitor, &material.material, &search).await?;
    let url = format!("/materials/{id}");
    let editable = may_edit(&visitor.actor(), &material.material);
    let context = ReaderPage {
        chrome: visitor.chrome(),
        id: id.to_string(),
        title: material.material.details.title.clone(),
        back_url: if search.query.is_empty() {
            "/".into()
        } else {
            format!("/search?q={}", query_value(&search.query))
        },
        query: search.query,
        view,
        notice: material.material.current.notice.map(Notice::code),
        recognizing: material
            .material
            .current
            .recognition
            .map(|recognition| (recognition.done, recognition.total)),
        about: about::about(visitor, &material, &subjects).await?,
        download_url: format!("/api/v1/materials/{id}/download"),
        edit_url: editable.then(|| format!("{url}/edit")),
        url,
    };
    Ok((context, place))
}

async fn view(
    visitor: &Visitor,
    material: &Material,
    search: &Search,
) -> Result<(View, Option<u32>), UseCaseError> {
    Ok(match material.current.processing {
        Processing::Running { total: 0, .. } => (View::Waiting, None),
        Processing::Running { done, total } => (View::Reading { done, total }, None),
        Processing::Failed(reason) => (
            View::Failed {
                reason: reason.code().to_owned(),
            },
            None,
        ),
        Processing::Ready { .. } if matches!(material.current.kind, Kind::Video | Kind::Audio) => {
            let (media, place) = media_view(visitor, material, search).await?;
            (View::Media(Box::new(media)), place)
        }
        Processing::Ready { pages: 0 } => (View::FileOnly, None),
        Processing::Ready { pages } => {
            let page = page_view(visitor, material, pages, search).await?;
            let number = page.leaf.number;
            (View::Page(Box::new(page)), Some(number))
        }
    })
}

async fn media_view(
    visitor: &Visitor,
    material: &Material,
    search: &Search,
) -> Result<(MediaView, Option<u32>), UseCaseError> {
    let pages = read_document(&visitor.app.product, &visitor.actor(), material.id).await?;
    let outline = read_contents(&visitor.app.product, &visitor.actor(), material.id)
        .await?
        .outline;
    let number = asked_page(visitor).or_else(|| best_page(search));
    let found = (!search.query.is_empty()).then(|| search.found_in(&pages, material.id));
    let number = number.or_else(|| Some(found.as_ref()?.pages.first()?.number));
    let found = found.map(|found| find::around(found, number.unwrap_or(0)));
    let page_url = search.page_url(material.id);
    let transcript = media::Transcript { pages, outline };
    Ok((
        media::media(
            visitor,
            material,
            &transcript,
            &search.needles,
            found,
            number,
            &page_url,
        ),
        number,
    ))
}

async fn page_view(
    visitor: &Visitor,
    material: &Material,
    count: u32,
    search: &Search,
) -> Result<PageView, UseCaseError> {
    let product = &visitor.app.product;
    let found = search.found(visitor, material.id).await?;
    let contents = read_contents(product, &visitor.actor(), material.id).await?;
    let number = asked_page(visitor)
        .or_else(|| labelled_page(visitor, &contents))
        .or_else(|| found_from(visitor, found.as_ref()))
        .or_else(|| best_page(search));
    let number = number
        .or_else(|| Some(found.as_ref()?.pages.first()?.number))
        .unwrap_or(1)
        .clamp(1, count);
    let page = read_page(product, &visitor.actor(), material.id, number).await?;
    let page_url = search.page_url(material.id);
    Ok(PageView {
        count,
        version: material.current.number,
        direction: direction(material),
        leaf: leaves::leaf(material, page, &search.needles, &page_url),
        previous_url: (number > 1).then(|| page_url(number - 1)),
        next_url: (number < count).then(|| page_url(number + 1)),
        thumbs: thumbs(material, number, count, &page_url),
        outline: outline(&contents, &page_url),
        found: found.map(|found| find::around(found, number)),
    })
}

async fn one_leaf(visitor: &Visitor, id: MaterialId, number: u32) -> Result<(Leaf, String), UseCaseError> {
    let product = &visitor.app.product;
    let material = read_material(product, &visitor.actor(), id).await?.material;
    let search = Search::read(visitor, id).await?;
    let page = read_page(product, &visitor.actor(), id, number).await?;
    let leaf = leaves::leaf(&material, page, &search.needles, &search.page_url(id));
    Ok((leaf, material.details.title))
}

async fn print_context(visitor: &Visitor, id: MaterialId) -> Result<PrintPage, UseCaseError> {
    let product = &visitor.app.product;
    let material = read_material(product, &visitor.actor(), id).await?.material;
    let count = page_count(&material);
    let from = parameter(&visitor.here, "from").and_then(|from| from.parse().ok());
    let first = from.unwrap_or(1).clamp(1, count.max(1));
    let last = first.saturating_add(PRINTED - 1).min(count);
    let needles = Needles::new("", None);
    let url = format!("/materials/{id}");
    let mut leaves = Vec::new();
    for number in first..=last {
        let page = read_page(product, &visitor.actor(), id, number).await?;
        leaves.push(leaves::leaf(&material, page, &needles, &|page| {
            format!("{url}?page={page}")
        }));
    }
    Ok(PrintPage {
        chrome: visitor.chrome(),
        title: material.details.title,
        back_url: format!("{url}?page={first}"),
        first,
        count,
        leaves,
        next_url: (last < count).then(|| format!("{url}/print?from={}", last + 1)),
    })
}

fn page_count(material: &Material) -> u32 {
    match material.current.processing {
        Processing::Ready { pages } => pages,
        _ => 0,
    }
}

fn asked_page(visitor: &Visitor) -> Option<u32> {
    parameter(&visitor.here, "page")?
        .parse()
        .ok()
        .filter(|page| *page > 0)
}

/// The page that will be shown, where the address alone says which.
fn first_shown(visitor: &Visitor) -> Option<u32> {
    let looks = ["q", "to"]
        .iter()
        .any(|name| parameter(&visitor.here, name).is_some());
    asked_page(visitor).or((!looks).then_some(1))
}

/// The page that people call what stands in the page field, or else the one with that number.
fn labelled_page(visitor: &Visitor, contents: &Contents) -> Option<u32> {
    let to = parameter(&visitor.here, "to")?.trim().to_lowercase();
    let called = |page: &PageSummary| {
        let label = page.label.as_ref();
        label.is_some_and(|label| label.to_lowercase() == to)
    };
    let labelled = contents.pages.iter().position(called);
    labelled
        .and_then(|at| u32::try_from(at + 1).ok())
        .or_else(|| to.parse().ok())
}

fn outline(contents: &Contents, page_url: &dyn Fn(u32) -> String) -> Vec<OutlineLine> {
    let label = |page: u32| {
        let at = usize::try_from(page).ok()?.checked_sub(1)?;
        contents.pages.get(at)?.label.clone()
    };
    contents
        .outline
        .iter()
        .map(|entry| OutlineLine {
            title: entry.title.clone(),
            level: entry.level.clamp(1, 8),
            page: PageLink {
                number: entry.page,
                url: page_url(entry.page),
            },
            label: label(entry.page),
        })
        .collect()
}

fn best_page(search: &Search) -> Option<u32> {
    search.hit.as_ref().map(|hit| hit.page).filter(|page| *page > 0)
}

/// Who looks for something in the document goes on from the page they are on, around its end; without
/// a hit they stay.
fn found_from(visitor: &Visitor, found: Option<&Found>) -> Option<u32> {
    let from: u32 = parameter(&visitor.here, "from")?.parse().ok()?;
    let pages = found.map_or(&[][..], |found| &found.pages);
    Some(
        pages
            .iter()
            .find(|page| page.number >= from)
            .or_else(|| pages.first())
            .map_or(from, |page| page.number),
    )
}

/// Pages of a language that runs from right to left lie from right to left, too.
fn direction(material: &Material) -> &'static str {
    const RIGHT_TO_LEFT: [&str; 7] = ["he", "ar", "fa", "ur", "yi", "ps", "syr"];
    let language = material.details.language.as_ref();
    if language.is_some_and(|language| RIGHT_TO_LEFT.contains(&language.as_str())) {
        "rtl"
    } else {
        "ltr"
    }
}

fn thumbs(material: &Material, number: u32, count: u32, page_url: &dyn Fn(u32) -> String) -> Vec<Thumb> {
    let first = number.saturating_sub(THUMBS / 2).max(1);
    let last = (first + THUMBS - 1).min(count);
    (first..=last)
        .map(|page| Thumb {
            number: page,
            url: page_url(page),
            picture: leaves::has_pictures(material).then(|| Picture {
                url: leaves::picture_url(material, page) + "&width=480",
                width: 120,
                height: 170,
            }),
            state: if page == number {
                Choice::Chosen
            } else {
                Choice::Open
            },
        })
        .collect()
}
