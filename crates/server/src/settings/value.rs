//! The types of settings, each read from one line of text.
use homeroom_http::gateway::Network;
use jiff::SignedDuration;
use std::time::Duration;
use zeroize::Zeroizing;

/// A setting's value.
pub trait Value: Sized {
    /// # Errors
    /// Says what the text must be.
    fn read(text: &str) -> Result<Self, String>;
}

macro_rules! parsed {
    ($($type:ty: $form:literal;)*) => {$(
        impl Value for $type {
            fn read(text: &str) -> Result<Self, String> {
                text.trim().parse().map_err(|_| concat!("must be ", $form).to_owned())
            }
        }
    )*};
}

parsed! {
    std::net::SocketAddr: "an address and a port such as 127.0.0.1:8000";
    bool: "true or false";
    u32: "a whole number";
    u64: "a whole number";
    usize: "a whole number";
}

impl Value for String {
    fn read(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
}

impl Value for std::path::PathBuf {
    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            Err("must not be empty".into())
        } else {
            Ok(text.into())
        }
    }
}

/// A number of bytes, such as `256 MiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteSize(pub u64);

impl Value for ByteSize {
    fn read(text: &str) -> Result<Self, String> {
        const FORM: &str = "must be a size such as 512 KiB, 256 MiB or 100 GiB";
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let shift = match text[digits..].trim() {
            "" | "B" => 0,
            "KiB" => 10,
            "MiB" => 20,
            "GiB" => 30,
            "TiB" => 40,
            _ => return Err(FORM.into()),
        };
        let number: u64 = text[..digits].parse().map_err(|_| FORM.to_owned())?;
        number
            .checked_mul(1 << shift)
            .map(Self)
            .ok_or_else(|| FORM.into())
    }
}

/// A length of time, such as `10 minutes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period(pub SignedDuration);

impl Period {
    /// For timers.
    pub fn std(self) -> Duration {
        self.0.unsigned_abs()
    }
}

impl Value for Period {
    fn read(text: &str) -> Result<Self, String> {
        let period: Option<SignedDuration> = text.trim().parse().ok();
        period
            .filter(SignedDuration::is_positive)
            .map(Self)
            .ok_or_else(|| "must be a time such as 30 seconds, 10 minutes or 24 hours".into())
    }
}

/// A rate; `None` is without limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerMinute(pub Option<u32>);

impl Value for PerMinute {
    fn read(text: &str) -> Result<Self, String> {
        let number = u32::read(text)?;
        Ok(Self((number > 0).then_some(number)))
    }
}

/// Names parted by commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl Value for Names {
    fn read(text: &str) -> Result<Self, String> {
        Ok(Self(parts(text).map(str::to_owned).collect()))
    }
}

/// Text that may hold a password; never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(pub String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "empty" } else { "given" })
    }
}

impl Value for Hidden {
    fn read(text: &str) -> Result<Self, String> {
        Ok(Self(text.trim().to_owned()))
    }
}

/// Secrets parted by commas; never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets(pub Vec<Zeroizing<String>>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

impl Value for Secrets {
    fn read(text: &str) -> Result<Self, String> {
        Ok(Self(
            parts(text)
                .map(|secret| Zeroizing::new(secret.to_owned()))
                .collect(),
        ))
    }
}

/// Addresses and networks parted by commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses(pub Vec<Network>);

impl Value for Addresses {
    fn read(text: &str) -> Result<Self, String> {
        let networks: Result<Vec<Network>, _> = parts(text).map(str::parse).collect();
        networks.map(Self).map_err(|error| error.to_string())
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Value for LogFormat {
    fn read(text: &str) -> Result<Self, String> {
        match text.trim() {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("must be text or json".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_binary_units() {
        assert_eq!(ByteSize::read("5 TiB").unwrap().0, 5 << 40);
        assert_eq!(ByteSize::read("17").unwrap().0, 17);
        for wrong in ["", "5 GB", "-1", "1.5 MiB", "99999999999 TiB", "MiB"] {
            assert!(ByteSize::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn periods_are_positive() {
        assert_eq!(Period::read("10 minutes").unwrap().std(), Duration::from_mins(10));
        for wrong in ["", "0 seconds", "-5 minutes", "soon"] {
            assert!(Period::read(wrong).is_err(), "{wrong}");
        }
    }
}
