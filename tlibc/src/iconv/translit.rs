//! ASCII that resembles a character.

/// Ranges and what stands for each of their characters, in order.
const SIMILAR: &[(u32, &[&str])] = &[
    (
        0xa0,
        &[
            " ", "!", "c", "lb", "?", "yen", "|", "SS", "\"", "(C)", "a", "<<", "!", "-", "(R)",
            "-",
        ],
    ),
    (
        0xb0,
        &[
            "?", "+/-", "2", "3", "'", "u", "P", ".", ",", "1", "o", ">>", " 1/4 ", " 1/2 ",
            " 3/4 ", "?",
        ],
    ),
    (
        0xc0,
        &[
            "A", "A", "A", "A", "A", "A", "AE", "C", "E", "E", "E", "E", "I", "I", "I", "I",
        ],
    ),
    (
        0xd0,
        &[
            "D", "N", "O", "O", "O", "O", "O", "x", "O", "U", "U", "U", "U", "Y", "TH", "ss",
        ],
    ),
    (
        0xe0,
        &[
            "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
        ],
    ),
    (
        0xf0,
        &[
            "d", "n", "o", "o", "o", "o", "o", ":", "o", "u", "u", "u", "u", "y", "th", "y",
        ],
    ),
    (0x152, &["OE", "oe"]),
    (0x160, &["S", "s"]),
    (0x178, &["Y", "Z", "z", "Z", "z", "Z", "z"]),
    (0x2010, &["-", "-", "-", "-", "-", "-"]),
    (0x2018, &["'", "'", ",", "'", "\"", "\"", ",,", "\""]),
    (0x2022, &["o"]),
    (0x2026, &["..."]),
    (0x2039, &["<", ">"]),
    (0x20ac, &["EUR"]),
    (0x2122, &["TM"]),
    (0x2190, &["<-", "^", "->", "v"]),
    (0x2212, &["-"]),
    (0xfb00, &["ff", "fi", "fl", "ffi", "ffl"]),
];

/// What to write for a character that the target does not have; a question mark where nothing resembles it.
pub fn similar(character: u32) -> &'static [u8] {
    SIMILAR
        .iter()
        .find_map(|(start, texts)| texts.get(character.checked_sub(*start)? as usize))
        .map_or(b"?", |text| text.as_bytes())
}
