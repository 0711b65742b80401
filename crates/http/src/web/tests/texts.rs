//! The languages say the same things: same keys, same values, every key used, every use known.
use super::*;

const FILES: [&str; 6] = ["chrome", "materials", "share", "classes", "account", "problems"];

fn source(lang: Lang, file: &str) -> String {
    let path = format!(
        "{}/locales/{}/{file}.ftl",
        env!("CARGO_MANIFEST_DIR"),
        lang.code()
    );
    std::fs::read_to_string(path).unwrap()
}

/// Each key with the names of the values it uses.
fn messages(lang: Lang) -> Vec<(String, BTreeSet<String>)> {
    let mut found = Vec::new();
    for file in FILES {
        let text = source(lang, file);
        let resource = fluent_syntax::parser::parse(text.as_str())
            .unwrap_or_else(|(_, errors)| panic!("{file}: {errors:?}"));
        for entry in resource.body {
            match entry {
                Entry::Message(message) => {
                    let written = text
                        .split(&format!("\n{} =", message.id.name))
                        .nth(1)
                        .or(text.strip_prefix(message.id.name));
                    let written = written.unwrap_or_default();
                    let end = written.find("\n\n").unwrap_or(written.len());
                    let end = written[..end]
                        .match_indices('\n')
                        .map(|(at, _)| at)
                        .find(|at| {
                            written[at + 1..].starts_with(|c: char| c.is_ascii_lowercase() || c == '#')
                        })
                        .unwrap_or(end);
                    let values = written[..end].split('$').skip(1).map(|rest| {
                        rest.chars()
                            .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                            .collect()
                    });
                    found.push((message.id.name.to_owned(), values.collect()));
                }
                Entry::Junk { content } => panic!("{file}: {content}"),
                _ => {}
            }
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_keys_once_with_the_same_values() {
    let english = messages(Lang::English);
    let hebrew = messages(Lang::Hebrew);
    let keys = |messages: &[(String, BTreeSet<String>)]| {
        messages
            .iter()
            .map(|(key, _)| key.clone())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(
        keys(&english).len(),
        english.len(),
        "a key comes twice in English"
    );
    assert_eq!(keys(&hebrew).len(), hebrew.len(), "a key comes twice in Hebrew");
    assert_eq!(keys(&english), keys(&hebrew));
    for (key, values) in &english {
        let (_, others) = hebrew.iter().find(|(other, _)| other == key).unwrap();
        assert_eq!(values, others, "{key}");
    }
}

fn sources(directory: &std::path::Path, extension: &str, into: &mut String) {
    for entry in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            sources(&entry.path(), extension, into);
        } else if entry.path().extension().is_some_and(|found| found == extension) {
            into.push_str(&std::fs::read_to_string(entry.path()).unwrap());
        }
    }
}

#[test]
fn every_key_that_code_uses_exists_and_every_key_is_used() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut code = String::new();
    sources(&root.join("src"), "rs", &mut code);
    let t = Localizer::of(Lang::English);
    for call in ["t.text(\"", "t.with(\"", "self.text(\"", "self.with(\""] {
        for key in code
            .split(call)
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
        {
            assert!(key.is_empty() || t.knows(key), "no text for {key}");
        }
    }
    sources(&root.join("assets/js"), "js", &mut code);
    for (key, _) in messages(Lang::English) {
        // Keys of stable codes are put together: `"subject-{slug}"`, `concat("language-", code)`.
        let by_code = key.match_indices('-').any(|(dash, _)| {
            let prefix = &key[..=dash];
            code.contains(&format!("\"{prefix}{{")) || code.contains(&format!("\"{prefix}\""))
        });
        assert!(
            by_code || code.contains(&format!("\"{key}\"")),
            "nothing uses {key}"
        );
    }
}

#[test]
fn every_rejection_has_a_sentence() {
    use homeroom_core::ports::extractor::Rejection::*;
    for lang in Lang::ALL {
        let t = Localizer::of(lang);
        for rejection in [
            EmptyFile,
            Encrypted,
            Malformed,
            ArchiveTooLarge,
            TooManyPages,
            TooLarge,
            TimedOut,
            OutOfMemory,
            Crashed,
            ChecksumMismatch,
            Infected,
        ] {
            assert!(
                t.knows(&format!("rejection-{}", rejection.code().replace('_', "-"))),
                "{rejection:?}"
            );
        }
        assert_eq!(t.problem("never_heard_of"), t.text("problem-unknown"));
    }
}

#[test]
fn hebrew_counts_one_two_and_many() {
    let t = Localizer::of(Lang::Hebrew);
    let pages = |n: u32| t.with("pages-count", &[("n", n.into())]);
    assert_eq!(pages(1), "עמוד אחד");
    assert_eq!(pages(2), "שני עמודים");
    assert_eq!(pages(20), "\u{2068}20\u{2069} עמודים");
    assert_eq!(t.grade(11), "כיתה \u{2068}י״א\u{2069}");
}

#[test]
fn sizes_numbers_and_days_are_written_as_the_language_does() {
    let t = Localizer::of(Lang::English);
    let plain = |text: String| text.replace(['\u{2068}', '\u{2069}'], "");
    assert_eq!(plain(t.size(0)), "0 bytes");
    assert_eq!(plain(t.size(999)), "999 bytes");
    assert_eq!(plain(t.size(1_000)), "1 kB");
    assert_eq!(plain(t.size(999_999)), "1 MB");
    assert_eq!(plain(t.size(6_420_000)), "6.4 MB");
    assert_eq!(plain(t.size(60_000_000)), "60 MB");
    assert_eq!(plain(t.size(5_497_558_138_880)), "5.5 TB");
    assert_eq!(t.number(1_234_567), "1,234,567");
    assert_eq!(plain(t.day(jiff::civil::date(2026, 11, 20))), "20 November 2026");
    assert_eq!(
        plain(Localizer::of(Lang::Hebrew).day(jiff::civil::date(2026, 11, 20))),
        "20 בנובמבר 2026"
    );
}

#[test]
fn the_language_is_negotiated_by_quality() {
    assert_eq!(Lang::negotiate("he-IL,he;q=0.9,en;q=0.8"), Lang::Hebrew);
    assert_eq!(Lang::negotiate("en-US,en;q=0.9,iw;q=0.8"), Lang::English);
    assert_eq!(Lang::negotiate("fr, iw;q=0.3"), Lang::Hebrew);
    assert_eq!(Lang::negotiate("fr;q=1, *;q=0.1"), Lang::English);
    assert_eq!(Lang::negotiate(""), Lang::English);
}
