//! Jupyter notebooks (nbformat 3 and 4): texts, code and what it printed and drew, in the order of the
//! cells. Of pictures only PNG, JPEG and WebP are taken, and what is shown of them is drawn anew; never SVG,
//! HTML or scripts.
use super::encoding::decode;
use super::flow::{Block, Flow};
use super::{markdown, picture, source};
use crate::child::{Sink, Stop};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use homeroom_core::ports::extractor::{MAX_PICTURES, Notice, PassageKind};
use image::{ImageFormat, ImageReader};
use serde::Deserialize;
use serde_json::Value;
use std::io::Cursor;
use std::ops::RangeInclusive;

/// The most characters of what one cell printed.
const MAX_OUTPUT: usize = 20_000;
/// The most letters that a picture is written in, which is three quarters as many bytes.
const MAX_PICTURE_LETTERS: usize = 16 << 20;
/// The longest side of a picture, in pixels; what says more is no picture.
const MAX_PICTURE_SIDE: u32 = 32_768;
/// Some programs leave out the padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

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
    /// What nbformat 3 has beside the text…
    #[serde(default)]
    png: Value,
    /// …of what was drawn.
    #[serde(default)]
    jpeg: Value,
    /// What kind of error it is…
    #[serde(default)]
    ename: Value,
    /// …and what it says.
    #[serde(default)]
    evalue: Value,
}

impl Notebook {
    fn cells(self) -> impl Iterator<Item = Cell> {
        let of_sheets = self.worksheets.into_iter().flat_map(|sheet| sheet.cells);
        self.cells.into_iter().chain(of_sheets)
    }
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
    let mut pictures = 0;
    let mut title = notebook
        .metadata
        .get("title")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let language = language_of(&notebook.metadata);
    for cell in notebook.cells() {
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
        put_outputs(&cell.outputs, &mut pictures, &mut blocks);
    }
    if let Some(title) = title {
        sink.title(&title);
    }
    Flow::of(blocks).finish(sink)
}

/// What a cell's code printed, in one as far as no picture stands between.
fn put_outputs(outputs: &[Output], pictures: &mut u32, blocks: &mut Vec<Block>) {
    let mut lines: Vec<String> = Vec::new();
    let mut end = |lines: &mut Vec<String>, picture: Option<Block>| {
        if !lines.is_empty() {
            blocks.push(Block::Passage(PassageKind::Output, lines.join("\n")));
            lines.clear();
        }
        blocks.extend(picture);
    };
    for output in outputs {
        let text = printed(output).trim_end().to_owned();
        if let Some(drawn) = Drawn::of(output).filter(|_| *pictures < MAX_PICTURES) {
            *pictures += 1;
            let kind = PassageKind::Picture {
                number: *pictures,
                width: drawn.width,
                height: drawn.height,
            };
            let line = text.lines().next().unwrap_or_default().to_owned();
            end(&mut lines, Some(Block::Passage(kind, line)));
        } else if !text.is_empty() {
            lines.push(text);
        }
    }
    end(&mut lines, None);
}

/// A picture among the outputs.
struct Drawn {
    format: ImageFormat,
    content: Vec<u8>,
    width: u32,
    height: u32,
}

impl Drawn {
    /// None for what does not begin as one of the formats does, or says that it is huge.
    fn of(output: &Output) -> Option<Self> {
        let types = ["image/png", "image/jpeg", "image/webp"];
        let places = types.iter().filter_map(|name| output.data.get(*name));
        places.chain([&output.png, &output.jpeg]).find_map(Self::decode)
    }

    fn decode(value: &Value) -> Option<Self> {
        let mut letters = joined(value);
        letters.retain(|letter| !letter.is_ascii_whitespace());
        if letters.is_empty() || letters.len() > MAX_PICTURE_LETTERS {
            return None;
        }
        let content = BASE64.decode(letters).ok()?;
        let format = image::guess_format(&content).ok()?;
        if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
            return None;
        }
        let reader = ImageReader::with_format(Cursor::new(&content), format);
        let (width, height) = reader.into_dimensions().ok()?;
        let sides = 1..=MAX_PICTURE_SIDE;
        (sides.contains(&width) && sides.contains(&height)).then_some(Self {
            format,
            content,
            width,
            height,
        })
    }
}

/// Draws the pictures of these numbers; what cannot be drawn is left out.
pub(super) fn render(
    bytes: &[u8],
    numbers: &RangeInclusive<u32>,
    width: u32,
    sink: &mut Sink,
) -> Result<(), Stop> {
    let text = decode(bytes, None);
    let Ok(notebook) = serde_json::from_str::<Notebook>(&text) else {
        return Ok(());
    };
    drop(text);
    let outputs = notebook.cells().flat_map(|cell| cell.outputs);
    let drawn = outputs.filter_map(|output| Drawn::of(&output));
    let last = (*numbers.end()).min(MAX_PICTURES);
    for (number, drawn) in (1..=last)
        .zip(drawn)
        .filter(|(number, _)| numbers.contains(number))
    {
        match picture::render(Cursor::new(drawn.content), drawn.format, number, width, sink) {
            Err(Stop::Rejected(_)) => {}
            other => other?,
        }
    }
    Ok(())
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
