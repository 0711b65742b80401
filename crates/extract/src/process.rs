//! The parent's side: starts a confined child for each file, hears its frames, and puts an end to
//! it. Nothing of the file is parsed here.
use crate::child::MAX_OUTLINE;
use crate::film;
use crate::recognition::{self, judge};
use crate::tools::ffmpeg::Ffmpeg;
use crate::tools::tesseract::Tesseract;
use crate::tools::{ToolBox, ToolConfig};
use crate::wire::{
    Attempt, ChildLimits, Enforcement, Frame, MAX_FRAME_BLOB, MAX_FRAME_JSON, Order, Purpose, Request, Task,
    TextHint,
};
use async_trait::async_trait;
use homeroom_core::domain::kind::Kind;
use homeroom_core::ports::Extractor;
use homeroom_core::ports::extractor::{
    ExtractError, ExtractedPage, Extraction, Picture, Progress, Rejection,
};
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tempfile::NamedTempFile;
use tokio::io::{AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
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
}

impl ProcessExtractor {
    /// An extractor; starts nothing yet.
    pub fn new(config: ExtractorConfig) -> Self {
        Self {
            places: Arc::new(Semaphore::new(config.concurrency.max(1))),
            tools: config
                .tools
                .clone()
                .map(|tools| ToolBox::new(config.program.clone(), config.arguments.clone(), tools)),
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

    /// Runs one child to its end and hands its frames to `hear`.
    async fn converse(
        &self,
        file: &Path,
        task: Task,
        hear: impl FnMut(Frame, Vec<u8>) + Send,
    ) -> Result<(), ExtractError> {
        let _place = self.places.acquire().await.map_err(unavailable)?;
        let input = tokio::fs::File::open(file)
            .await
            .map_err(unavailable)?
            .into_std()
            .await;
        let mut child = self.spawn(input, task)?;
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(unavailable("child without pipes"));
        };
        let conversation = self.listen(stdout, stderr, hear);
        let heard = tokio::time::timeout(self.config.deadline, conversation).await;
        // A child that has said its last word is killed too: it has nothing left to do.
        let ended_by_itself = if matches!(heard, Ok(Ok(Ending::Closed { .. }))) {
            tokio::time::timeout(Duration::from_secs(5), child.wait())
                .await
                .ok()
                .and_then(Result::ok)
        } else {
            None
        };
        if ended_by_itself.is_none() {
            child.kill().await.map_err(unavailable)?;
        }
        match heard {
            Err(_) => Err(ExtractError::Rejected(Rejection::TimedOut)),
            Ok(Err(error)) => Err(error),
            Ok(Ok(Ending::Said)) => Ok(()),
            Ok(Ok(Ending::Closed { last_words })) => Err(judge_death(ended_by_itself, &last_words)),
        }
    }

    fn spawn(&self, input: std::fs::File, task: Task) -> Result<Child, ExtractError> {
        let request = Request {
            task,
            limits: self.config.limits,
        };
        let request = serde_json::to_string(&Order::Read(request)).map_err(unavailable)?;
        Command::new(&self.config.program)
            .args(&self.config.arguments)
            .arg(request)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(input))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(unavailable)
    }

    async fn listen(
        &self,
        stdout: ChildStdout,
        stderr: ChildStderr,
        hear: impl FnMut(Frame, Vec<u8>) + Send,
    ) -> Result<Ending, ExtractError> {
        let mut listener = Listener {
            input: BufReader::with_capacity(64 << 10, stdout),
            left: self.config.output_bytes,
        };
        // Both pipes are drained at once, or a talkative child would stand still; but stderr is
        // waited for only when it is all that is left of the child.
        let last_words = drain(stderr);
        tokio::pin!(last_words);
        let followed = self.follow(&mut listener, hear);
        tokio::pin!(followed);
        let mut heard = None;
        let said_it_all = loop {
            tokio::select! {
                said_it_all = &mut followed => break said_it_all?,
                words = &mut last_words, if heard.is_none() => heard = Some(words),
            }
        };
        if said_it_all {
            return Ok(Ending::Said);
        }
        let last_words = match heard {
            Some(words) => words,
            None => last_words.await,
        };
        Ok(Ending::Closed { last_words })
    }

    /// Hears frames until the last one (true) or until the pipe closes without one (false).
    async fn follow<R: AsyncRead + Unpin + Send>(
        &self,
        listener: &mut Listener<R>,
        mut hear: impl FnMut(Frame, Vec<u8>) + Send,
    ) -> Result<bool, ExtractError> {
        while let Some((frame, blob)) = listener.next().await? {
            match frame {
                Frame::Rejected(rejection) => return Err(ExtractError::Rejected(rejection)),
                Frame::Failed { why } | Frame::Unconfined { why } => return Err(unavailable(why)),
                Frame::Confined { landlock } => {
                    self.note_enforcement(landlock);
                    hear(frame, blob);
                }
                Frame::Done { .. } | Frame::Probed(_) => {
                    hear(frame, blob);
                    return Ok(true);
                }
                Frame::Progress(_) | Frame::Page(_) | Frame::Picture { .. } => hear(frame, blob),
            }
        }
        Ok(false)
    }

    fn note_enforcement(&self, landlock: Enforcement) {
        if landlock != Enforcement::Full && !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                extractor.landlock = ?landlock,
                "this kernel does not enforce all of Landlock; files are parsed behind the system call filter alone"
            );
        }
    }
}

/// How a conversation ended when it was not an error.
enum Ending {
    /// With a last frame.
    Said,
    /// Without: the child is dead or dying. Holds the end of what it wrote to stderr.
    Closed { last_words: String },
}

/// Reads frames and counts.
struct Listener<R> {
    input: R,
    left: usize,
}

impl<R: AsyncRead + Unpin> Listener<R> {
    /// The next frame; `None` when the pipe is closed, also in the middle of a frame.
    async fn next(&mut self) -> Result<Option<(Frame, Vec<u8>)>, ExtractError> {
        let (Ok(json), Ok(blob)) = (self.input.read_u32().await, self.input.read_u32().await) else {
            return Ok(None);
        };
        let (json, blob) = (json as usize, blob as usize);
        if json > MAX_FRAME_JSON || blob > MAX_FRAME_BLOB || json + blob > self.left {
            return Err(ExtractError::Rejected(Rejection::TooLarge));
        }
        self.left -= json + blob;
        let (Some(json), Some(blob)) = (self.read(json).await, self.read(blob).await) else {
            return Ok(None);
        };
        // What is no frame comes from a child that the file has taken over.
        let frame = serde_json::from_slice(&json).map_err(|_| ExtractError::Rejected(Rejection::Crashed))?;
        Ok(Some((frame, blob)))
    }

    /// Grows as bytes arrive, so that a lying length costs nothing.
    async fn read(&mut self, length: usize) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(length.min(64 << 10));
        (&mut self.input)
            .take(length as u64)
            .read_to_end(&mut bytes)
            .await
            .ok()?;
        (bytes.len() == length).then_some(bytes)
    }
}

/// The first 4 KiB that the child says on stderr; the rest is read and forgotten.
async fn drain(mut stderr: ChildStderr) -> String {
    let mut kept = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = stderr.read(&mut buffer).await {
        kept.extend_from_slice(&buffer[..length.min(4096 - kept.len())]);
    }
    String::from_utf8_lossy(&kept).into_owned()
}

/// Why a child died that did not say why.
fn judge_death(status: Option<ExitStatus>, last_words: &str) -> ExtractError {
    let Some(status) = status else {
        return ExtractError::Rejected(Rejection::TimedOut);
    };
    let signal = status.signal();
    tracing::debug!(child.signal = ?signal, child.code = ?status.code(), "an extraction child died");
    if signal.is_none() && status.code() == Some(2) {
        return unavailable("the child does not understand the request");
    }
    ExtractError::Rejected(match signal {
        Some(libc::SIGXCPU) => Rejection::TimedOut,
        // Not ours, or we would not be here: the kernel's, for memory.
        Some(libc::SIGKILL) => Rejection::OutOfMemory,
        _ if last_words.contains("memory allocation of") => Rejection::OutOfMemory,
        _ => Rejection::Crashed,
    })
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

impl ProcessExtractor {
    /// Everything that the confined child finds.
    async fn read(
        &self,
        file: &Path,
        filename: &str,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Extraction, ExtractError> {
        let task = Task::Extract {
            hint: TextHint::of(filename),
        };
        let mut extraction = Extraction {
            kind: Kind::Other,
            title: None,
            language: None,
            pages: Vec::new(),
            outline: Vec::new(),
            media: None,
            notice: None,
        };
        self.converse(file, task, |frame, _| match frame {
            Frame::Progress(so_far) => progress(so_far),
            Frame::Page(page) => extraction.pages.push(page),
            Frame::Done {
                kind,
                title,
                language,
                outline,
                media,
                notice,
            } => {
                extraction = Extraction {
                    kind,
                    title,
                    language,
                    pages: std::mem::take(&mut extraction.pages),
                    outline,
                    media,
                    notice,
                };
            }
            _ => {}
        })
        .await?;
        checked(extraction)
    }

    /// Captions and chapters; captions become pages in a child, as a file of them would.
    async fn read_film(
        &self,
        ffmpeg: &Ffmpeg,
        tools: &ToolBox,
        file: &Path,
        extraction: &mut Extraction,
    ) -> Result<(), ExtractError> {
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

    /// A file of what a tool gave, until it is dropped.
    async fn keep(&self, content: &[u8]) -> Result<NamedTempFile, ExtractError> {
        let folder = self.config.tools.as_ref().map(|tools| tools.scratch.clone());
        let file = NamedTempFile::new_in(folder.unwrap_or_else(std::env::temp_dir)).map_err(unavailable)?;
        tokio::fs::write(file.path(), content)
            .await
            .map_err(unavailable)?;
        Ok(file)
    }

    async fn draw(
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
        self.converse(file, task, |frame, content| match frame {
            Frame::Picture {
                page,
                width,
                height,
                format,
            } => pictures.push(Picture {
                page,
                width,
                height,
                content_type: format.content_type(),
                content,
            }),
            Frame::Done { kind, .. } => drawn = kind,
            _ => {}
        })
        .await?;
        Ok((pictures, drawn))
    }
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
