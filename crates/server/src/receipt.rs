//! `homeroom receipt verify`: whether receipts hold, without a server and without a network.
use crate::Failure;
use crate::cli::VerifyArguments;
use crate::data_dir::DataDir;
use crate::settings::Settings;
use crate::wiring::receipt_signer;
use homeroom_core::domain::receipt::{Receipt, ReceiptClaims, ReceiptVerdict, follows};
use homeroom_core::ports::ReceiptSigner;
use homeroom_identity::ReceiptKeys;
use serde::Deserialize;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

/// The largest file of receipts that is read, in bytes.
const MAX_BYTES: u64 = 256 << 20;
/// The exit code when a byte was changed.
const CHANGED: u8 = 1;
/// The exit code when a receipt does not follow the one before it.
const BROKEN_CHAIN: u8 = 3;

/// The exit code when nothing can be said: a file cannot be read, holds no receipt, or there are no keys.
const CANNOT_VERIFY: u8 = 2;

/// Verifies every receipt of a file and says how it stands, one line each.
pub fn verify(settings: &Settings, arguments: &VerifyArguments) -> ExitCode {
    judge_all(settings, arguments).unwrap_or_else(|error| {
        eprintln!("homeroom: {error}");
        ExitCode::from(CANNOT_VERIFY)
    })
}

fn judge_all(settings: &Settings, arguments: &VerifyArguments) -> Result<ExitCode, Failure> {
    let check = keys(settings, arguments.keys.as_deref())?;
    let (given, is_list) = parse(&read(&arguments.file)?)?;
    let video = arguments.video.as_deref().map(hash).transpose()?;
    let mut before: Option<Receipt> = None;
    let mut worst = ReceiptVerdict::Valid;
    let mut shows_video = video.is_none();
    for (place, given) in given.into_iter().enumerate() {
        let (verdict, line) = judge(&given, &*check, before.as_ref());
        let begins_late =
            is_list && place == 0 && check(&given.token).is_some_and(|claims| claims.number != 1);
        if begins_late {
            println!(
                "broken_chain: the list does not begin with number 1: what the class had before it is missing"
            );
            worst = worst.max(ReceiptVerdict::BrokenChain);
        }
        println!("{line}");
        worst = worst.max(verdict);
        let signed = check(&given.token);
        if let (Some(claims), Some((sha256, size))) = (&signed, &video) {
            shows_video |= claims.sha256 == *sha256 && claims.size == *size;
        }
        before = signed.map(|claims| Receipt {
            claims,
            token: given.token,
        });
    }
    if !shows_video {
        println!("the video is not the one that was received");
        return Ok(ExitCode::from(CHANGED));
    }
    Ok(match worst {
        ReceiptVerdict::Valid => ExitCode::SUCCESS,
        ReceiptVerdict::Changed => ExitCode::from(CHANGED),
        ReceiptVerdict::BrokenChain => ExitCode::from(BROKEN_CHAIN),
    })
}

/// A receipt as it stands in a file.
struct Given {
    token: String,
    /// What stands beside the token, where anything does.
    shown: Option<ReceiptClaims>,
    /// Whether what stands beside it could not be read.
    is_garbled: bool,
}

type Check = dyn Fn(&str) -> Option<ReceiptClaims>;

fn keys(settings: &Settings, file: Option<&Path>) -> Result<Box<Check>, Failure> {
    if let Some(file) = file {
        let keys = ReceiptKeys::from_jwks(&read(file)?)
            .ok_or_else(|| format!("{}: no keys of receipts in it", file.display()))?;
        return Ok(Box::new(move |token| keys.verify(token)));
    }
    let has_secret = !settings.server.secret.0.is_empty();
    let directory = settings.server.data.join("keys").join("receipts");
    if !has_secret && !directory.is_dir() {
        return Err("no keys to verify with: give the school's with --keys FILE \
             (from /.well-known/receipt-keys.json), or its data directory with --data"
            .into());
    }
    let signer = receipt_signer(settings, &DataDir::open(&settings.server.data)?)?;
    Ok(Box::new(move |token| signer.verify(token)))
}

fn judge(given: &Given, check: &Check, before: Option<&Receipt>) -> (ReceiptVerdict, String) {
    let Some(claims) = check(&given.token) else {
        return (
            ReceiptVerdict::Changed,
            "changed: the school has not signed this".into(),
        );
    };
    if given.is_garbled || given.shown.as_ref().is_some_and(|shown| *shown != claims) {
        let why = "changed: what it says is not what the school has signed";
        return (ReceiptVerdict::Changed, why.into());
    }
    let receipt = Receipt {
        claims: claims.clone(),
        token: given.token.clone(),
    };
    let is_placed = match before {
        Some(before) => follows(&receipt, Some(before)),
        // Alone it can only be said whether it may be the first.
        None => claims.number > 1 && claims.previous.is_some() || follows(&receipt, None),
    };
    let verdict = if is_placed {
        ReceiptVerdict::Valid
    } else {
        ReceiptVerdict::BrokenChain
    };
    let line = format!(
        "{}: number {} of class {}, submission {} by member {} for lesson {}, received {}, {} bytes, SHA-256 {}",
        verdict.name(),
        claims.number,
        claims.class,
        claims.submission,
        claims.member,
        claims.lesson,
        claims.submitted_at,
        claims.size,
        claims.sha256
    );
    (verdict, line)
}

fn read(file: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let opened = std::fs::File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    opened
        .take(MAX_BYTES)
        .read_to_string(&mut text)
        .map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(text)
}

/// One receipt, a list or a page of them, or one on each line; whole or their tokens alone. With whether it is a list,
/// which is all of a class.
fn parse(text: &str) -> Result<(Vec<Given>, bool), Failure> {
    use serde_json::Value;
    let mut is_list = true;
    let found: Vec<Given> = match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(items)) => items.into_iter().map(given).collect(),
        Ok(Value::Object(mut page)) if page.contains_key("items") => match page.remove("items") {
            Some(Value::Array(items)) => items.into_iter().map(given).collect(),
            _ => Vec::new(),
        },
        Ok(one) => {
            is_list = false;
            vec![given(one)]
        }
        Err(_) => {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            let found: Vec<Given> = lines.map(line).collect();
            is_list = found.len() > 1;
            found
        }
    };
    if found.is_empty() {
        return Err("the file holds no receipt".into());
    }
    Ok((found, is_list))
}

fn line(line: &str) -> Given {
    let whole = serde_json::from_str(line).ok();
    whole.map_or_else(
        || Given {
            token: line.trim().to_owned(),
            shown: None,
            is_garbled: false,
        },
        given,
    )
}

fn given(value: serde_json::Value) -> Given {
    #[derive(Deserialize)]
    struct Submitted {
        receipt: serde_json::Value,
    }
    // The answer to handing in holds the receipt.
    if let Ok(submitted) = serde_json::from_value::<Submitted>(value.clone()) {
        return given(submitted.receipt);
    }
    let serde_json::Value::Object(mut fields) = value else {
        let token = value.as_str().unwrap_or_default().to_owned();
        return Given {
            token,
            shown: None,
            is_garbled: false,
        };
    };
    let token = fields.remove("token");
    let token = token
        .as_ref()
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default();
    let shown = serde_json::from_value(serde_json::Value::Object(fields)).ok();
    Given {
        token: token.to_owned(),
        is_garbled: shown.is_none(),
        shown,
    }
}

/// The SHA-256 in hexadecimal and the size of a file.
fn hash(file: &Path) -> Result<(String, u64), Failure> {
    let mut opened = std::fs::File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    let (mut size, mut buffer) = (0, vec![0; 1 << 20]);
    loop {
        let read = opened.read(&mut buffer)?;
        if read == 0 {
            return Ok((hex::encode(digest.finish()), size));
        }
        digest.update(&buffer[..read]);
        size += read as u64;
    }
}
