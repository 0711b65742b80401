//! Who somebody is: password hashing, access tokens, and the secrets behind both.
//!
//! The adapters here implement the identity, clock and id ports of `homeroom-core`. Nothing in
//! this crate knows users, sessions or HTTP, and nothing here decides what anybody may do.
#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

mod clock;
mod keyset;
mod password;
mod receipt;
mod secret_file;
mod token;

pub use clock::{SystemClock, SystemIds};
pub use keyset::KeyError;
pub use password::{Argon2Hasher, Argon2Settings};
pub use receipt::{Ed25519ReceiptSigner, ReceiptKeys};
pub use secret_file::{SecretError, SecretFile};
pub use token::{Ed25519Signer, MAX_TOKEN_BYTES, MAX_TOKEN_LIFETIME};
