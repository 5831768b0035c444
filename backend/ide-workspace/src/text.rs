//! Between a file's bytes and a document's text: encoding, byte order mark, line ends. Reading and writing back
//! untouched gives the same bytes. It opens no files and knows no documents.

use protocol::document::LineEnding;
use similar::{Algorithm, DiffOp};

/// How a file writes its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    encoding: Encoding,
    mark: bool,
    ends: LineEnds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

/// What stands at the ends of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
enum LineEnds {
    All(LineEnding),
    /// Per line of the text as it was read, how many `\r` stand before its `\n`; and what most lines have.
    Mixed {
        returns: Vec<usize>,
        text: String,
        most: LineEnding,
    },
}

/// The bytes are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Binary;

/// A character that the file's encoding has no place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the character '{character}' in line {line} does not exist in the file's encoding, {encoding}")]
pub(crate) struct Unencodable {
    character: char,
    line: usize,
    encoding: &'static str,
}

/// Reads a file's text, its line ends as `\n`.
pub(crate) fn decode(bytes: &[u8]) -> Result<(String, Format), Binary> {
    let (encoding, mark, raw) = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => (Encoding::Utf8, true, utf8(rest).ok_or(Binary)?),
        [0xFF, 0xFE, rest @ ..] => (Encoding::Utf16Le, true, utf16(rest, u16::from_le_bytes)?),
        [0xFE, 0xFF, rest @ ..] => (Encoding::Utf16Be, true, utf16(rest, u16::from_be_bytes)?),
        _ if bytes.contains(&0) => return Err(Binary),
        _ => match utf8(bytes) {
            Some(text) => (Encoding::Utf8, false, text),
            None => (Encoding::Windows1252, false, bytes.iter().map(|&byte| windows_1252(byte)).collect()),
        },
    };
    if raw.contains('\0') {
        return Err(Binary);
    }
    let (text, ends) = split_ends(raw);
    Ok((text, Format { encoding, mark, ends }))
}

/// Writes a document's text as the file has it; the format then knows the lines as they are now.
pub(crate) fn encode(text: &str, format: &Format) -> Result<(Vec<u8>, Format), Unencodable> {
    let raw = format.ends.write(text);
    let bytes = encode_raw(&raw, format)?;
    let ends = match &format.ends {
        LineEnds::Mixed { .. } => split_ends(raw).1,
        all @ LineEnds::All(_) => all.clone(),
    };
    Ok((bytes, Format { ends, ..format.clone() }))
}

fn encode_raw(raw: &str, format: &Format) -> Result<Vec<u8>, Unencodable> {
    let mut bytes = Vec::with_capacity(raw.len() + 3);
    match format.encoding {
        Encoding::Utf8 => {
            bytes.extend_from_slice(if format.mark { &[0xEF, 0xBB, 0xBF] } else { &[] });
            bytes.extend_from_slice(raw.as_bytes());
        }
        Encoding::Utf16Le => {
            bytes.extend([0xFF, 0xFE]);
            bytes.extend(raw.encode_utf16().flat_map(u16::to_le_bytes));
        }
        Encoding::Utf16Be => {
            bytes.extend([0xFE, 0xFF]);
            bytes.extend(raw.encode_utf16().flat_map(u16::to_be_bytes));
        }
        Encoding::Windows1252 => {
            for (at, character) in raw.char_indices() {
                bytes.push(to_windows_1252(character).ok_or_else(|| Unencodable {
                    character,
                    line: raw.as_bytes().iter().take(at).filter(|&&byte| byte == b'\n').count() + 1,
                    encoding: format.encoding.name(),
                })?);
            }
        }
    }
    Ok(bytes)
}

impl Default for Format {
    /// How new files are written.
    fn default() -> Self {
        Self { encoding: Encoding::Utf8, mark: false, ends: LineEnds::All(LineEnding::Lf) }
    }
}

impl Format {
    /// The encoding's WHATWG name.
    pub(crate) fn encoding(&self) -> &'static str {
        self.encoding.name()
    }

    /// What most lines end with.
    pub(crate) fn line_ending(&self) -> LineEnding {
        match &self.ends {
            LineEnds::All(ending) | LineEnds::Mixed { most: ending, .. } => *ending,
        }
    }
}

impl Encoding {
    fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
        }
    }
}

fn utf8(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

fn utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Result<String, Binary> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Binary);
    }
    // A lone surrogate could not be written back: such a file is not opened as text.
    char::decode_utf16(pairs.iter().copied().map(read)).collect::<Result<_, _>>().map_err(|_| Binary)
}

fn split_ends(raw: String) -> (String, LineEnds) {
    if !raw.contains("\r\n") {
        return (raw, LineEnds::All(LineEnding::Lf));
    }
    let ended = raw.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    let returns: Vec<usize> = ended.map(|line| line.len() - line.trim_end_matches('\r').len()).collect();
    let text = with_line_feeds(&raw);
    let windows = returns.iter().filter(|&&count| count > 0).count();
    if returns.iter().all(|&count| count == 1) {
        return (text, LineEnds::All(LineEnding::CrLf));
    }
    let most = if windows * 2 > returns.len() { LineEnding::CrLf } else { LineEnding::Lf };
    (text.clone(), LineEnds::Mixed { returns, text, most })
}

/// The text with every line end as `\n`. A lone `\r` is none.
pub(crate) fn with_line_feeds(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    for line in raw.split_inclusive('\n') {
        match line.strip_suffix('\n') {
            Some(line) => text.extend([line.trim_end_matches('\r'), "\n"]),
            None => text.push_str(line),
        }
    }
    text
}

impl LineEnds {
    fn write(&self, text: &str) -> String {
        match self {
            Self::All(LineEnding::Lf) => text.to_owned(),
            Self::All(LineEnding::CrLf) => text.replace('\n', "\r\n"),
            Self::Mixed { returns, text: before, most } => write_mixed(before, returns, *most, text),
        }
    }
}

/// Lines that were there before keep their ends; new ones take what most have.
fn write_mixed(before: &str, returns: &[usize], most: LineEnding, text: &str) -> String {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = text.split_inclusive('\n').collect();
    let mut ends = vec![usize::from(most == LineEnding::CrLf); new.len()];
    for op in similar::capture_diff_slices(Algorithm::Myers, &old, &new) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            let kept = returns.iter().skip(old_index).take(len);
            ends.iter_mut().skip(new_index).zip(kept).for_each(|(end, &was)| *end = was);
        }
    }
    let mut raw = String::with_capacity(text.len() + new.len());
    for (line, returns) in new.into_iter().zip(ends) {
        match line.strip_suffix('\n') {
            Some(line) => {
                raw.push_str(line);
                raw.extend(std::iter::repeat_n('\r', returns));
                raw.push('\n');
            }
            None => raw.push_str(line),
        }
    }
    raw
}

/// The characters of bytes 0x80 to 0x9F, as the WHATWG index has them: every byte is some character.
const WINDOWS_1252: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2C6}',
    '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8D}', '\u{17D}', '\u{8F}', '\u{90}', '\u{2018}',
    '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2DC}', '\u{2122}', '\u{161}',
    '\u{203A}', '\u{153}', '\u{9D}', '\u{17E}', '\u{178}',
];

fn windows_1252(byte: u8) -> char {
    byte.checked_sub(0x80)
        .and_then(|index| WINDOWS_1252.get(usize::from(index)).copied())
        .unwrap_or_else(|| char::from(byte))
}

fn to_windows_1252(character: char) -> Option<u8> {
    if let code @ (0..0x80 | 0xA0..=0xFF) = u32::from(character) {
        return u8::try_from(code).ok();
    }
    let index = WINDOWS_1252.iter().position(|&known| known == character)?;
    u8::try_from(index + 0x80).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(bytes: &[u8], text: &str, encoding: &str, ending: LineEnding) {
        let (decoded, format) = decode(bytes).unwrap();
        assert_eq!((decoded.as_str(), format.encoding(), format.line_ending()), (text, encoding, ending));
        assert_eq!(encode(&decoded, &format).unwrap().0, bytes, "untouched, the bytes stay");
    }

    #[test]
    fn reads_and_writes_back_each_encoding() {
        check(b"", "", "utf-8", LineEnding::Lf);
        check("a\nü→\n".as_bytes(), "a\nü→\n", "utf-8", LineEnding::Lf);
        check(b"\xEF\xBB\xBFa\r\nb\r\n", "a\nb\n", "utf-8", LineEnding::CrLf);
        check(b"caf\xE9 \x80 \x81\n", "caf\u{e9} \u{20ac} \u{81}\n", "windows-1252", LineEnding::Lf);
        check(b"\xFF\xFEa\0\r\0\n\0", "a\n", "utf-16le", LineEnding::CrLf);
        check(b"\xFE\xFF\0a\0\n", "a\n", "utf-16be", LineEnding::Lf);
        check(b"old mac\rline", "old mac\rline", "utf-8", LineEnding::Lf);
        check(b"a\r\nb\nc\r\nd", "a\nb\nc\nd", "utf-8", LineEnding::CrLf);
    }

    #[test]
    fn refuses_what_is_no_text() {
        for bytes in
            [&b"\0"[..], b"a\0b", b"\x7FELF\x01\0", b"\xFF\xFEa", b"\xFF\xFE\0\xD8", b"\xEF\xBB\xBF\xFF"]
        {
            assert_eq!(decode(bytes), Err(Binary), "{bytes:?}");
        }
    }

    #[test]
    fn mixed_line_ends_stay_where_lines_stay() {
        let (_, format) = decode(b"one\r\ntwo\nthree\r\nfour\r\n").unwrap();
        let written = encode("one\nnew\ntwo\nfour\nlast", &format).unwrap();
        assert_eq!(String::from_utf8(written.0).unwrap(), "one\r\nnew\r\ntwo\nfour\r\nlast");
    }

    #[test]
    fn says_which_character_has_no_place() {
        let (_, format) = decode(b"caf\xE9\n").unwrap();
        let error = encode("café\na → b\n", &format).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the character '→' in line 2 does not exist in the file's encoding, windows-1252"
        );
    }

    proptest! {
        #[test]
        fn untouched_text_keeps_its_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok((text, format)) = decode(&bytes) {
                prop_assert_eq!(encode(&text, &format).unwrap().0, bytes);
            }
        }

        #[test]
        fn untouched_lines_keep_their_bytes(raw in "(a|b|\r|\n|\r\n|é){0,40}", mark in 0..4) {
            let bytes: Vec<u8> = match mark {
                0 => raw.into_bytes(),
                1 => [&[0xEF, 0xBB, 0xBF], raw.as_bytes()].concat(),
                2 => [0xFF, 0xFE].into_iter().chain(raw.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
                _ => raw.chars().map(|c| c as u32 as u8).collect(),
            };
            let (text, format) = decode(&bytes).unwrap();
            prop_assert!(!text.contains("\r\n"));
            prop_assert_eq!(encode(&text, &format).unwrap().0, bytes);
        }
    }
}
