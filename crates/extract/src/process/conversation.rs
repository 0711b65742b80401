//! One child's life: it is started for a file, its frames are heard, and it is ended.
use super::{ProcessExtractor, unavailable};
use crate::wire::{Enforcement, Frame, MAX_FRAME_BLOB, MAX_FRAME_JSON, Order, Request, Task};
use homeroom_core::ports::extractor::{ExtractError, Rejection};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

/// Settings of the child's allocator: what it sets aside counts against the child's limit, so KiB at a time
/// and not its usual GiB; and a life so short needs nothing given back.
const ALLOCATOR: [(&str, &str); 2] = [
    ("MIMALLOC_ARENA_RESERVE", "32768"),
    ("MIMALLOC_PURGE_DELAY", "-1"),
];

impl ProcessExtractor {
    /// Runs one child to its end and hands its frames to `hear`.
    pub(super) async fn converse(
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
        let mut said = false;
        let conversation = self.listen(stdout, stderr, hear, &mut said);
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
        if said {
            return Ok(());
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
            .envs(ALLOCATOR)
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
        said: &mut bool,
    ) -> Result<Ending, ExtractError> {
        let mut listener = Listener {
            input: BufReader::with_capacity(64 << 10, stdout),
            left: self.config.output_bytes,
        };
        // Both pipes are drained at once, or a talkative child would stand still; but stderr is
        // waited for only when it is all that is left of the child.
        let last_words = drain(stderr);
        tokio::pin!(last_words);
        let followed = self.follow(&mut listener, hear, said);
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

    /// Hears frames until the last one (true) or until the pipe closes without one (false). From
    /// when all that matters is `said`, nothing is an error any more.
    async fn follow<R: AsyncRead + Unpin + Send>(
        &self,
        listener: &mut Listener<R>,
        mut hear: impl FnMut(Frame, Vec<u8>) + Send,
        said: &mut bool,
    ) -> Result<bool, ExtractError> {
        while let Some((frame, blob)) = listener.next().await? {
            match frame {
                Frame::Rejected(rejection) => return Err(ExtractError::Rejected(rejection)),
                Frame::Failed { why } | Frame::Unconfined { why } => return Err(unavailable(why)),
                Frame::Confined { landlock } => {
                    self.note_enforcement(landlock);
                    hear(frame, blob);
                }
                Frame::Done {
                    cover_follows: true, ..
                } => {
                    *said = true;
                    hear(frame, blob);
                }
                Frame::Done { .. } | Frame::Drawn | Frame::Probed(_) | Frame::Video(_) => {
                    hear(frame, blob);
                    return Ok(true);
                }
                Frame::Progress(_) | Frame::Page | Frame::Picture { .. } => hear(frame, blob),
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
