//! The parent's side: starts a confined child for each file ([`conversation`]) and makes of its frames
//! what the product asked for ([`reading`]). Nothing of the file is parsed here.
mod conversation;
mod reading;

use crate::recognition::{self, judge};
use crate::tools::ffmpeg::Ffmpeg;
use crate::tools::heif::HeifConvert;
use crate::tools::libreoffice::LibreOffice;
use crate::tools::tesseract::Tesseract;
use crate::tools::{ToolBox, ToolConfig};
use crate::wire::{Attempt, ChildLimits, Enforcement, Frame, Purpose, Task};
use async_trait::async_trait;
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::{ExtractError, ExtractedPage, Extraction, Picture, Progress};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How children are started and held.
#[derive(Clone, Debug)]
pub struct ExtractorConfig {
    /// The program that calls [`child_main`](crate::child_main): our own.
    pub program: PathBuf,
    /// What makes it do so, such as the name of the hidden subcommand; the request follows.
    pub arguments: Vec<OsString>,
    /// What one child may use.
    pub limits: ChildLimits,
    /// From start to last frame; default 60 s. Waiting for a free place does not count.
    pub deadline: Duration,
    /// Children at a time; default 2, at least 1.
    pub concurrency: usize,
    /// All that one child may write, in bytes; default 256 MiB.
    pub output_bytes: usize,
    /// How tools are held; without it none is used.
    pub tools: Option<ToolConfig>,
    /// What reads the text of pictures, where it is installed.
    pub tesseract: Option<Tesseract>,
    /// What draws and reads films and recordings, where it is installed.
    pub ffmpeg: Option<Ffmpeg>,
    /// What decodes pictures in HEIC, HEIF and AVIF, where it is installed.
    pub heif: Option<HeifConvert>,
    /// What lays out documents of offices, where it is installed, and how it is held: it takes its
    /// time, and others do not wait for it.
    pub libreoffice: Option<(LibreOffice, ToolConfig)>,
}

impl ExtractorConfig {
    /// The defaults for a program and its hidden subcommand.
    pub fn new(program: PathBuf, subcommand: &str) -> Self {
        Self {
            program,
            arguments: vec![subcommand.into()],
            limits: ChildLimits::default(),
            deadline: Duration::from_mins(1),
            concurrency: 2,
            output_bytes: 256 << 20,
            tools: None,
            tesseract: None,
            ffmpeg: None,
            heif: None,
            libreoffice: None,
        }
    }
}

/// An [`Extractor`] that gives each file to a process of its own, which dies with it.
#[derive(Clone, Debug)]
pub struct ProcessExtractor {
    config: Arc<ExtractorConfig>,
    places: Arc<Semaphore>,
    warned: Arc<AtomicBool>,
    tools: Option<ToolBox>,
    libreoffice: Option<(LibreOffice, ToolBox)>,
}

impl ProcessExtractor {
    /// An extractor; starts nothing yet.
    pub fn new(config: ExtractorConfig) -> Self {
        let tool_box = |tools| ToolBox::new(config.program.clone(), config.arguments.clone(), tools);
        Self {
            places: Arc::new(Semaphore::new(config.concurrency.max(1))),
            tools: config.tools.clone().map(tool_box),
            libreoffice: config
                .libreoffice
                .clone()
                .map(|(libreoffice, tools)| (libreoffice, tool_box(tools))),
            config: Arc::new(config),
            warned: Arc::default(),
        }
    }

    /// Starts a child that tries what it must not be able to do, and returns what it could. For
    /// tests and for operators who want to know what their kernel enforces.
    ///
    /// # Errors
    /// [`ExtractError::Unavailable`] when the child cannot be started or confined.
    pub async fn probe_confinement(&self) -> Result<(Enforcement, Vec<Attempt>), ExtractError> {
        let mut enforcement = Enforcement::None;
        let mut attempts = Vec::new();
        self.converse(
            Path::new("/dev/null"),
            Task::ProbeConfinement,
            |frame, _| match frame {
                Frame::Confined { landlock } => enforcement = landlock,
                Frame::Probed(list) => attempts = list,
                _ => {}
            },
        )
        .await?;
        Ok((enforcement, attempts))
    }
}

fn unavailable(error: impl std::fmt::Display) -> ExtractError {
    ExtractError::Unavailable(error.to_string())
}

#[async_trait]
impl Extractor for ProcessExtractor {
    async fn extract(
        &self,
        file: &Path,
        filename: &str,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Extraction, ExtractError> {
        let mut extraction = self.read(file, filename, progress).await?;
        if let (Kind::Video | Kind::Audio, Some(ffmpeg), Some(tools)) =
            (extraction.kind, &self.config.ffmpeg, &self.tools)
            && let Err(error) = self.read_film(ffmpeg, tools, file, &mut extraction).await
        {
            tracing::info!(%error, "captions and chapters of a film could not be read");
        }
        if (extraction.kind, extraction.pages.len()) == (Kind::Image, 0) {
            match self.decoded(file).await {
                Ok(Some(picture)) => extraction = self.read(picture.path(), filename, progress).await?,
                Ok(None) => {}
                Err(error) => tracing::info!(%error, "a picture could not be decoded"),
            }
        }
        Ok(extraction)
    }

    async fn render(
        &self,
        file: &Path,
        first: u32,
        last: u32,
        width: u32,
    ) -> Result<Vec<Picture>, ExtractError> {
        let (pictures, kind) = self.draw(file, (first, last), width, Purpose::Show).await?;
        let (Kind::Video | Kind::Audio, 1, Some(ffmpeg), Some(tools)) =
            (kind, first, &self.config.ffmpeg, &self.tools)
        else {
            return Ok(pictures);
        };
        let drawn = match kind {
            Kind::Video => ffmpeg.poster(tools, file).await,
            _ => ffmpeg.waveform(tools, file).await,
        };
        match drawn.map_err(judge)? {
            // What the tool gives is not trusted more than the file.
            Some(picture) => {
                let drawn = self.keep(&picture).await?;
                Ok(self.draw(drawn.path(), (1, 1), width, Purpose::Show).await?.0)
            }
            None => Ok(Vec::new()),
        }
    }

    fn lays_out(&self) -> bool {
        self.libreoffice.is_some()
    }

    async fn lay_out(&self, file: &Path, kind: Kind) -> Result<Option<Vec<u8>>, ExtractError> {
        match &self.libreoffice {
            Some((libreoffice, tools)) => libreoffice.lay_out(tools, file, kind).await.map_err(judge),
            None => Ok(None),
        }
    }

    fn recognizes_text(&self) -> bool {
        self.config.tesseract.is_some() && self.tools.is_some()
    }

    async fn recognize(
        &self,
        file: &Path,
        number: u32,
        size: (f32, f32),
    ) -> Result<Option<ExtractedPage>, ExtractError> {
        let (Some(tesseract), Some(tools)) = (&self.config.tesseract, &self.tools) else {
            return Ok(None);
        };
        let width = recognition::picture_width(size);
        let (mut drawn, _) = self
            .draw(file, (number, number), width, Purpose::Recognize)
            .await?;
        match drawn.pop() {
            Some(picture) => recognition::read(tesseract, tools, picture, size).await,
            None => Ok(None),
        }
    }
}
