//! The one directory that holds everything, and the lock that lets one process use it.
use crate::Failure;
use rustix::fs::{FlockOperation, flock};
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The layout of a data directory.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

/// Held for as long as this process uses the directory; the kernel releases it when it dies.
pub struct Lock {
    _file: File,
}

impl DataDir {
    /// Opens or makes the directory, for its owner only.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|error| format!("data directory {}: {error}", path.display()))?;
        Ok(Self(path.canonicalize()?))
    }

    /// State.
    pub fn records(&self) -> PathBuf {
        self.0.join("records.sqlite")
    }

    /// Bytes.
    pub fn objects(&self) -> PathBuf {
        self.0.join("objects")
    }

    /// The search index: may be deleted, is built anew.
    pub fn index(&self) -> PathBuf {
        self.0.join("index")
    }

    /// Keys and secrets.
    pub fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    /// Room for files that are being read: emptied at start.
    pub fn scratch(&self) -> PathBuf {
        self.0.join("scratch")
    }

    /// Takes the directory for this process.
    ///
    /// # Errors
    /// Naming the process that has it.
    pub fn lock(&self) -> Result<Lock, Failure> {
        take_lock(
            &self.0.join("lock"),
            &format!("data directory {}", self.0.display()),
        )
    }
}

/// Takes a file elsewhere for this process, by a lock beside it.
///
/// # Errors
/// Naming the process that has it.
pub fn lock_beside(file: &Path) -> Result<Lock, Failure> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".lock");
    take_lock(Path::new(&beside), &format!("records {}", file.display()))
}

fn take_lock(path: &Path, what: &str) -> Result<Lock, Failure> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        let mut holder = String::new();
        file.read_to_string(&mut holder)?;
        let holder = if holder.trim().is_empty() {
            "another process"
        } else {
            holder.trim()
        };
        return Err(format!("{what} is in use by {holder}").into());
    }
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "process {}", std::process::id())?;
    file.sync_all()?;
    Ok(Lock { _file: file })
}
