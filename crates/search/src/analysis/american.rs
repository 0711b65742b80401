//! English stems by one spelling: British ones become the American ones, so that `colour` finds `color` and
//! `centre` finds `center`.
//!
//! Rules are wider than English is, since both sides of a comparison go through them: what matters is only that
//! no two words meet that are not the same. Where a rule would do that, words are named instead. First letters stay
//! (`oedema` and `edema` do not meet): marks in texts go by them.

/// Stems that begin so are spelled so; looked at first.
const BEGINNINGS: [(&str, &str); 17] = [
    ("aluminium", "aluminum"),
    ("amoeb", "ameb"),
    ("artefact", "artifact"),
    ("coeliac", "celiac"),
    ("defenc", "defens"),
    ("foet", "fet"),
    ("grey", "gray"),
    ("homoeo", "homeo"),
    ("judgement", "judgment"),
    ("licenc", "licens"),
    ("mould", "mold"),
    ("offenc", "offens"),
    ("plough", "plow"),
    ("practis", "practic"),
    ("programm", "program"),
    ("sceptic", "skeptic"),
    ("sulph", "sulf"),
];
/// What may stand behind the first letter.
const PARTS: [(&str, &str); 3] = [("ae", "e"), ("noeuv", "neuv"), ("rrhoe", "rrhe")];
/// Ends of stems, each with how many letters must stand before it: `organis`, `analys`, `centr`, `fibr`,
/// `manoeuvr`, `travell`, `fulfill`, `enroll`, `catalogu`.
const ENDS: [(&str, &str, usize); 10] = [
    ("metr", "met", 3), // as `kilometer` is stemmed
    ("is", "iz", 3),
    ("ys", "yz", 3),
    ("tr", "ter", 2),
    ("br", "ber", 2),
    ("vr", "v", 4),
    ("ell", "el", 3),
    ("ill", "il", 4),
    ("oll", "ol", 3),
    ("ogu", "og", 2),
];

/// The American spelling of an English stem, folded as it is.
pub(super) fn american(mut stem: String) -> String {
    if stem.len() < 4 || !stem.is_ascii() {
        return stem;
    }
    if let Some((british, american)) = BEGINNINGS.iter().find(|(british, _)| stem.starts_with(british)) {
        stem.replace_range(..british.len(), american);
    }
    for (british, american) in PARTS {
        if stem[1..].contains(british) {
            stem = format!("{}{}", &stem[..1], stem[1..].replace(british, american));
        }
    }
    if let Some(at) = stem.find("our").filter(|at| is_syllable(&stem[..*at])) {
        stem.replace_range(at..at + "our".len(), "or");
    }
    for (british, american, least) in ENDS {
        if let Some(rest) = stem.strip_suffix(british).filter(|rest| rest.len() >= least) {
            stem = format!("{rest}{american}");
            break;
        }
    }
    stem
}

/// Whether letters are long enough for `our` behind them to be an ending: those of `col` and `od` are, of `m` and
/// `fl` are not.
fn is_syllable(letters: &str) -> bool {
    letters.len() >= 2 && letters.contains(['a', 'e', 'i', 'o', 'u', 'y'])
}

#[cfg(test)]
mod tests {
    use crate::analysis::Languages;

    fn form(word: &str) -> Vec<String> {
        Languages::of_page(Some("en")).forms(word, word)
    }

    #[test]
    fn british_and_american_words_meet() {
        for (british, american) in [
            ("colour", "color"),
            ("behaviours", "behavior"),
            ("favourite", "favorite"),
            ("organisation", "organization"),
            ("organising", "organize"),
            ("analyse", "analyze"),
            ("centre", "centers"),
            ("kilometres", "kilometer"),
            ("fibre", "fiber"),
            ("travelling", "traveling"),
            ("labelled", "labeled"),
            ("fulfil", "fulfill"),
            ("catalogue", "catalog"),
            ("haemoglobin", "hemoglobin"),
            ("encyclopaedia", "encyclopedia"),
            ("foetus", "fetus"),
            ("manoeuvre", "maneuver"),
            ("sulphuric", "sulfuric"),
            ("defence", "defense"),
            ("practise", "practice"),
            ("programme", "program"),
            ("grey", "gray"),
            ("moulds", "mold"),
        ] {
            assert_eq!(form(british), form(american), "{british}");
        }
    }

    #[test]
    fn other_words_do_not_meet() {
        for (one, other) in [
            ("mourning", "morning"),
            ("fourth", "forth"),
            ("poet", "pet"),
            ("four", "for"),
            ("cell", "cel"),
            ("prise", "prize"),
            ("flour", "floor"),
            ("still", "stil"),
            ("course", "corse"),
        ] {
            assert_ne!(form(one), form(other), "{one}");
        }
    }
}
