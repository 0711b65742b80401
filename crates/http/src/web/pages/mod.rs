//! One file per page: its context, then its template.
pub mod account;
pub mod beside_board;
pub mod board;
pub mod calendar;
pub mod classes;
pub mod edit;
pub mod entrance;
pub mod errors;
pub mod home;
pub mod keys;
pub mod lesson;
pub mod listing;
pub mod mine;
pub mod reader;
pub mod search;
pub mod share;
mod upload_words;
