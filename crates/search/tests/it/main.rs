//! The index through its port: what is found, by whom, and what survives damage.
mod asking;
mod damage;
mod finding;
mod languages;
mod leaks;
mod leaving_out;
mod limits;
mod permissions;
mod sample;
