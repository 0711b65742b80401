//! The endpoint and the client, through the doors that the program uses.
mod clients;
mod conditions;
mod damage;
mod listing;
mod multipart;
mod presigned;
mod store;
mod support;
