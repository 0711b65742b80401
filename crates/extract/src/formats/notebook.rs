//! Jupyter notebooks (nbformat 3 and 4): texts, code and what it printed, in the order of the
//! cells; never pictures.
use super::encoding::decode;
use super::flow::{Block, Flow};
use super::{markdown, text};
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::Notice;
use serde::Deserialize;
use serde_json::Value;

/// The most characters of what one cell printed.
const MAX_OUTPUT: usize = 20_000;

#[derive(Deserialize)]
struct Notebook {
    #[serde(default)]
    cells: Vec<Cell>,
    #[serde(default)]
    worksheets: Vec<Worksheet>,
    #[serde(default)]
    metadata: Value,
}

#[derive(Deserialize)]
struct Worksheet {
    #[serde(default)]
    cells: Vec<Cell>,
}

#[derive(Deserialize)]
struct Cell {
    #[serde(default, rename = "cell_type")]
    kind: String,
    #[serde(default)]
    source: Value,
    /// What nbformat 3 calls the source of code.
    #[serde(default)]
    input: Value,
    #[serde(default)]
    level: Option<u8>,
    #[serde(default)]
    outputs: Vec<Output>,
}

#[derive(Deserialize)]
struct Output {
    #[serde(default)]
    text: Value,
    #[serde(default)]
    data: Value,
    #[serde(default)]
    evalue: Value,
}

/// Whether a text is a notebook's beginning; every notebook names these.
pub(crate) fn looks_like_notebook(head: &str) -> bool {
    let head = head.trim_start();
    head.starts_with('{')
        && (head.contains("\"cells\"") || head.contains("\"worksheets\""))
        && (head.contains("\"cell_type\"") || head.contains("\"nbformat\""))
}

pub(super) fn extract(bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    let text = decode(bytes, None);
    let Ok(notebook) = serde_json::from_str::<Notebook>(&text) else {
        // Cut off or edited by hand: what stands there is better than nothing.
        sink.notice(Notice::Incomplete);
        return text::extract_code(bytes, sink);
    };
    drop(text);
    let mut blocks = Vec::new();
    let mut title = notebook
        .metadata
        .get("title")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let of_sheets = notebook.worksheets.into_iter().flat_map(|sheet| sheet.cells);
    for cell in notebook.cells.into_iter().chain(of_sheets) {
        let source = joined(&cell.source) + &joined(&cell.input);
        match cell.kind.as_str() {
            "markdown" => {
                let document = markdown::read(&source);
                title = title.or(document.title);
                blocks.extend(document.blocks);
            }
            "heading" => blocks.push(Block::Heading(cell.level.unwrap_or(1), source)),
            _ => blocks.push(Block::Paragraph(source)),
        }
        let outputs = cell.outputs.iter().map(printed);
        blocks.extend(
            outputs
                .filter(|text| !text.trim().is_empty())
                .map(Block::Paragraph),
        );
    }
    if let Some(title) = title {
        sink.title(&title);
    }
    Flow::of(blocks).finish(sink)
}

/// A text of a notebook is a string or a list of its lines.
fn joined(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}

/// What a cell printed, as plain text and without the colours of a terminal.
fn printed(output: &Output) -> String {
    let plain = output.data.get("text/plain").unwrap_or(&Value::Null);
    let mut text = String::new();
    let mut characters = [&output.text, plain, &output.evalue]
        .into_iter()
        .map(joined)
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
        .chars()
        .take(MAX_OUTPUT)
        .collect::<Vec<_>>()
        .into_iter();
    while let Some(c) = characters.next() {
        if c == '\u{1B}' {
            // Up to the letter that ends the sequence.
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(c);
        }
    }
    text
}
