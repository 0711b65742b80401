//! Keeping disk and index equal: clearing away what nothing refers to, and examining what is there.
use super::EmbeddedS3;
use super::blob::{BLOCK_BYTES, BlobReader};
use super::receive::blocking;
use std::io;

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files that belonged to no object and were removed.
    pub removed: u64,
}

/// What an examination found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examination {
    /// Blobs that were read as a whole.
    pub blobs: u64,
    /// A line for each damage; empty when all is well.
    pub damage: Vec<String>,
    /// Files that belong to no object; the next sweep removes them.
    pub orphans: Vec<String>,
}

impl EmbeddedS3 {
    /// Removes files that belong to no object and are not being written: the rests of crashes and
    /// of deletions that were cut off (HARDENING 69). Safe at any time.
    ///
    /// # Errors
    /// A line that says what could not be read.
    pub async fn sweep(&self) -> Result<Swept, String> {
        let orphans = self.orphans().await?;
        let blobs = std::sync::Arc::clone(&self.inner.blobs);
        let removal = blocking(move || {
            let mut removed = 0;
            for name in orphans.temporary {
                match blobs.remove_temporary(&name) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        tracing::warn!("an unfinished file stays: {error}");
                    }
                    _ => removed += 1,
                }
            }
            removed += orphans.blobs.len() as u64;
            blobs.remove(orphans.blobs);
            Ok(removed)
        });
        let removed = removal.await.map_err(|error| error.to_string())?;
        if removed > 0 {
            tracing::info!(removed, "removed files that belonged to no object");
        }
        Ok(Swept { removed })
    }

    /// Files that nothing refers to. The order matters: a file that is listed and no longer being
    /// written is either in the index by then or was given up.
    async fn orphans(&self) -> Result<super::blob::Listing, String> {
        let blobs = std::sync::Arc::clone(&self.inner.blobs);
        let listing = blocking(move || Ok((blobs.list()?, blobs.pending()))).await;
        let (mut listing, pending) = listing.map_err(|error| error.to_string())?;
        let (references, damage) = self
            .inner
            .index
            .references()
            .await
            .map_err(|error| error.to_string())?;
        listing.temporary.retain(|name| !pending.contains(name));
        // A damaged row hides which blobs it needs: then nothing is removed.
        listing
            .blobs
            .retain(|name| damage.is_empty() && !pending.contains(name) && !references.contains_key(name));
        Ok(listing)
    }

    /// Reads everything and reports what is not as it was written (HARDENING 55).
    ///
    /// # Errors
    /// A line that says why the examination could not be made.
    pub async fn examine(&self) -> Result<Examination, String> {
        let index = &self.inner.index;
        let mut damage = index.examine().await.map_err(|error| error.to_string())?;
        let (references, rows) = index.references().await.map_err(|error| error.to_string())?;
        damage.extend(rows);
        let orphans = self.orphans().await?;
        let (blobs, pool) = (
            std::sync::Arc::clone(&self.inner.blobs),
            std::sync::Arc::clone(&self.inner.pool),
        );
        let count = references.len() as u64;
        let found = blocking(move || {
            let mut damage = Vec::new();
            for (segment, owner) in references.into_values() {
                let read = BlobReader::open(&blobs, &segment).and_then(|reader| {
                    let mut buffer = pool.take();
                    (0..reader.size().div_ceil(BLOCK_BYTES as u64))
                        .try_for_each(|block| reader.read(block, &mut buffer))
                });
                if let Err(error) = read {
                    damage.push(format!("integrity_error: {owner}: {error}"));
                }
            }
            Ok(damage)
        });
        damage.extend(found.await.map_err(|error| error.to_string())?);
        let orphans = orphans.blobs.into_iter().chain(orphans.temporary).collect();
        Ok(Examination {
            blobs: count,
            damage,
            orphans,
        })
    }
}
