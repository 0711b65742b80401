//! Words as people type them in several scripts.
use crate::sample::*;

/// A text, and queries that find it among others in its language.
async fn check(language: &str, text: &str, queries: &[&str]) {
    let sample = index_of(vec![
        in_language(language, material(1, "1", &["", text])),
        in_language("en", material(2, "2", &["An unrelated page about gardens"])),
    ])
    .await;
    for query in queries {
        assert_eq!(sample.pages(query).await, [(1, 2)], "{query}");
        let snippet = &sample.find(query).await.hits[0].snippet;
        assert!(snippet.contains("<mark>"), "{query}: {snippet}");
    }
}

#[tokio::test]
async fn hebrew() {
    let text = "והמורה לימדה בבית הספר על מערכות תוכנה גדולות בצה\"ל. שָׁלוֹם עולם";
    check(
        "he",
        text,
        &[
            "המורה",
            "מורה",
            "בית ספר",
            "בית הספר",
            "שלום",
            "שלומ",
            "צה״ל",
            "צהל",
            "\"מערכות תוכנה\"",
        ],
    )
    .await;
}

#[tokio::test]
async fn arabic() {
    let text = "ذهب الطالبُ إلى المدرسة الكبيرة وقرأ كتـــاباً أجنبيًّا";
    check(
        "ar",
        text,
        &[
            "طالب",
            "الطالب",
            "مدرسه",
            "المدرسة",
            "كتابا",
            "اجنبيا",
            "الي المدرسه",
        ],
    )
    .await;
}

#[tokio::test]
async fn russian() {
    check(
        "ru",
        "Книги о русской литературе и ёжиках",
        &["книга", "КНИГИ", "литература", "ежиках"],
    )
    .await;
}

#[tokio::test]
async fn chinese() {
    check(
        "zh",
        "並非所有的方陣都是可逆的。",
        &["方陣", "所有的方陣", "逆", "\"方陣都是\""],
    )
    .await;
}

#[tokio::test]
async fn japanese() {
    check(
        "ja",
        "複雑なコマンドを使用する場合は、ガイドを参照",
        &["コマンド", "ｺﾏﾝﾄﾞ", "使用", "ガイドを参照"],
    )
    .await;
}

#[tokio::test]
async fn korean_and_thai() {
    check(
        "ko",
        "맥에서 무료로 이용 가능하며 프로그래밍",
        &["무료", "프로그래밍", "맥"],
    )
    .await;
    check("th", "ห้ามทำซ้ำหรือแจกจ่ายเอกสารนี้", &["ทําซ้ํา", "แจกจ่าย", "เอกสาร"]).await;
}

#[tokio::test]
async fn accents_and_other_scripts() {
    check(
        "fr",
        "Les élèves étudient à l'école",
        &["eleves", "ÉCOLE", "élève", "l’école"],
    )
    .await;
    check(
        "de",
        "Die Straße über den Fluß",
        &["strasse", "Straße", "fluss", "uber"],
    )
    .await;
    check("el", "Μια μεταβλητή επανάληψης", &["μεταβλητη", "ΜΕΤΑΒΛΗΤΉ"]).await;
    check("hi", "यह अध्याय गिट के साथ कैसे", &["अध्याय", "अध्याय गिट"]).await;
    check("vi", "các vector riêng trực giao", &["vector riêng", "truc giao"]).await;
    check("tr", "Eğri Altında Kalan Alan", &["egri altinda", "EĞRİ"]).await;
}

#[tokio::test]
async fn chinese_in_either_script() {
    let traditional = "這一章說明線性代數與方陣的運算";
    let simplified = "这一章说明线性代数与方阵的运算";
    for text in [traditional, simplified] {
        check(
            "zh",
            text,
            &["線性代數", "线性代数", "\"方陣的\"", "方阵的运算", "陣"],
        )
        .await;
    }
}

/// A typo is forgiven whatever stands before the word, and what is said to have been searched instead is spelled
/// as a document has it.
async fn check_typos(language: &str, text: &str, typos: &[(&str, &str)]) {
    let sample = index_of(vec![
        in_language(language, material(1, "1", &["", text])),
        in_language("en", material(2, "2", &["An unrelated page about gardens"])),
    ])
    .await;
    for (typo, corrected) in typos {
        let found = sample.find(typo).await;
        assert_eq!(found.corrected.as_deref(), Some(*corrected), "{typo}");
        assert_eq!((found.total, found.hits[0].page), (1, 2), "{typo}");
        assert!(
            found.hits[0].snippet.contains("<mark>"),
            "{typo}: {}",
            found.hits[0].snippet
        );
    }
}

#[tokio::test]
async fn hebrew_typos_behind_prefixed_letters() {
    check_typos(
        "he",
        "הרחובות שבירושלים ועל הכלורופלסט",
        &[
            ("ירושלם", "ירושלים"),
            ("ירושליימ", "ירושלים"),
            ("בירושלם", "בירושלים"),
            ("שבירושלם", "שבירושלים"),
            ("כלורופלסת", "כלורופלסט"),
            ("בכלורופלסת", "כלורופלסט"),
        ],
    )
    .await;
    let sample = index_of(vec![in_language("he", material(1, "1", &["על הכלורופלסט"]))]).await;
    assert_eq!(sample.pages("כלורופל").await, [(1, 1)], "by its beginning");
}

#[tokio::test]
async fn arabic_typos_behind_the_article() {
    check_typos(
        "ar",
        "الماء والهيدروجين عنصران",
        &[("هيدروجن", "هيدروجين"), ("الهيدروجن", "هيدروجين")],
    )
    .await;
}

#[tokio::test]
async fn corrections_are_spelled_as_documents_have_them() {
    check_typos(
        "ru",
        "Великие мореплаватели эпохи",
        &[("мореплователи", "мореплаватели")],
    )
    .await;
    check_typos("el", "Οι ταχύτητες των σωμάτων", &[("ταχητητες", "ταχύτητες")]).await;
    check_typos("hi", "सब लड़कियाँ पढ़ती हैं", &[("लडकिंयाँ", "लड़कियाँ")]).await;
    check_typos("fr", "La Théorie des ensembles", &[("théroie", "théorie")]).await;
}

#[tokio::test]
async fn hindi() {
    check(
        "hi",
        "विद्यार्थियों को किताब पढ़ती हुई लड़कियाँ",
        &["विद्यार्थी", "पढ़ना", "पढना", "लड़की", "किताबें"],
    )
    .await;
    let sample = index_of(vec![in_language("mr", material(1, "1", &["विद्यार्थियों"]))]).await;
    assert_eq!(sample.pages("विद्यार्थी").await, []);
}

#[tokio::test]
async fn words_that_end_a_line_are_found_in_scripts_without_spaces() {
    let sample = index_of(vec![
        material(1, "A", &["举行数学考试。长\n江是中国最长的河流"]),
        material(2, "B", &["月曜日に数\n学の試験があります"]),
        material(3, "C", &["다음 주에 수\n학 시험"]),
    ])
    .await;
    for (query, n) in [("长江", 1), ("\"长江\"", 1), ("数学の試験", 2), ("수학", 3)] {
        assert_eq!(sample.pages(query).await, [(n, 1)], "{query}");
    }
    assert!(
        sample.find("长江").await.hits[0]
            .snippet
            .contains("<mark>长江</mark>")
    );
}
