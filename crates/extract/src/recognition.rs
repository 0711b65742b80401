//! From a picture of a page to its text: what is around the tool that reads it.
use crate::language::LanguageSample;
use crate::tools::tesseract::Tesseract;
use crate::tools::{ToolBox, ToolError};
use homeroom_core::ports::extractor::{ExtractError, ExtractedPage, Picture, Rejection};

/// What print is usually scanned at, and what Tesseract was trained with.
const DOTS_PER_INCH: f32 = 300.0;
/// Wider pictures take longer and give no more.
const MAX_WIDTH: f32 = 3_600.0;

/// How wide, in pixels, a page of `size` points is drawn.
pub(crate) fn picture_width((width, _): (f32, f32)) -> u32 {
    let pixels = (width * DOTS_PER_INCH / 72.0).clamp(1.0, MAX_WIDTH);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped before"
    )]
    let pixels = pixels as u32;
    pixels
}

/// Reads a drawn page and tells its language.
pub(crate) async fn read(
    tesseract: &Tesseract,
    tools: &ToolBox,
    picture: Picture,
    size: (f32, f32),
) -> Result<Option<ExtractedPage>, ExtractError> {
    let mut page = tesseract
        .read(tools, picture.content, size)
        .await
        .map_err(judge)?;
    let mut sample = LanguageSample::default();
    sample.add(&page.text);
    page.language = sample.decide().map(str::to_owned);
    page.number = picture.page;
    Ok(Some(page))
}

/// What a tool does not manage is the file's fault, unless it could not begin.
pub(crate) fn judge(error: ToolError) -> ExtractError {
    match error {
        ToolError::Unavailable(why) => ExtractError::Unavailable(why),
        ToolError::TimedOut => ExtractError::Rejected(Rejection::TimedOut),
        ToolError::TooLarge => ExtractError::Rejected(Rejection::TooLarge),
    }
}
