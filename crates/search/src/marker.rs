//! Which words of a text are what was looked for.
//!
//! Words of a query that are one to whoever typed them (`2025-04-11`, a run of a script without spaces, a quoted
//! phrase) are marked as one, and only where they stand together.
use crate::analysis::{
    Languages, Memory, Piece, Spelled, Word, as_one, characters, has_parts, parts, pieces, scan,
};
use crate::query::parse::{Atom, Parsed, Sought};
use foldhash::fast::RandomState;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many markers were made.
static QUESTIONS: AtomicU64 = AtomicU64::new(0);

/// A hit in the text, and which words of the query it is.
pub(crate) struct Mark {
    /// Where it stands, in bytes.
    pub(crate) span: Range<usize>,
    /// Words of the query, counted on from one to the next.
    pub(crate) words: Range<usize>,
}

/// What is marked.
pub(crate) struct Marker<'a> {
    languages: &'a Languages,
    units: Vec<Unit>,
    exact: HashMap<&'a str, usize, RandomState>,
    loose: HashMap<&'a str, usize, RandomState>,
    beginnings: Vec<(&'a str, usize)>,
    /// First letters of loose forms: a word with another need not be stemmed.
    initials: HashSet<char, RandomState>,
    /// What words to be marked by themselves, and those of phrases, may begin with: most words of a text can be
    /// passed over by their first letter.
    begin: Beginnings,
    begin_phrase: Beginnings,
    /// Whether all words of the query are words by themselves, so that a text need not be taken
    /// apart completely.
    plain: bool,
    /// Unlike that of any other marker.
    question: u64,
}

/// ASCII characters that words may begin with, one bit for each.
#[derive(Clone, Copy, Default)]
struct Beginnings(u128);

impl Beginnings {
    fn insert(&mut self, word: &str) {
        if let Some(first) = word.bytes().next().filter(u8::is_ascii) {
            self.0 |= 1 << first;
        }
    }

    /// Whether the first letter of a word as it is written tells that it is none of these: one of ASCII is compared
    /// as it is, but for its case.
    fn exclude(self, raw: &str) -> bool {
        let first = raw.bytes().next().map(|first| first.to_ascii_lowercase());
        first.is_some_and(|first| first.is_ascii() && self.0 >> first & 1 == 0)
    }
}

/// Words that are marked together.
struct Unit {
    kind: UnitKind,
    /// As compared, one after the other.
    words: Vec<String>,
    /// The last may be the beginning of a longer word.
    prefix: bool,
    /// The first word's number.
    first: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum UnitKind {
    /// Stood in quotes.
    Phrase,
    /// Numbers, dates and the like.
    Number,
    /// Characters of a script without spaces.
    Run,
}

impl<'a> Marker<'a> {
    /// For a query.
    pub(crate) fn new(parsed: &'a Parsed, languages: &'a Languages) -> Self {
        let mut marker = Self {
            languages,
            units: Vec::new(),
            exact: HashMap::default(),
            loose: HashMap::default(),
            beginnings: Vec::new(),
            initials: HashSet::default(),
            begin: Beginnings::default(),
            begin_phrase: Beginnings::default(),
            plain: parsed
                .words()
                .all(|word| !word.signs && !is_long_number(&word.exact)),
            question: QUESTIONS.fetch_add(1, Ordering::Relaxed),
        };
        let mut number = 0;
        for atom in parsed.wanted.iter().flatten() {
            let (Atom::Words(words) | Atom::Phrase(words)) = atom;
            let quoted = matches!(atom, Atom::Phrase(_));
            let together = |a: &Sought, b: &Sought| quoted || is_one(&parsed.text, a, b);
            for words in words.chunk_by(together) {
                number += match unit(&parsed.text, words, quoted, number) {
                    Some(unit) => {
                        let count = unit.words.len();
                        marker.units.push(unit);
                        count
                    }
                    None => marker.single(words, number),
                };
            }
        }
        marker.plain &= marker.units.iter().all(Unit::is_plain);
        for word in marker.units.iter().flat_map(|unit| &unit.words) {
            marker.begin_phrase.insert(word);
        }
        marker
    }

    /// Words that are marked by themselves; gives how many.
    fn single(&mut self, words: &'a [Sought], first: usize) -> usize {
        for (index, word) in (first..).zip(words) {
            self.exact.entry(&word.exact).or_insert(index);
            if word.prefix {
                self.beginnings.push((&word.exact, index));
            }
            for form in &word.loose {
                self.loose.entry(form).or_insert(index);
                self.initials.extend(form.chars().next());
            }
            for form in word.loose.iter().chain([&word.exact]) {
                self.begin.insert(form);
            }
        }
        words.len()
    }

    /// What is marked in a text, in its order.
    pub(crate) fn marks_in(&self, text: &str) -> Vec<Mark> {
        let mut marks = Memory::with(self.languages, |memory| {
            if self.plain {
                self.marks_of_pieces(text, memory)
            } else {
                self.marks_of_words(text, memory)
            }
        });
        marks.sort_by_key(|mark| (mark.span.start, std::cmp::Reverse(mark.span.end)));
        marks
    }

    fn marks_of_pieces(&self, text: &str, memory: &mut Memory) -> Vec<Mark> {
        let mut marks = Vec::new();
        if !self.exact.is_empty() {
            for piece in pieces(text) {
                if let Piece::Word(span) = piece
                    && let raw = &text[span.clone()]
                    && (!self.begin.exclude(raw) || has_parts(raw))
                {
                    let word = memory.word(raw);
                    let found = word.judged(self.question, || self.which(raw, &word, memory));
                    marks.extend(match found {
                        Some(word) => Some(Mark {
                            span,
                            words: word..word + 1,
                        }),
                        None => self.mark_of_one(text, span, memory),
                    });
                }
            }
        }
        let (runs, phrases): (Vec<&Unit>, Vec<&Unit>) =
            self.units.iter().partition(|unit| unit.kind == UnitKind::Run);
        if !runs.is_empty() {
            let characters = Tokens::Characters(characters(text));
            for unit in runs {
                unit.mark(text, &characters, &mut marks);
            }
        }
        if !phrases.is_empty() {
            let pieces = Tokens::Pieces(self.phrase_pieces(text, memory));
            for unit in phrases {
                unit.mark(text, &pieces, &mut marks);
            }
        }
        marks
    }

    /// The pieces of a text; those are empty that cannot be of a phrase.
    fn phrase_pieces(&self, text: &str, memory: &mut Memory) -> Vec<(Range<usize>, Rc<Spelled>)> {
        let none = Rc::new(Spelled::default());
        let spelled = |piece| match piece {
            Piece::Word(span) if !self.begin_phrase.exclude(&text[span.clone()]) => {
                let word = memory.word(&text[span.clone()]);
                (span, word)
            }
            Piece::Word(span) | Piece::Character(span) => (span, Rc::clone(&none)),
        };
        pieces(text).map(spelled).collect()
    }

    /// What begins here and is one word elsewhere.
    fn mark_of_one(&self, text: &str, span: Range<usize>, memory: &mut Memory) -> Option<Mark> {
        let (end, one) = as_one(text, span.clone())?;
        let word = memory.word(&one);
        self.which(&one, &word, memory).map(|word| Mark {
            span: span.start..end,
            words: word..word + 1,
        })
    }

    fn marks_of_words(&self, text: &str, memory: &mut Memory) -> Vec<Mark> {
        let words = scan(text);
        let mut marks: Vec<Mark> = Vec::new();
        for (index, word) in words.iter().enumerate() {
            let together = word.also.iter().chain(&word.whole).filter(|_| !word.gram);
            let together =
                together.filter_map(|term| self.exact.get(term.as_str()).or(self.loose.get(term.as_str())));
            let together = together.copied().next();
            let found = together.or_else(|| {
                if word.gram {
                    return self.exact.get(word.exact.as_str()).copied();
                }
                let raw = &text[word.span.clone()];
                let word = memory.word(raw);
                word.judged(self.question, || self.which(raw, &word, memory))
            });
            let end = match together {
                Some(_) => end_of_one(&words[index..]),
                None => word.span.end,
            };
            marks.extend(match found {
                Some(which) => Some(Mark {
                    span: word.span.start..end,
                    words: which..which + 1,
                }),
                None if word.gram => None,
                None => self.mark_of_one(text, word.span.clone(), memory),
            });
        }
        let words = Tokens::Words(words);
        for unit in &self.units {
            unit.mark(text, &words, &mut marks);
        }
        marks
    }

    fn which(&self, raw: &str, word: &Spelled, memory: &mut Memory) -> Option<usize> {
        let exact = word.exact.as_str();
        if let Some(index) = self.exact.get(exact) {
            return Some(*index);
        }
        if let Some((_, index)) = self.beginnings.iter().find(|(start, _)| exact.starts_with(start)) {
            return Some(*index);
        }
        let of_part = |part: &str| self.which(part, &memory.word(part), memory);
        if let Some(index) = parts(raw).find_map(of_part) {
            return Some(index);
        }
        // Prefixed letters come off only in these scripts, so that any initial may lead to a form.
        let prefixed = exact.starts_with(|c| matches!(c, '\u{0590}'..='\u{06FF}'));
        if !prefixed && !exact.starts_with(|c| self.initials.contains(&c)) {
            return None;
        }
        let forms = memory.forms(word);
        let whole = forms.iter().find_map(|form| self.loose.get(form.as_str()));
        let begun = || {
            let mut beginnings = self.beginnings.iter().filter(|_| prefixed);
            beginnings.find(|(start, _)| forms.iter().any(|form| form.starts_with(start)))
        };
        whole.or_else(|| begun().map(|(_, index)| index)).copied()
    }
}

/// A text, as much of it taken apart as is needed.
enum Tokens {
    Words(Vec<Word>),
    Pieces(Vec<(Range<usize>, Rc<Spelled>)>),
    Characters(Vec<(Range<usize>, char)>),
}

impl Tokens {
    fn len(&self) -> usize {
        match self {
            Self::Words(words) => words.len(),
            Self::Pieces(pieces) => pieces.len(),
            Self::Characters(characters) => characters.len(),
        }
    }

    fn span(&self, at: usize) -> &Range<usize> {
        match self {
            Self::Words(words) => &words[at].span,
            Self::Pieces(pieces) => &pieces[at].0,
            Self::Characters(characters) => &characters[at].0,
        }
    }

    fn is(&self, at: usize, wanted: &str) -> bool {
        match self {
            Self::Words(words) => words[at].exact == wanted,
            Self::Pieces(pieces) => pieces[at].1.exact == wanted,
            Self::Characters(characters) => *characters[at].1.encode_utf8(&mut [0; 4]) == *wanted,
        }
    }

    fn begins_with(&self, at: usize, wanted: &str) -> bool {
        match self {
            Self::Words(words) => words[at].exact.starts_with(wanted),
            Self::Pieces(pieces) => pieces[at].1.exact.starts_with(wanted),
            Self::Characters(_) => self.is(at, wanted),
        }
    }
}

impl Unit {
    /// Whether it is found without taking a text apart completely.
    fn is_plain(&self) -> bool {
        let unspaced = |word: &String| pieces(word).any(|piece| matches!(piece, Piece::Character(_)));
        match self.kind {
            UnitKind::Run => true,
            UnitKind::Phrase => !self.words.iter().any(unspaced),
            UnitKind::Number => false,
        }
    }

    /// Adds where it stands; if nowhere, what of it says something by itself.
    fn mark(&self, text: &str, tokens: &Tokens, marks: &mut Vec<Mark>) {
        let before = marks.len();
        self.runs(text, tokens, self.words.len(), marks);
        if marks.len() > before {
            return;
        }
        match self.kind {
            UnitKind::Run => self.runs(text, tokens, self.shortest(), marks),
            UnitKind::Phrase => self.each(tokens, marks, |_| true),
            UnitKind::Number => self.each(tokens, marks, says_something),
        }
    }

    /// Parts of so many words at least, the longest first at each place.
    fn runs(&self, text: &str, tokens: &Tokens, least: usize, marks: &mut Vec<Mark>) {
        let mut at = 0;
        while at < tokens.len() {
            let last_start = self.words.len() - least;
            let runs = (0..=last_start).map(|from| (self.run(text, tokens, at, from), from));
            // Of equals the first.
            let (length, from) = runs.rev().max_by_key(|(length, _)| *length).unwrap_or_default();
            if length < least {
                at += 1;
                continue;
            }
            marks.push(Mark {
                span: tokens.span(at).start..tokens.span(at + length - 1).end,
                words: self.first + from..self.first + from + length,
            });
            at += length;
        }
    }

    /// How many words from one on stand here.
    fn run(&self, text: &str, tokens: &Tokens, at: usize, from: usize) -> usize {
        let wanted = self.words[from..].iter().enumerate();
        wanted
            .take_while(|(index, word)| {
                let here = at + index;
                if here >= tokens.len() {
                    return false;
                }
                let last = self.prefix && from + index + 1 == self.words.len();
                let same = tokens.is(here, word) || last && tokens.begins_with(here, word);
                same && (*index == 0 || {
                    let (before, start) = (tokens.span(here - 1).end, tokens.span(here).start);
                    self.may_part(&text[before.min(start)..start])
                })
            })
            .count()
    }

    fn may_part(&self, between: &str) -> bool {
        match self.kind {
            UnitKind::Phrase => true,
            UnitKind::Number => !between.contains(char::is_whitespace),
            // Lines of these scripts end anywhere.
            UnitKind::Run => between.is_empty() || between.trim().is_empty() && between.contains('\n'),
        }
    }

    fn each(&self, tokens: &Tokens, marks: &mut Vec<Mark>, counts: impl Fn(&str) -> bool) {
        for at in 0..tokens.len() {
            let place = self.words.iter().position(|wanted| tokens.is(at, wanted));
            if let Some(place) = place.filter(|place| counts(&self.words[*place])) {
                marks.push(Mark {
                    span: tokens.span(at).clone(),
                    words: self.first + place..self.first + place + 1,
                });
            }
        }
    }

    /// The shortest part of a run that says something: two ideographs are a word, two letters are not.
    fn shortest(&self) -> usize {
        let letters = |word: &String| {
            word.starts_with(|c| matches!(c, '\u{0E00}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'))
        };
        let least = if self.words.iter().any(letters) {
            self.words.len().div_ceil(2).max(3)
        } else {
            2
        };
        least.min(self.words.len())
    }
}

/// Whether two words were typed without a space between.
fn is_one(text: &str, a: &Sought, b: &Sought) -> bool {
    let between = text.get(a.span.end..b.span.start);
    between.is_none_or(|between| !between.contains(char::is_whitespace))
}

/// Words that were typed together as what is marked together; `None` where they are marked one by one.
fn unit(text: &str, words: &[Sought], quoted: bool, first: usize) -> Option<Unit> {
    let digits = |word: &Sought| word.exact.contains(|c: char| c.is_numeric());
    let kind = if words.iter().all(|word| word.gram) && !(quoted && words.len() > 1) {
        UnitKind::Run
    } else if quoted && words.len() > 1 {
        UnitKind::Phrase
    } else if words.len() > 1 && words.iter().any(|word| word.gram || digits(word)) {
        UnitKind::Number
    } else {
        return None;
    };
    let span = words.first()?.span.start..words.last()?.span.end;
    let found = scan(text.get(span)?);
    (!found.is_empty()).then(|| Unit {
        kind,
        words: found.into_iter().map(|word| word.exact).collect(),
        prefix: words.last().is_some_and(|word| word.prefix),
        first,
    })
}

/// Where a word ends with those behind it that belong to it.
fn end_of_one(words: &[Word]) -> usize {
    let swallowed = words[1..].iter().take_while(|word| word.swallowed).count();
    words[swallowed].span.end
}

/// Whether a number may stand in texts with its thousands parted.
fn is_long_number(word: &str) -> bool {
    word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a part of a longer word is worth a mark by itself: no digits, and no single letters.
fn says_something(word: &str) -> bool {
    word.chars().count() > 1 && word.chars().any(char::is_alphabetic)
}
