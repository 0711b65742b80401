//! Writing a blob: content and checksums, fsync, rename, fsync of the directory.
use super::buffer::AlignedBuffer;
use super::{BLOCK_BYTES, BlobStore, CRC, Segment, footer};
use crate::embedded::checksum::{Computed, Hashes, Wanted};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;

/// A blob that is whole on disk, not yet durable nor under its name.
pub struct WrittenBlob {
    file: File,
    staged: StagedBlob,
    /// What was computed of the content.
    pub computed: Computed,
}

/// A file that vanishes when it is dropped, unless it was kept.
pub struct StagedBlob {
    store: Arc<BlobStore>,
    segment: Segment,
    /// Where the file is now; `None` before it was made and after it was kept.
    path: Option<PathBuf>,
}

impl StagedBlob {
    fn new(store: &Arc<BlobStore>, name: &str) -> Self {
        store.begin(name);
        let segment = Segment {
            blob: name.to_owned(),
            size: 0,
            crc: 0,
            seal: 0,
        };
        Self {
            store: Arc::clone(store),
            segment,
            path: None,
        }
    }

    /// What the index must store to find it again.
    pub fn segment(&self) -> &Segment {
        &self.segment
    }

    /// The index refers to it now, or may do so: it stays.
    pub fn keep(mut self) {
        self.path = None;
    }
}

impl Drop for StagedBlob {
    fn drop(&mut self) {
        if let Some(path) = self.path.take()
            && let Err(error) = std::fs::remove_file(&path)
        {
            tracing::warn!("an unfinished blob stays until the sweep: {error}");
        }
        self.store.end(&self.segment.blob);
    }
}

impl WrittenBlob {
    /// fsync → rename → fsync of the directory.
    pub fn publish(self) -> io::Result<StagedBlob> {
        let Self { file, mut staged, .. } = self;
        file.sync_all()?;
        drop(file);
        let directory = staged.store.directory(&staged.segment.blob);
        let path = directory.join(&staged.segment.blob);
        if let Some(temporary) = &staged.path {
            std::fs::rename(temporary, &path)?;
        }
        staged.path = Some(path);
        File::open(directory)?.sync_all()?;
        Ok(staged)
    }
}

/// Writes content that is in memory as a whole.
pub fn write_small(
    store: &Arc<BlobStore>,
    name: &str,
    mut content: Vec<u8>,
    wanted: Wanted,
) -> io::Result<WrittenBlob> {
    let mut writer = BlobWriter::create(store, name, wanted, false)?;
    writer.account(&content);
    let tail = writer.tail();
    content.extend_from_slice(&tail);
    writer.file.write_all(&content)?;
    Ok(writer.written())
}

/// Writes content that comes in pieces.
pub struct BlobWriter {
    file: File,
    staged: StagedBlob,
    hashes: Hashes,
    direct: bool,
    /// Of the whole content: combining the blocks' checksums costs more than computing another.
    whole: crc_fast::Digest,
    block: crc_fast::Digest,
    in_block: usize,
    table: Vec<u8>,
}

impl BlobWriter {
    /// A new file in the temporary directory. `large` content passes the page cache by where the
    /// file system allows it: it is written once and seldom read soon, and memory stays flat.
    pub fn create(store: &Arc<BlobStore>, name: &str, wanted: Wanted, large: bool) -> io::Result<Self> {
        let mut staged = StagedBlob::new(store, name);
        let path = store.tmp.join(name);
        let (file, direct) = open_new(&path, large)?;
        staged.path = Some(path);
        Ok(Self {
            file,
            staged,
            hashes: Hashes::new(wanted),
            direct,
            whole: crc_fast::Digest::new(CRC),
            block: crc_fast::Digest::new(CRC),
            in_block: 0,
            table: Vec::new(),
        })
    }

    /// Writes a full buffer.
    pub fn write(&mut self, buffer: &AlignedBuffer) -> io::Result<()> {
        self.account(buffer.filled());
        self.file.write_all(buffer.filled())
    }

    /// Writes the last buffer, full or not, and the checksums.
    pub fn finish(mut self, last: &AlignedBuffer) -> io::Result<WrittenBlob> {
        if self.direct {
            let flags = fcntl_getfl(&self.file)?;
            fcntl_setfl(&self.file, flags - OFlags::DIRECT)?;
        }
        self.account(last.filled());
        self.file.write_all(last.filled())?;
        let tail = self.tail();
        self.file.write_all(&tail)?;
        Ok(self.written())
    }

    fn account(&mut self, mut bytes: &[u8]) {
        self.hashes.update(bytes);
        self.staged.segment.size += bytes.len() as u64;
        while !bytes.is_empty() {
            let take = bytes.len().min(BLOCK_BYTES - self.in_block);
            // Both while the block is in the processor's cache.
            self.block.update(&bytes[..take]);
            self.whole.update(&bytes[..take]);
            self.in_block += take;
            if self.in_block == BLOCK_BYTES {
                self.end_block();
            }
            bytes = &bytes[take..];
        }
    }

    fn end_block(&mut self) {
        let crc = self.block.finalize_reset();
        self.in_block = 0;
        self.table.extend_from_slice(&crc.to_le_bytes());
    }

    fn tail(&mut self) -> Vec<u8> {
        if self.in_block > 0 {
            self.end_block();
        }
        self.staged.segment.crc = self.whole.finalize();
        let mut tail = std::mem::take(&mut self.table);
        let footer = footer(self.staged.segment.size, &tail);
        let seal = footer[24..]
            .try_into()
            .expect("a footer ends in eight bytes of seal");
        self.staged.segment.seal = u64::from_le_bytes(seal);
        tail.extend_from_slice(&footer);
        tail
    }

    fn written(self) -> WrittenBlob {
        WrittenBlob {
            file: self.file,
            staged: self.staged,
            computed: self.hashes.finish(),
        }
    }
}

fn open_new(path: &std::path::Path, large: bool) -> io::Result<(File, bool)> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    if large {
        let flags = i32::try_from(OFlags::DIRECT.bits()).unwrap_or_default();
        match options.clone().custom_flags(flags).open(path) {
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::INVAL.raw_os_error()) => {
                // The file may have been made before the flag was refused.
                if let Err(error) = std::fs::remove_file(path)
                    && error.kind() != io::ErrorKind::NotFound
                {
                    return Err(error);
                }
            }
            opened => return opened.map(|file| (file, true)),
        }
    }
    options.open(path).map(|file| (file, false))
}
