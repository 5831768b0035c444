//! Numbers as text. By whole numbers: the standard library's way to write a fraction is 15 kB of the page's module.

/// A number with so many places behind its point, rounded.
pub fn decimal(value: f64, places: u32) -> String {
    let scale = 10_i64.pow(places);
    let scaled = (value.abs() * scale as f64).round() as i64;
    let sign = if value < 0.0 && scaled != 0 { "-" } else { "" };
    match places {
        0 => format!("{sign}{scaled}"),
        _ => format!("{sign}{}.{:0width$}", scaled / scale, scaled % scale, width = places as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, places: u32, expected: &str) {
        assert_eq!(decimal(value, places), expected);
    }

    #[test]
    fn numbers_are_rounded_to_their_places() {
        check(1.234, 2, "1.23");
        check(33.333_333, 3, "33.333");
        check(0.05, 2, "0.05");
        check(1023.96, 1, "1024.0");
        check(259.5, 0, "260");
        check(-2.25, 1, "-2.3");
        check(-0.01, 1, "0.0");
        check(0.0, 0, "0");
    }
}
