//! Fractions in PDFs whose parts stand above and below a bar, and rules that are none.
use crate::extract;
use crate::samples::pdf;
use std::fmt::Write as _;

/// Words in Helvetica of 10 points unless said.
fn word(x: f64, y: f64, text: &str) -> String {
    sized(10.0, x, y, text)
}

fn sized(size: f64, x: f64, y: f64, text: &str) -> String {
    format!("BT /F {size} Tf {x} {y} Td ({text}) Tj ET ")
}

fn bar(left: f64, right: f64, y: f64) -> String {
    format!("{left} {} {} 0.4 re f ", y - 0.2, right - left)
}

async fn text_of(content: &str) -> String {
    extract(&pdf(&[content])).await.pages.remove(0).text
}

#[tokio::test]
async fn a_fraction_is_read_on_the_line_of_its_bar() {
    let content = [
        word(20.0, 300.0, "m ="),
        word(41.0, 306.8, "y + 1"),
        bar(40.0, 64.0, 302.5),
        word(46.5, 293.1, "2a"),
        word(68.0, 300.0, "and more"),
    ];
    assert_eq!(text_of(&content.concat()).await, "m = (y + 1)/(2a) and more");
    // The bar may be a line, and small parts may stand on a line of the text.
    let content = [
        word(20.0, 330.0, "The line before is as long as this"),
        word(20.0, 318.0, "Add"),
        sized(7.0, 41.2, 321.9, "1"),
        "0.4 w 41.2 320.5 m 45.1 320.5 l S ".to_owned(),
        sized(7.0, 41.2, 314.6, "2"),
        word(49.0, 318.0, "of it to the rest"),
        word(20.0, 306.0, "The line after is as long as this"),
    ];
    assert_eq!(
        text_of(&content.concat()).await,
        "The line before is as long as this\nAdd 1/2 of it to the rest\nThe line after is as long as this"
    );
}

#[tokio::test]
async fn a_number_before_a_fraction_stays_one_of_its_own() {
    let content = [
        word(20.0, 300.0, "2"),
        sized(7.0, 26.8, 303.9, "1"),
        bar(26.8, 30.7, 302.5),
        sized(7.0, 26.8, 296.6, "3"),
        word(31.9, 300.0, ", said Ada"),
    ];
    assert_eq!(text_of(&content.concat()).await, "2 1/3, said Ada");
}

#[tokio::test]
async fn a_fraction_stands_alone_or_in_another_or_beside_another() {
    let content = [
        word(51.0, 207.0, "a"),
        bar(50.0, 57.6, 202.5),
        word(51.0, 193.0, "b"),
    ];
    assert_eq!(text_of(&content.concat()).await, "a/b");
    let content = [
        word(20.0, 300.0, "p ="),
        sized(7.0, 45.0, 311.2, "1"),
        bar(45.0, 49.0, 309.8),
        sized(7.0, 45.0, 303.9, "x"),
        word(52.0, 307.3, "+ 1"),
        bar(44.0, 67.0, 302.5),
        word(53.0, 293.0, "y"),
    ];
    assert_eq!(text_of(&content.concat()).await, "p = (1/x + 1)/y");
    let content = [
        word(10.0, 300.0, "="),
        word(20.0, 306.8, "dy"),
        bar(19.6, 31.0, 302.5),
        word(20.0, 293.1, "du"),
        word(35.0, 306.8, "du"),
        bar(34.6, 46.4, 302.5),
        word(35.0, 293.1, "dx"),
    ];
    assert_eq!(text_of(&content.concat()).await, "= dy/du du/dx");
}

#[tokio::test]
async fn parts_of_several_words_are_read_and_boxed_word_by_word() {
    let content = [
        word(20.0, 300.0, "v ="),
        word(41.0, 306.8, "distance run"),
        bar(40.0, 97.0, 302.5),
        word(45.4, 293.1, "time taken"),
    ];
    let page = extract(&pdf(&[&content.concat()])).await.pages.remove(0);
    assert_eq!(page.text, "v = (distance run)/(time taken)");
    let words: Vec<&str> = page.words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(words, ["v", "=", "(distance", "run)/(time", "taken)"]);
    assert!(page.words.windows(2).all(|pair| pair[0].x < pair[1].x));
    let last = &page.words[4];
    assert!(last.x > 70.0 && last.x + last.w < 98.0, "{last:?}");
}

#[tokio::test]
async fn rules_that_underline_or_part_are_no_bars() {
    let underlined = [
        word(20.0, 300.0, "some"),
        word(50.0, 300.0, "words"),
        bar(50.0, 76.0, 298.5),
        word(80.0, 300.0, "here"),
        word(20.0, 288.0, "and more of them below"),
    ];
    assert_eq!(
        text_of(&underlined.concat()).await,
        "some words here\nand more of them below"
    );
    let heading = [
        word(20.0, 300.0, "Name"),
        bar(20.0, 47.0, 298.5),
        word(20.0, 288.0, "Date"),
    ];
    assert_eq!(text_of(&heading.concat()).await, "Name\nDate");
    let mut table = String::new();
    for (row, words) in ["head", "body", "more"].iter().enumerate() {
        let y = 300.0 - 12.0 * f64::from(u32::try_from(row).unwrap());
        let _ = write!(table, "{}{}", word(20.0, y, words), bar(20.0, 44.0, y - 3.5));
    }
    assert_eq!(text_of(&table).await, "head\nbody\nmore");
    let cells = [
        word(26.0, 300.0, "head"),
        bar(20.0, 56.0, 296.5),
        word(26.0, 288.0, "body"),
    ];
    assert_eq!(text_of(&cells.concat()).await, "head\nbody");
    let sum = [
        word(40.0, 312.0, "12"),
        word(40.0, 300.0, "34"),
        bar(40.0, 51.2, 296.5),
        word(40.0, 287.0, "46"),
    ];
    assert_eq!(text_of(&sum.concat()).await, "12\n34\n46");
}
