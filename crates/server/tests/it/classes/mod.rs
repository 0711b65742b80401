//! Classes as teachers and students meet them: rosters, lessons, videos, boards, receipts, calendars.
mod authorization;
mod boards;
mod calendars;
mod endings;
mod many;
mod materials;
mod receipts;
pub mod room;
mod rosters;
mod sending;
mod timetables;
mod videos;
