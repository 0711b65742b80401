//! The program as its users meet it: the real binary on a directory of its own, over HTTP.
//!
//! `HOMEROOM_CORPUS` (a directory with `malformed/`) adds hostile files; `HOMEROOM_KILL_ROUNDS`
//! (20 unless said) says how often the server is killed. `HOMEROOM_TEST_RECORDS` and
//! `HOMEROOM_TEST_STORAGE` move the schools to other engines.
mod authorization;
mod captions;
mod chaos;
mod classes;
mod commands;
mod contract;
mod corpus;
mod damage;
mod downloads;
mod identity;
mod kills;
mod main_path;
mod matrix;
mod person;
mod places;
mod privacy;
mod processes;
mod quota;
mod ratings;
mod reading;
mod requests;
mod rereading;
mod school;
mod searching;
mod several;
mod uploads;
mod web;
