//! WebVTT and SubRip: the words of a film as pages of about a minute, each with the time at which
//! it begins.
use super::encoding::decode;
use super::flow::readable;
use crate::child::{Sink, Stop};
use homeroom_core::ports::extractor::ExtractedPage;

/// A page ends behind so much of the film…
const PAGE_MS: u64 = 45_000;
/// …and wherever nothing is said for so long, if it is not very short.
const PAUSE_MS: u64 = 4_000;
const SHORTEST_PAGE_MS: u64 = 20_000;

pub(super) fn extract(bytes: &[u8], sink: &mut Sink) -> Result<(), Stop> {
    let text = decode(bytes, None);
    let cues = read(&text);
    for page in pages(&cues) {
        sink.page(page)?;
    }
    Ok(())
}

/// Whether a text begins as captions do: WebVTT by its mark, SubRip by its first time.
pub(crate) fn looks_like_captions(head: &str) -> bool {
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

struct Cue {
    begin_ms: u64,
    end_ms: u64,
    lines: Vec<String>,
}

fn read(text: &str) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        if let Some((begin_ms, end_ms)) = times(line) {
            cues.push(Cue {
                begin_ms,
                end_ms,
                lines: Vec::new(),
            });
            is_open = true;
        } else if line.trim().is_empty() {
            is_open = false;
        } else if is_open && let Some(cue) = cues.last_mut() {
            let words = spoken(line);
            if !words.is_empty() {
                cue.lines.push(words);
            }
        }
    }
    // Programs that listen repeat the line before while the next one grows.
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
    readable(text.trim()).into_owned()
}

fn pages(cues: &[Cue]) -> Vec<ExtractedPage> {
    let mut pages = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    let (mut begin, mut end) = (0, 0);
    for cue in cues {
        let length = cue.begin_ms.saturating_sub(begin);
        let pause = cue.begin_ms.saturating_sub(end);
        let is_over = length >= PAGE_MS || (pause >= PAUSE_MS && length >= SHORTEST_PAGE_MS);
        if is_over && !lines.is_empty() {
            pages.push(page(begin, &std::mem::take(&mut lines)));
        }
        if lines.is_empty() {
            begin = cue.begin_ms;
        }
        end = end.max(cue.end_ms);
        for line in &cue.lines {
            if lines.last() != Some(&line.as_str()) {
                lines.push(line);
            }
        }
    }
    if !lines.is_empty() {
        pages.push(page(begin, &lines));
    }
    pages
}

fn page(begin_ms: u64, lines: &[&str]) -> ExtractedPage {
    ExtractedPage {
        label: Some(clock(begin_ms)),
        text: lines.join("\n"),
        starts_at_ms: Some(begin_ms),
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
    fn captions_are_known_by_their_beginning() {
        assert!(looks_like_captions("\u{FEFF}WEBVTT\n\n"));
        assert!(looks_like_captions("1\r\n00:00:01,000 --> 00:00:02,000\r\nHi"));
        assert!(!looks_like_captions("1\nplain text --> not"));
        assert!(!looks_like_captions("WEBVTTX"));
    }
}
