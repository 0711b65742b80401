//! Bytes on their way to storage: sizes, parts and states.
use super::ids::{MaterialId, SubmissionId, UploadId, UserId};
use super::name::Filename;
use crate::ports::object_store::{MultipartId, ObjectKey, Sha256};
use jiff::Timestamp;

/// The largest upload: S3's largest object, 5 TiB.
pub const MAX_UPLOAD_BYTES: u64 = 5 * 1024 * GIB;
/// The most parts of an upload (S3).
pub const MAX_PARTS: u64 = 10_000;
/// Up to here an upload is one PUT.
pub const SINGLE_PUT_BYTES: u64 = 16 * MIB;
const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

/// How an upload's bytes are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartPlan {
    size: u64,
    part_size: u64,
}

impl PartPlan {
    /// One part up to [`SINGLE_PUT_BYTES`]; above that, equal parts of 16 MiB, or of as many whole
    /// MiB as it takes to stay within [`MAX_PARTS`].
    pub fn for_size(size: u64) -> Self {
        if size <= SINGLE_PUT_BYTES {
            return Self {
                size,
                part_size: size.max(1),
            };
        }
        let least = size.div_ceil(MAX_PARTS).div_ceil(MIB) * MIB;
        Self {
            size,
            part_size: least.max(SINGLE_PUT_BYTES),
        }
    }

    /// The plan that was made earlier with this part size.
    pub const fn stored(size: u64, part_size: u64) -> Self {
        Self { size, part_size }
    }

    /// Every part but the last has this many bytes.
    pub const fn part_size(self) -> u64 {
        self.part_size
    }

    /// How many parts there are; at least one.
    pub fn count(self) -> u32 {
        u32::try_from(self.size.div_ceil(self.part_size).max(1)).unwrap_or(u32::MAX)
    }

    /// All parts as (number from 1, offset, size).
    pub fn parts(self) -> impl Iterator<Item = (u32, u64, u64)> {
        (1..=self.count()).map(move |number| {
            let offset = u64::from(number - 1) * self.part_size;
            (number, offset, self.part_size.min(self.size - offset))
        })
    }
}

/// Where an upload stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadState {
    /// Bytes may arrive.
    Open,
    /// It has become this version of this material.
    Completed {
        /// Which material.
        material: MaterialId,
        /// Which version of it, from 1.
        version: u32,
    },
    /// It has become a video for a lesson.
    Submitted {
        /// Which.
        submission: SubmissionId,
    },
    /// It was given up or swept.
    Aborted,
}

/// An upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Which.
    pub id: UploadId,
    /// Whose.
    pub owner: UserId,
    /// As people see it.
    pub filename: Filename,
    /// Exactly this many bytes; with `open_length`, at most this many.
    pub size: u64,
    /// Whether the client did not say how long the file is (`POST /api/services/upload`).
    pub open_length: bool,
    /// As announced; never trusted.
    pub content_type: String,
    /// As announced; checked before anything is published.
    pub sha256: Option<Sha256>,
    /// Where the bytes go.
    pub object: ObjectKey,
    /// Set when there is more than one part.
    pub multipart: Option<MultipartId>,
    /// Of every part but the last.
    pub part_size: u64,
    /// Where it stands.
    pub state: UploadState,
    /// When it was begun.
    pub created_at: Timestamp,
    /// An open upload is swept after this; asking for it moves it on.
    pub expires_at: Timestamp,
}

impl Upload {
    /// How its bytes are divided.
    pub const fn plan(&self) -> PartPlan {
        PartPlan::stored(self.size, self.part_size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_every_size_exactly() {
        for size in [
            0,
            1,
            SINGLE_PUT_BYTES,
            SINGLE_PUT_BYTES + 1,
            3 * GIB + 7,
            200 * GIB,
            MAX_UPLOAD_BYTES,
        ] {
            let plan = PartPlan::for_size(size);
            let mut next = 0;
            for (number, offset, part) in plan.parts() {
                assert!(u64::from(number) <= MAX_PARTS, "{size}");
                assert_eq!(offset, next);
                next += part;
            }
            assert_eq!(next, size);
        }
    }

    #[test]
    fn small_files_are_one_put_and_the_largest_fits_ten_thousand() {
        assert_eq!(PartPlan::for_size(SINGLE_PUT_BYTES).count(), 1);
        assert_eq!(PartPlan::for_size(SINGLE_PUT_BYTES + 1).count(), 2);
        let largest = PartPlan::for_size(MAX_UPLOAD_BYTES);
        assert!(largest.count() <= 10_000 && largest.part_size() <= 5 * GIB);
    }
}
