//! How documents spell a word that is known only as it is compared: with its accents, its points and its
//! letters' final forms.
use super::build::Builder;
use super::narrow::Narrow;
use crate::analysis::fold::is_ignorable;
use crate::analysis::{Piece, compared, pieces};
use crate::entry::Shown;
use crate::matching::{Matching, Need};
use tantivy::schema::{Field, Value};
use tantivy::{DocAddress, TantivyDocument};

/// Pages that are read for one word.
const MOST_PAGES: usize = 4;
/// Only this much of a page is looked at.
const LONGEST_PAGE_BYTES: usize = 200_000;
const TATWEEL: char = '\u{0640}';

/// The word as a page or a title that the viewer sees has it; in small letters, as those who correct
/// a typo typed it, unless documents have it in others only within the word.
pub(super) fn spelled(builder: &Builder, narrow: &Narrow, exact: &str) -> tantivy::Result<String> {
    let need = Need::Any(builder.standing_as(exact));
    let matching = Matching::new(builder, narrow, [need])?;
    let mut looked_at = 0;
    for ordinal in (0..).take(builder.view.materials.len()) {
        for doc in matching.in_segment(ordinal)? {
            if looked_at == MOST_PAGES {
                return Ok(with_final_letter(exact));
            }
            looked_at += 1;
            let text = stored(builder, builder.fields.text, DocAddress::new(ordinal, doc))?;
            let materials = &builder.view.materials[ordinal as usize];
            let first = DocAddress::new(ordinal, materials.span(materials.of(doc)).start);
            let shown = stored(builder, builder.fields.shown, first)?;
            let title = Shown::read(&shown).map_or("", |shown| shown.title);
            let found = in_text(&text[..text.floor_char_boundary(LONGEST_PAGE_BYTES)], exact);
            if let Some(spelled) = found.or_else(|| in_text(title, exact)) {
                return Ok(spelled);
            }
        }
    }
    Ok(with_final_letter(exact))
}

fn stored(builder: &Builder, field: Field, address: DocAddress) -> tantivy::Result<String> {
    let entry: TantivyDocument = builder.searcher.doc(address)?;
    let value = entry.get_first(field).and_then(|value| value.as_str());
    Ok(value.unwrap_or_default().to_owned())
}

/// The first word of a text that is compared as `exact`, or else the end of one that is longer by the letters
/// before it.
fn in_text(text: &str, exact: &str) -> Option<String> {
    let mut longer = None;
    for piece in pieces(text) {
        let Piece::Word(span) = piece else { continue };
        let raw = &text[span];
        let here = compared(raw);
        if here == exact {
            return Some(shown(raw));
        }
        if longer.is_none() && here.ends_with(exact) {
            let mut ends = raw.char_indices().skip(1).map(|(from, _)| &raw[from..]);
            longer = ends.find(|end| compared(end) == exact).map(shown);
        }
    }
    longer
}

fn shown(raw: &str) -> String {
    raw.to_lowercase()
        .chars()
        .filter(|c| !is_ignorable(*c) && *c != TATWEEL)
        .map(|c| if c == '"' { '\u{05F4}' } else { c })
        .collect()
}

/// The word with its last letter in the form that it has at the end.
fn with_final_letter(exact: &str) -> String {
    let mut chars: Vec<char> = exact.chars().collect();
    if let Some(last) = chars.last_mut() {
        *last = match *last {
            'כ' => 'ך',
            'מ' => 'ם',
            'נ' => 'ן',
            'פ' => 'ף',
            'צ' => 'ץ',
            'σ' => 'ς',
            other => other,
        };
    }
    chars.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_spelled_as_it_stands() {
        for (text, exact, expected) in [
            ("Великие Мореплаватели", "мореплаватели", "мореплаватели"),
            ("Οι Ταχύτητες", "ταχυτητεσ", "ταχύτητες"),
            ("הרחובות שבירושלים", "ירושלימ", "ירושלים"),
            ("שָׁלוֹם", "שלומ", "שָׁלוֹם"),
            ("والهيدروجين", "هيدروجين", "هيدروجين"),
            ("लड़कियाँ", "लडकियां", "लड़कियाँ"),
            ("צה\"ל", "צהל", "צה״ל"),
        ] {
            assert_eq!(in_text(text, exact).as_deref(), Some(expected));
        }
        assert_eq!(in_text("other words", "ירושלימ"), None);
        assert_eq!(with_final_letter("ירושלימ"), "ירושלים");
    }
}
