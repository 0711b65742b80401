//! Content on disk: files with random names, each with checksums of its blocks behind the content.
//!
//! ```text
//! content | CRC-64 of each 64 KiB block, little-endian | footer of 32 bytes
//! ```
//! The footer names the content's length and seals the table. Every read verifies the blocks that
//! it touches before it gives them away, so that damage is an error and never other bytes
//! (HARDENING 55). Names never come from users (HARDENING 15). Which blob belongs to which object
//! is the index's business.
mod buffer;
mod read;
mod write;

pub use buffer::{AlignedBuffer, BufferPool, PooledBuffer};
pub use read::BlobReader;
pub use write::{BlobWriter, StagedBlob, write_small};

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// How much content one checksum covers; also the size of one read. A few of them fit into a
/// processor's own cache, so that what was verified is sent from there.
pub const BLOCK_BYTES: usize = 64 * 1024;
const FOOTER_BYTES: usize = 32;
const MAGIC: [u8; 8] = *b"HRBLOB01";

/// The CRC behind blocks and blobs.
pub const CRC: crc_fast::CrcAlgorithm = crc_fast::CrcAlgorithm::Crc64Nvme;

/// A blob inside an object.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Segment {
    /// The file's name.
    pub blob: String,
    /// Content bytes.
    pub size: u64,
    /// CRC-64/NVME of the content.
    pub crc: u64,
    /// Of the file's table of checksums: ties the index to the file.
    pub seal: u64,
}

/// The directories of blobs.
pub struct BlobStore {
    tmp: PathBuf,
    blobs: PathBuf,
    /// Names that are being written and not in the index yet: the sweep leaves them alone.
    pending: Mutex<HashSet<String>>,
}

impl BlobStore {
    /// Makes the directories under `root` where they are missing, and empties the temporary one:
    /// nobody is writing yet.
    pub fn open(root: &Path) -> io::Result<Arc<Self>> {
        let store = Self {
            tmp: root.join("tmp"),
            blobs: root.join("blobs"),
            pending: Mutex::default(),
        };
        fs::create_dir_all(&store.tmp)?;
        fs::create_dir_all(&store.blobs)?;
        for entry in fs::read_dir(&store.tmp)? {
            fs::remove_file(entry?.path())?;
        }
        for shard in 0..=255_u8 {
            let directory = store.blobs.join(hex::encode([shard]));
            if !directory.is_dir() {
                fs::create_dir(directory)?;
            }
        }
        File::open(&store.blobs)?.sync_all()?;
        File::open(root)?.sync_all()?;
        Ok(Arc::new(store))
    }

    fn directory(&self, name: &str) -> PathBuf {
        self.blobs.join(name.get(..2).unwrap_or("00"))
    }

    /// Where a blob lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory(name).join(name)
    }

    /// Removes blobs that nothing refers to any more; what cannot be removed is left to the sweep.
    pub fn remove(&self, names: impl IntoIterator<Item = String>) {
        for name in names {
            if let Err(error) = fs::remove_file(self.path(&name))
                && error.kind() != io::ErrorKind::NotFound
            {
                tracing::warn!(
                    blob.name = name,
                    "a deleted object's file stays until the sweep: {error}"
                );
            }
        }
    }

    /// All blob files, and whatever lies in the temporary directory.
    pub fn list(&self) -> io::Result<Listing> {
        let mut listing = Listing::default();
        for entry in fs::read_dir(&self.tmp)? {
            listing.temporary.push(name_of(&entry?));
        }
        for shard in fs::read_dir(&self.blobs)? {
            for entry in fs::read_dir(shard?.path())? {
                listing.blobs.push(name_of(&entry?));
            }
        }
        Ok(listing)
    }

    /// Names that are being written now.
    pub fn pending(&self) -> HashSet<String> {
        self.pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn begin(&self, name: &str) {
        self.pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned());
    }

    fn end(&self, name: &str) {
        self.pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(name);
    }

    /// Removes a file of the temporary directory.
    pub fn remove_temporary(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.tmp.join(name))
    }
}

/// What lies on disk.
#[derive(Debug, Default)]
pub struct Listing {
    /// File names of finished blobs.
    pub blobs: Vec<String>,
    /// File names of unfinished ones.
    pub temporary: Vec<String>,
}

fn name_of(entry: &fs::DirEntry) -> String {
    entry.file_name().to_string_lossy().into_owned()
}

fn footer(content: u64, table: &[u8]) -> [u8; FOOTER_BYTES] {
    let mut footer = [0; FOOTER_BYTES];
    footer[..8].copy_from_slice(&MAGIC);
    footer[8..16].copy_from_slice(&content.to_le_bytes());
    footer[16..24].copy_from_slice(&(BLOCK_BYTES as u64).to_le_bytes());
    let mut seal = crc_fast::Digest::new(CRC);
    seal.update(table);
    seal.update(&footer[..24]);
    footer[24..].copy_from_slice(&seal.finalize().to_le_bytes());
    footer
}
