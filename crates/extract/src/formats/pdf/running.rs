//! Which lines of a page are headings, and which are running heads and feet, told from its neighbours.
//!
//! A page is held back until the pages after it have been read too; never more than a few are.
use super::layout::TextLine;
use crate::child::{Sink, Stop};
use foldhash::fast::RandomState;
use homeroom_core::ports::extractor::ExtractedPage;
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

/// How many pages before and after a page are looked at.
const NEIGHBOURS: usize = 8;
/// On so many pages of those a line stands that is a running head.
const MIN_PAGES: usize = 3;
/// How many of a page's uppermost and of its lowest lines may be running heads or feet…
const OUTERMOST: usize = 3;
/// …within this part of its height.
const MARGIN: f64 = 0.2;
/// How far, in points, a running head may move from page to page.
const DRIFT: f64 = 4.0;
/// The longest running head, in bytes.
const MAX_RUNNING: usize = 400;
/// A heading is larger than most of the text by this factor.
const HEADING: f64 = 1.15;
const MAX_HEADINGS: usize = 16;
/// The longest heading, in characters.
const MAX_HEADING: usize = 200;

/// Pages on their way to the sink.
#[derive(Default)]
pub(super) struct Running {
    held: VecDeque<Held>,
    /// How many of `held`, from the front, are gone already.
    gone: usize,
    /// How much text stands in each size, in half points.
    sizes: HashMap<i64, usize, RandomState>,
}

struct Held {
    page: ExtractedPage,
    lines: Vec<TextLine>,
    outer: Vec<Outer>,
}

/// A line that may be a running head or foot.
struct Outer {
    line: usize,
    y: f64,
    key: u64,
}

impl Running {
    /// Takes a page with its lines, and with what is known to be headings, and gives the sink the one that has all its neighbours now.
    pub(super) fn page(
        &mut self,
        page: ExtractedPage,
        lines: Vec<TextLine>,
        sink: &mut Sink,
    ) -> Result<(), Stop> {
        for line in &lines {
            *self.sizes.entry(half_points(line.size)).or_default() += line.range.len();
        }
        let outer = outer_lines(&page, &lines);
        self.held.push_back(Held { page, lines, outer });
        if self.held.len() - self.gone > NEIGHBOURS {
            self.release(sink)?;
        }
        Ok(())
    }

    /// Gives the sink what is left.
    pub(super) fn finish(&mut self, sink: &mut Sink) -> Result<(), Stop> {
        while self.gone < self.held.len() {
            self.release(sink)?;
        }
        Ok(())
    }

    fn release(&mut self, sink: &mut Sink) -> Result<(), Stop> {
        let place = self.gone;
        let body = self.body_size();
        let running = self.running_lines(place, body);
        let held = &mut self.held[place];
        let mut page = std::mem::take(&mut held.page);
        let of_contents = std::mem::replace(
            &mut page.headings,
            headings(&page.text, &held.lines, &running, body),
        );
        let room = MAX_HEADINGS.saturating_sub(of_contents.len());
        page.headings.truncate(room);
        page.headings.extend(of_contents);
        page.repeated = running
            .iter()
            .map(|line| page.text[held.lines[*line].range.clone()].to_owned())
            .collect();
        held.lines = Vec::new();
        self.gone += 1;
        if self.gone > NEIGHBOURS {
            self.held.pop_front();
            self.gone -= 1;
        }
        sink.page(page)
    }

    /// The size in which most of the text stands so far.
    fn body_size(&self) -> f64 {
        let most = self.sizes.iter().max_by_key(|(size, amount)| (**amount, -**size));
        #[expect(clippy::cast_precision_loss, reason = "half points of letters")]
        most.map_or(0.0, |(size, _)| *size as f64 / 2.0)
    }

    /// The lines of a held page that stand on enough of the others too. Large ones are titles: those of
    /// slides may well be alike.
    fn running_lines(&self, place: usize, body: f64) -> Vec<usize> {
        let stands_on = |outer: &Outer| {
            let same = |other: &Outer| other.key == outer.key && (other.y - outer.y).abs() < DRIFT;
            self.held
                .iter()
                .filter(|held| held.outer.iter().any(same))
                .count()
        };
        let held = &self.held[place];
        held.outer
            .iter()
            .filter(|outer| held.lines[outer.line].size < HEADING * body)
            .filter(|outer| stands_on(outer) >= MIN_PAGES)
            .map(|outer| outer.line)
            .collect()
    }
}

fn outer_lines(page: &ExtractedPage, lines: &[TextLine]) -> Vec<Outer> {
    let height = f64::from(page.height);
    let mut by_height: Vec<usize> = (0..lines.len())
        .filter(|line| lines[*line].upright && !lines[*line].range.is_empty())
        .collect();
    by_height.sort_by(|a, b| lines[*a].y.total_cmp(&lines[*b].y));
    let lowest = by_height.len().saturating_sub(OUTERMOST).max(OUTERMOST);
    let upper = by_height.iter().take(OUTERMOST);
    let mut outer: Vec<Outer> = upper
        .chain(by_height.iter().skip(lowest))
        .filter(|line| {
            let y = lines[**line].y;
            (y < MARGIN * height || y > (1.0 - MARGIN) * height) && lines[**line].range.len() <= MAX_RUNNING
        })
        .map(|line| Outer {
            line: *line,
            y: lines[*line].y,
            key: key(&page.text[lines[*line].range.clone()]),
        })
        .collect();
    outer.sort_by_key(|outer| outer.line);
    outer
}

/// The same for lines that differ only in their numbers, Arabic or Roman.
fn key(line: &str) -> u64 {
    let mut key = String::with_capacity(line.len());
    for word in line.split_whitespace() {
        let roman = word.chars().all(|c| "ivxlc".contains(c.to_ascii_lowercase()));
        if roman {
            key.push('#');
        } else {
            let mut in_number = false;
            for c in word.chars() {
                if !c.is_numeric() {
                    key.push(c);
                } else if !in_number {
                    key.push('#');
                }
                in_number = c.is_numeric();
            }
        }
        key.push(' ');
    }
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

#[expect(clippy::cast_possible_truncation, reason = "saturates")]
fn half_points(size: f64) -> i64 {
    (size * 2.0).round() as i64
}

/// The largest lines of a page that stand out from the text and say something.
fn headings(text: &str, lines: &[TextLine], running: &[usize], body: f64) -> Vec<String> {
    let mut found: Vec<usize> = (0..lines.len())
        .filter(|line| {
            let words = &text[lines[*line].range.clone()];
            lines[*line].size >= HEADING * body
                && !running.contains(line)
                && words.chars().filter(|c| c.is_alphabetic()).take(2).count() == 2
                && words.chars().take(MAX_HEADING + 1).count() <= MAX_HEADING
        })
        .collect();
    if found.len() > MAX_HEADINGS {
        found.sort_by(|a, b| lines[*b].size.total_cmp(&lines[*a].size));
        found.truncate(MAX_HEADINGS);
        found.sort_unstable();
    }
    found
        .into_iter()
        .map(|line| text[lines[line].range.clone()].to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_make_no_difference_and_words_do() {
        assert_eq!(key("Chapter 1 | 12"), key("Chapter 2 | 139"));
        assert_eq!(key("xiv"), key("3"));
        assert_ne!(key("Chapter 1"), key("Section 1"));
    }

    #[test]
    fn headings_are_larger_than_the_text() {
        let text = "Heaps\nA heap is a tree.\n3";
        let line = |range: std::ops::Range<usize>, size| TextLine {
            range,
            size,
            y: 0.0,
            upright: true,
        };
        let lines = [line(0..5, 16.0), line(6..23, 10.0), line(24..25, 20.0)];
        assert_eq!(headings(text, &lines, &[], 10.0), ["Heaps"]);
        assert!(headings(text, &lines, &[0], 10.0).is_empty());
    }
}
