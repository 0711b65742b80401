//! Time, identifiers and randomness, injected so that tests decide them.
use jiff::Timestamp;
use uuid::Uuid;

/// The wall clock.
pub trait Clock: Send + Sync + 'static {
    /// The present instant in UTC.
    fn now(&self) -> Timestamp;
}

/// Identifiers and secret bytes.
pub trait Ids: Send + Sync + 'static {
    /// A new UUIDv7 that carries the clock's time.
    fn uuid(&self) -> Uuid;

    /// 32 bytes from a cryptographic source, for tokens and object keys.
    fn secret(&self) -> [u8; 32];
}
