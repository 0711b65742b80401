//! The index through its port: what is found, by whom, and what survives damage.
mod damage;
mod finding;
mod languages;
mod permissions;
mod sample;
