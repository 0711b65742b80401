//! Text recognition by Tesseract: a grey picture of a page in, its text with word boxes out.
//!
//! Each language costs a pass, and the first gives columns their direction. So where languages of several scripts
//! are to be read, the page's script is asked for first, and it is read with the languages of that. Words that
//! come out doubtful may be of another script: they alone are read with the other languages, and only if those
//! know them is the page read again.
//!
//! A scan may lie sideways or upside down. That is told together with the script; otherwise whatever is read
//! with confidence lies well, and only of the rest its way is asked for.
mod languages;
mod map;
mod reading;
mod script;
mod sight;
mod table;
mod turn;

use self::languages::{Languages, Trained};
use self::reading::{Eye, Layout, Reading};
use self::sight::Sight;
use self::table::Table;
use super::{ToolBox, ToolError, ToolOutput, ToolRun, installed};
use homeroom_core::ports::extractor::ExtractedPage;
use image::GrayImage;
use std::path::{Path, PathBuf};

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
    languages: Languages,
    /// Whether it tells which way a page lies, and its script.
    orients: bool,
}

impl Tesseract {
    /// The one that is installed under `program`, an absolute path or a name; `None` when there is
    /// none or it knows none of the languages.
    ///
    /// `wanted` are Tesseract's own names, such as `eng`, `heb` and `script/Hebrew`; those that are not
    /// installed are passed over. Empty stands for all languages that are installed, if they are few, and
    /// else for English.
    pub fn find(program: &str, wanted: &[String]) -> Option<Self> {
        let program = installed(program)?;
        let trained = Trained::find(&DATA.map(Path::new));
        let languages = trained.choose(wanted);
        (!languages.is_empty()).then_some(Self {
            program,
            languages,
            orients: trained.orients,
        })
    }

    /// Reads a picture in PGM, whichever way it lies; the page's boxes are scaled to `width` × `height` points
    /// of the picture as it is.
    ///
    /// # Errors
    /// When the tool cannot be run, or takes too long at its first try. A picture that it cannot read gives an
    /// empty page.
    pub async fn read(
        &self,
        tools: &ToolBox,
        picture: Vec<u8>,
        size: (f32, f32),
    ) -> Result<ExtractedPage, ToolError> {
        let Some(picture) = map::parse(&picture) else {
            return Ok(blank(size));
        };
        let reading = Reading {
            eye: &Tool {
                tesseract: self,
                tools,
            },
            languages: &self.languages,
            orients: self.orients,
            picture,
        };
        let seen = reading.read().await?;
        let Some(turn) = seen.turn else {
            return Ok(seen.table.page(size.0, size.1));
        };
        let (width, height) = turn.size(size);
        let mut page = seen.table.page(width, height);
        turn.back(&mut page, size);
        Ok(page)
    }
}

fn blank((width, height): (f32, f32)) -> ExtractedPage {
    ExtractedPage {
        width,
        height,
        ..ExtractedPage::default()
    }
}

/// The program, run for one page.
struct Tool<'a> {
    tesseract: &'a Tesseract,
    tools: &'a ToolBox,
}

impl Tool<'_> {
    async fn run(&self, picture: &GrayImage, options: &[&str]) -> Result<ToolOutput, ToolError> {
        let arguments = ["page.pgm", "stdout", "--dpi", "300"].iter().chain(options);
        let run = ToolRun {
            files: vec![("page.pgm", map::write(picture))],
            output_bytes: 16 << 20,
            ..ToolRun::new(
                self.tesseract.program.clone(),
                arguments.map(|one| (*one).to_owned()).collect(),
            )
        };
        self.tools.run(run).await
    }
}

impl Eye for Tool<'_> {
    async fn look(&self, picture: &GrayImage) -> Result<Sight, ToolError> {
        let output = self.run(picture, &["--psm", "0"]).await?;
        Ok(Sight::read(&String::from_utf8_lossy(&output.stdout)))
    }

    async fn read(
        &self,
        picture: &GrayImage,
        languages: &Languages,
        layout: Layout,
    ) -> Result<Table, ToolError> {
        let layout = match layout {
            Layout::Page => "3",
            Layout::Sparse => "11",
        };
        let options = ["-l", &languages.joined(), "--psm", layout, "tsv"];
        let output = self.run(picture, &options).await?;
        Ok(Table::read(&String::from_utf8_lossy(&output.stdout)))
    }
}
