//! EPUB: a page for each chapter in the order of reading, named by the book's table of contents.
use super::flow::{Block, Flow, one_line};
use super::html::{self, Dialect};
use super::package::{Package, resolve};
use super::xml::{Node, walk_typed};
use crate::child::{MAX_PAGE_TEXT, Sink, Stop};
use homeroom_core::ports::extractor::{ExtractedPage, Rejection};
use percent_encoding::percent_decode_str;
use std::collections::HashMap;
use std::ops::ControlFlow;

pub(super) fn extract(package: &mut Package<'_>, sink: &mut Sink) -> Result<(), Stop> {
    if is_encrypted(package)? {
        return Err(Rejection::Encrypted.into());
    }
    let book = read_book(package)?;
    sink.title(&book.title);
    let contents = contents(package, &book)?;
    sink.expect_pages(book.spine.len())?;
    let mut first_pages: HashMap<&str, u32> = HashMap::new();
    for part in &book.spine {
        first_pages.entry(part).or_insert(sink.pages() + 1);
        let named = contents.iter().find(|line| line.part == *part);
        let is_contents = book.navigation.as_ref() == Some(part);
        let title = named.map(|line| line.title.as_str());
        match chapter(package, part, title, is_contents, sink) {
            Err(Stop::Full) => break,
            read => read?,
        }
    }
    for line in &contents {
        if let Some(page) = first_pages.get(line.part.as_str()) {
            sink.outline(&line.title, *page, line.level);
        }
    }
    Ok(())
}

/// Fonts may be obscured; a book whose text is encrypted cannot be read.
fn is_encrypted(package: &mut Package<'_>) -> Result<bool, Stop> {
    let Some(text) = package.part("META-INF/encryption.xml")? else {
        return Ok(false);
    };
    let mut encrypted = false;
    walk_typed(&text, |node| {
        if let Node::Open(element) = node
            && element.is("EncryptionMethod")
        {
            let method = element.attribute("Algorithm").unwrap_or_default();
            let is_of_fonts =
                method.contains("idpf.org/2008/embedding") || method.contains("ns.adobe.com/pdf/enc");
            encrypted |= !is_of_fonts;
        }
        ControlFlow::Continue(())
    })?;
    Ok(encrypted)
}

#[derive(Default)]
struct Book {
    title: String,
    /// Names of parts in the order of reading.
    spine: Vec<String>,
    navigation: Option<String>,
    /// The older form of the navigation.
    ncx: Option<String>,
}

fn read_book(package: &mut Package<'_>) -> Result<Book, Stop> {
    let mut main = None;
    walk_typed(&package.needed_part("META-INF/container.xml")?, |node| {
        if let Node::Open(element) = node
            && element.is("rootfile")
            && main.is_none()
        {
            main = element.attribute("full-path");
        }
        ControlFlow::Continue(())
    })?;
    let main = resolve("", &main.ok_or(Rejection::Malformed)?);
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut book = Book::default();
    let mut parts: HashMap<String, String> = HashMap::new();
    let mut in_title = false;
    walk_typed(&package.needed_part(&main)?, |node| {
        match node {
            Node::Open(element) if element.is("title") => in_title = book.title.is_empty(),
            Node::Close("title") => in_title = false,
            Node::Text(text) if in_title => book.title.push_str(text),
            Node::Open(element) if element.is("item") => {
                let (Some(id), Some(target)) = (element.attribute("id"), element.attribute("href")) else {
                    return ControlFlow::Continue(());
                };
                let part = resolve_link(folder, &target);
                let properties = element.attribute("properties").unwrap_or_default();
                if properties.split_whitespace().any(|one| one == "nav") {
                    book.navigation = Some(part.clone());
                }
                if element.attribute("media-type").as_deref() == Some("application/x-dtbncx+xml") {
                    book.ncx = Some(part.clone());
                }
                parts.insert(id, part);
            }
            Node::Open(element) if element.is("itemref") => {
                let part = element.attribute("idref").and_then(|id| parts.get(&id).cloned());
                book.spine.extend(part);
            }
            _ => {}
        }
        ControlFlow::Continue(())
    })?;
    Ok(book)
}

/// A link's target without its fragment, as a part name.
fn resolve_link(folder: &str, target: &str) -> String {
    let path = target.split(['#', '?']).next().unwrap_or_default();
    resolve(folder, &percent_decode_str(path).decode_utf8_lossy())
}

/// A line of the table of contents.
struct Line {
    title: String,
    part: String,
    level: u8,
}

/// The table of contents, by the newer form or else by the older. A damaged one is as good as none.
fn contents(package: &mut Package<'_>, book: &Book) -> Result<Vec<Line>, Stop> {
    if let Some(part) = &book.navigation
        && let Some(text) = package.part(part)?
    {
        let lines = navigation_lines(&text, folder_of(part));
        if !lines.is_empty() {
            return Ok(lines);
        }
    }
    if let Some(part) = &book.ncx
        && let Some(text) = package.part(part)?
    {
        return Ok(ncx_lines(&text, folder_of(part)));
    }
    Ok(Vec::new())
}

fn folder_of(part: &str) -> &str {
    part.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn navigation_lines(text: &str, folder: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let (mut in_contents, mut level) = (false, 0_u8);
    let mut link: Option<(String, String)> = None;
    let _ = walk_typed(text, |node| {
        match node {
            Node::Open(element) if element.is("nav") => {
                let kind = element.attribute("type");
                in_contents = kind.is_none_or(|kind| kind.split_whitespace().any(|one| one == "toc"));
            }
            Node::Close("nav") => (in_contents, level) = (false, 0),
            _ if !in_contents => {}
            Node::Open(element) if element.is("ol") => level = level.saturating_add(1),
            Node::Close("ol") => level = level.saturating_sub(1),
            Node::Open(element) if element.is("a") => {
                link = element
                    .attribute("href")
                    .map(|target| (resolve_link(folder, &target), String::new()));
            }
            Node::Text(text) => {
                if let Some((_, title)) = &mut link {
                    title.push_str(text);
                }
            }
            Node::Close("a") => {
                if let Some((part, title)) = link.take() {
                    let title = one_line(&title);
                    lines.push(Line { title, part, level });
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    });
    lines
}

fn ncx_lines(text: &str, folder: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let (mut level, mut in_label, mut title) = (0_u8, false, String::new());
    let _ = walk_typed(text, |node| {
        match node {
            Node::Open(element) if element.is("navPoint") => {
                level = level.saturating_add(1);
                title.clear();
            }
            Node::Close("navPoint") => level = level.saturating_sub(1),
            Node::Open(element) if element.is("navLabel") => in_label = level > 0,
            Node::Close("navLabel") => in_label = false,
            Node::Text(text) if in_label => title.push_str(text),
            Node::Open(element) if element.is("content") && level > 0 => {
                let target = element.attribute("src").unwrap_or_default();
                lines.push(Line {
                    title: one_line(&title),
                    part: resolve_link(folder, &target),
                    level,
                });
            }
            _ => {}
        }
        ControlFlow::Continue(())
    });
    lines
}

/// One chapter is one page, however short; only what no page can hold is cut into several.
/// A table of contents has the words of all chapters, and none of them is to be found there first.
fn chapter(
    package: &mut Package<'_>,
    part: &str,
    name: Option<&str>,
    is_contents: bool,
    sink: &mut Sink,
) -> Result<(), Stop> {
    let text = package.part(part)?.unwrap_or_default();
    let is_text = !text.trim_start().is_empty() && !part.to_ascii_lowercase().ends_with(".svg");
    let blocks = if is_text {
        html::read(&text, Dialect::Xhtml).blocks
    } else {
        Vec::new()
    };
    let heading = blocks.iter().find_map(|block| match block {
        Block::Heading(_, heading) => Some(one_line(heading)),
        _ => None,
    });
    let label = name
        .map(str::to_owned)
        .filter(|name| !name.is_empty())
        .or(heading);
    let mut flow = Flow::with_own_pages();
    for block in blocks {
        match block {
            Block::Paragraph(text) => flow.paragraph(&text),
            Block::Heading(level, text) => flow.heading(level, &text),
            Block::Passage(kind, text) => flow.passage(&kind, &text),
            Block::PageBreak => {}
        }
    }
    let mut pages = flow.into_pages();
    if pages.is_empty() {
        pages.push((String::new(), Vec::new()));
    }
    for (text, headings) in pages {
        debug_assert!(text.len() <= MAX_PAGE_TEXT, "the flow ends pages before that");
        let repeated = if is_contents {
            text.lines().map(str::to_owned).collect()
        } else {
            Vec::new()
        };
        sink.page(ExtractedPage {
            text,
            headings,
            repeated,
            label: label.clone(),
            ..ExtractedPage::default()
        })?;
    }
    Ok(())
}
