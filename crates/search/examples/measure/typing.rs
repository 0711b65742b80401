//! Queries as people might type them: with a typo, out of order, in another form.
use super::numbers::Numbers;

/// The query with one random typo in a word of six letters or more; `None` without such a word.
pub fn with_typo(query: &str, numbers: &mut Numbers) -> Option<String> {
    let words: Vec<&str> = query.split_whitespace().collect();
    let long: Vec<usize> = (0..words.len())
        .filter(|at| words[*at].chars().filter(|c| c.is_alphabetic()).count() >= 6)
        .filter(|at| words[*at].chars().all(char::is_alphabetic))
        .collect();
    if long.is_empty() {
        return None;
    }
    let chosen = *numbers.of(&long);
    let mut letters: Vec<char> = words[chosen].chars().collect();
    let alphabet = letters.clone();
    let at = numbers.below(letters.len());
    match numbers.below(4) {
        0 => letters.insert(at, *numbers.of(&alphabet)),
        1 => drop(letters.remove(at)),
        2 => letters[at] = *numbers.of(&alphabet),
        _ => letters.swap(at.min(alphabet.len() - 2), at.min(alphabet.len() - 2) + 1),
    }
    let changed: String = letters.into_iter().collect();
    if changed == words[chosen] {
        return None;
    }
    let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    words[chosen] = changed;
    Some(words.join(" "))
}

/// Two to four words of a page, near to one another and out of order; `None` for a page of few
/// words.
pub fn paraphrase(page: &str, numbers: &mut Numbers) -> Option<String> {
    let words: Vec<&str> = page
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= 5)
        .collect();
    if words.len() < 40 {
        return None;
    }
    let from = numbers.below(words.len() - 12);
    let count = 2 + numbers.below(3);
    let mut chosen: Vec<&str> = (0..count).map(|_| words[from + numbers.below(12)]).collect();
    chosen.sort_unstable_by_key(|word| std::cmp::Reverse(*word));
    chosen.dedup();
    let mut chosen: Vec<String> = chosen.into_iter().map(str::to_owned).collect();
    // One word in another form, where that is easily had.
    if let Some(word) = chosen.iter_mut().find(|word| word.is_ascii() && word.len() > 5) {
        match word.strip_suffix('s') {
            Some(shorter) => *word = shorter.to_owned(),
            None => word.push('s'),
        }
    }
    (chosen.len() > 1).then(|| chosen.join(" "))
}

/// The script of a query.
pub fn script(query: &str) -> &'static str {
    let letter = query.chars().find(|c| c.is_alphabetic() && !c.is_ascii());
    match letter {
        None => "latin",
        Some(c) => match c {
            '\u{0370}'..='\u{03FF}' => "greek",
            '\u{0400}'..='\u{04FF}' => "cyrillic",
            '\u{0590}'..='\u{05FF}' => "hebrew",
            '\u{0600}'..='\u{06FF}' => "arabic",
            '\u{0900}'..='\u{097F}' => "devanagari",
            '\u{0E00}'..='\u{0E7F}' => "thai",
            '\u{3040}'..='\u{30FF}' => "kana",
            '\u{4E00}'..='\u{9FFF}' => "han",
            '\u{AC00}'..='\u{D7A3}' => "hangul",
            _ => "latin",
        },
    }
}
