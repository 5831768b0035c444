//! Between a file's bytes and a document's text: encoding, byte order mark, line ends. Reading and writing back
//! untouched gives the same bytes. It opens no files and knows no documents.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{EncoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use protocol::document::LineEnding;
use similar::{Algorithm, DiffOp};

/// How a file writes its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    encoding: &'static Encoding,
    /// Whether a byte order mark stands at the beginning.
    mark: bool,
    ends: LineEnds,
    /// Whether a person chose the encoding; else it is what the bytes look like.
    chosen: bool,
}

/// UTF-8 with a byte order mark, which has no name of its own elsewhere.
const UTF_8_BOM: &str = "utf-8-bom";

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

/// The bytes are no text, or none in the encoding that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Binary;

/// Characters that an encoding has no place for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} in the file's encoding, {encoding}", list(found, *more))]
pub(crate) struct Unencodable {
    /// The first ones, each once, with their lines.
    pub(crate) found: Vec<(char, usize)>,
    /// How many others there are.
    pub(crate) more: usize,
    pub(crate) encoding: String,
}

/// Characters that are named one by one.
const MAX_NAMED: usize = 5;

fn list(found: &[(char, usize)], more: usize) -> String {
    let named: Vec<_> =
        found.iter().map(|(character, line)| format!("'{character}' in line {line}")).collect();
    match (named.as_slice(), more) {
        ([one], 0) => format!("the character {one} does not exist"),
        (named, 0) => format!("the characters {} do not exist", named.join(", ")),
        (named, more) => format!("the characters {} and {more} more do not exist", named.join(", ")),
    }
}

/// Reads a file's text, its line ends as `\n`, in the encoding that its bytes look like.
pub(crate) fn decode(bytes: &[u8]) -> Result<(String, Format), Binary> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if bytes.contains(&0) => return Err(Binary),
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => guess(bytes),
    };
    read(bytes, encoding, false)
}

/// Reads a file's text in a named encoding; one that a person chose is kept where its bytes look like another.
pub(crate) fn decode_as(bytes: &[u8], name: &str, chosen: bool) -> Result<(String, Format), Binary> {
    let (encoding, _) = named(name).ok_or(Binary)?;
    read(bytes, encoding, chosen)
}

/// As files were read before encodings were guessed: for what was kept since then.
pub(crate) fn decode_plainly(bytes: &[u8]) -> Result<(String, Format), Binary> {
    decode(bytes)
        .ok()
        .filter(|(_, format)| format.is_unicode())
        .map_or_else(|| decode_as(bytes, WINDOWS_1252.name(), false), Ok)
}

/// The encoding that bytes look like which are no UTF-8. What could not be written back alike is read as windows-1252,
/// which has a character for every byte.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guessed = detector.guess(None, Utf8Detection::Deny);
    if characters(bytes, guessed).is_some() { guessed } else { WINDOWS_1252 }
}

fn read(bytes: &[u8], encoding: &'static Encoding, chosen: bool) -> Result<(String, Format), Binary> {
    let rest = mark_of(encoding).and_then(|mark| bytes.strip_prefix(mark));
    let raw = characters(rest.unwrap_or(bytes), encoding).filter(|raw| !raw.contains('\0')).ok_or(Binary)?;
    let (text, ends) = split_ends(raw);
    Ok((text, Format { encoding, mark: rest.is_some(), ends, chosen }))
}

/// The characters of bytes, where these can be made of the characters again.
fn characters(bytes: &[u8], encoding: &'static Encoding) -> Option<String> {
    if encoding == UTF_16LE {
        return utf16(bytes, u16::from_le_bytes);
    } else if encoding == UTF_16BE {
        return utf16(bytes, u16::from_be_bytes);
    } else if encoding == UTF_8 {
        return std::str::from_utf8(bytes).ok().map(str::to_owned);
    }
    let raw = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    let mut back = Vec::with_capacity(bytes.len());
    encode_raw(&raw, encoding, &mut back).ok().filter(|()| back == bytes).map(|()| raw.into_owned())
}

/// An encoding by its name, and whether a byte order mark belongs to it.
fn named(name: &str) -> Option<(&'static Encoding, bool)> {
    if name.eq_ignore_ascii_case(UTF_8_BOM) {
        return Some((UTF_8, true));
    }
    let encoding = Encoding::for_label_no_replacement(name.as_bytes())?;
    Some((encoding, encoding == UTF_16LE || encoding == UTF_16BE))
}

fn mark_of(encoding: &'static Encoding) -> Option<&'static [u8]> {
    match encoding {
        encoding if encoding == UTF_8 => Some(&[0xEF, 0xBB, 0xBF]),
        encoding if encoding == UTF_16LE => Some(&[0xFF, 0xFE]),
        encoding if encoding == UTF_16BE => Some(&[0xFE, 0xFF]),
        _ => None,
    }
}

/// Writes a document's text as the file has it; the format then knows the lines as they are now.
pub(crate) fn encode(text: &str, format: &Format) -> Result<(Vec<u8>, Format), Unencodable> {
    let raw = format.ends.write(text);
    let mut bytes = Vec::with_capacity(raw.len() + 3);
    bytes.extend(mark_of(format.encoding).filter(|_| format.mark).into_iter().flatten());
    encode_raw(&raw, format.encoding, &mut bytes)?;
    let ends = match &format.ends {
        LineEnds::Mixed { .. } => split_ends(raw).1,
        all @ LineEnds::All(_) => all.clone(),
    };
    Ok((bytes, Format { ends, ..format.clone() }))
}

fn encode_raw(raw: &str, encoding: &'static Encoding, bytes: &mut Vec<u8>) -> Result<(), Unencodable> {
    if encoding == UTF_16LE {
        bytes.extend(raw.encode_utf16().flat_map(u16::to_le_bytes));
        return Ok(());
    } else if encoding == UTF_16BE {
        bytes.extend(raw.encode_utf16().flat_map(u16::to_be_bytes));
        return Ok(());
    }
    let mut encoder = encoding.new_encoder();
    let (mut rest, mut found, mut more, mut line) = (raw, Vec::new(), 0, 1);
    loop {
        let room = encoder.max_buffer_length_from_utf8_without_replacement(rest.len());
        bytes.reserve(room.unwrap_or(rest.len()));
        let (result, taken) = encoder.encode_from_utf8_to_vec_without_replacement(rest, bytes, true);
        let (done, after) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        line += done.bytes().filter(|byte| *byte == b'\n').count();
        rest = after;
        match result {
            EncoderResult::InputEmpty => break,
            EncoderResult::OutputFull => {}
            EncoderResult::Unmappable(character) if found.iter().any(|(known, _)| *known == character) => {}
            EncoderResult::Unmappable(character) if found.len() < MAX_NAMED => found.push((character, line)),
            EncoderResult::Unmappable(_) => more += 1,
        }
    }
    if found.is_empty() { Ok(()) } else { Err(Unencodable { found, more, encoding: name_of(encoding) }) }
}

fn name_of(encoding: &'static Encoding) -> String {
    encoding.name().to_ascii_lowercase()
}

impl Default for Format {
    /// How new files are written.
    fn default() -> Self {
        Self { encoding: UTF_8, mark: false, ends: LineEnds::All(LineEnding::Lf), chosen: false }
    }
}

impl Format {
    /// The encoding's WHATWG name in lower case, or [`UTF_8_BOM`].
    pub(crate) fn encoding(&self) -> String {
        if self.encoding == UTF_8 && self.mark { UTF_8_BOM.to_owned() } else { name_of(self.encoding) }
    }

    /// Whether a person chose the encoding.
    pub(crate) fn chosen(&self) -> bool {
        self.chosen
    }

    /// What most lines end with.
    pub(crate) fn line_ending(&self) -> LineEnding {
        match &self.ends {
            LineEnds::All(ending) | LineEnds::Mixed { most: ending, .. } => *ending,
        }
    }

    /// Another encoding, chosen by a person; none where there is none of this name.
    pub(crate) fn with_encoding(&self, name: &str) -> Option<Self> {
        let (encoding, mark) = named(name)?;
        Some(Self { encoding, mark, chosen: true, ends: self.ends.clone() })
    }

    /// Other line ends, for all lines.
    pub(crate) fn with_line_ending(&self, ending: LineEnding) -> Self {
        Self { ends: LineEnds::All(ending), ..self.clone() }
    }

    fn is_unicode(&self) -> bool {
        mark_of(self.encoding).is_some()
    }
}

fn utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    // A lone surrogate could not be written back: such a file is not opened as text.
    char::decode_utf16(pairs.iter().copied().map(read)).collect::<Result<_, _>>().ok()
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(bytes: &[u8], text: &str, encoding: &str, ending: LineEnding) {
        let (decoded, format) = decode(bytes).unwrap();
        let found = (decoded.as_str(), &*format.encoding(), format.line_ending());
        assert_eq!(found, (text, encoding, ending));
        assert_eq!(encode(&decoded, &format).unwrap().0, bytes, "untouched, the bytes stay");
    }

    #[test]
    fn reads_and_writes_back_each_encoding() {
        check(b"", "", "utf-8", LineEnding::Lf);
        check("a\nü→\n".as_bytes(), "a\nü→\n", "utf-8", LineEnding::Lf);
        check(b"\xEF\xBB\xBFa\r\nb\r\n", "a\nb\n", "utf-8-bom", LineEnding::CrLf);
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
        let error = encode("한한글 →\nβγδεζ", &format).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the characters '한' in line 1, '글' in line 1, '→' in line 1, 'β' in line 2, 'γ' in line 2 and 3 more \
             do not exist in the file's encoding, windows-1252"
        );
    }

    #[test]
    fn texts_of_the_world_are_told_by_their_bytes() {
        let korean = "안녕하세요. 이 파일은 오래된 한국어 문서입니다.\n두 번째 줄.\n";
        let chinese = "你好,世界。这是一个用旧编码保存的文件,里面有很多汉字。\n第二行。\n";
        let taiwanese = "你好,世界。這是一個用舊編碼儲存的檔案,裡面有很多漢字。\n第二行。\n";
        let japanese = "これは古い文字コードで保存された日本語のファイルです。\n二行目。\n";
        let russian = "Это файл в старой кодировке, сохранённый много лет назад.\n";
        for (text, encoding) in [
            (korean, "euc-kr"),
            (chinese, "gbk"),
            (taiwanese, "big5"),
            (japanese, "shift_jis"),
            (japanese, "euc-jp"),
            (russian, "windows-1251"),
            (russian, "koi8-u"),
        ] {
            let format = Format::default().with_encoding(encoding).unwrap();
            let (bytes, _) = encode(text, &format).unwrap();
            check(&bytes, text, encoding, LineEnding::Lf);
            let (more, _) = encode(&text.repeat(2), &decode(&bytes).unwrap().1).unwrap();
            assert_eq!(more, bytes.repeat(2), "{encoding} can be written");
        }
    }

    #[test]
    fn formats_are_chosen() {
        let format = Format::default().with_encoding("UTF-16LE").unwrap().with_line_ending(LineEnding::CrLf);
        let (bytes, _) = encode("a\n", &format).unwrap();
        assert_eq!(bytes, b"\xFF\xFEa\0\r\0\n\0");
        let bom = Format::default().with_encoding("utf-8-bom").unwrap();
        assert_eq!(encode("a", &bom).unwrap().0, b"\xEF\xBB\xBFa");
        assert_eq!(Format::default().with_encoding("klingon"), None);
        let (text, format) = decode_as(b"caf\xE9", "iso-8859-2", true).unwrap();
        assert_eq!((text.as_str(), &*format.encoding(), format.chosen()), ("café", "iso-8859-2", true));
        assert_eq!(decode_as(b"caf\xE9", "utf-8", true), Err(Binary), "never a replacement character");
        assert_eq!(decode_as(b"\xFF", "shift_jis", true), Err(Binary));
        assert_eq!(decode_plainly("안".as_bytes()).unwrap().1.encoding(), "utf-8");
        assert_eq!(decode_plainly(b"\xBE\xC8\xB3\xE7").unwrap().1.encoding(), "windows-1252");
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
