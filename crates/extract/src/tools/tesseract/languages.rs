//! The languages that an installation was trained for, those of them that are to be read, and their order: of
//! several the first is primary, and gives columns and lines their direction.
use super::script::Script;
use std::path::Path;

/// At most so many languages at a time unless they are named: each costs its own pass.
const MAX_GUESSED_LANGUAGES: usize = 6;
/// So many Latin languages are read beside those of another script, for its words and formulas, where English
/// is not among them.
const LATIN_BESIDE: usize = 2;
/// Where models of whole scripts are kept, and how their names begin.
const SCRIPTS: &str = "script";

/// What an installation was trained for.
#[derive(Default)]
pub(super) struct Trained {
    languages: Vec<String>,
    /// Whether it tells which way a page lies, and its script.
    pub(super) orients: bool,
}

impl Trained {
    /// An installation with just these.
    #[cfg(test)]
    pub(super) fn of(languages: &[String]) -> Self {
        Self {
            languages: languages.to_vec(),
            orients: true,
        }
    }

    /// The languages in the first directory that has any, without those that are no languages.
    pub(super) fn find(directories: &[&Path]) -> Self {
        for directory in directories {
            let mut languages = models(directory);
            let orients = languages.iter().any(|name| name == "osd");
            languages.retain(|name| name != "osd" && name != "equ");
            let scripts = models(&directory.join(SCRIPTS));
            languages.extend(scripts.iter().map(|name| format!("{SCRIPTS}/{name}")));
            if !languages.is_empty() {
                return Self { languages, orients };
            }
        }
        Self::default()
    }

    /// Those of `wanted` that are here, in their order. If none is wanted, all, Latin ones first; or, where they
    /// are many, English.
    pub(super) fn choose(&self, wanted: &[String]) -> Languages {
        if !wanted.is_empty() {
            let mut chosen: Vec<String> = Vec::new();
            for name in wanted {
                if self.languages.contains(name) && !chosen.contains(name) {
                    chosen.push(name.clone());
                }
            }
            return Languages(chosen);
        }
        let mut guessed = self.languages.clone();
        // A model of a whole script is for those who ask for it, unless there is nothing else.
        if guessed.iter().any(|name| !is_of_script(name)) {
            guessed.retain(|name| !is_of_script(name));
        }
        if guessed.len() > MAX_GUESSED_LANGUAGES {
            guessed.retain(|name| name == "eng");
        }
        guessed.sort_by_key(|name| Script::of(name) != Script::Latin);
        Languages(guessed)
    }
}

fn is_of_script(name: &str) -> bool {
    name.starts_with(SCRIPTS)
}

/// The names of the models in a directory, in order; none where there is no such directory.
fn models(directory: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return Vec::new();
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut models: Vec<String> = names
        .filter_map(|name| Some(name.strip_suffix(".traineddata")?.to_owned()))
        .collect();
    models.sort();
    models
}

/// The languages to read, by Tesseract's names; the order is that of preference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Languages(Vec<String>);

impl Languages {
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether they are written in more than one script.
    pub(super) fn are_of_several_scripts(&self) -> bool {
        let mut scripts = self.0.iter().map(|name| Script::of(name));
        let first = scripts.next();
        scripts.any(|script| Some(script) != first)
    }

    /// Those to read a page of `script` with, its own first; all where none of them is written in it.
    pub(super) fn of(&self, script: Script) -> Self {
        let script = self.known(script);
        let (mut chosen, others) = self.parted(script);
        if chosen.is_empty() {
            return self.clone();
        }
        if script != Script::Latin {
            let mut latin: Vec<String> = others
                .into_iter()
                .filter(|name| Script::of(name) == Script::Latin)
                .collect();
            if latin.iter().any(|name| name == "eng") {
                latin.retain(|name| name == "eng");
            }
            latin.truncate(LATIN_BESIDE);
            chosen.extend(latin);
        }
        Self(chosen)
    }

    /// All, with those of `script` first.
    pub(super) fn led_by(&self, script: Script) -> Self {
        let (mut all, others) = self.parted(self.known(script));
        all.extend(others);
        Self(all)
    }

    /// Those of scripts in which none of `others` is written.
    pub(super) fn of_other_scripts_than(&self, others: &Self) -> Self {
        let is_read = |script: Script| others.0.iter().any(|name| Script::of(name) == script);
        let mut left = self.0.clone();
        left.retain(|name| !is_read(Script::of(name)));
        Self(left)
    }

    /// These, and behind them those of `others` whose script is `chosen`.
    pub(super) fn with(&self, others: &Self, chosen: impl Fn(Script) -> bool) -> Self {
        let more = others.0.iter().filter(|name| chosen(Script::of(name)));
        Self(self.0.iter().chain(more).cloned().collect())
    }

    pub(super) const fn are_fewer_than(&self, others: &Self) -> bool {
        self.0.len() < others.0.len()
    }

    /// As an argument.
    pub(super) fn joined(&self) -> String {
        self.0.join("+")
    }

    /// The script, or its kin where only that can be read.
    fn known(&self, script: Script) -> Script {
        let is_read = |script: Script| self.0.iter().any(|name| Script::of(name) == script);
        match script.kin() {
            Some(kin) if !is_read(script) && is_read(kin) => kin,
            _ => script,
        }
    }

    /// Those of a script, and the others.
    fn parted(&self, script: Script) -> (Vec<String>, Vec<String>) {
        self.0
            .iter()
            .cloned()
            .partition(|name| Script::of(name) == script)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(names: &str) -> Vec<String> {
        names.split_whitespace().map(str::to_owned).collect()
    }

    fn trained(names: &str) -> Trained {
        Trained::of(&all(names))
    }

    #[test]
    fn languages_are_those_that_are_installed_in_the_order_that_is_wanted() {
        let some = trained("ara deu eng heb script/Hebrew");
        assert_eq!(some.choose(&all("heb xxx eng heb")).joined(), "heb+eng");
        assert_eq!(
            some.choose(&all("script/Hebrew eng")).joined(),
            "script/Hebrew+eng"
        );
        assert_eq!(some.choose(&[]).joined(), "deu+eng+ara+heb");
        let many = trained("a b c d eng f g h");
        assert_eq!(many.choose(&[]).joined(), "eng");
        assert_eq!(trained("script/Hebrew").choose(&[]).joined(), "script/Hebrew");
        assert!(some.choose(&all("xxx")).is_empty());
    }

    #[test]
    fn models_are_found_where_they_are_kept() {
        let room = tempfile::tempdir().unwrap();
        let (empty, full) = (room.path().join("empty"), room.path().join("full"));
        std::fs::create_dir_all(&empty).unwrap();
        std::fs::create_dir_all(full.join("script")).unwrap();
        for name in ["osd", "equ", "heb", "eng", "script/Arabic"] {
            std::fs::write(full.join(format!("{name}.traineddata")), "").unwrap();
        }
        std::fs::write(full.join("pdf.ttf"), "").unwrap();
        let found = Trained::find(&[&room.path().join("none"), &empty, &full]);
        assert_eq!(found.languages, ["eng", "heb", "script/Arabic"]);
        assert!(found.orients);
        assert!(Trained::find(&[&empty]).languages.is_empty());
    }

    #[test]
    fn a_script_is_read_with_its_own_languages_and_one_of_latin_letters() {
        let languages = Languages(all("deu eng ara chi_sim heb rus"));
        for (script, expected) in [
            (Script::Latin, "deu+eng"),
            (Script::Hebrew, "heb+eng"),
            (Script::Cyrillic, "rus+eng"),
            (Script::Japanese, "chi_sim+eng"),
            (Script::Thai, "deu+eng+ara+chi_sim+heb+rus"),
        ] {
            assert_eq!(languages.of(script).joined(), expected, "{script:?}");
        }
        let without_english = Languages(all("heb deu fra spa"));
        assert_eq!(without_english.of(Script::Hebrew).joined(), "heb+deu+fra");
        assert_eq!(
            languages.led_by(Script::Hebrew).joined(),
            "heb+deu+eng+ara+chi_sim+rus"
        );
    }

    #[test]
    fn languages_of_scripts_that_were_found_are_read_behind_the_others() {
        let all_of_them = Languages(all("deu eng ara heb rus"));
        let read = all_of_them.of(Script::Latin);
        let others = all_of_them.of_other_scripts_than(&read);
        assert_eq!(others.joined(), "ara+heb+rus");
        let hebrew = all_of_them.of(Script::Hebrew);
        assert_eq!(all_of_them.of_other_scripts_than(&hebrew).joined(), "ara+rus");
        let more = read.with(&others, |script| script == Script::Hebrew);
        assert_eq!(more.joined(), "deu+eng+heb");
        assert!(read.are_fewer_than(&more));
        assert_eq!(read.with(&others, |_| false), read);
    }

    #[test]
    fn several_scripts_are_told_from_one() {
        for (names, several) in [("eng", false), ("deu eng", false), ("eng heb", true), ("", false)] {
            assert_eq!(Languages(all(names)).are_of_several_scripts(), several, "{names}");
        }
    }
}
