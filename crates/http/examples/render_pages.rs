//! Writes every page from samples, in every language, into a directory, to be looked at in a browser:
//! `cargo run -p homeroom-http --example render_pages -- DIR`.
use homeroom_http::web::assets;
use homeroom_http::web::localizer::{Lang, Localizer};
use homeroom_http::web::samples::{SHEET, Samples, is_heading};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let Some(directory) = env::args_os().nth(1) else {
        eprintln!("usage: render_pages DIR");
        std::process::exit(2);
    };
    let root = Path::new(&directory);
    let say = str::to_owned;
    for lang in Lang::ALL {
        for (name, page) in Samples::new(Localizer::of(lang), &say).all() {
            write(
                &root.join(lang.code()).join(format!("{name}.html")),
                page.into_string().as_bytes(),
            )?;
        }
    }
    for name in assets::names() {
        let content = assets::content(&name).unwrap_or_default();
        write(&root.join(&assets::asset_url(&name)[1..]), &content)?;
    }
    for number in 0..9 {
        write(
            &root.join(format!("sample/page-{number}.svg")),
            sheet(number).as_bytes(),
        )?;
    }
    println!("pages are in {}", root.display());
    Ok(())
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, content)
}

/// A page of a document that never was.
#[expect(clippy::cast_precision_loss, reason = "lines are short")]
fn sheet(number: usize) -> String {
    let mut svg = String::from(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 595 842" width="595" height="842"><rect width="595" height="842" fill="#fff"/><g font-family="monospace" fill="#222">"##,
    );
    for (index, (line, y)) in SHEET.iter().enumerate() {
        let (size, weight, width) = if is_heading(line) {
            (18, 700, line.len() as f64 * 10.8)
        } else {
            (11, 400, line.len() as f64 * 6.6)
        };
        if number == 0 || index % (number + 1) != 1 {
            let _ = write!(
                svg,
                r#"<text x="64" y="{y}" font-size="{size}" font-weight="{weight}" textLength="{width}" lengthAdjust="spacingAndGlyphs">{line}</text>"#
            );
        }
    }
    let _ = write!(
        svg,
        r##"</g><rect x="64" y="520" width="467" height="220" fill="#eef1f6"/><circle cx="{}" cy="630" r="70" fill="none" stroke="#7a8ab5" stroke-width="6"/><text x="290" y="810" font-size="11" fill="#666">{number}</text></svg>"##,
        180 + number * 30
    );
    svg
}
