//! Reading a blob, block by verified block.
use super::buffer::PooledBuffer;
use super::{BLOCK_BYTES, BlobStore, CRC, FOOTER_BYTES, MAGIC, Segment};
use rustix::io::{Errno, ReadWriteFlags, preadv2};
use std::fs::File;
use std::io::{self, IoSliceMut};
use std::os::unix::fs::FileExt as _;

/// An open blob whose table of checksums is verified.
pub struct BlobReader {
    file: File,
    name: String,
    size: u64,
    table: Vec<u8>,
}

fn damaged(name: &str, what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("blob {name}: {what}"))
}

impl BlobReader {
    /// Opens the blob of a segment and verifies that it is the one that the index means.
    ///
    /// # Errors
    /// `InvalidData` where file and index differ, or the file is missing.
    pub fn open(store: &BlobStore, segment: &Segment) -> io::Result<Self> {
        let name = &segment.blob;
        let file = File::open(store.path(name)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => damaged(name, "its file is missing"),
            _ => error,
        })?;
        let blocks = segment.size.div_ceil(BLOCK_BYTES as u64);
        let table_bytes = usize::try_from(blocks * 8).map_err(|_| damaged(name, "impossible size"))?;
        let mut tail = vec![0; table_bytes + FOOTER_BYTES];
        let expected = segment.size + tail.len() as u64;
        if file.metadata()?.len() != expected {
            return Err(damaged(name, "its file has another length"));
        }
        file.read_exact_at(&mut tail, segment.size)?;
        let footer = tail.split_off(table_bytes);
        let reader = Self {
            file,
            name: name.clone(),
            size: segment.size,
            table: tail,
        };
        if footer[..8] != MAGIC || footer != super::footer(segment.size, &reader.table) {
            return Err(damaged(name, "its checksums are damaged"));
        }
        if footer[24..] != segment.seal.to_le_bytes() {
            return Err(damaged(name, "it is not the blob that the index means"));
        }
        Ok(reader)
    }

    /// Content bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    fn block_crc(&self, block: u64) -> Option<u64> {
        let at = usize::try_from(block).ok()?.checked_mul(8)?;
        Some(u64::from_le_bytes(self.table.get(at..at + 8)?.try_into().ok()?))
    }

    fn block_bytes(&self, block: u64) -> usize {
        let left = self.size.saturating_sub(block * BLOCK_BYTES as u64);
        usize::try_from(left).unwrap_or(BLOCK_BYTES).min(BLOCK_BYTES)
    }

    /// Reads and verifies one block into the whole of `buffer`, waiting for the disk.
    pub fn read(&self, block: u64, buffer: &mut PooledBuffer) -> io::Result<()> {
        let bytes = self.block_bytes(block);
        self.file
            .read_exact_at(&mut buffer.memory[..bytes], block * BLOCK_BYTES as u64)?;
        self.verify(block, buffer, bytes)
    }

    /// As [`Self::read`] where the block is in memory already; `false` where it is not.
    pub fn read_cached(&self, block: u64, buffer: &mut PooledBuffer) -> io::Result<bool> {
        let bytes = self.block_bytes(block);
        let mut slice = [IoSliceMut::new(&mut buffer.memory[..bytes])];
        match preadv2(
            &self.file,
            &mut slice,
            block * BLOCK_BYTES as u64,
            ReadWriteFlags::NOWAIT,
        ) {
            Ok(read) if read == bytes => self.verify(block, buffer, bytes).map(|()| true),
            Ok(_) | Err(Errno::AGAIN | Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn verify(&self, block: u64, buffer: &mut PooledBuffer, bytes: usize) -> io::Result<()> {
        let crc = crc_fast::checksum(CRC, &buffer.memory[..bytes]);
        if self.block_crc(block) != Some(crc) {
            return Err(damaged(&self.name, &format!("block {block} is damaged")));
        }
        buffer.range = 0..bytes;
        Ok(())
    }
}
