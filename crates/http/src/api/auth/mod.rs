//! Accounts and tokens.
pub(crate) mod login;
pub(super) mod logout;
pub(super) mod refresh;
pub(super) mod signup;
