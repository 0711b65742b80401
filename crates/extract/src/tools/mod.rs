//! Programs of others that are used where they are installed: for recognising text, for films and
//! for drawing office documents. Each run is a process group of its own, confined before the tool
//! begins (see [`confine`]), with a scratch directory of its own that is gone afterwards.
//!
//! Nothing depends on a tool: where it is missing, less is found.
pub mod clamav;
mod confine;
pub mod ffmpeg;
pub mod heif;
pub mod libreoffice;
pub mod tesseract;

pub(crate) use confine::{Launch, become_tool};

pub use confine::Sockets;

use confine::{NOT_STARTED, ToolLimits, UNCONFINED};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

/// How tools are started and held.
#[derive(Clone, Debug)]
pub struct ToolConfig {
    /// Where scratch directories are made, so that they are on the school's own disk.
    pub scratch: PathBuf,
    /// Tools at a time; default 1.
    pub concurrency: usize,
    /// From start to end of one run; default 60 s. Waiting for a free place does not count.
    pub deadline: Duration,
    /// Processor time of one run in seconds; default 60.
    pub cpu_seconds: u64,
}

impl ToolConfig {
    /// The defaults.
    pub fn new(scratch: PathBuf) -> Self {
        Self {
            scratch,
            concurrency: 1,
            deadline: Duration::from_mins(1),
            cpu_seconds: 60,
        }
    }
}

/// In an argument: the run's scratch directory as a `file:` URL, for programs that take no other name.
pub const SCRATCH_URL: &str = "{scratch-url}";

/// One run of a tool.
#[derive(Clone, Debug)]
pub struct ToolRun {
    /// An absolute path.
    pub program: PathBuf,
    /// As the program takes them; names without a directory are in its scratch directory.
    pub arguments: Vec<String>,
    /// Files and directories that it may read beside the system's, by absolute paths.
    pub readable: Vec<PathBuf>,
    /// Files that are put into its scratch directory, and into directories there.
    pub files: Vec<(&'static str, Vec<u8>)>,
    /// Names in its scratch directory for files that stand elsewhere; they are `readable` then.
    pub links: Vec<(String, PathBuf)>,
    /// What it finds in its environment beside what all tools do.
    pub environment: Vec<(&'static str, &'static str)>,
    /// Where its socket is, if it needs one.
    pub sockets: Sockets,
    /// The exit code by which it asks, once, to be started again where it stopped.
    pub again: Option<i32>,
    /// The most that it may write to its standard output, in bytes.
    pub output_bytes: usize,
    /// The longest file that it may write, in bytes.
    pub file_bytes: u64,
    /// Address space in bytes, where it bears a limit.
    pub address_space_bytes: Option<u64>,
    /// How much longer than others it may take: deadline and processor time are multiplied.
    pub patience: u32,
}

impl ToolRun {
    /// A run with 64 MiB of output, no files, and 2 GiB of address space.
    pub fn new(program: PathBuf, arguments: Vec<String>) -> Self {
        Self {
            program,
            arguments,
            readable: Vec::new(),
            files: Vec::new(),
            links: Vec::new(),
            environment: Vec::new(),
            sockets: Sockets::None,
            again: None,
            output_bytes: 64 << 20,
            file_bytes: 0,
            address_space_bytes: Some(2 << 30),
            patience: 1,
        }
    }
}

/// What a run gave.
#[derive(Debug)]
pub struct ToolOutput {
    /// What it wrote to its standard output.
    pub stdout: Vec<u8>,
    /// Its exit code; `None` after a signal.
    pub code: Option<i32>,
    scratch: TempDir,
}

impl ToolOutput {
    /// A file that the tool has left in its scratch directory; `None` when it is not there, is no
    /// plain file (a link would lead anywhere), or is longer than `bytes`.
    pub fn file(&self, name: &str, bytes: u64) -> Option<Vec<u8>> {
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_CLOEXEC)
            .open(self.scratch.path().join(name))
            .ok()?;
        let about = file.metadata().ok()?;
        if !about.is_file() || about.len() > bytes {
            return None;
        }
        let mut content = Vec::new();
        file.take(bytes).read_to_end(&mut content).ok()?;
        Some(content)
    }
}

/// Why a run gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// Ours: it could not be started or confined.
    #[error("tool unavailable: {0}")]
    Unavailable(String),
    /// It took longer than allowed.
    #[error("tool timed out")]
    TimedOut,
    /// It wrote more than allowed.
    #[error("tool wrote too much")]
    TooLarge,
}

fn unavailable(error: impl std::fmt::Display) -> ToolError {
    ToolError::Unavailable(error.to_string())
}

/// Starts tools.
#[derive(Clone, Debug)]
pub struct ToolBox {
    /// The program that calls [`child_main`](crate::child_main), and what makes it do so.
    launcher: (PathBuf, Vec<OsString>),
    config: Arc<ToolConfig>,
    places: Arc<Semaphore>,
}

impl ToolBox {
    /// Tools that are launched by `program`, our own, with `arguments` before the order.
    pub fn new(program: PathBuf, arguments: Vec<OsString>, config: ToolConfig) -> Self {
        Self {
            launcher: (program, arguments),
            places: Arc::new(Semaphore::new(config.concurrency.max(1))),
            config: Arc::new(config),
        }
    }

    /// Runs a tool to its end. Whatever it started ends with it.
    ///
    /// # Errors
    /// When it cannot be started or confined, at its deadline, and beyond its output's limit. A
    /// tool that fails gives its exit code, not an error.
    pub async fn run(&self, run: ToolRun) -> Result<ToolOutput, ToolError> {
        let _place = self.places.acquire().await.map_err(unavailable)?;
        let scratch = tempfile::Builder::new()
            .prefix("tool-")
            .tempdir_in(&self.config.scratch)
            .map_err(unavailable)?;
        // Landlock judges the place that a path leads to.
        let place = scratch.path().canonicalize().map_err(unavailable)?;
        furnish(&place, &run).await.map_err(unavailable)?;
        let (mut code, mut stdout) = self.start(&run, &place).await?;
        if run.again.is_some() && code == run.again {
            (code, stdout) = self.start(&run, &place).await?;
        }
        Ok(ToolOutput {
            stdout,
            code,
            scratch,
        })
    }

    /// One process from its start to its end: its exit code and what it wrote.
    async fn start(&self, run: &ToolRun, place: &Path) -> Result<(Option<i32>, Vec<u8>), ToolError> {
        let deadline = self.config.deadline * run.patience;
        let mut group = Group::new(self.spawn(run, place)?);
        let conversation = group.listen(run.output_bytes);
        let heard = tokio::time::timeout(deadline, conversation).await;
        group.end().await;
        let (status, stdout, last_words) = heard.map_err(|_| ToolError::TimedOut)??;
        if matches!(status.code(), Some(UNCONFINED | NOT_STARTED)) {
            return Err(unavailable(last_words));
        }
        Ok((status.code(), stdout))
    }

    fn spawn(&self, run: &ToolRun, scratch: &Path) -> Result<Child, ToolError> {
        let launch = Launch {
            program: run.program.clone(),
            arguments: run
                .arguments
                .iter()
                .map(|argument| argument.replace(SCRATCH_URL, &file_url(scratch)))
                .collect(),
            environment: environment(scratch, &run.environment),
            scratch: scratch.to_owned(),
            readable: run.readable.clone(),
            sockets: run.sockets,
            limits: ToolLimits {
                cpu_seconds: self.config.cpu_seconds * u64::from(run.patience),
                address_space_bytes: run.address_space_bytes,
                file_bytes: run.file_bytes,
            },
        };
        let order = serde_json::to_string(&crate::wire::Order::Launch(launch)).map_err(unavailable)?;
        Command::new(&self.launcher.0)
            .args(&self.launcher.1)
            .arg(order)
            .env_clear()
            .current_dir(scratch)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(unavailable)
    }
}

/// Puts what a run brings along into its scratch directory.
async fn furnish(place: &Path, run: &ToolRun) -> std::io::Result<()> {
    for (name, content) in &run.files {
        let file = place.join(name);
        if let Some(directory) = file.parent() {
            tokio::fs::create_dir_all(directory).await?;
        }
        tokio::fs::write(file, content).await?;
    }
    for (name, target) in &run.links {
        tokio::fs::symlink(target.canonicalize()?, place.join(name)).await?;
    }
    Ok(())
}

fn file_url(path: &Path) -> String {
    let path = percent_encode(path.as_os_str().as_encoded_bytes(), PATH_IN_URL);
    format!("file://{path}")
}

/// What a path keeps as it is in a URL: letters, digits and what RFC 3986 leaves unreserved.
const PATH_IN_URL: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Nothing of ours, and what keeps a tool within its directory and to one thread.
fn environment(scratch: &Path, own: &[(&str, &str)]) -> BTreeMap<String, String> {
    let scratch = scratch.display().to_string();
    [
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("LANG", "C.UTF-8"),
        ("OMP_THREAD_LIMIT", "1"),
        ("HOME", &scratch),
        ("TMPDIR", &scratch),
    ]
    .into_iter()
    .chain(own.iter().copied())
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}

/// A process that leads a group which none of its descendants can leave.
struct Group {
    leader: Child,
    /// Until the group was killed.
    id: Option<Pid>,
}

impl Group {
    fn new(leader: Child) -> Self {
        let id = leader.id().and_then(|id| i32::try_from(id).ok());
        Self {
            leader,
            id: id.and_then(Pid::from_raw),
        }
    }

    /// Waits for the leader's end, while both pipes are drained; what it has left behind would keep
    /// them open, and is killed.
    async fn listen(&mut self, output_bytes: usize) -> Result<(ExitStatus, Vec<u8>, String), ToolError> {
        let (Some(stdout), Some(stderr)) = (self.leader.stdout.take(), self.leader.stderr.take()) else {
            return Err(unavailable("tool without pipes"));
        };
        let reading = async { tokio::try_join!(read_all(stdout, output_bytes), last_words(stderr)) };
        tokio::pin!(reading);
        let mut read = None;
        let status = loop {
            tokio::select! {
                all = &mut reading, if read.is_none() => read = Some(all?),
                status = self.leader.wait() => break status.map_err(unavailable)?,
            }
        };
        self.kill();
        let (stdout, last_words) = match read {
            Some(all) => all,
            None => reading.await?,
        };
        Ok((status, stdout, last_words))
    }

    /// Kills whatever is left.
    async fn end(&mut self) {
        self.kill();
        let _ = self.leader.wait().await;
    }

    fn kill(&mut self) {
        if let Some(id) = self.id.take() {
            let _ = kill_process_group(id, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn read_all(mut pipe: impl AsyncRead + Unpin, bytes: usize) -> Result<Vec<u8>, ToolError> {
    let mut all = Vec::new();
    let limit = bytes as u64 + 1;
    (&mut pipe)
        .take(limit)
        .read_to_end(&mut all)
        .await
        .map_err(unavailable)?;
    if all.len() > bytes {
        return Err(ToolError::TooLarge);
    }
    Ok(all)
}

/// The first 4 KiB; the rest is read and forgotten.
async fn last_words(mut pipe: impl AsyncRead + Unpin) -> Result<String, ToolError> {
    let mut kept = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = pipe.read(&mut buffer).await {
        kept.extend_from_slice(&buffer[..length.min(4096 - kept.len())]);
    }
    Ok(String::from_utf8_lossy(&kept).into_owned())
}

/// Where a program is installed, if it is: an absolute path as it stands, a name in the usual
/// directories.
pub fn installed(name: &str) -> Option<PathBuf> {
    let directories = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin"].map(Path::new);
    if name.is_empty() {
        return None;
    }
    let places: Vec<PathBuf> = if name.starts_with('/') {
        vec![PathBuf::from(name)]
    } else {
        directories.iter().map(|directory| directory.join(name)).collect()
    };
    places.into_iter().find(|place| place.is_file())
}
