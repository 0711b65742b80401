//! Compound files (MS-CFB), the container of Office 97 to 2003: bounded reading of named streams.
//!
//! Every chain is followed for at most as many steps as the file has sectors, so that loops end.
use crate::child::Stop;
use homeroom_core::ports::extractor::Rejection;
use std::collections::HashMap;

/// The mark at the beginning.
pub(crate) const MARK: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

const FIRST_SPECIAL: u32 = 0xFFFF_FFFA;
const DIRECTORY_ENTRY: usize = 128;
const MINI_SECTOR: usize = 64;

/// An open compound file.
pub(crate) struct Compound<'b> {
    bytes: &'b [u8],
    sector: usize,
    table: Vec<u32>,
    mini_table: Vec<u32>,
    mini_cutoff: usize,
    mini_stream: Vec<u8>,
    /// First sector and length, by name.
    streams: HashMap<String, (u32, usize)>,
}

impl<'b> Compound<'b> {
    /// Reads the tables and the directory.
    ///
    /// # Errors
    /// `malformed` when they are not there or chains do not end.
    pub(crate) fn open(bytes: &'b [u8]) -> Result<Self, Stop> {
        let number = |at: usize| u32_at(bytes, at).ok_or(Rejection::Malformed);
        if !bytes.starts_with(MARK) {
            return Err(Rejection::Malformed.into());
        }
        let sector = match number(0x1E)? & 0xFFFF {
            9 => 512,
            12 => 4096,
            _ => return Err(Rejection::Malformed.into()),
        };
        let mut file = Self {
            bytes,
            sector,
            table: Vec::new(),
            mini_table: Vec::new(),
            mini_cutoff: number(0x38)? as usize,
            mini_stream: Vec::new(),
            streams: HashMap::new(),
        };
        file.read_table(number(0x44)?)?;
        file.mini_table = units(&file.chain(number(0x3C)?, usize::MAX)?);
        let directory = file.chain(number(0x30)?, usize::MAX)?;
        file.read_directory(&directory)?;
        Ok(file)
    }

    /// Whether there is such a stream, in whichever storage.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.streams.contains_key(name)
    }

    /// The bytes of a stream; `None` when there is none.
    pub(crate) fn stream(&self, name: &str) -> Result<Option<Vec<u8>>, Stop> {
        let Some((first, length)) = self.streams.get(name).copied() else {
            return Ok(None);
        };
        if length < self.mini_cutoff {
            return Ok(Some(self.mini_chain(first, length)?));
        }
        Ok(Some(self.chain(first, length)?))
    }

    fn sectors(&self) -> usize {
        (self.bytes.len() / self.sector).saturating_sub(1)
    }

    fn sector_at(&self, number: u32) -> Option<&'b [u8]> {
        let begin = (number as usize).checked_add(1)?.checked_mul(self.sector)?;
        let end = begin.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(begin..end)
    }

    /// The table of sectors is listed in the header and, for large files, in a chain of its own.
    fn read_table(&mut self, first_list: u32) -> Result<(), Stop> {
        let mut places: Vec<u32> = (0..109)
            .filter_map(|place| u32_at(self.bytes, 0x4C + 4 * place))
            .collect();
        let (mut next, mut steps) = (first_list, 0);
        while next < FIRST_SPECIAL {
            let list = self.sector_at(next).ok_or(Rejection::Malformed)?;
            let mut numbers = units(list);
            next = numbers.pop().ok_or(Rejection::Malformed)?;
            places.append(&mut numbers);
            steps += 1;
            if steps > self.sectors() {
                return Err(Rejection::Malformed.into());
            }
        }
        let per_sector = self.sector / 4;
        let most = self.sectors() / per_sector + 2;
        for place in places
            .into_iter()
            .filter(|place| *place < FIRST_SPECIAL)
            .take(most)
        {
            let sector = self.sector_at(place).ok_or(Rejection::Malformed)?;
            self.table.extend(units(sector));
        }
        Ok(())
    }

    /// The bytes of a chain of sectors, up to a length.
    fn chain(&self, first: u32, length: usize) -> Result<Vec<u8>, Stop> {
        let mut bytes = Vec::new();
        let (mut next, mut steps) = (first, 0);
        while next < FIRST_SPECIAL && bytes.len() < length {
            steps += 1;
            if steps > self.sectors() + 1 {
                return Err(Rejection::Malformed.into());
            }
            let sector = self.sector_at(next).ok_or(Rejection::Malformed)?;
            bytes.extend_from_slice(sector);
            next = self.table.get(next as usize).copied().unwrap_or(u32::MAX);
        }
        bytes.truncate(length);
        Ok(bytes)
    }

    fn mini_chain(&self, first: u32, length: usize) -> Result<Vec<u8>, Stop> {
        let mut bytes = Vec::new();
        let (mut next, mut steps) = (first, 0);
        while next < FIRST_SPECIAL && bytes.len() < length {
            steps += 1;
            if steps > self.mini_stream.len() / MINI_SECTOR + 1 {
                return Err(Rejection::Malformed.into());
            }
            let begin = next as usize * MINI_SECTOR;
            let end = (begin + MINI_SECTOR).min(self.mini_stream.len());
            bytes.extend_from_slice(self.mini_stream.get(begin..end).ok_or(Rejection::Malformed)?);
            next = self.mini_table.get(next as usize).copied().unwrap_or(u32::MAX);
        }
        bytes.truncate(length);
        Ok(bytes)
    }

    /// The first stream of a name counts: what is embedded comes later.
    fn read_directory(&mut self, directory: &[u8]) -> Result<(), Stop> {
        for entry in directory.chunks_exact(DIRECTORY_ENTRY) {
            let name_bytes = usize::from(u16_at(entry, 0x40).unwrap_or(0)).min(64);
            let units: Vec<u16> = entry[..name_bytes]
                .chunks_exact(2)
                .map(|unit| u16::from_le_bytes([unit[0], unit[1]]))
                .collect();
            let name = String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned();
            let (first, length) = (
                u32_at(entry, 0x74).unwrap_or(u32::MAX),
                u32_at(entry, 0x78).unwrap_or(0) as usize,
            );
            match entry[0x42] {
                5 => self.mini_stream = self.chain(first, length)?,
                2 => {
                    self.streams.entry(name).or_insert((first, length));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn units(bytes: &[u8]) -> Vec<u32> {
    let units = bytes.chunks_exact(4);
    units
        .map(|unit| u32::from_le_bytes([unit[0], unit[1], unit[2], unit[3]]))
        .collect()
}

/// A little-endian number at a place, if the bytes reach there.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let unit = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes([unit[0], unit[1], unit[2], unit[3]]))
}

/// A little-endian number at a place, if the bytes reach there.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let unit = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes([unit[0], unit[1]]))
}

/// UTF-16 as its bytes.
pub(super) fn utf_16(bytes: &[u8]) -> String {
    encoding_rs::UTF_16LE
        .decode_without_bom_handling(bytes)
        .0
        .into_owned()
}

/// The title of the summary (MS-OLEPS), where it is written in one of the usual ways.
pub(super) fn title(file: &Compound<'_>) -> Option<String> {
    let summary = file.stream("\u{5}SummaryInformation").ok()??;
    let set = u32_at(&summary, 0x2C)? as usize;
    let count = u32_at(&summary, set + 4)?.min(64) as usize;
    let place = (0..count).find_map(|index| {
        let entry = set + 8 + 8 * index;
        (u32_at(&summary, entry)? == 2).then(|| u32_at(&summary, entry + 4))?
    })?;
    let value = set.checked_add(place as usize)?;
    let length = u32_at(&summary, value + 4)?.min(2_000) as usize;
    match u32_at(&summary, value)? {
        0x1F => Some(utf_16(summary.get(value + 8..value + 8 + 2 * length)?)),
        0x1E => {
            let bytes = summary.get(value + 8..value + 8 + length)?;
            let bytes = bytes.split(|byte| *byte == 0).next()?;
            Some(super::encoding::decode(bytes, None).into_owned())
        }
        _ => None,
    }
}
