//! From a page as it was read to a page as it is shown.
use super::hits::Needles;
use crate::web::context::Picture;
use crate::web::formula::{Piece, pieces};
use crate::web::pages::reader::context::{Block, Inline, Leaf, LinkTo, PageBody, PlacedLink, PlacedWord};
use crate::web::pages::search::PageLink;
use homeroom_core::domain::kind::Kind;
use homeroom_core::domain::material::Material;
use homeroom_core::ports::extractor::{ExtractedPage, Link, LinkTarget, Word};

/// Cells and lines of one page that are shown as such; a sheet of more is a download.
const MAX_ROWS: usize = 5_000;

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
        text: blocks(&page.text, &page.headings, &|text| {
            line(material.current.kind, text, needles)
        }),
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
            words: placed_words(page.words, needles),
            links: page
                .links
                .into_iter()
                .filter_map(|link| placed_link(link, page_url))
                .collect(),
        };
    }
    let lines = || page.text.lines().take(MAX_ROWS);
    match material.current.kind {
        Kind::Xlsx | Kind::Ods | Kind::Xls if page.text.contains('\t') => PageBody::Table(
            lines()
                .map(|line| line.split('\t').map(|cell| needles.runs(cell)).collect())
                .collect(),
        ),
        Kind::Code | Kind::Latex => PageBody::Code(lines().map(|line| needles.runs(line)).collect()),
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

fn placed_words(words: Vec<Word>, needles: &Needles) -> Vec<PlacedWord> {
    let emphasis = needles.emphasis(words.iter().map(|word| word.text.as_str()));
    words
        .into_iter()
        .zip(emphasis)
        .map(|(word, emphasis)| PlacedWord {
            emphasis,
            text: word.text,
            x: word.x,
            y: word.y,
            w: word.w,
            h: word.h,
        })
        .collect()
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

/// A text cut at its headings, which stand in it as lines of their own.
fn blocks(text: &str, headings: &[String], line_of: &dyn Fn(&str) -> Vec<Inline>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = String::new();
    let flush = |lines: &mut String, blocks: &mut Vec<Block>| {
        let inside = line_of(lines.trim_matches('\n'));
        if !inside.is_empty() {
            blocks.push(Block::Lines(inside));
        }
        lines.clear();
    };
    let mut headings = headings.iter().map(|heading| heading.trim()).peekable();
    for line in text.lines() {
        if headings
            .next_if(|heading| !heading.is_empty() && *heading == line.trim())
            .is_some()
        {
            flush(&mut lines, &mut blocks);
            blocks.push(Block::Heading(line_of(line.trim())));
        } else {
            lines.push_str(line);
            lines.push('\n');
        }
    }
    flush(&mut lines, &mut blocks);
    blocks
}

/// Words with their hits; in formats that write formulas in TeX those are drawn.
fn line(kind: Kind, text: &str, needles: &Needles) -> Vec<Inline> {
    let runs = |text: &str| needles.runs(text).into_iter().map(Inline::Run);
    if !matches!(kind, Kind::Markdown | Kind::Notebook) {
        return runs(text).collect();
    }
    let mut line = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => line.extend(runs(text)),
            Piece::Formula(formula) => line.push(Inline::Formula(formula)),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::context::Emphasis;

    fn said(block: &Block) -> (bool, String) {
        let (heading, line) = match block {
            Block::Heading(line) => (true, line),
            Block::Lines(line) => (false, line),
        };
        let said = line.iter().map(|each| match each {
            Inline::Run(run) => run.text.as_str(),
            Inline::Formula(_) => "∑",
        });
        (heading, said.collect())
    }

    #[test]
    fn a_text_is_cut_at_its_headings_in_their_order() {
        let headings = ["Cells".to_owned(), "Energy".to_owned()];
        let needles = Needles::new("atp", None);
        let text = "Cells\nAll life.\nCells\n\nEnergy\nATP: $x^2$";
        let of = |kind| blocks(text, &headings, &|text| line(kind, text, &needles));
        let expected = |last: &str| {
            [
                (true, "Cells".to_owned()),
                (false, "All life.\nCells".to_owned()),
                (true, "Energy".to_owned()),
                (false, last.to_owned()),
            ]
        };
        let said_of = |kind| of(kind).iter().map(said).collect::<Vec<_>>();
        assert_eq!(said_of(Kind::Markdown), expected("ATP: ∑"));
        assert_eq!(said_of(Kind::Text), expected("ATP: $x^2$"));
        let Block::Lines(line) = &of(Kind::Text)[3] else {
            panic!("the last block is text")
        };
        assert!(matches!(&line[0], Inline::Run(run) if run.emphasis == Emphasis::Hit));
    }

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
