//! All pages from samples, in all languages: they render, they escape, they use texts that exist,
//! and they contain nothing that the content security policy would have to excuse.
use crate::web::assets;
use crate::web::localizer::{Lang, Localizer};
use crate::web::samples::Samples;
use fluent_syntax::ast::Entry;
use std::collections::BTreeSet;

mod payloads;
mod roster_words;
mod texts;

fn rendered(lang: Lang) -> Vec<(&'static str, String)> {
    let say = str::to_owned;
    Samples::new(Localizer::of(lang), &say)
        .all()
        .into_iter()
        .map(|(name, page)| (name, page.into_string()))
        .collect()
}

#[test]
fn every_page_states_its_language_and_direction_and_has_one_heading() {
    for lang in Lang::ALL {
        for (name, html) in rendered(lang)
            .into_iter()
            .filter(|(name, _)| !name.ends_with("fragment"))
        {
            let root = format!("<html lang=\"{}\" dir=\"{}\">", lang.code(), lang.direction());
            assert!(
                html.starts_with("<!DOCTYPE html>") && html.contains(&root),
                "{name}"
            );
            assert_eq!(html.matches("<h1").count(), 1, "{name} has one main heading");
            assert!(html.contains("<main id=\"main\""), "{name}");
        }
    }
}

/// HARDENING 43.
#[test]
fn no_page_has_inline_scripts_styles_or_handlers() {
    for lang in Lang::ALL {
        for (name, html) in rendered(lang) {
            for (tag, attributes) in payloads::tags(&html) {
                assert_ne!(tag, "style", "{name}");
                for (attribute, value) in attributes {
                    assert!(
                        attribute != "style" && !attribute.starts_with("on"),
                        "{name}: {tag} {attribute}"
                    );
                    assert!(
                        !value.trim_start().to_lowercase().starts_with("javascript:"),
                        "{name}: {value}"
                    );
                }
            }
            for script in html.split("<script").skip(1) {
                let data_or_module = script.starts_with(" type=\"module\" src=\"/assets/")
                    || script.starts_with(" id=\"words\" type=\"application/json\">");
                assert!(data_or_module, "{name}: {}", &script[..60.min(script.len())]);
            }
        }
    }
}

#[test]
fn every_changing_form_carries_the_token() {
    for (name, html) in rendered(Lang::English) {
        for form in html.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap();
            let head = form.split('>').next().unwrap();
            if head.contains("method=\"post\"") {
                assert!(form.contains("name=\"csrf\""), "{name}: {head}");
            }
        }
    }
}

#[test]
fn every_asset_that_a_page_asks_for_exists() {
    for (name, html) in rendered(Lang::English) {
        for url in html
            .split("\"/assets/")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
        {
            let asset = url.split_once('/').unwrap().1;
            assert!(assets::content(asset).is_some(), "{name} asks for {asset}");
        }
    }
}

#[test]
fn every_id_is_used_once_on_its_page() {
    for (name, html) in rendered(Lang::English) {
        let mut seen = BTreeSet::new();
        for (tag, attributes) in payloads::tags(&html) {
            for (_, id) in attributes.into_iter().filter(|(attribute, _)| attribute == "id") {
                // The form without scripts and the rows with them are never in one document tree.
                let apart =
                    name == "share" && ["title", "subject", "grade", "visibility"].contains(&id.as_str());
                assert!(seen.insert(id.clone()) || apart, "{name}: {tag}#{id}");
            }
        }
    }
}
