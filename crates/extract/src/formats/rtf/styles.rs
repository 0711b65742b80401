//! The style sheet, as far as it tells headings: by their outline level, by the names that every
//! writer gives them, or by the style that they are based on.
use std::collections::HashMap;

/// More styles than any document has are not looked at.
const MAX_STYLES: usize = 10_000;

#[derive(Default)]
pub(super) struct Styles {
    levels: HashMap<i32, u8>,
    /// Of the style that is being read.
    pub(super) name: String,
    number: Option<i32>,
    level: Option<u8>,
    base: Option<i32>,
}

impl Styles {
    /// A control word of the style that is being read.
    pub(super) fn word(&mut self, name: &str, number: Option<i32>) {
        match name {
            "s" => self.number = number,
            "sbasedon" => self.base = number,
            "outlinelevel" => self.level = outline_level(number),
            _ => {}
        }
    }

    /// Ends the style that was read.
    pub(super) fn end(&mut self) {
        let name = std::mem::take(&mut self.name);
        let of_base = self.base.take().and_then(|base| self.levels.get(&base).copied());
        let level = self.level.take().or_else(|| level_of(&name)).or(of_base);
        if let (Some(number), Some(level)) = (self.number.take(), level)
            && self.levels.len() < MAX_STYLES
        {
            self.levels.insert(number, level);
        }
    }

    /// The level of heading that a style means.
    pub(super) fn level(&self, style: Option<i32>) -> Option<u8> {
        self.levels.get(&style.unwrap_or(0)).copied()
    }
}

/// From 0 in the file; 9 is no heading.
pub(super) fn outline_level(number: Option<i32>) -> Option<u8> {
    let level = u8::try_from(number.unwrap_or(9)).unwrap_or(9);
    (level < 9).then_some(level + 1)
}

/// What a style's name says, such as `heading 1;`.
fn level_of(name: &str) -> Option<u8> {
    let name = name.trim().trim_end_matches(';').to_ascii_lowercase();
    if name == "title" {
        return Some(1);
    }
    let level = name.strip_prefix("heading")?.trim_start().parse().ok()?;
    (1..=9).contains(&level).then_some(level)
}
