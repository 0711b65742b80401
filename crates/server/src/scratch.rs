//! Local files for objects that are being read by the extractor.
use async_trait::async_trait;
use aws_lc_rs::digest::{Context, SHA256};
use futures::StreamExt;
use homeroom_core::ports::Scratch;
use homeroom_core::ports::object_store::{ByteStream, Sha256};
use homeroom_core::ports::scratch::{ScratchError, ScratchFile};
use std::path::{Path, PathBuf};
use tokio::io::AsyncWriteExt;

/// Temporary files below one directory, emptied when it is opened.
pub struct ScratchDir(PathBuf);

impl ScratchDir {
    /// # Errors
    /// When the directory cannot be emptied or made.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        match std::fs::remove_dir_all(path) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        std::fs::create_dir_all(path)?;
        Ok(Self(path.to_owned()))
    }
}

fn unavailable(error: impl std::fmt::Display) -> ScratchError {
    ScratchError::Unavailable(error.to_string())
}

#[async_trait]
impl Scratch for ScratchDir {
    async fn spool(&self, mut content: ByteStream) -> Result<ScratchFile, ScratchError> {
        let named = tempfile::NamedTempFile::new_in(&self.0).map_err(unavailable)?;
        let (file, path) = named.into_parts();
        let mut file = tokio::io::BufWriter::with_capacity(1 << 20, tokio::fs::File::from_std(file));
        let (mut hash, mut size) = (Context::new(&SHA256), 0);
        while let Some(chunk) = content.next().await {
            let chunk = chunk?;
            hash.update(&chunk);
            size += chunk.len() as u64;
            file.write_all(&chunk).await.map_err(unavailable)?;
        }
        file.flush().await.map_err(unavailable)?;
        let mut digest = [0; 32];
        digest.copy_from_slice(hash.finish().as_ref());
        Ok(ScratchFile::new(
            path.to_path_buf(),
            size,
            Sha256(digest),
            Box::new(path),
        ))
    }
}
