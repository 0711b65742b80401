//! The endpoint and the client, through the doors that the program uses.
mod clients;
mod conditions;
mod damage;
mod listing;
mod multipart;
mod presigned;
mod remote;
mod remote_admin;
mod remote_credentials;
mod remote_outage;
mod remote_refusals;
mod remote_support;
mod store;
mod support;
