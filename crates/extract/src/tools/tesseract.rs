//! Text recognition by Tesseract: a grey picture of a page in, its text with word boxes out.
use super::{ToolBox, ToolError, ToolRun, installed};
use homeroom_core::ports::extractor::{ExtractedPage, Word};
use std::path::{Path, PathBuf};

/// Words that Tesseract is less sure of, in percent, are left out: they are specks and drawings.
const MIN_CONFIDENCE: f32 = 35.0;
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
        let known = trained(&DATA.map(Path::new));
        let languages = choose(&known, wanted);
        (!languages.is_empty()).then(|| Self {
            program,
            languages: languages.join("+"),
        })
    }

    /// Reads a picture in PGM; the page's boxes are scaled to `width` × `height` points.
    ///
    /// # Errors
    /// When the tool cannot be run or takes too long. A picture that it cannot read gives an empty page.
    pub async fn read(
        &self,
        tools: &ToolBox,
        picture: Vec<u8>,
        (width, height): (f32, f32),
    ) -> Result<ExtractedPage, ToolError> {
        let arguments = [
            "page.pgm",
            "stdout",
            "-l",
            &self.languages,
            "--dpi",
            "300",
            "--psm",
            "3",
            "tsv",
        ];
        let arguments = arguments.map(str::to_owned).to_vec();
        let output = tools
            .run(ToolRun {
                files: vec![("page.pgm", picture)],
                output_bytes: 16 << 20,
                ..ToolRun::new(self.program.clone(), arguments)
            })
            .await?;
        let table = String::from_utf8_lossy(&output.stdout);
        Ok(page(&table, width, height))
    }
}

/// The languages in the first directory that has any, without those that are no languages.
fn trained(directories: &[&Path]) -> Vec<String> {
    for directory in directories {
        let Ok(entries) = std::fs::read_dir(directory) else {
            continue;
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut languages: Vec<String> = names
            .filter_map(|name| Some(name.strip_suffix(".traineddata")?.to_owned()))
            .filter(|name| name != "osd" && name != "equ")
            .collect();
        if !languages.is_empty() {
            languages.sort();
            return languages;
        }
    }
    Vec::new()
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
