//! Accounts and tokens.
pub(super) mod login;
pub(super) mod logout;
pub(super) mod refresh;
pub(super) mod signup;
