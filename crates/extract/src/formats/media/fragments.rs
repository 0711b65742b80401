//! How long a film is that was written in fragments (ISO/IEC 14496-12, 8.8): where the last samples of
//! its tracks end.
use super::{be32, milliseconds};
use std::collections::BTreeMap;

/// More tracks come only from files made to be slow.
const MAX_TRACKS: usize = 64;

/// What was gathered so far, box by box in the file's order.
#[derive(Default)]
pub(super) struct Fragments {
    tracks: BTreeMap<u32, Track>,
    /// The track whose boxes come.
    current: u32,
    /// How long a sample of this fragment is that does not say so itself.
    sample: u32,
}

#[derive(Default)]
struct Track {
    /// Units in a second.
    scale: u32,
    /// How long a sample is where no fragment says otherwise.
    sample: u32,
    /// Where the last sample ends, in units.
    end: u64,
}

impl Fragments {
    /// A track's own header begins (`tkhd`).
    pub(super) fn track(&mut self, id: Option<u32>) {
        self.current = id.unwrap_or(0);
        if self.tracks.len() < MAX_TRACKS {
            self.tracks.entry(self.current).or_default();
        }
    }

    /// Its clock (`mdhd`).
    pub(super) fn clock(&mut self, scale: Option<u32>) {
        if let (Some(track), Some(scale)) = (self.tracks.get_mut(&self.current), scale) {
            track.scale = scale;
        }
    }

    /// What its fragments take where they say nothing (`trex`).
    pub(super) fn defaults(&mut self, header: &[u8]) {
        let (Some(id), Some(sample)) = (be32(header, 4), be32(header, 12)) else {
            return;
        };
        if let Some(track) = self.tracks.get_mut(&id) {
            track.sample = sample;
        }
    }

    /// A fragment of a track begins (`tfhd`).
    pub(super) fn begin(&mut self, header: &[u8]) {
        const BASE_OFFSET: u32 = 1;
        const DESCRIPTION: u32 = 2;
        const DURATION: u32 = 8;
        let flags = be32(header, 0).unwrap_or(0);
        self.current = be32(header, 4).unwrap_or(0);
        let mut place = 8;
        place += if flags & BASE_OFFSET != 0 { 8 } else { 0 };
        place += if flags & DESCRIPTION != 0 { 4 } else { 0 };
        let own = (flags & DURATION != 0).then(|| be32(header, place)).flatten();
        let usual = self.tracks.get(&self.current).map_or(0, |track| track.sample);
        self.sample = own.unwrap_or(usual);
    }

    /// When it begins (`tfdt`); without, where the one before ends.
    pub(super) fn at(&mut self, time: Option<u64>) {
        if let (Some(track), Some(time)) = (self.tracks.get_mut(&self.current), time) {
            track.end = time;
        }
    }

    /// Its samples (`trun`): each may say how long it is.
    pub(super) fn run(&mut self, run: &[u8]) {
        const OFFSET: u32 = 1;
        const FIRST_FLAGS: u32 = 4;
        const DURATION: u32 = 0x100;
        const PER_SAMPLE: [u32; 4] = [DURATION, 0x200, 0x400, 0x800];
        let (Some(flags), Some(count), Some(track)) =
            (be32(run, 0), be32(run, 4), self.tracks.get_mut(&self.current))
        else {
            return;
        };
        let units = if flags & DURATION == 0 {
            u64::from(count) * u64::from(self.sample)
        } else {
            let before = [OFFSET, FIRST_FLAGS].iter().filter(|flag| flags & **flag != 0);
            let first = 8 + 4 * before.count();
            let step = 4 * PER_SAMPLE.iter().filter(|flag| flags & **flag != 0).count();
            (first..)
                .step_by(step)
                .map_while(|place| be32(run, place))
                .take(usize::try_from(count).unwrap_or(usize::MAX))
                .map(u64::from)
                .sum()
        };
        track.end = track.end.saturating_add(units);
    }

    /// The end of the track that lasts longest.
    pub(super) fn duration_ms(&self) -> Option<u64> {
        let ends = self.tracks.values();
        ends.filter_map(|track| milliseconds(track.end, u64::from(track.scale)))
            .max()
            .filter(|time| *time > 0)
    }
}
