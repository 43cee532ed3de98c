//! The local time zone: tzset, tzname, timezone, daylight.

use core::ffi::CStr;

use super::rules::{Period, Rules, UTC};
use super::tm;
use super::tzfile::ZoneFile;
use crate::stdlib::environment::lookup;
use crate::sync::Mutex;
use crate::types::{c_char, c_int, c_long};

/// The abbreviations of standard and summer time.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut tzname: [*mut c_char; 2] = [c"UTC".as_ptr().cast_mut(), c"UTC".as_ptr().cast_mut()];
/// Seconds west of UTC of standard time.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut timezone: c_long = 0;
/// Whether the zone ever has summer time.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut daylight: c_int = 0;

crate::alias!(__tzname = tzname);
crate::alias!(__timezone = timezone);
crate::alias!(__daylight = daylight);

/// Longest `TZ` remembered; a longer one is read again each time.
const SETTING_ROOM: usize = 256;

enum Source {
    Rules(Rules),
    File(ZoneFile),
}

struct Zone {
    source: Source,
    /// The `TZ` that `source` was made from: its length and bytes; `None` before the first time.
    setting: Option<(usize, [u8; SETTING_ROOM])>,
}

static ZONE: Mutex<Zone> = Mutex::new(Zone {
    source: Source::Rules(UTC),
    setting: None,
});

/// Before a fork: nobody is changing the zone.
pub fn fork_prepare() {
    ZONE.raw().lock();
}

/// After a fork, in the parent and in the child.
pub fn fork_done() {
    ZONE.raw().unlock();
}

// SAFETY: the file's memory belongs to the zone alone.
unsafe impl Send for Zone {}

impl Zone {
    /// Brings the zone up to the `TZ` of now.
    fn update(&mut self) {
        let value = lookup(c"TZ").map(CStr::to_bytes);
        // An unset TZ is the machine's zone.
        let wanted = value.unwrap_or(b":/etc/localtime");
        if let Some((length, bytes)) = &self.setting
            && bytes[..*length] == *wanted
        {
            return;
        }
        self.source = Self::source(wanted);
        let mut bytes = [0; SETTING_ROOM];
        self.setting = (wanted.len() <= SETTING_ROOM).then(|| {
            bytes[..wanted.len()].copy_from_slice(wanted);
            (wanted.len(), bytes)
        });
        let (standard, summer) = match &self.source {
            Source::Rules(rules) => (rules.standard, rules.summer_period()),
            Source::File(file) => file.latest(),
        };
        let summer_name = summer.map_or(standard.name, |period| period.name);
        // SAFETY: POSIX lets programs read these between calls only.
        unsafe {
            tzname = [standard.name, summer_name].map(|name| name.as_ptr().cast_mut());
            timezone = -standard.offset;
            daylight = summer.is_some().into();
        }
    }

    fn source(setting: &[u8]) -> Source {
        let name = setting.strip_prefix(b":").unwrap_or(setting);
        if name.is_empty() {
            return Source::Rules(UTC);
        }
        if setting == name
            && let Some(rules) = Rules::parse(name)
        {
            return Source::Rules(rules);
        }
        match ZoneFile::load(name) {
            Some(file) => Source::File(file),
            None => Source::Rules(Rules::parse(name).unwrap_or(UTC)),
        }
    }

    fn at(&self, time: i64) -> Period {
        match &self.source {
            Source::Rules(rules) => rules.at(time),
            Source::File(file) => file.at(time),
        }
    }
}

/// Reads `TZ` and sets `tzname`, `timezone` and `daylight` (POSIX.1).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn tzset() {
    ZONE.lock().update();
}

crate::alias!(__tzset = tzset);

/// The local broken-down time; `None` when the year does not fit.
pub fn local(time: i64) -> Option<tm> {
    let mut zone = ZONE.lock();
    zone.update();
    let period = zone.at(time);
    let mut broken = super::calendar::break_down(time, period.offset)?;
    broken.tm_isdst = period.summer.into();
    broken.tm_zone = period.name.as_ptr();
    Some(broken)
}

/// The time of a local clock reading: `reading` is its seconds as if it were UTC, `summer` what `tm_isdst` says.
pub fn from_local(reading: i64, summer: c_int) -> i64 {
    let mut zone = ZONE.lock();
    zone.update();
    // The offsets that hold a day before and after are the only ones it can have, but for a zone whose summer or winter is
    // shorter: there it is what holds at the times that these two give.
    let (before, after) = (zone.at(reading - 86_400), zone.at(reading + 86_400));
    let between = [&before, &after].map(|period| zone.at(reading - period.offset));
    let wanted = summer.signum();
    let mut fallback = None;
    for period in [&before, &after].into_iter().chain(&between) {
        let time = reading - period.offset;
        if zone.at(time).offset == period.offset {
            if wanted < 0 || zone.at(time).summer == (wanted > 0) {
                return time;
            }
            fallback = fallback.or(Some((time, zone.at(time))));
        }
    }
    if let Some((time, period)) = fallback {
        // The reading exists, but not with the summer time asked for: find the zone's other offset, in the weeks around
        // it and at last a good part of the zone's history away, as far as other systems look.
        const WEEK: i64 = 7 * 86_400;
        const WEEKS: i64 = 900;
        let found = (1..=WEEKS)
            .flat_map(|weeks| [time + weeks * WEEK, time - weeks * WEEK])
            .map(|near| zone.at(near))
            .find(|p| p.summer == (wanted > 0));
        return match found {
            Some(asked) if asked.summer != period.summer => reading - asked.offset,
            _ => time,
        };
    }
    // In the gap when clocks go forward. An offset of more than a day reaches beyond `after`.
    let asked = [&after]
        .into_iter()
        .chain(&between)
        .find(|period| wanted > 0 && period.summer);
    reading - asked.unwrap_or(&before).offset
}
