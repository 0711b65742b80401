//! Jupyter notebooks (nbformat 3 and 4): texts, code and what it printed, in the order of the
//! cells; never pictures.
use super::encoding::decode;
use super::flow::{Block, Flow};
use super::{markdown, source};
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::{Notice, PassageKind};
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
    #[serde(default)]
    execution_count: Value,
    /// What nbformat 3 calls it.
    #[serde(default)]
    prompt_number: Value,
}

impl Cell {
    fn run(&self) -> Option<u32> {
        let run = self.execution_count.as_u64().or(self.prompt_number.as_u64())?;
        u32::try_from(run).ok()
    }
}

#[derive(Deserialize)]
struct Output {
    #[serde(default)]
    text: Value,
    #[serde(default)]
    data: Value,
    /// What kind of error it is…
    #[serde(default)]
    ename: Value,
    /// …and what it says.
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
        return source::extract(bytes, sink);
    };
    drop(text);
    let mut blocks = Vec::new();
    let mut title = notebook
        .metadata
        .get("title")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let language = language_of(&notebook.metadata);
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
            "code" => {
                let kind = PassageKind::Code {
                    language: language.clone(),
                    run: cell.run(),
                };
                blocks.push(Block::Passage(kind, source));
            }
            _ => blocks.push(Block::Paragraph(source)),
        }
        let outputs: Vec<String> = cell.outputs.iter().map(printed).collect();
        let outputs = outputs.iter().map(|text| text.trim_end());
        let printed = outputs.filter(|text| !text.is_empty()).collect::<Vec<_>>();
        if !printed.is_empty() {
            blocks.push(Block::Passage(PassageKind::Output, printed.join("\n")));
        }
    }
    if let Some(title) = title {
        sink.title(&title);
    }
    Flow::of(blocks).finish(sink)
}

/// What its code is in: what the program that ran it says, else the one that it is made for.
fn language_of(metadata: &Value) -> Option<String> {
    let places = ["/language_info/name", "/kernelspec/language"];
    let named = places
        .iter()
        .find_map(|place| metadata.pointer(place)?.as_str())?;
    markdown::language_name(named)
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
    let error = [&output.ename, &output.evalue].map(joined);
    let error = error.iter().filter(|part| !part.is_empty());
    let error = error.map(String::as_str).collect::<Vec<_>>().join(": ");
    let mut characters = [joined(&output.text), joined(plain), error]
        .into_iter()
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
