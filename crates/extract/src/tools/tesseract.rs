//! Text recognition by Tesseract: a grey picture of a page in, its text with word boxes out.
//!
//! A scan may lie sideways or upside down. Whatever is read with confidence lies well; only of the rest its
//! way is asked for, and it is read again.
mod turn;

use self::turn::Turn;
use super::{ToolBox, ToolError, ToolOutput, ToolRun, installed};
use homeroom_core::ports::extractor::{ExtractedPage, Word};
use std::path::{Path, PathBuf};

/// Words that Tesseract is less sure of, in percent, are left out: they are specks and drawings.
const MIN_CONFIDENCE: f32 = 35.0;
/// What is read with less confidence, in percent of the mean letter, may lie sideways or upside down: upright
/// scans have 84 and more, turned ones 42 and less.
const SURE: f32 = 70.0;
/// At most so many languages at a time unless they are named: each costs its own pass.
const MAX_GUESSED_LANGUAGES: usize = 6;
/// Where Debian, Fedora and others keep trained languages.
const DATA: [&str; 4] = [
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/share/tessdata",
];

/// An installed Tesseract with the languages that it is to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tesseract {
    program: PathBuf,
    languages: String,
    /// Whether it tells which way a page lies.
    orients: bool,
}

impl Tesseract {
    /// The one that is installed under `program`, an absolute path or a name; `None` when there is
    /// none or it knows none of the languages.
    ///
    /// `wanted` are Tesseract's own names, such as `eng` and `heb`; those that are not installed
    /// are passed over. Empty stands for all that are installed, if they are few, and else for
    /// English.
    pub fn find(program: &str, wanted: &[String]) -> Option<Self> {
        let program = installed(program)?;
        let Trained { languages, orients } = trained(&DATA.map(Path::new));
        let languages = choose(&languages, wanted);
        (!languages.is_empty()).then(|| Self {
            program,
            languages: languages.join("+"),
            orients,
        })
    }

    /// Reads a picture in PGM, whichever way it lies; the page's boxes are scaled to `width` × `height` points
    /// of the picture as it is.
    ///
    /// # Errors
    /// When the tool cannot be run or takes too long. A picture that it cannot read gives an empty page.
    pub async fn read(
        &self,
        tools: &ToolBox,
        picture: Vec<u8>,
        size: (f32, f32),
    ) -> Result<ExtractedPage, ToolError> {
        let seen = self.read_as_is(tools, picture.clone(), size).await?;
        if seen.confidence >= SURE || !self.orients {
            return Ok(seen.page);
        }
        let Some(turn) = self.turn(tools, picture.clone()).await? else {
            return Ok(seen.page);
        };
        let Some(upright) = turn.picture(&picture) else {
            return Ok(seen.page);
        };
        drop(picture);
        let mut turned = self.read_as_is(tools, upright, turn.size(size)).await?;
        if turned.confidence <= seen.confidence {
            return Ok(seen.page);
        }
        turn.back(&mut turned.page, size);
        Ok(turned.page)
    }

    async fn read_as_is(
        &self,
        tools: &ToolBox,
        picture: Vec<u8>,
        (width, height): (f32, f32),
    ) -> Result<Seen, ToolError> {
        let arguments = ["-l", &self.languages, "--dpi", "300", "--psm", "3", "tsv"];
        let output = self.run(tools, picture, &arguments).await?;
        let table = String::from_utf8_lossy(&output.stdout);
        Ok(Seen {
            page: page(&table, width, height),
            confidence: mean_confidence(&table),
        })
    }

    /// How the picture is to be turned; `None` where it lies well, or cannot be told.
    async fn turn(&self, tools: &ToolBox, picture: Vec<u8>) -> Result<Option<Turn>, ToolError> {
        let output = self.run(tools, picture, &["--dpi", "300", "--psm", "0"]).await?;
        Ok(Turn::read(&String::from_utf8_lossy(&output.stdout)))
    }

    async fn run(
        &self,
        tools: &ToolBox,
        picture: Vec<u8>,
        options: &[&str],
    ) -> Result<ToolOutput, ToolError> {
        let arguments = ["page.pgm", "stdout"].iter().chain(options);
        let run = ToolRun {
            files: vec![("page.pgm", picture)],
            output_bytes: 16 << 20,
            ..ToolRun::new(
                self.program.clone(),
                arguments.map(|one| (*one).to_owned()).collect(),
            )
        };
        tools.run(run).await
    }
}

/// What was read, and how sure Tesseract is of it.
struct Seen {
    page: ExtractedPage,
    confidence: f32,
}

/// What an installation was trained for.
#[derive(Default)]
struct Trained {
    languages: Vec<String>,
    orients: bool,
}

/// The languages in the first directory that has any, without those that are no languages.
fn trained(directories: &[&Path]) -> Trained {
    for directory in directories {
        let Ok(entries) = std::fs::read_dir(directory) else {
            continue;
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut languages: Vec<String> = names
            .filter_map(|name| Some(name.strip_suffix(".traineddata")?.to_owned()))
            .collect();
        let orients = languages.iter().any(|name| name == "osd");
        languages.retain(|name| name != "osd" && name != "equ");
        if !languages.is_empty() {
            languages.sort();
            return Trained { languages, orients };
        }
    }
    Trained::default()
}

fn choose(known: &[String], wanted: &[String]) -> Vec<String> {
    if !wanted.is_empty() {
        return wanted
            .iter()
            .filter(|name| known.contains(name))
            .cloned()
            .collect();
    }
    if known.len() <= MAX_GUESSED_LANGUAGES {
        return known.to_vec();
    }
    known.iter().filter(|name| *name == "eng").cloned().collect()
}

/// One row of the table that is a word.
struct Row<'a> {
    /// Block, paragraph and line.
    place: (u32, u32, u32),
    text: &'a str,
    edges: [f32; 4],
}

/// A page from Tesseract's table: level, page, block, paragraph, line, word, left, top, width,
/// height, confidence, text. The row of level 1 has the picture's size.
fn page(table: &str, width: f32, height: f32) -> ExtractedPage {
    let mut page = ExtractedPage {
        width,
        height,
        ..ExtractedPage::default()
    };
    let (mut scale, mut last) = ((1.0, 1.0), None);
    for line in table.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells.first() == Some(&"1")
            && let Some([.., w, h]) = edges(&cells)
        {
            scale = (width / w.max(1.0), height / h.max(1.0));
        }
        let Some(row) = word(&cells) else { continue };
        let parting = match last {
            None => "",
            Some(place) if place == row.place => " ",
            Some(_) => "\n",
        };
        page.text.push_str(parting);
        page.text.push_str(row.text);
        last = Some(row.place);
        let [x, y, w, h] = row.edges;
        page.words.push(Word {
            text: row.text.to_owned(),
            x: x * scale.0,
            y: y * scale.1,
            w: w * scale.0,
            h: h * scale.1,
        });
    }
    page
}

/// Of all letters, also of words that are left out; 0 where there is none.
fn mean_confidence(table: &str) -> f32 {
    let (mut sum, mut letters) = (0.0, 0.0);
    for line in table.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let (Some(&"5"), Some(confidence), Some(text)) = (cells.first(), cells.get(10), cells.get(11)) else {
            continue;
        };
        let (Ok(confidence), Ok(count)) = (
            confidence.parse::<f32>(),
            u16::try_from(text.trim().chars().count()),
        ) else {
            continue;
        };
        sum += confidence * f32::from(count);
        letters += f32::from(count);
    }
    if letters > 0.0 { sum / letters } else { 0.0 }
}

fn word<'a>(cells: &[&'a str]) -> Option<Row<'a>> {
    let (level, text) = (cells.first()?, cells.get(11)?.trim());
    let confidence: f32 = cells.get(10)?.parse().ok()?;
    if *level != "5" || text.is_empty() || confidence < MIN_CONFIDENCE {
        return None;
    }
    let number = |place: usize| cells.get(place)?.parse().ok();
    Some(Row {
        place: (number(2)?, number(3)?, number(4)?),
        text,
        edges: edges(cells)?,
    })
}

fn edges(cells: &[&str]) -> Option<[f32; 4]> {
    let number = |place: usize| cells.get(place)?.parse::<u16>().ok().map(f32::from);
    Some([number(6)?, number(7)?, number(8)?, number(9)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
        1\t1\t0\t0\t0\t0\t0\t0\t1000\t2000\t-1\t\n\
        4\t1\t1\t1\t1\t0\t100\t100\t500\t50\t-1\t\n\
        5\t1\t1\t1\t1\t1\t100\t100\t200\t50\t96.1\tCell\n\
        5\t1\t1\t1\t1\t2\t320\t100\t280\t50\t91\tmembrane\n\
        5\t1\t1\t1\t1\t3\t700\t100\t20\t50\t12\t~|\n\
        5\t1\t1\t1\t2\t1\t100\t200\t200\t50\t88\tשלום\n";

    #[test]
    fn the_table_becomes_lines_and_boxes_in_points() {
        let page = page(TABLE, 500.0, 1000.0);
        assert_eq!(page.text, "Cell membrane\nשלום");
        assert_eq!(page.words.len(), 3);
        let Word { x, y, w, h, .. } = page.words[1];
        let place = format!("{x:.1} {y:.1} {w:.1} {h:.1}");
        assert_eq!(place, "160.0 50.0 140.0 25.0");
    }

    #[test]
    fn confidence_is_that_of_the_mean_letter() {
        assert!(mean_confidence("") < 0.1);
        let mean = mean_confidence(TABLE);
        let expected = (4.0 * 96.1 + 8.0 * 91.0 + 2.0 * 12.0 + 4.0 * 88.0) / 18.0;
        assert!((mean - expected).abs() < 0.01, "{mean}");
    }

    #[test]
    fn what_is_no_table_is_an_empty_page() {
        for table in ["", "\t\t\t", "5\t1\t1\t1\t1\t1\tx\t0\t0\t0\t99\tword", "1\t1"] {
            assert_eq!(page(table, 1.0, 1.0).text, "", "{table:?}");
        }
    }

    #[test]
    fn languages_are_those_that_are_installed() {
        let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let known = all(&["ara", "eng", "heb"]);
        assert_eq!(choose(&known, &all(&["heb", "xxx"])), ["heb"]);
        assert_eq!(choose(&known, &[]), known);
        let many = all(&["a", "b", "c", "d", "eng", "f", "g", "h"]);
        assert_eq!(choose(&many, &[]), ["eng"]);
    }
}
