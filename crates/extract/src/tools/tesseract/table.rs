//! Tesseract's table of what it read: a row for each word, with its place and how sure it is.
use super::script::Script;
use homeroom_core::ports::extractor::{ExtractedPage, Word};

/// Words that Tesseract is less sure of, in percent, are left out: they are specks and drawings.
const MIN_CONFIDENCE: f32 = 35.0;
/// Words that it is less sure of may be of a script that it was not told to read: those are given 0 to 90, and
/// most printed words 90 and more.
const DOUBTFUL: f32 = 70.0;
/// Words that are right in all likelihood.
const CERTAIN: f32 = 80.0;

/// What was read of a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Table {
    /// Width and height of the picture in pixels, where they are said.
    size: Option<(u16, u16)>,
    words: Vec<Row>,
}

/// One row that is a word.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    /// Block, paragraph and line.
    place: (u32, u32, u32),
    text: String,
    /// In percent.
    confidence: f32,
    /// Left, top, width and height in pixels.
    edges: [u16; 4],
}

impl Table {
    /// Level, page, block, paragraph, line, word, left, top, width, height, confidence, text. The row of level 1
    /// has the picture's size, those of level 5 are words. What is no such row is passed over.
    pub(super) fn read(table: &str) -> Self {
        let mut read = Self::default();
        for line in table.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            if cells.first() == Some(&"1")
                && let Some([.., w, h]) = edges(&cells)
            {
                read.size = Some((w, h));
            }
            read.words.extend(word(&cells));
        }
        read
    }

    /// The page that it makes, of `width` × `height` points.
    pub(super) fn page(&self, width: f32, height: f32) -> ExtractedPage {
        let mut page = ExtractedPage {
            width,
            height,
            ..ExtractedPage::default()
        };
        let scale = |points: f32, pixels: u16| points / f32::from(pixels.max(1));
        let (across, down) = self
            .size
            .map_or((1.0, 1.0), |(w, h)| (scale(width, w), scale(height, h)));
        let mut last = None;
        for row in self.words.iter().filter(|row| row.confidence >= MIN_CONFIDENCE) {
            let parting = match last {
                None => "",
                Some(place) if place == row.place => " ",
                Some(_) => "\n",
            };
            page.text.push_str(parting);
            page.text.push_str(&row.text);
            last = Some(row.place);
            let [x, y, w, h] = row.edges.map(f32::from);
            page.words.push(Word {
                text: row.text.clone(),
                x: x * across,
                y: y * down,
                w: w * across,
                h: h * down,
            });
        }
        page
    }

    /// That of the mean letter in percent, also of words that are left out; 0 where there is none.
    pub(super) fn confidence(&self) -> f32 {
        let (mut sum, mut letters) = (0.0, 0.0);
        for row in &self.words {
            let Ok(count) = u16::try_from(row.text.chars().count()) else {
                continue;
            };
            sum += row.confidence * f32::from(count);
            letters += f32::from(count);
        }
        if letters > 0.0 { sum / letters } else { 0.0 }
    }

    /// How many words of two letters or more are doubtful.
    pub(super) fn doubtful_words(&self) -> usize {
        let doubtful = self.words.iter().filter(|row| row.confidence < DOUBTFUL);
        doubtful.filter(|row| scripts(&row.text).count() >= 2).count()
    }

    /// The boxes of all other words in pixels: left, top, width and height.
    pub(super) fn boxes_of_the_rest(&self) -> impl Iterator<Item = [u16; 4]> {
        let others = self.words.iter().filter(|row| row.confidence >= DOUBTFUL);
        others.map(|row| row.edges)
    }

    /// How many letters of a script are in words that are certain.
    pub(super) fn certain_letters(&self, script: Script) -> usize {
        let certain = self.words.iter().filter(|row| row.confidence >= CERTAIN);
        let letters = certain.map(|row| scripts(&row.text).filter(|one| *one == script).count());
        // One alone is as easily a stroke or a dot.
        letters.filter(|letters| *letters >= 2).sum()
    }
}

/// The scripts of a word's letters.
fn scripts(text: &str) -> impl Iterator<Item = Script> {
    text.chars().filter_map(Script::of_letter)
}

fn word(cells: &[&str]) -> Option<Row> {
    let (level, text) = (cells.first()?, cells.get(11)?.trim());
    if *level != "5" || text.is_empty() {
        return None;
    }
    let number = |place: usize| cells.get(place)?.parse().ok();
    let confidence: f32 = cells.get(10)?.parse().ok()?;
    Some(Row {
        place: (number(2)?, number(3)?, number(4)?),
        text: text.to_owned(),
        confidence: Some(confidence).filter(|percent| percent.is_finite())?,
        edges: edges(cells)?,
    })
}

fn edges(cells: &[&str]) -> Option<[u16; 4]> {
    let number = |place: usize| cells.get(place)?.parse().ok();
    Some([number(6)?, number(7)?, number(8)?, number(9)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
        1\t1\t0\t0\t0\t0\t0\t0\t1000\t2000\t-1\t\n\
        4\t1\t1\t1\t1\t0\t100\t100\t500\t50\t-1\t\n\
        5\t1\t1\t1\t1\t1\t100\t100\t200\t50\t96.1\tCell\n\
        5\t1\t1\t1\t1\t2\t320\t100\t280\t50\t91\tmembrane\n\
        5\t1\t1\t1\t1\t3\t700\t100\t20\t50\t12\t~|\n\
        5\t1\t1\t1\t2\t1\t100\t200\t200\t50\t88\tשלום\n";

    #[test]
    fn the_table_becomes_lines_and_boxes_in_points() {
        let page = Table::read(TABLE).page(500.0, 1000.0);
        assert_eq!(page.text, "Cell membrane\nשלום");
        assert_eq!(page.words.len(), 3);
        let Word { x, y, w, h, .. } = page.words[1];
        let place = format!("{x:.1} {y:.1} {w:.1} {h:.1}");
        assert_eq!(place, "160.0 50.0 140.0 25.0");
    }

    #[test]
    fn confidence_is_that_of_the_mean_letter() {
        assert!(Table::default().confidence() < 0.1);
        let mean = Table::read(TABLE).confidence();
        let expected = (4.0 * 96.1 + 8.0 * 91.0 + 2.0 * 12.0 + 4.0 * 88.0) / 18.0;
        assert!((mean - expected).abs() < 0.01, "{mean}");
    }

    #[test]
    fn what_is_no_table_is_an_empty_page() {
        for table in [
            "",
            "\t\t\t",
            "5\t1\t1\t1\t1\t1\tx\t0\t0\t0\t99\tword",
            "5\t1\t1\t1\t1\t1\t0\t0\t1\t1\tNaN\tword",
            "1\t1",
        ] {
            assert_eq!(Table::read(table).page(1.0, 1.0).text, "", "{table:?}");
        }
    }

    #[test]
    fn words_that_are_doubtful_are_counted_and_letters_of_those_that_are_certain() {
        let doubtful = TABLE.replace("\t91\t", "\t42\t");
        assert_eq!(Table::read(TABLE).doubtful_words(), 0, "signs are no words");
        let table = Table::read(&doubtful);
        assert_eq!(table.doubtful_words(), 1);
        let kept: Vec<_> = table.boxes_of_the_rest().collect();
        assert_eq!(kept, [[100, 100, 200, 50], [100, 200, 200, 50]]);
        assert_eq!(table.certain_letters(Script::Hebrew), 4);
        assert_eq!(table.certain_letters(Script::Latin), 4);
        assert_eq!(table.certain_letters(Script::Greek), 0);
    }
}
