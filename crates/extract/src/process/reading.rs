//! What is asked of children: all pages of a file, or pictures of some.
use super::{ProcessExtractor, unavailable};
use crate::child::{MAX_OUTLINE, MAX_TOTAL_WORDS};
use crate::film;
use crate::recognition::judge;
use crate::tools::heif::is_heif;
use crate::wire::{Frame, Purpose, Task, TextHint};
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::extractor::{
    COVER_WIDTH, ExtractError, ExtractedPage, Extraction, Picture, Progress, Rejection,
};
use homeroom_core::ports::packed_page;
use std::path::Path;
use tempfile::NamedTempFile;

impl ProcessExtractor {
    /// Everything that the confined child finds.
    pub(super) async fn read(
        &self,
        file: &Path,
        filename: &str,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Extraction, ExtractError> {
        let task = Task::Extract {
            hint: TextHint::of(filename),
            cover_width: Some(COVER_WIDTH),
        };
        let mut pages = Pages::default();
        let mut extraction = Extraction {
            kind: Kind::Other,
            title: None,
            language: None,
            pages: Vec::new(),
            outline: Vec::new(),
            media: None,
            notice: None,
            cover: None,
        };
        self.converse(file, task, |frame, content| match frame {
            Frame::Progress(so_far) => progress(so_far),
            Frame::Page => pages.take(&content),
            Frame::Picture { .. } => extraction.cover = picture(&frame, content),
            Frame::Done {
                kind,
                title,
                language,
                outline,
                media,
                notice,
                ..
            } => {
                extraction = Extraction {
                    kind,
                    title,
                    language,
                    pages: Vec::new(),
                    outline,
                    media,
                    notice,
                    cover: None,
                };
            }
            _ => {}
        })
        .await?;
        extraction.pages = pages.all()?;
        checked(extraction)
    }

    /// Captions and chapters; captions become pages in a child, as a file of them would.
    pub(super) async fn read_film(
        &self,
        file: &Path,
        extraction: &mut Extraction,
    ) -> Result<(), ExtractError> {
        let (Some(ffmpeg), Some(tools)) = (&self.config.ffmpeg, &self.tools) else {
            return Ok(());
        };
        let facts = ffmpeg.facts(tools, file).await.map_err(judge)?;
        let mut captions = Vec::new();
        if facts.has_captions
            && let Some(track) = ffmpeg.captions(tools, file).await.map_err(judge)?
        {
            let track = self.keep(&track).await?;
            captions = self.read(track.path(), "captions.vtt", &|_| {}).await?.pages;
        }
        film::add(extraction, &facts, captions);
        Ok(())
    }

    /// A picture in a format that only a tool decodes, in one that a child does; `None` for all others.
    pub(super) async fn decoded(&self, file: &Path) -> Result<Option<NamedTempFile>, ExtractError> {
        let (Some(heif), Some(tools)) = (&self.config.heif, &self.tools) else {
            return Ok(None);
        };
        if !is_heif(file).await {
            return Ok(None);
        }
        match heif.convert(tools, file).await.map_err(judge)? {
            Some(picture) => Ok(Some(self.keep(&picture).await?)),
            None => Ok(None),
        }
    }

    /// A picture of a film, or of a recording's waves; `None` where nothing here draws them.
    pub(super) async fn draw_film(
        &self,
        file: &Path,
        kind: Kind,
        width: u32,
    ) -> Result<Option<Picture>, ExtractError> {
        let (Some(ffmpeg), Some(tools)) = (&self.config.ffmpeg, &self.tools) else {
            return Ok(None);
        };
        let drawn = match kind {
            Kind::Video => ffmpeg.poster(tools, file).await,
            _ => ffmpeg.waveform(tools, file).await,
        };
        let Some(picture) = drawn.map_err(judge)? else {
            return Ok(None);
        };
        // What the tool gives is not trusted more than the file.
        let drawn = self.keep(&picture).await?;
        let (mut pictures, _) = self.draw(drawn.path(), (1, 1), width, Purpose::Show).await?;
        Ok(pictures.pop())
    }

    /// A file of what a tool gave, until it is dropped.
    pub(super) async fn keep(&self, content: &[u8]) -> Result<NamedTempFile, ExtractError> {
        let folder = self.config.tools.as_ref().map(|tools| tools.scratch.clone());
        let file = NamedTempFile::new_in(folder.unwrap_or_else(std::env::temp_dir)).map_err(unavailable)?;
        tokio::fs::write(file.path(), content)
            .await
            .map_err(unavailable)?;
        Ok(file)
    }

    pub(super) async fn draw(
        &self,
        file: &Path,
        (first, last): (u32, u32),
        width: u32,
        purpose: Purpose,
    ) -> Result<(Vec<Picture>, Kind), ExtractError> {
        let task = Task::Render {
            first,
            last,
            width,
            purpose,
        };
        let (mut pictures, mut drawn) = (Vec::new(), Kind::Other);
        let decoded = self.decoded(file).await?;
        let file = decoded.as_ref().map_or(file, |picture| picture.path());
        self.converse(file, task, |frame, content| match frame {
            Frame::Picture { .. } => pictures.extend(picture(&frame, content)),
            Frame::Done { kind, .. } => drawn = kind,
            _ => {}
        })
        .await?;
        Ok((pictures, drawn))
    }
}

/// Pages as they come from a child.
#[derive(Default)]
struct Pages {
    read: Vec<ExtractedPage>,
    words: usize,
    stopped: Option<Rejection>,
}

impl Pages {
    /// Takes the next one, unless one before was not to be taken.
    fn take(&mut self, content: &[u8]) {
        if self.stopped.is_some() {
            return;
        }
        // What is no page comes from a child that the file has taken over.
        let Ok(page) = packed_page::read(content) else {
            self.stopped = Some(Rejection::Crashed);
            return;
        };
        self.words += page.words.len();
        if self.words > MAX_TOTAL_WORDS {
            self.stopped = Some(Rejection::TooLarge);
        }
        self.read.push(page);
    }

    fn all(self) -> Result<Vec<ExtractedPage>, ExtractError> {
        match self.stopped {
            Some(rejection) => Err(ExtractError::Rejected(rejection)),
            None => Ok(self.read),
        }
    }
}

/// The picture that a frame holds.
fn picture(frame: &Frame, content: Vec<u8>) -> Option<Picture> {
    let Frame::Picture {
        page,
        width,
        height,
        format,
    } = *frame
    else {
        return None;
    };
    Some(Picture {
        page,
        width,
        height,
        content_type: format.content_type(),
        content,
    })
}

/// Believes nothing that the contract promises: pages are numbered here, not there.
fn checked(mut extraction: Extraction) -> Result<Extraction, ExtractError> {
    for (page, number) in extraction.pages.iter_mut().zip(1..) {
        page.number = number;
        let place = |value: f32| value.is_finite() && value.abs() < 1e6;
        if !place(page.width) || !place(page.height) {
            (page.width, page.height) = (0.0, 0.0);
        }
        page.words
            .retain(|word| [word.x, word.y, word.w, word.h].into_iter().all(place));
    }
    let pages = u32::try_from(extraction.pages.len()).unwrap_or(u32::MAX);
    extraction.outline.truncate(MAX_OUTLINE);
    extraction
        .outline
        .retain(|entry| (1..=pages).contains(&entry.page) && entry.title.chars().count() <= 200);
    if extraction.pages.iter().any(is_too_long) {
        return Err(ExtractError::Rejected(Rejection::TooLarge));
    }
    Ok(extraction)
}

fn is_too_long(page: &ExtractedPage) -> bool {
    page.text.len() > 1 << 20
}
