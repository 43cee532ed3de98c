//! The real-time clock's registers as seconds since the epoch.

/// Seconds since the epoch from the registers second, minute, hour, day, month, year (of this
/// century), in the format that status register B tells (MC146818 data sheet).
pub(crate) fn seconds(registers: [u8; 6], status_b: u8) -> u64 {
    const BINARY: u8 = 1 << 2;
    const HOURS_24: u8 = 1 << 1;
    const AFTERNOON: u8 = 1 << 7;
    let number = |value: u8| {
        let value = u64::from(value);
        if status_b & BINARY != 0 {
            value
        } else {
            (value >> 4) * 10 + (value & 15)
        }
    };
    let [second, minute, hour, day, month, year] = registers;
    let mut hours = number(hour & !AFTERNOON);
    if status_b & HOURS_24 == 0 {
        hours = hours % 12 + if hour & AFTERNOON != 0 { 12 } else { 0 };
    }
    let days = days_before(2000 + number(year), number(month), number(day));
    ((days * 24 + hours) * 60 + number(minute)) * 60 + number(second)
}

/// Days from the epoch to a date of the Gregorian calendar, from 1970 on.
fn days_before(year: u64, month: u64, day: u64) -> u64 {
    // Years that begin in March put the leap day last.
    let year = if month <= 2 { year - 1 } else { year };
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year;
    // From March of year 0 to the epoch.
    days - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_dates() {
        assert_eq!(seconds([0, 0, 0, 1, 1, 0x26], 0b010), 1_767_225_600);
        assert_eq!(seconds([0, 0, 0, 1, 1, 26], 0b110), 1_767_225_600);
        assert_eq!(
            seconds([0x59, 0x59, 0x23, 0x29, 2, 0x24], 0b010),
            1_709_251_199
        );
        assert_eq!(days_before(2000, 3, 1) - days_before(2000, 2, 28), 2);
        assert_eq!(days_before(2100, 3, 1) - days_before(2100, 2, 28), 1);
    }

    #[test]
    fn knows_the_12_hour_clock() {
        let at = |hour| seconds([0, 0, hour, 1, 1, 0x26], 0) - 1_767_225_600;
        assert_eq!(
            [at(0x12), at(0x01), at(0x92), at(0x91)].map(|s| s / 3600),
            [0, 1, 12, 23]
        );
    }
}
