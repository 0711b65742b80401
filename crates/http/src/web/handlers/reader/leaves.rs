//! From a page as it was read to a page as it is shown.
use super::boxes::hit_boxes;
use super::hits::Needles;
use super::text::{File, MAX_ROWS, blocks, inked, language_of};
use crate::web::context::Picture;
use crate::web::pages::reader::context::{Leaf, LinkTo, Listing, PageBody, PlacedLink, PlacedWord};
use crate::web::pages::search::PageLink;
use homeroom_core::domain::kind::Kind;
use homeroom_core::domain::material::Material;
use homeroom_core::ports::extractor::{ExtractedPage, Link, LinkTarget, Passage, PassageKind, Word};

/// A page of a material with what is looked for marked in it. `page_url` gives the address of another.
pub(super) fn leaf(
    material: &Material,
    page: ExtractedPage,
    needles: &Needles,
    page_url: &dyn Fn(u32) -> String,
) -> Leaf {
    Leaf {
        number: page.number,
        label: page.label.clone(),
        language: page.language.clone().or_else(|| {
            let language = material.details.language.as_ref();
            language.map(|language| language.as_str().to_owned())
        }),
        text: blocks(File::of(material), &page, needles),
        body: body(material, page, needles, page_url),
    }
}

/// Whether the pages of a material have pictures.
pub(super) fn has_pictures(material: &Material) -> bool {
    material.current.pages_with_pictures() > 0
}

/// Pictures change with the version, so that a browser never shows an old one.
pub(super) fn picture_url(material: &Material, page: u32) -> String {
    format!(
        "/api/v1/materials/{}/pages/{page}/image?v={}",
        material.id, material.current.number
    )
}

fn body(
    material: &Material,
    page: ExtractedPage,
    needles: &Needles,
    page_url: &dyn Fn(u32) -> String,
) -> PageBody {
    if has_pictures(material) && page.width > 0.0 && page.height > 0.0 {
        return PageBody::Picture {
            picture: Picture {
                url: picture_url(material, page.number),
                width: 1_200,
                height: picture_height(&page),
            },
            width: page.width,
            height: page.height,
            boxes: hit_boxes(&page.text, &page.words, needles),
            words: page.words.into_iter().map(placed_word).collect(),
            links: page
                .links
                .into_iter()
                .filter_map(|link| placed_link(link, page_url))
                .collect(),
        };
    }
    // The name of a sheet stands above its rows, as a heading.
    let named = page
        .headings
        .first()
        .is_some_and(|name| page.text.lines().next() == Some(name));
    let lines = || page.text.lines().skip(usize::from(named)).take(MAX_ROWS);
    match material.current.kind {
        Kind::Xlsx | Kind::Ods | Kind::Xls if page.text.contains('\t') => PageBody::Table(
            lines()
                .map(|line| line.split('\t').map(|cell| needles.runs(cell)).collect())
                .collect(),
        ),
        Kind::Code => {
            let language = language_of(File::of(material), &page);
            let first = match page.passages.first() {
                Some(Passage {
                    kind: PassageKind::Source { first },
                    ..
                }) => *first,
                _ => 1,
            };
            PageBody::Code(Listing {
                first: Some(first),
                run: None,
                lines: inked(&page.text, language, needles),
            })
        }
        _ => PageBody::Text,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "page sizes are small and positive"
)]
fn picture_height(page: &ExtractedPage) -> u32 {
    (1_200.0 * page.height / page.width).clamp(1.0, 10_000.0) as u32
}

fn placed_word(word: Word) -> PlacedWord {
    PlacedWord {
        text: word.text,
        x: word.x,
        y: word.y,
        w: word.w,
        h: word.h,
    }
}

/// A link of the file; whatever it says, only the web and mail are led to.
fn placed_link(link: Link, page_url: &dyn Fn(u32) -> String) -> Option<PlacedLink> {
    let to = match link.to {
        LinkTarget::Page(number) => LinkTo::Page(PageLink {
            number,
            url: page_url(number),
        }),
        LinkTarget::Address(address) => {
            let scheme = url::Url::parse(&address).ok()?.scheme().to_owned();
            ["http", "https", "mailto"]
                .contains(&scheme.as_str())
                .then_some(LinkTo::Address(address))?
        }
    };
    Some(PlacedLink {
        x: link.x,
        y: link.y,
        w: link.w,
        h: link.h,
        to,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_pages_and_the_web_only() {
        let link = |to| Link {
            x: 0.0,
            y: 0.0,
            w: 1.0,
            h: 1.0,
            to,
        };
        let url = |number: u32| format!("?page={number}");
        let place = |to| placed_link(link(to), &url).map(|placed| placed.to);
        assert_eq!(
            place(LinkTarget::Page(7)),
            Some(LinkTo::Page(PageLink {
                number: 7,
                url: "?page=7".into()
            }))
        );
        for address in ["https://example.org/a", "mailto:a@example.org"] {
            assert_eq!(
                place(LinkTarget::Address(address.into())),
                Some(LinkTo::Address(address.into()))
            );
        }
        for address in [
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "//x",
            "",
        ] {
            assert_eq!(place(LinkTarget::Address(address.into())), None, "{address}");
        }
    }
}
