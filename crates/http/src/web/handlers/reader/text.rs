//! From the text of a page to what is shown of it: headings, paragraphs, rows, formulas, and source code in its
//! colours, with what is looked for marked.
use super::hits::Needles;
use crate::web::context::{Picture, TextRun};
use crate::web::formula::{Piece, pieces};
use crate::web::pages::reader::context::{Block, InkedRun, Inline, Listing};
use crate::web::source::{Ink, Language};
use homeroom_core::domain::ids::MaterialId;
use homeroom_core::domain::kind::Kind;
use homeroom_core::domain::material::Material;
use homeroom_core::ports::extractor::{ExtractedPage, Passage, PassageKind};
use std::ops::Range;

/// Cells and lines of one page that are shown as such; a sheet of more is a download.
pub(super) const MAX_ROWS: usize = 5_000;

/// What a page's file says of how it is written down.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) material: MaterialId,
    pub(super) version: u32,
}

impl<'a> File<'a> {
    pub(super) fn of(material: &'a Material) -> Self {
        Self {
            kind: material.current.kind,
            name: material.current.filename.as_str(),
            material: material.id,
            version: material.current.number,
        }
    }
}

/// A text cut at its headings and its passages, which stand in it as lines of their own.
pub(super) fn blocks(file: File<'_>, page: &ExtractedPage, needles: &Needles) -> Vec<Block> {
    let kind = file.kind;
    // That one has no other text.
    if kind == Kind::Code {
        return Vec::new();
    }
    let mut blocks = Vec::new();
    let mut text = String::new();
    let mut headings = page.headings.iter().map(|heading| heading.trim()).peekable();
    let mut passages = page.passages.iter().peekable();
    let mut lines = (0_u32..).zip(page.text.lines());
    while let Some((number, line)) = lines.next() {
        // Pictures that no line stands for.
        while let Some(passage) = passages.next_if(|passage| passage.line <= number && passage.lines == 0) {
            push_text(&mut blocks, &mut text, kind, needles);
            blocks.extend(picture_of(file, passage, ""));
        }
        let passage = passages.next_if(|passage| passage.line <= number);
        if let Some(passage) = passage {
            push_text(&mut blocks, &mut text, kind, needles);
            let rest = lines.by_ref().take(passage.lines as usize - 1);
            let inside: Vec<&str> = std::iter::once(line).chain(rest.map(|(_, line)| line)).collect();
            let inside = inside.join("\n");
            let picture = picture_of(file, passage, &inside);
            blocks.push(picture.unwrap_or_else(|| block_of(file, page, passage, &inside, needles)));
        } else if headings
            .next_if(|heading| !heading.is_empty() && *heading == line.trim())
            .is_some()
        {
            push_text(&mut blocks, &mut text, kind, needles);
            blocks.push(Block::Heading(inlines(kind, line.trim(), needles)));
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    push_text(&mut blocks, &mut text, kind, needles);
    blocks.extend(passages.filter_map(|passage| picture_of(file, passage, "")));
    blocks
}

/// A picture that a notebook's code drew. One that stands in an archive's notebook is not to be had.
fn picture_of(file: File<'_>, passage: &Passage, description: &str) -> Option<Block> {
    let PassageKind::Picture {
        number,
        width,
        height,
    } = passage.kind
    else {
        return None;
    };
    (file.kind == Kind::Notebook).then(|| Block::Picture {
        picture: Picture {
            url: format!(
                "/api/v1/materials/{}/pictures/{number}?v={}",
                file.material, file.version
            ),
            width,
            height,
        },
        // `<Figure size 640x480 with 1 Axes>` says nothing of what is seen.
        description: Some(description.trim())
            .filter(|said| !said.starts_with('<'))
            .unwrap_or_default()
            .to_owned(),
    })
}

/// Whether a line of these is a paragraph, and rows have cells; in others lines end where the paper did.
const fn flows(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Docx
            | Kind::Odt
            | Kind::Doc
            | Kind::Rtf
            | Kind::Epub
            | Kind::Html
            | Kind::Markdown
            | Kind::Notebook
            | Kind::Latex
    )
}

fn push_text(blocks: &mut Vec<Block>, text: &mut String, kind: Kind, needles: &Needles) {
    let inside = inlines(kind, text.trim_matches('\n'), needles);
    text.clear();
    if inside.is_empty() {
        return;
    }
    if !flows(kind) {
        blocks.push(Block::Lines(inside));
        return;
    }
    let lines = split(inside, '\n');
    let lines = lines
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>();
    for group in lines.chunk_by(|one, next| has_cells(one) == has_cells(next)) {
        // One such line is an indented one.
        blocks.push(if group.len() > 1 && has_cells(&group[0]) {
            Block::Rows(group.iter().take(MAX_ROWS).map(|row| cells(row)).collect())
        } else {
            Block::Paragraphs(group.to_vec())
        });
    }
}

fn has_cells(line: &[Inline]) -> bool {
    let has_tab = |inline: &Inline| matches!(inline, Inline::Run(run) if run.text.contains('\t'));
    line.iter().any(has_tab)
}

fn cells(row: &[Inline]) -> Vec<Vec<Inline>> {
    let mut cells = split(row.to_vec(), '\t');
    // Some formats end each cell with a tab.
    cells.pop_if(|last| last.is_empty());
    cells
}

/// Cuts at a sign, which is left out.
fn split(inlines: Vec<Inline>, sign: char) -> Vec<Vec<Inline>> {
    let mut parts = vec![Vec::new()];
    for inline in inlines {
        let Inline::Run(run) = inline else {
            parts.last_mut().expect("there is always one").push(inline);
            continue;
        };
        for (at, piece) in run.text.split(sign).enumerate() {
            if at > 0 {
                parts.push(Vec::new());
            }
            if !piece.is_empty() {
                let text = piece.to_owned();
                let emphasis = run.emphasis;
                let run = Inline::Run(TextRun { text, emphasis });
                parts.last_mut().expect("there is always one").push(run);
            }
        }
    }
    parts
}

/// Lines that are no running text, as what they are.
fn block_of(file: File<'_>, page: &ExtractedPage, passage: &Passage, text: &str, needles: &Needles) -> Block {
    match &passage.kind {
        PassageKind::Source { first } => Block::Code(Listing {
            first: Some(*first),
            run: None,
            lines: inked(text, language_of(file, page), needles),
        }),
        PassageKind::Code { language, run } => Block::Code(Listing {
            first: None,
            run: *run,
            lines: inked(text, language.as_deref().and_then(Language::named), needles),
        }),
        PassageKind::Output | PassageKind::Picture { .. } => Block::Output(needles.runs(text)),
        PassageKind::Notes => Block::Notes(needles.runs(text)),
        PassageKind::Comments => Block::Comments(needles.runs(text)),
    }
}

/// What a page of source code is in, by its file's name; in an archive its label begins with that.
pub(super) fn language_of(file: File<'_>, page: &ExtractedPage) -> Option<Language> {
    let label = page.label.as_deref().and_then(|label| label.split(" · ").next());
    let name = match (file.kind, label) {
        (Kind::Archive, Some(path)) => path,
        _ => file.name,
    };
    Language::of_file(name, &page.text)
}

/// Source code in its colours, line by line, hits marked. A hit is one however many colours it has.
pub(super) fn inked(text: &str, language: Option<Language>, needles: &Needles) -> Vec<Vec<InkedRun>> {
    let inks = language.map(|language| language.inks(text)).unwrap_or_default();
    let mut begin = 0;
    let mut lines = Vec::new();
    for line in text.split('\n').take(MAX_ROWS) {
        let mut at = begin;
        let runs = needles.runs(line).into_iter().map(|run| {
            let place = at..at + run.text.len();
            at = place.end;
            InkedRun {
                emphasis: run.emphasis,
                pieces: pieces_of(text, place, &inks),
            }
        });
        lines.push(runs.collect());
        begin += line.len() + 1;
    }
    lines
}

/// A place of a text cut where its colours change.
fn pieces_of(text: &str, place: Range<usize>, inks: &[(Range<usize>, Ink)]) -> Vec<(String, Option<Ink>)> {
    let first = inks.partition_point(|(range, _)| range.end <= place.start);
    let mut pieces = Vec::new();
    let mut at = place.start;
    let mut push = |range: Range<usize>, ink| {
        if !range.is_empty() {
            pieces.push((text[range].to_owned(), ink));
        }
    };
    for (range, ink) in inks[first..]
        .iter()
        .take_while(|(range, _)| range.start < place.end)
    {
        let (start, end) = (range.start.max(at), range.end.min(place.end));
        push(at..start, None);
        push(start..end, Some(*ink));
        at = end;
    }
    push(at..place.end, None);
    pieces
}

/// Words with their hits; in formats that write formulas in TeX those are drawn.
fn inlines(kind: Kind, text: &str, needles: &Needles) -> Vec<Inline> {
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

    fn words(inlines: &[Inline]) -> String {
        let said = inlines.iter().map(|each| match each {
            Inline::Run(run) => run.text.as_str(),
            Inline::Formula(_) => "∑",
        });
        said.collect()
    }

    fn said(block: &Block) -> String {
        let runs = |runs: &[TextRun]| runs.iter().map(|run| run.text.as_str()).collect::<String>();
        match block {
            Block::Heading(line) => format!("# {}", words(line)),
            Block::Lines(line) => words(line),
            Block::Paragraphs(lines) => lines.iter().map(|line| words(line)).collect::<Vec<_>>().join("¶"),
            Block::Rows(rows) => {
                let cells =
                    |row: &Vec<Vec<Inline>>| row.iter().map(|cell| words(cell)).collect::<Vec<_>>().join("|");
                rows.iter().map(cells).collect::<Vec<_>>().join("/")
            }
            Block::Code(listing) => format!("{:?}{:?} {}", listing.first, listing.run, code(&listing.lines)),
            Block::Output(printed) => format!("> {}", runs(printed)),
            Block::Picture { picture, description } => {
                let number = picture.url.rsplit(['/', '?']).nth(1).unwrap_or_default();
                format!(
                    "picture {number} {}x{} {description}",
                    picture.width, picture.height
                )
            }
            Block::Notes(notes) => format!("notes: {}", runs(notes)),
            Block::Comments(comments) => format!("comments: {}", runs(comments)),
        }
    }

    /// Lines of code, coloured parts as `‹part›`, hits as `[hit]`.
    fn code(lines: &[Vec<InkedRun>]) -> String {
        let run = |run: &InkedRun| {
            let pieces = run.pieces.iter().map(|(text, ink)| match ink {
                Some(_) => format!("‹{text}›"),
                None => text.clone(),
            });
            match run.emphasis {
                Emphasis::Hit => format!("[{}]", pieces.collect::<String>()),
                Emphasis::Plain => pieces.collect(),
            }
        };
        let lines = lines.iter().map(|line| line.iter().map(run).collect::<String>());
        lines.collect::<Vec<_>>().join("/")
    }

    fn blocks_of(kind: Kind, page: &ExtractedPage, query: &str) -> Vec<String> {
        let file = File {
            kind,
            name: "a.py",
            material: "01890000-0000-7000-8000-000000000000".parse().unwrap(),
            version: 2,
        };
        let blocks = blocks(file, page, &Needles::new(query, None));
        blocks.iter().map(said).collect()
    }

    #[test]
    fn a_text_is_cut_at_its_headings_in_their_order() {
        let page = ExtractedPage {
            text: "Cells\nAll life.\nCells\n\nEnergy\nATP: $x^2$".into(),
            headings: vec!["Cells".into(), "Energy".into()],
            ..ExtractedPage::default()
        };
        let of = |kind| blocks_of(kind, &page, "atp");
        assert_eq!(
            of(Kind::Markdown),
            ["# Cells", "All life.¶Cells", "# Energy", "ATP: ∑"]
        );
        assert_eq!(
            of(Kind::Text),
            ["# Cells", "All life.\nCells", "# Energy", "ATP: $x^2$"]
        );
    }

    #[test]
    fn lines_with_tabs_that_follow_each_other_are_rows() {
        let page = ExtractedPage {
            text: "a\tb\t\nc\td\n\nend\tof it".into(),
            ..ExtractedPage::default()
        };
        assert_eq!(blocks_of(Kind::Html, &page, ""), ["a|b/c|d/end|of it"]);
        let page = ExtractedPage {
            text: "one\n\ttwo".into(),
            ..page
        };
        assert_eq!(blocks_of(Kind::Docx, &page, ""), ["one", "\ttwo"]);
        assert_eq!(blocks_of(Kind::Text, &page, ""), ["one\n\ttwo"]);
    }

    #[test]
    fn passages_are_shown_as_what_they_are() {
        let passage = |line, lines, kind| Passage { line, lines, kind };
        let python = PassageKind::Code {
            language: Some("python".into()),
            run: Some(3),
        };
        let page = ExtractedPage {
            text: "See $x$\nif x: # x\n\n  y = 1\n1\n$x$\nhere\nask\nwhy?".into(),
            passages: vec![
                passage(1, 3, python),
                passage(4, 2, PassageKind::Output),
                passage(7, 1, PassageKind::Notes),
                passage(8, 9, PassageKind::Comments),
            ],
            ..ExtractedPage::default()
        };
        assert_eq!(
            blocks_of(Kind::Notebook, &page, "if x"),
            [
                "See ∑",
                "NoneSome(3) [‹if› x]: ‹# ›[‹x›]//  y = ‹1›",
                "> 1\n$x$",
                "here",
                "notes: ask",
                "comments: why?"
            ]
        );
    }

    #[test]
    fn what_a_notebooks_code_drew_stands_where_it_was_drawn() {
        let picture = |line, lines, number| Passage {
            line,
            lines,
            kind: PassageKind::Picture {
                number,
                width: 64,
                height: 48,
            },
        };
        let page = ExtractedPage {
            text: "See\n<Figure>\nA heap\nso on".into(),
            passages: vec![
                picture(0, 0, 1),
                picture(1, 1, 2),
                picture(2, 1, 5),
                picture(3, 0, 3),
                picture(4, 0, 4),
            ],
            ..ExtractedPage::default()
        };
        assert_eq!(
            blocks_of(Kind::Notebook, &page, ""),
            [
                "picture 1 64x48 ",
                "See",
                "picture 2 64x48 ",
                "picture 5 64x48 A heap",
                "picture 3 64x48 ",
                "so on",
                "picture 4 64x48 "
            ]
        );
        assert_eq!(
            blocks_of(Kind::Archive, &page, ""),
            ["See", "> <Figure>", "> A heap", "so on"]
        );
    }

    #[test]
    fn source_is_counted_from_the_line_that_it_is() {
        let source = Passage {
            line: 0,
            lines: 2,
            kind: PassageKind::Source { first: 41 },
        };
        let page = ExtractedPage {
            label: Some("src/a.py · x".into()),
            text: "def f():\n  pass".into(),
            passages: vec![source],
            ..ExtractedPage::default()
        };
        assert_eq!(
            blocks_of(Kind::Archive, &page, ""),
            ["Some(41)None ‹def› ‹f›():/  ‹pass›"]
        );
        assert!(blocks_of(Kind::Code, &page, "").is_empty());
    }
}
