//! Heads and feet: what stands beside the text of every page.
use crate::formats::flow::{Repeated, readable};

/// Documents have no more of such lines.
const MAX_LINES: usize = 20;

/// The distinct lines of all heads and feet of a document.
#[derive(Default)]
pub(super) struct Aside {
    /// The line that is being read.
    pub(super) line: String,
    repeated: Repeated,
}

impl Aside {
    /// Ends a line of a head or else of a foot. Those without a letter, as numbers of pages, are left out.
    pub(super) fn end_line(&mut self, is_head: bool) {
        let line = std::mem::take(&mut self.line);
        let lines = if is_head {
            &mut self.repeated.head
        } else {
            &mut self.repeated.foot
        };
        for line in readable(&line).lines().map(str::trim) {
            let says_something = line.chars().any(char::is_alphabetic);
            if says_something && lines.len() < MAX_LINES && !lines.iter().any(|known| known == line) {
                lines.push(line.to_owned());
            }
        }
    }

    pub(super) fn into_repeated(self) -> Repeated {
        self.repeated
    }
}
