//! In which order a page is looked at and read, and which of several readings stands.
use super::languages::Languages;
use super::map;
use super::sight::Sight;
use super::table::Table;
use super::turn::Turn;
use crate::tools::ToolError;
use image::GrayImage;

/// What is read with less confidence, in percent of the mean letter, may lie sideways or upside down, or be of
/// another script: upright scans have 75 and more, turned ones and those of other scripts 65 and less.
const SURE: f32 = 70.0;
/// So many doubtful words are looked at again.
const FEW_WORDS: usize = 3;
/// Where one in so many dark pixels belongs to no certain word, that is looked at again, too.
const MUCH_INK: usize = 10;
/// So many letters of another script, in words that are certain, are no accident: of formulas and specks 8 and
/// less are read as such, of two dozen words in another script 40 and more.
const LETTERS_OF_A_SCRIPT: usize = 12;

/// How the text lies in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Columns and paragraphs.
    Page,
    /// Words here and there.
    Sparse,
}

/// Who reads: Tesseract.
pub(super) trait Eye {
    /// What is told of a picture before it is read.
    async fn look(&self, picture: &GrayImage) -> Result<Sight, ToolError>;

    /// The words in a picture.
    async fn read(
        &self,
        picture: &GrayImage,
        languages: &Languages,
        layout: Layout,
    ) -> Result<Table, ToolError>;
}

/// What was read in one try, and how.
pub(super) struct Seen {
    pub(super) table: Table,
    confidence: f32,
    /// How the picture was turned for it.
    pub(super) turn: Option<Turn>,
    languages: Languages,
}

impl Seen {
    const fn is_sure(&self) -> bool {
        self.confidence >= SURE
    }
}

/// One picture that is being read.
pub(super) struct Reading<'a, E> {
    pub(super) eye: &'a E,
    /// All that are to be read, in the order of preference.
    pub(super) languages: &'a Languages,
    /// Whether the eye can look.
    pub(super) orients: bool,
    pub(super) picture: GrayImage,
}

impl<E: Eye> Reading<'_, E> {
    /// The surest reading.
    ///
    /// # Errors
    /// When Tesseract cannot be run, or nothing was read before it took too long.
    pub(super) async fn read(&self) -> Result<Seen, ToolError> {
        let all = self.languages;
        let asks_first = self.orients && all.are_of_several_scripts();
        let sight = if asks_first { self.look().await? } else { None };
        let turn = sight.and_then(Sight::sure_turn);
        let Some(script) = sight.and_then(|sight| sight.script) else {
            let seen = self.read_with(turn, all).await?;
            return self.the_other_way(seen, sight).await;
        };
        let seen = self.read_with(turn, &all.of(script)).await?;
        if seen.is_sure() {
            return self.other_scripts(seen).await;
        }
        let all = all.led_by(script);
        let seen = if seen.languages.are_fewer_than(&all) {
            self.surer(seen, turn, &all).await?
        } else {
            seen
        };
        self.the_other_way(seen, sight).await
    }

    /// Where it was not read with confidence: reads the picture turned, or as it lies if it was turned.
    async fn the_other_way(&self, seen: Seen, sight: Option<Sight>) -> Result<Seen, ToolError> {
        if seen.is_sure() || !self.orients {
            return Ok(seen);
        }
        let sight = match sight {
            Some(sight) => Some(sight),
            None => self.look().await?,
        };
        let told = sight.and_then(|sight| sight.turn);
        let other = if seen.turn.is_some() { None } else { told };
        if other == seen.turn {
            return Ok(seen);
        }
        let languages = seen.languages.clone();
        self.surer(seen, other, &languages).await
    }

    /// Where words are doubtful, and are of another script: reads the picture with the languages of that too.
    async fn other_scripts(&self, seen: Seen) -> Result<Seen, ToolError> {
        let others = self.languages.of_other_scripts_than(&seen.languages);
        if others.is_empty() {
            return Ok(seen);
        }
        let mut rest = self.turned(seen.turn);
        let ink = map::ink(&rest);
        map::clear(&mut rest, seen.table.boxes_of_the_rest());
        // A column of another script may be no words at all to Tesseract.
        let is_left = map::ink(&rest) * MUCH_INK > ink;
        if seen.table.doubtful_words() < FEW_WORDS && !is_left {
            return Ok(seen);
        }
        let Some(read) = tried(self.eye.read(&rest, &others, Layout::Sparse).await)? else {
            return Ok(seen);
        };
        let languages = seen.languages.with(&others, |script| {
            read.certain_letters(script) >= LETTERS_OF_A_SCRIPT
        });
        if !seen.languages.are_fewer_than(&languages) {
            return Ok(seen);
        }
        // Mean confidence says nothing here: words that were none before may be less sure than the others.
        let again = tried(self.read_with(seen.turn, &languages).await)?;
        Ok(again.filter(Seen::is_sure).unwrap_or(seen))
    }

    /// What is surer: what was seen, or what is read so.
    async fn surer(&self, seen: Seen, turn: Option<Turn>, languages: &Languages) -> Result<Seen, ToolError> {
        let again = tried(self.read_with(turn, languages).await)?;
        Ok(again
            .filter(|again| again.confidence > seen.confidence)
            .unwrap_or(seen))
    }

    async fn read_with(&self, turn: Option<Turn>, languages: &Languages) -> Result<Seen, ToolError> {
        let picture = self.turned(turn);
        let table = self.eye.read(&picture, languages, Layout::Page).await?;
        Ok(Seen {
            confidence: table.confidence(),
            table,
            turn,
            languages: languages.clone(),
        })
    }

    /// What is told of the picture before it is read; `None` where that takes too long.
    async fn look(&self) -> Result<Option<Sight>, ToolError> {
        tried(self.eye.look(&self.picture).await)
    }

    fn turned(&self, turn: Option<Turn>) -> GrayImage {
        turn.map_or_else(|| self.picture.clone(), |turn| turn.picture(&self.picture))
    }
}

/// What was only to make a reading better, if it came to an end; the reading stands without it.
fn tried<T>(outcome: Result<T, ToolError>) -> Result<Option<T>, ToolError> {
    match outcome {
        Ok(done) => Ok(Some(done)),
        Err(ToolError::TimedOut | ToolError::TooLarge) => Ok(None),
        Err(error @ ToolError::Unavailable(_)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::tesseract::languages::Trained;
    use image::Luma;
    use std::fmt::Write;
    use std::sync::Mutex;

    /// Knows one page: what is told of it, and what comes of it by languages, way and layout.
    struct Known {
        told: &'static str,
        /// As they are asked for, with the words and how sure they are in percent; nothing comes of others.
        readings: Vec<(&'static str, &'static [(&'static str, u8)])>,
        asked: Mutex<Vec<String>>,
    }

    impl Eye for Known {
        async fn look(&self, _picture: &GrayImage) -> Result<Sight, ToolError> {
            self.asked.lock().unwrap().push("look".into());
            Ok(Sight::read(self.told))
        }

        async fn read(
            &self,
            picture: &GrayImage,
            languages: &Languages,
            layout: Layout,
        ) -> Result<Table, ToolError> {
            let way = if picture.width() > picture.height() {
                "lying"
            } else {
                "upright"
            };
            let question = match layout {
                Layout::Page => format!("{} {way}", languages.joined()),
                Layout::Sparse => format!("{} {way} rest", languages.joined()),
            };
            let found = self.readings.iter().find(|(asked, _)| *asked == question);
            self.asked.lock().unwrap().push(question);
            let Some((_, words)) = found else {
                return Err(ToolError::TimedOut);
            };
            let mut rows = String::new();
            for (text, percent) in *words {
                writeln!(rows, "5\t1\t1\t1\t1\t1\t0\t0\t1\t1\t{percent}\t{text}").unwrap();
            }
            Ok(Table::read(&rows))
        }
    }

    const LATIN: &str = "Rotate: 0\nOrientation confidence: 20\nScript: Latin\n";
    const HEBREW: &str = "Rotate: 0\nOrientation confidence: 20\nScript: Hebrew\n";

    /// Reads a page that is wider than high; what was asked, and what stands.
    async fn outcome(
        wanted: &str,
        told: &'static str,
        readings: Vec<(&'static str, &'static [(&'static str, u8)])>,
    ) -> (Vec<String>, Option<String>) {
        let blank = GrayImage::from_pixel(4, 2, Luma([u8::MAX]));
        outcome_of(blank, wanted, told, readings).await
    }

    async fn outcome_of(
        picture: GrayImage,
        wanted: &str,
        told: &'static str,
        readings: Vec<(&'static str, &'static [(&'static str, u8)])>,
    ) -> (Vec<String>, Option<String>) {
        let wanted: Vec<String> = wanted.split('+').map(str::to_owned).collect();
        let eye = Known {
            told,
            readings,
            asked: Mutex::default(),
        };
        let languages = Trained::of(&wanted).choose(&wanted);
        let reading = Reading {
            eye: &eye,
            languages: &languages,
            orients: true,
            picture,
        };
        let seen = reading.read().await.ok();
        let text = seen.map(|seen| seen.table.page(1.0, 1.0).text);
        (eye.asked.into_inner().unwrap(), text)
    }

    #[tokio::test]
    async fn a_page_is_read_with_the_languages_of_its_script() {
        let (asked, text) = outcome("heb+eng+deu", LATIN, vec![("eng+deu lying", &[("Cell", 95)])]).await;
        assert_eq!(asked, ["look", "eng+deu lying"]);
        assert_eq!(text.as_deref(), Some("Cell"));
        let (asked, _) = outcome("eng+ara+heb", HEBREW, vec![("heb+eng lying", &[("תא", 95)])]).await;
        assert_eq!(asked, ["look", "heb+eng lying"]);
    }

    #[tokio::test]
    async fn nothing_is_asked_of_a_sure_page_where_there_is_one_script() {
        let (asked, _) = outcome("deu+eng", LATIN, vec![("deu+eng lying", &[("Zelle", 95)])]).await;
        assert_eq!(asked, ["deu+eng lying"]);
    }

    #[tokio::test]
    async fn a_page_whose_script_cannot_be_told_is_read_with_all_in_their_order() {
        let (asked, text) = outcome(
            "heb+eng",
            "Too few characters",
            vec![("heb+eng lying", &[("5", 95)])],
        )
        .await;
        assert_eq!(asked, ["look", "heb+eng lying"]);
        assert_eq!(text.as_deref(), Some("5"));
    }

    #[tokio::test]
    async fn what_is_not_sure_in_the_script_that_was_told_is_read_in_all() {
        let readings: Vec<(_, &'static [_])> = vec![
            ("eng lying", &[("OINN", 50)]),
            ("eng+heb+rus lying", &[("שלום", 90)]),
        ];
        let (asked, text) = outcome("heb+eng+rus", LATIN, readings).await;
        assert_eq!(asked, ["look", "eng lying", "eng+heb+rus lying"]);
        assert_eq!(text.as_deref(), Some("שלום"));
        let readings: Vec<(_, &'static [_])> =
            vec![("eng lying", &[("blot", 60)]), ("eng+heb lying", &[("בול", 55)])];
        let (_, text) = outcome("heb+eng", LATIN, readings).await;
        assert_eq!(text.as_deref(), Some("blot"), "the surer one stands");
    }

    #[tokio::test]
    async fn words_of_another_script_are_noticed_and_read() {
        let doubtful: &[(&str, u8)] = &[
            ("The", 96),
            ("smallest", 96),
            ("part", 96),
            ("of", 96),
            ("animals", 97),
            ("NNN", 50),
            ("DIN", 42),
            ("IXN", 36),
        ];
        let readings: Vec<(_, &'static [_])> = vec![
            ("eng lying", doubtful),
            (
                "heb+rus lying rest",
                &[("היחידה", 92), ("הקטנה", 93), ("ביותר", 91), ("МИ", 40)],
            ),
            ("eng+heb lying", &[("The", 96), ("היחידה", 92)]),
        ];
        let (asked, text) = outcome("eng+heb+rus", LATIN, readings).await;
        assert_eq!(
            asked,
            ["look", "eng lying", "heb+rus lying rest", "eng+heb lying"]
        );
        assert_eq!(text.as_deref(), Some("The היחידה"));
        let formulas: Vec<(_, &'static [_])> = vec![
            ("eng lying", doubtful),
            ("heb+rus lying rest", &[("МИ", 85), ("ןו", 60)]),
        ];
        let (asked, text) = outcome("eng+heb+rus", LATIN, formulas).await;
        assert_eq!(asked, ["look", "eng lying", "heb+rus lying rest"]);
        assert!(text.is_some_and(|text| text.starts_with("The smallest")));
    }

    #[tokio::test]
    async fn ink_that_is_no_word_is_looked_at_in_the_other_scripts() {
        let readings: Vec<(_, &'static [_])> = vec![
            ("eng lying", &[("book", 96)]),
            ("ara lying rest", &[("كتاب", 92), ("مدرسة", 91), ("طالب", 96)]),
            ("eng+ara lying", &[("book", 96), ("كتاب", 90)]),
        ];
        let drawn = GrayImage::new(40, 20);
        let (asked, text) = outcome_of(drawn, "eng+ara", LATIN, readings).await;
        assert_eq!(asked, ["look", "eng lying", "ara lying rest", "eng+ara lying"]);
        assert_eq!(text.as_deref(), Some("book كتاب"));
    }

    #[tokio::test]
    async fn a_page_is_turned_before_it_is_read_where_its_way_was_told_surely() {
        let lying = "Rotate: 90\nOrientation confidence: 20\nScript: Hebrew\n";
        let readings: Vec<(_, &'static [_])> = vec![("heb+eng upright", &[("תא", 95)])];
        let (asked, _) = outcome("eng+heb", lying, readings).await;
        assert_eq!(asked, ["look", "heb+eng upright"]);
        let unsure = "Rotate: 90\nOrientation confidence: 2\nScript: Latin\n";
        let readings: Vec<(_, &'static [_])> = vec![
            ("eng lying", &[("x", 40)]),
            ("eng+heb lying", &[("y", 45)]),
            ("eng+heb upright", &[("Cell", 95)]),
        ];
        let (asked, text) = outcome("eng+heb", unsure, readings).await;
        assert_eq!(asked, ["look", "eng lying", "eng+heb lying", "eng+heb upright"]);
        assert_eq!(text.as_deref(), Some("Cell"));
        let (asked, _) = outcome(
            "eng",
            lying,
            vec![("eng lying", &[("x", 40)]), ("eng upright", &[("Cell", 95)])],
        )
        .await;
        assert_eq!(asked, ["eng lying", "look", "eng upright"]);
        // Told wrongly.
        let readings: Vec<(_, &'static [_])> = vec![
            ("heb+eng upright", &[("x", 40)]),
            ("heb+eng lying", &[("תא", 95)]),
        ];
        let (_, text) = outcome("heb+eng", lying, readings).await;
        assert_eq!(text.as_deref(), Some("תא"));
    }

    #[tokio::test]
    async fn what_was_read_stands_where_reading_it_better_takes_too_long() {
        let (asked, text) = outcome("eng+heb", LATIN, vec![("eng lying", &[("blot", 60)])]).await;
        assert_eq!(asked, ["look", "eng lying", "eng+heb lying"]);
        assert_eq!(text.as_deref(), Some("blot"));
        let (_, nothing) = outcome("eng+heb", LATIN, Vec::new()).await;
        assert_eq!(nothing, None);
    }
}
