//! Draws the figures of docs/ as SVG, which needs no program to look at and shows its changes in a diff.

use std::fmt::Write as _;

/// Pixels.
const LABELS: f64 = 300.0;
const BARS: f64 = 420.0;
const VALUES: f64 = 60.0;
const LINE: f64 = 20.0;
const TOP: f64 = 54.0;

/// A picture of horizontal bars, one for each ratio, with a line at 1: what is better is left of it.
///
/// Ratios above twice 1 are cut off; their number tells.
pub fn ratios(title: &str, rows: &[(String, f64)]) -> String {
    let largest = rows.iter().map(|(_, ratio)| *ratio).fold(1.1, f64::max);
    let scale = BARS / largest.min(2.0);
    let width = LABELS + BARS + VALUES;
    let height = TOP + LINE * rows.len() as f64 + 12.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>{0}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>\n\
         <text x=\"10\" y=\"20\" font-size=\"14\" font-weight=\"bold\">{0}</text>\n",
        escaped(title)
    );
    let one = LABELS + scale;
    for (index, (name, ratio)) in rows.iter().enumerate() {
        let top = TOP + LINE * index as f64;
        let length = (ratio * scale).clamp(0.5, BARS);
        let colour = if *ratio <= 1.0 { "#4c78a8" } else { "#e4572e" };
        let _ = writeln!(
            svg,
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{}</text>\
             <rect x=\"{LABELS}\" y=\"{:.0}\" width=\"{length:.1}\" height=\"14\" fill=\"{colour}\"/>\
             <text x=\"{:.0}\" y=\"{:.0}\">{ratio:.2}</text>",
            LABELS - 8.0,
            top + 11.0,
            escaped(name),
            top,
            LABELS
                + length.max(if (0.8..1.0).contains(ratio) {
                    scale
                } else {
                    0.0
                })
                + 5.0,
            top + 11.0,
        );
    }
    let _ = write!(
        svg,
        "<line x1=\"{one:.1}\" y1=\"{:.0}\" x2=\"{one:.1}\" y2=\"{:.0}\" stroke=\"black\" stroke-dasharray=\"3 2\"/>\n\
         <text x=\"{one:.1}\" y=\"{:.0}\" text-anchor=\"middle\">Linux = 1</text>\n</svg>\n",
        TOP - 6.0,
        height - 8.0,
        TOP - 10.0,
    );
    svg
}

/// `text` as XML has it.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_bar_and_its_number() {
        let rows = [("a & b".to_owned(), 0.5), ("c".to_owned(), 12.0)];
        let svg = ratios("Costs", &rows);
        assert!(svg.contains("a &amp; b"));
        assert!(svg.contains(">0.50<") && svg.contains(">12.00<"));
        assert_eq!(svg.matches("height=\"14\"").count(), 2);
        // What is too long is cut off.
        assert!(svg.contains("width=\"420.0\""));
    }

    #[test]
    fn better_and_worse_differ_in_colour() {
        let colour = |ratio| ratios("t", &[("r".to_owned(), ratio)]).contains("#e4572e");
        assert!(!colour(1.0));
        assert!(colour(1.01));
    }
}
