//! Prints the text that is recognised in pictures: `read_scans LANGUAGES FILE…`, with Tesseract's names and `+`
//! between them; what is of each file begins with its name. See `bench/scans/run`.
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::ExtractError;
use homeroom_extract::tools::ToolConfig;
use homeroom_extract::tools::tesseract::Tesseract;
use homeroom_extract::{ExtractorConfig, ProcessExtractor};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// As in the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The hidden argument that makes this program the extractor's child.
const CHILD: &str = "extract-child";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [first, ..] if first == CHILD => homeroom_extract::child_main(),
        [languages, files @ ..] if !files.is_empty() => match print_all(languages, files) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
        _ => {
            eprintln!("usage: read_scans LANGUAGES FILE…");
            ExitCode::from(2)
        }
    }
}

fn print_all(languages: &str, files: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let scratch = tempfile::tempdir()?;
    let wanted: Vec<String> = languages.split('+').map(str::to_owned).collect();
    let mut config = ExtractorConfig::new(std::env::current_exe()?, CHILD);
    config.tools = Some(ToolConfig {
        // Others have their turn meanwhile.
        deadline: Duration::from_mins(5),
        ..ToolConfig::new(scratch.path().to_owned())
    });
    config.tesseract =
        Some(Tesseract::find("tesseract", &wanted).ok_or("Tesseract knows none of the languages")?);
    let extractor = ProcessExtractor::new(config);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for file in files {
        let text = runtime.block_on(recognized(&extractor, Path::new(file)))?;
        println!("\u{C}{file}\n{text}");
    }
    Ok(())
}

/// The text of all pages, as pictures.
async fn recognized(extractor: &ProcessExtractor, file: &Path) -> Result<String, ExtractError> {
    let name = file.to_string_lossy();
    let found = extractor.extract(file, &name, &|_| {}).await?;
    let mut text = String::new();
    for page in found.pages {
        let size = (page.width, page.height);
        if let Some(read) = extractor.recognize(file, page.number, size).await? {
            text.push_str(&read.text);
            text.push('\n');
        }
    }
    Ok(text)
}
