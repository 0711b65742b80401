//! Receipts: what the school has signed that it received, each naming the one before it.
//!
//! A receipt is a JWS in compact form (RFC 7515 §3.1) signed with Ed25519 (RFC 8037), so that any JOSE
//! library verifies it. Its payload is [`ReceiptClaims`] in JSON. Each receipt of a class holds the
//! SHA-256 of the class's receipt before it: none can be taken out or put in later unnoticed.
use super::ids::{ClassId, LessonId, MemberId, SubmissionId};
use jiff::Timestamp;

/// The `typ` of a receipt's header.
pub const RECEIPT_TYPE: &str = "homeroom-receipt+jws";
/// The longest receipt that is looked at, in bytes.
pub const MAX_RECEIPT_BYTES: usize = 4_096;

/// What a receipt says.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptClaims {
    /// The format, 1.
    pub v: u8,
    /// Of which class.
    pub class: ClassId,
    /// For which lesson.
    pub lesson: LessonId,
    /// From which member.
    pub member: MemberId,
    /// Which submission.
    pub submission: SubmissionId,
    /// Of the video, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Of the video, in bytes.
    pub size: u64,
    /// When it was received, by the server's clock.
    pub submitted_at: Timestamp,
    /// Its place in the class's chain, from 1.
    pub number: u64,
    /// The SHA-256 of the whole text of the class's receipt before it, in hexadecimal; `None` for the first.
    pub previous: Option<String>,
}

/// A receipt as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What it says.
    pub claims: ReceiptClaims,
    /// The JWS.
    pub token: String,
}

impl Receipt {
    /// What the next receipt of the class names as its `previous`.
    pub fn hash(&self) -> String {
        token_hash(&self.token)
    }
}

/// The SHA-256 of a receipt's text in hexadecimal.
pub fn token_hash(token: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
    hex::encode(digest)
}

/// Where a class's chain ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ChainEnd {
    /// The number of the last receipt; 0 for none.
    pub number: u64,
    /// Its hash.
    pub hash: Option<String>,
}

/// How a receipt stands, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReceiptVerdict {
    /// Signed by the school, and in its place.
    Valid,
    /// Signed by the school, but the receipt before it is missing or another one than it names.
    BrokenChain,
    /// Not what the school has signed: a byte was changed, or somebody else made it.
    Changed,
}

impl ReceiptVerdict {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Changed => "changed",
            Self::BrokenChain => "broken_chain",
        }
    }
}

/// Whether a receipt follows another one; `None` is before the first.
pub fn follows(receipt: &Receipt, before: Option<&Receipt>) -> bool {
    match before {
        None => receipt.claims.number == 1 && receipt.claims.previous.is_none(),
        Some(before) => {
            receipt.claims.class == before.claims.class
                && receipt.claims.number == before.claims.number + 1
                && receipt.claims.previous.as_deref() == Some(before.hash().as_str())
        }
    }
}
