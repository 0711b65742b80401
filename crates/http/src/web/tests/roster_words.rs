//! What is wrong with a list, in the reader's language: every message that reading a roster has.
use crate::web::localizer::{Lang, Localizer};
use homeroom_core::domain::class::MAX_MEMBERS;
use homeroom_core::domain::ids::UserId;
use homeroom_core::domain::roster_csv::{LineError, parse};
use std::collections::BTreeSet;

/// Lists that go wrong in every way there is, and which of their lines' messages that gives.
fn all_errors() -> Vec<LineError> {
    let long = "x".repeat(300);
    let lines: Vec<String> = (0..=MAX_MEMBERS).map(|n| format!("Ada,ada{n}\n")).collect();
    let many = lines.concat();
    let lists = [
        "Ada,a\0da".to_owned(),
        "Ada,ada\n\"Bo,bob\n".to_owned(),
        String::new(),
        many,
        format!("Ada,\n,ada\n{long},bob\nCy,{long}\nDi,{long}@school.example\nEd,ed\nFay,fay@\nGus,-gus-\n"),
        format!("Ada,ada,1\nBo,ada,2\nCy,cyd,1\nDi,didi,{long}\nEd,edd,\u{7}7\nF\u{7}ay,fay,8\n"),
    ];
    let mut errors: Vec<LineError> = lists
        .iter()
        .flat_map(|list| parse(list.as_bytes()).errors)
        .collect();
    let mut same = parse(b"Ada,ada@school.example\nAda,ada\n");
    let account = Some(UserId::new(uuid::Uuid::from_u128(1)));
    same.take_accounts(&[account, account], |_| false);
    errors.extend(same.errors);
    let mut taught = parse(b"Ada,ada\n");
    taught.take_accounts(&[account], |_| true);
    errors.extend(taught.errors);
    let bad = "Ada,\n".repeat(300);
    errors.extend(parse(bad.as_bytes()).errors);
    errors
}

/// A message without its numbers.
fn kind(message: &str) -> String {
    message.chars().filter(|sign| !sign.is_ascii_digit()).collect()
}

#[test]
fn every_bad_line_of_a_list_says_what_is_wrong_in_every_language() {
    let errors = all_errors();
    let kinds: BTreeSet<String> = errors.iter().map(|error| kind(&error.message)).collect();
    assert_eq!(kinds.len(), 15, "{kinds:#?}");
    for lang in Lang::ALL {
        let t = Localizer::of(lang);
        let vague = t.text("invalid-form");
        let mut said = BTreeSet::new();
        for error in &errors {
            let words = t.field_error(&error.message);
            assert_ne!(words, vague, "{}", error.message);
            assert!(!words.contains("number"), "{words}");
            said.insert(kind(&words));
        }
        assert!(said.len() >= 14, "{said:#?}");
        let plain = |text: &str| text.replace(['\u{2068}', '\u{2069}'], "");
        for (message, number) in [
            ("is in line 2 already", "2"),
            ("is the same account as in line 17", "17"),
        ] {
            assert!(plain(&t.field_error(message)).contains(number), "{message}");
        }
    }
}

/// A list that cannot be read as CSV has no example: the reader takes any bytes that are text.
#[test]
fn messages_without_an_example_are_known_too() {
    for lang in Lang::ALL {
        let t = Localizer::of(lang);
        for message in [
            "cannot be read as CSV",
            "is another member's",
            "names somebody who is not on this class's roster",
            "one ends before it begins",
            "must not be before from",
            "is not a subject here",
        ] {
            assert_ne!(t.field_error(message), t.text("invalid-form"), "{message}");
        }
    }
}
