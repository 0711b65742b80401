//! Signing what was received, and telling one's own signature from others'.
use crate::domain::receipt::ReceiptClaims;

/// Ed25519 over a JWS in compact form (RFC 7515, RFC 8037). The port.
pub trait ReceiptSigner: Send + Sync + 'static {
    /// The compact JWS of these claims under the current key.
    fn sign(&self, claims: &ReceiptClaims) -> String;

    /// What a receipt says, if one of the school's keys, present or retired, has signed these very bytes.
    fn verify(&self, token: &str) -> Option<ReceiptClaims>;

    /// The public keys as a JWK set (RFC 7517), with which others verify receipts.
    fn jwks(&self) -> serde_json::Value;
}
