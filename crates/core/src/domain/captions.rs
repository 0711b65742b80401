//! Captions, WebVTT and SubRip: what is said in a film and when; and the pages that are made of it, of
//! about a minute each, so that a hit plays from there.
//!
//! Not here: where a text comes from and how it is encoded.
use crate::ports::extractor::{CueTime, ExtractedPage};
use std::fmt::Write as _;

/// The most captions of one file; what is beyond is left out.
pub const MAX_CUES: usize = 20_000;
/// The longest line, in bytes; what is beyond is cut off.
const MAX_LINE_BYTES: usize = 2_000;
/// A page ends behind so much of the film…
const PAGE_MS: u64 = 45_000;
/// …and wherever nothing is said for so long, if it is not very short.
const PAUSE_MS: u64 = 4_000;
const SHORTEST_PAGE_MS: u64 = 20_000;

/// Whether a text begins as captions do: WebVTT by its mark, SubRip by its first time.
pub fn looks_like_captions(head: &str) -> bool {
    let head = head.trim_start_matches('\u{FEFF}').trim_start();
    let is_web = head
        .strip_prefix("WEBVTT")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']));
    let mut lines = head.lines().filter(|line| !line.trim().is_empty());
    let numbered = lines
        .next()
        .is_some_and(|line| line.trim().parse::<u32>().is_ok());
    is_web || (numbered && lines.next().is_some_and(|line| times(line).is_some()))
}

/// One caption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// From when, in milliseconds.
    pub begin_ms: u64,
    /// Until when, in milliseconds; not always behind the beginning.
    pub end_ms: u64,
    /// Without tags and entities; none where nothing is said.
    pub lines: Vec<String>,
}

/// The captions of a text in either format, by their times; none where it is neither.
pub fn read(text: &str) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        if let Some((begin_ms, end_ms)) = times(line) {
            if cues.len() >= MAX_CUES {
                break;
            }
            cues.push(Cue {
                begin_ms,
                end_ms,
                lines: Vec::new(),
            });
            is_open = true;
        } else if line.trim().is_empty() {
            is_open = false;
        } else if is_open && let Some(cue) = cues.last_mut() {
            let words = spoken(&line[..line.floor_char_boundary(MAX_LINE_BYTES)]);
            if !words.is_empty() {
                cue.lines.push(words);
            }
        }
    }
    cues.sort_by_key(|cue| cue.begin_ms);
    cues
}

/// `00:01:02.500 --> 00:01:04,000 align:start`.
fn times(line: &str) -> Option<(u64, u64)> {
    let (begin, rest) = line.split_once("-->")?;
    let end = rest.split_whitespace().next()?;
    Some((time(begin.trim())?, time(end)?))
}

fn time(text: &str) -> Option<u64> {
    let (clock, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let mut seconds = 0_u64;
    let mut fields = 0;
    for field in clock.split(':') {
        seconds = seconds
            .checked_mul(60)?
            .checked_add(field.parse::<u32>().ok()?.into())?;
        fields += 1;
    }
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    let milliseconds = digits.parse::<u64>().ok()?;
    let in_a_year = seconds < 366 * 86_400;
    ((2..=3).contains(&fields) && in_a_year).then(|| seconds * 1_000 + milliseconds)
}

/// A line without its tags and entities.
fn spoken(line: &str) -> String {
    let mut words = String::new();
    let mut rest = line;
    while let Some((before, tag)) = rest.split_once('<') {
        let Some((_, after)) = tag.split_once('>') else {
            break;
        };
        words.push_str(before);
        rest = after;
    }
    words.push_str(rest);
    let mut plain = words.as_str();
    while let Some(after) = plain.strip_prefix("{\\").and_then(|tag| tag.split_once('}')) {
        plain = after.1;
    }
    let text = plain
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", " ")
        .replace("&lrm;", "")
        .replace("&rlm;", "")
        .replace("&amp;", "&");
    text.trim().chars().filter(|c| !c.is_control()).collect()
}

/// The pages of captions, numbered from 1.
pub fn pages(cues: &[Cue]) -> Vec<ExtractedPage> {
    let mut pages = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    let mut times: Vec<CueTime> = Vec::new();
    let (mut begin, mut end) = (0, 0);
    for cue in cues {
        let length = cue.begin_ms.saturating_sub(begin);
        let pause = cue.begin_ms.saturating_sub(end);
        let is_over = length >= PAGE_MS || (pause >= PAUSE_MS && length >= SHORTEST_PAGE_MS);
        if is_over && !lines.is_empty() {
            pages.push(page(
                begin,
                &std::mem::take(&mut lines),
                std::mem::take(&mut times),
            ));
        }
        if lines.is_empty() {
            begin = cue.begin_ms;
        }
        end = end.max(cue.end_ms);
        let line = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        // Programs that listen repeat the line before while the next one grows.
        for line in &cue.lines {
            if lines.last() != Some(&line.as_str()) {
                lines.push(line);
            }
        }
        if lines.len() > line as usize {
            times.push(CueTime {
                line,
                begin_ms: cue.begin_ms,
                end_ms: cue.end_ms,
            });
        } else if let (false, Some(said)) = (cue.lines.is_empty(), times.last_mut()) {
            said.end_ms = said.end_ms.max(cue.end_ms);
        }
    }
    if !lines.is_empty() {
        pages.push(page(begin, &lines, times));
    }
    for (page, number) in pages.iter_mut().zip(1..) {
        page.number = number;
    }
    pages
}

/// The page that is shown at a time, from 1; the first one before any.
pub fn page_at(pages: &[ExtractedPage], time_ms: u64) -> u32 {
    let begun = pages
        .iter()
        .take_while(|page| page.starts_at_ms.is_none_or(|start| start <= time_ms))
        .count();
    u32::try_from(begun.max(1)).unwrap_or(1)
}

/// Puts the titles of chapters at the head of the pages of their times, where they are found and weigh as headings
/// do. The pages must not have been read by place yet: their text moves.
pub fn add_chapters<'t>(pages: &mut [ExtractedPage], chapters: impl IntoIterator<Item = (u64, &'t str)>) {
    let mut titles: Vec<(usize, String)> = Vec::new();
    for (time, title) in chapters {
        let place = page_at(pages, time) as usize - 1;
        let title: String = title.trim().chars().take(200).collect();
        if !title.is_empty() {
            titles.push((place, title));
        }
    }
    // The last of a page first, so that each is put before those behind it.
    for (place, title) in titles.into_iter().rev() {
        let Some(page) = pages.get_mut(place) else {
            continue;
        };
        page.text = format!("{title}\n{}", page.text);
        page.headings.insert(0, title);
        page.headings.truncate(16);
        for cue in &mut page.cues {
            cue.line += 1;
        }
    }
}

/// The captions that a page's text was made of, as far as that is known; lines that were said twice are
/// there once.
pub fn cues_of(text: &str, times: &[CueTime]) -> Vec<Cue> {
    let lines: Vec<&str> = text.lines().collect();
    let ends = times.iter().skip(1).map(|next| next.line as usize);
    let said = |(time, end): (&CueTime, usize)| Cue {
        begin_ms: time.begin_ms,
        end_ms: time.end_ms,
        lines: lines
            .get(time.line as usize..end.min(lines.len()))
            .unwrap_or_default()
            .iter()
            .map(|line| (*line).to_owned())
            .collect(),
    };
    times
        .iter()
        .zip(ends.chain(std::iter::once(lines.len())))
        .map(said)
        .collect()
}

/// The captions as WebVTT, for players.
pub fn to_webvtt(cues: &[Cue]) -> String {
    let mut text = String::from("WEBVTT\n");
    for cue in cues.iter().filter(|cue| !cue.lines.is_empty()) {
        let end_ms = cue.end_ms.max(cue.begin_ms + 1);
        // Writing to a string does not fail.
        let _ = write!(text, "\n{} --> {}\n", stamp(cue.begin_ms), stamp(end_ms));
        for line in &cue.lines {
            let line = line
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

/// `01:02:03.500`.
fn stamp(ms: u64) -> String {
    let seconds = ms / 1_000;
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}.{:03}", seconds % 60, ms % 1_000)
}

fn page(begin_ms: u64, lines: &[&str], cues: Vec<CueTime>) -> ExtractedPage {
    ExtractedPage {
        label: Some(clock(begin_ms)),
        text: lines.join("\n"),
        starts_at_ms: Some(begin_ms),
        cues,
        ..ExtractedPage::default()
    }
}

/// `12:30`, `1:02:03`.
fn clock(ms: u64) -> String {
    let seconds = ms / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_both_formats_are_read() {
        assert_eq!(times("00:01:02,500 --> 00:01:04,000"), Some((62_500, 64_000)));
        assert_eq!(times("01:02.5 --> 01:04.000 align:start"), Some((62_500, 64_000)));
        assert_eq!(times("99999999999:00 --> 1:00"), None);
        assert_eq!(times("a --> b"), None);
        assert_eq!(
            (clock(750_000), clock(3_723_000)),
            ("12:30".into(), "1:02:03".into())
        );
    }

    #[test]
    fn players_get_what_was_said_and_nothing_that_steers() {
        let cues = read(
            "1\n00:00:01,000 --> 00:00:02,500\n<i>Ribosomes</i> &amp; more\n{\\an8}a < b\n\n2\n1:00:00,5 --> 0:00:01,0\nNOTE --> x\n",
        );
        assert_eq!(
            to_webvtt(&cues),
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nRibosomes &amp; more\na &lt; b\n\n01:00:00.500 --> 01:00:00.501\nNOTE --&gt; x\n"
        );
        assert_eq!(read(&to_webvtt(&cues))[0].lines, ["Ribosomes & more", "a < b"]);
    }

    #[test]
    fn pages_are_numbered_and_begin_with_their_first_words() {
        let cue = |n: u64| Cue {
            begin_ms: n * 5_000,
            end_ms: n * 5_000 + 4_900,
            lines: vec![format!("line {n}")],
        };
        let cues: Vec<Cue> = (0..40).map(cue).collect();
        let pages = pages(&read(&to_webvtt(&cues)));
        let starts: Vec<_> = pages
            .iter()
            .map(|page| (page.number, page.starts_at_ms))
            .collect();
        assert_eq!(starts[..2], [(1, Some(0)), (2, Some(45_000))]);
        assert_eq!(pages[1].label.as_deref(), Some("0:45"));
        assert!(pages[1].text.starts_with("line 9\nline 10"));
    }

    #[test]
    fn pages_keep_when_each_of_their_lines_is_said() {
        let text = "WEBVTT\n\n00:01.000 --> 00:02.000\nCells\n\n00:02.000 --> 00:03.000\nCells\nof plants\n\n\
            00:03.000 --> 00:04.000\nof plants\n\n00:50.000 --> 00:51.000\nand\nof animals\n";
        let mut pages = pages(&read(text));
        let times = |pages: &[ExtractedPage]| -> Vec<Vec<(u32, u64, u64)>> {
            let of = |page: &ExtractedPage| page.cues.iter().map(|cue| (*cue).into()).collect();
            pages.iter().map(of).collect()
        };
        assert_eq!(
            times(&pages),
            [
                vec![(0, 1_000, 2_000), (1, 2_000, 4_000)],
                vec![(0, 50_000, 51_000)]
            ]
        );
        add_chapters(&mut pages, [(0, "One"), (1_500, "Two")]);
        assert_eq!(times(&pages)[0], [(2, 1_000, 2_000), (3, 2_000, 4_000)]);
        let said = |page: &ExtractedPage| to_webvtt(&cues_of(&page.text, &page.cues));
        assert_eq!(
            said(&pages[0]),
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nCells\n\n00:00:02.000 --> 00:00:04.000\nof plants\n"
        );
        assert!(said(&pages[1]).ends_with("--> 00:00:51.000\nand\nof animals\n"));
    }

    #[test]
    fn times_of_lines_that_are_not_there_say_nothing() {
        let time = |line| CueTime::from((line, 1, 2));
        for times in [
            vec![time(7)],
            vec![time(2), time(0)],
            vec![time(u32::MAX), time(1)],
        ] {
            let said: Vec<Cue> = cues_of("a\nb", &times);
            assert!(said.iter().all(|cue| cue.lines.len() < 3), "{said:?}");
        }
        assert!(cues_of("a", &[]).is_empty());
    }

    #[test]
    fn captions_are_known_by_their_beginning() {
        assert!(looks_like_captions("\u{FEFF}WEBVTT\n\n"));
        assert!(looks_like_captions("1\r\n00:00:01,000 --> 00:00:02,000\r\nHi"));
        assert!(!looks_like_captions("1\nplain text --> not"));
        assert!(!looks_like_captions("WEBVTTX"));
    }
}
