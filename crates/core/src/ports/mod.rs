//! What the product needs from the world, as traits. Each trait's documentation is the contract;
//! the conformance suites in `homeroom-testkit` are its proof.
pub mod clock;
pub mod extractor;
pub mod identity;
pub mod object_store;
pub mod packed_page;
pub mod receipt_signer;
pub mod record_store;
pub mod scanner;
pub mod scratch;
pub mod search_index;

pub use clock::{Clock, Ids};
pub use extractor::Extractor;
pub use identity::{PasswordHasher, TokenSigner};
pub use object_store::ObjectStore;
pub use receipt_signer::ReceiptSigner;
pub use record_store::RecordStore;
pub use scanner::Scanner;
pub use scratch::Scratch;
pub use search_index::SearchIndex;
