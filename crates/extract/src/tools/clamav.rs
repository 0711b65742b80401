//! ClamAV, asked in one of two ways: its daemon over a socket, which has its signatures in memory, or
//! its command for each file, which takes seconds but needs nothing to run.
use super::{ToolBox, ToolRun, installed};
use async_trait::async_trait;
use homeroom_core::ports::scanner::{ScanUnavailable, Scanner, Verdict};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

/// Where Debian keeps signatures.
const SIGNATURES: &str = "/var/lib/clamav";
/// How much is sent to the daemon at a time, in bytes.
const CHUNK_BYTES: usize = 256 << 10;
/// Reading all signatures takes about half a minute of processor time.
const PATIENCE: u32 = 5;

/// Where ClamAV is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClamAv {
    /// Its daemon at a socket in the file system.
    Socket(PathBuf),
    /// Its daemon at `host:port`.
    Address(String),
    /// Its command, with the directory of its signatures.
    Command {
        /// An absolute path.
        program: PathBuf,
        /// A directory or one file.
        signatures: PathBuf,
    },
}

impl ClamAv {
    /// Reads a setting: `unix:/run/clamav/clamd.ctl`, `tcp:host:port`, or the command `clamscan` by
    /// name or path, with another place for its signatures behind a comma.
    ///
    /// # Errors
    /// When the command is not installed.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return Ok(Self::Socket(path.into()));
        }
        if let Some(address) = text.strip_prefix("tcp:") {
            return Ok(Self::Address(address.to_owned()));
        }
        let (program, signatures) = text.split_once(',').unwrap_or((text, SIGNATURES));
        let program = installed(program.trim()).ok_or_else(|| format!("{program} is not installed"))?;
        Ok(Self::Command {
            program,
            signatures: signatures.trim().into(),
        })
    }
}

/// A [`Scanner`] that asks ClamAV.
#[derive(Clone, Debug)]
pub struct ClamAvScanner {
    place: ClamAv,
    tools: ToolBox,
    deadline: Duration,
}

impl ClamAvScanner {
    /// A scanner; asks nothing yet. The daemon has `deadline` for one file.
    pub fn new(place: ClamAv, tools: ToolBox, deadline: Duration) -> Self {
        Self {
            place,
            tools,
            deadline,
        }
    }
}

#[async_trait]
impl Scanner for ClamAvScanner {
    async fn scan(&self, file: &Path) -> Result<Verdict, ScanUnavailable> {
        let asked = async {
            match &self.place {
                ClamAv::Socket(path) => ask(UnixStream::connect(path).await.map_err(away)?, file).await,
                ClamAv::Address(address) => ask(TcpStream::connect(address).await.map_err(away)?, file).await,
                ClamAv::Command { program, signatures } => {
                    command(&self.tools, program, signatures, file).await
                }
            }
        };
        match &self.place {
            ClamAv::Command { .. } => asked.await,
            _ => tokio::time::timeout(self.deadline, asked).await.map_err(away)?,
        }
    }
}

fn away(error: impl std::fmt::Display) -> ScanUnavailable {
    ScanUnavailable(error.to_string())
}

/// One file over the daemon's own protocol (clamd(8), `INSTREAM`): chunks with their lengths before
/// them, an empty one, and a line as the answer.
async fn ask(
    mut daemon: impl AsyncRead + AsyncWrite + Unpin,
    file: &Path,
) -> Result<Verdict, ScanUnavailable> {
    let mut file = tokio::fs::File::open(file).await.map_err(away)?;
    // A daemon that has seen enough stops listening, and has answered already.
    let _ = send(&mut daemon, &mut file).await;
    let mut answer = Vec::new();
    daemon.take(4096).read_to_end(&mut answer).await.map_err(away)?;
    let answer = String::from_utf8_lossy(&answer);
    let answer = answer.trim_end_matches(['\0', '\n']);
    if answer.ends_with(" FOUND") {
        Ok(Verdict::Infected)
    } else if answer.ends_with(": OK") {
        Ok(Verdict::Clean)
    } else if answer.contains("size limit exceeded") {
        tracing::warn!("a file is longer than the scanner looks at, and is taken unseen");
        Ok(Verdict::Clean)
    } else {
        Err(ScanUnavailable(answer.chars().take(200).collect()))
    }
}

async fn send(daemon: &mut (impl AsyncWrite + Unpin), file: &mut tokio::fs::File) -> std::io::Result<()> {
    daemon.write_all(b"zINSTREAM\0").await?;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let length = file.read(&mut chunk).await?;
        let announced = u32::try_from(length).unwrap_or(0);
        daemon.write_all(&announced.to_be_bytes()).await?;
        if length == 0 {
            return daemon.flush().await;
        }
        daemon.write_all(&chunk[..length]).await?;
    }
}

/// Exit codes of clamscan(1): 0 for nothing found, 1 for something, 2 for an error.
async fn command(
    tools: &ToolBox,
    program: &Path,
    signatures: &Path,
    file: &Path,
) -> Result<Verdict, ScanUnavailable> {
    let arguments = vec![
        "--no-summary".to_owned(),
        "--stdout".to_owned(),
        format!("--database={}", signatures.display()),
        file.display().to_string(),
    ];
    let output = tools
        .run(ToolRun {
            readable: vec![file.to_owned(), signatures.to_owned()],
            output_bytes: 64 << 10,
            file_bytes: 512 << 20,
            address_space_bytes: None,
            patience: PATIENCE,
            ..ToolRun::new(program.to_owned(), arguments)
        })
        .await
        .map_err(away)?;
    match output.code {
        Some(0) => Ok(Verdict::Clean),
        Some(1) => Ok(Verdict::Infected),
        code => Err(ScanUnavailable(format!("clamscan ended with {code:?}"))),
    }
}
