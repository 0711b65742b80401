//! Lessons and their boards.
pub(crate) mod attendance;
pub(crate) mod board;
pub(crate) mod events;
pub(crate) mod one;
pub(crate) mod plan;
pub(crate) mod submit;
mod wire;

pub(crate) use wire::{LessonBody, csv_answer};
