//! The passwords that guessing begins with.
//!
//! A short list held in the program, for places without a network; it covers what long-list
//! attacks try first among passwords of ten characters and more, and simple patterns of them.

/// Stems that lead every published list; compared in lower case.
const STEMS: [&str; 44] = [
    "password",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "qwertyuiop",
    "qwerty",
    "asdfghjkl",
    "zxcvbnm",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "1qaz2wsx",
    "iloveyou",
    "letmein",
    "welcome",
    "football",
    "baseball",
    "basketball",
    "superman",
    "batman",
    "princess",
    "sunshine",
    "dragon",
    "monkey",
    "shadow",
    "master",
    "michael",
    "jennifer",
    "jordan",
    "pokemon",
    "starwars",
    "computer",
    "internet",
    "trustno1",
    "administrator",
    "admin",
    "changeme",
    "default",
    "secret",
    "student",
    "teacher",
    "homeroom",
    "school",
    "abcdefghij",
    "abc",
];

/// Whether the password is one of the guessed first: a stem with digits and punctuation around it
/// or repeated, one character repeated, or a run of digits or neighbouring letters.
pub fn is_breached(password: &str) -> bool {
    let lower = password.to_lowercase();
    let core = lower.trim_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    if core.is_empty() {
        return lower.chars().all(|c| c.is_ascii_digit())
            && (is_run(&lower) || is_repeated(&lower) || lower.len() <= 12);
    }
    STEMS
        .iter()
        .any(|stem| consists_of(core, stem) || consists_of(&lower, stem))
        || is_repeated(&lower)
        || is_run(&lower)
}

fn consists_of(text: &str, stem: &str) -> bool {
    !text.is_empty() && text.len().is_multiple_of(stem.len()) && text.split(stem).all(str::is_empty)
}

/// One short piece over and over: `aaaaaaaaaa`, `abcabcabcabc`.
fn is_repeated(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    (1..=4).any(|period| {
        characters.len() > 2 * period && characters.iter().zip(&characters[period..]).all(|(a, b)| a == b)
    })
}

/// Each character the neighbour of the one before, always in the same direction.
fn is_run(text: &str) -> bool {
    let steps: Vec<i64> = text
        .chars()
        .zip(text.chars().skip(1))
        .map(|(a, b)| i64::from(u32::from(b)) - i64::from(u32::from(a)))
        .map(|step| if step == -9 { 1 } else { step })
        .collect();
    !steps.is_empty() && (steps.iter().all(|step| *step == 1) || steps.iter().all(|step| *step == -1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_passwords_are_known_and_others_are_not() {
        for bad in [
            "password123",
            "Password2024!",
            "1234567890",
            "qwertyuiop",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "iloveyou!!",
            "passwordpassword",
            "0987654321",
            "abcdefghijkl",
        ] {
            assert!(is_breached(bad), "{bad}");
        }
        for good in [
            "correct horse battery staple",
            "מחברת כחולה על הגג",
            "x9#Lm2pQvv",
            "my dog ate 7 pears",
        ] {
            assert!(!is_breached(good), "{good}");
        }
    }
}
