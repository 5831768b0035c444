//! What a terminal shows, followed from its output.

use std::sync::{Arc, Mutex, PoisonError};

use alacritty_terminal::{
    Term,
    event::{Event, EventListener},
    grid::Dimensions,
    index::{Column, Line},
    term::{Config, Osc52, cell::Cell},
    vte::ansi::Processor,
};
use protocol::terminal::{SCROLLBACK, Size};

use crate::{
    dump::{ATTRIBUTES, CHARSETS, Role, dump, role},
    marks,
    partial::Partial,
};

/// Bytes that are followed before it is looked what they left in single cells.
const PIECE: usize = 4 * 1024;

/// A screen with its scrollback.
pub struct Screen {
    term: Term<Listener>,
    processor: Processor,
    partial: Partial,
    /// The beginning of a character whose end has not come: the processor mixes up what stands around a character that
    /// it is given in two pieces.
    begun: Vec<u8>,
    heard: Listener,
}

/// What a person sees of a screen, and what the next output meets there: two that look alike are drawn alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Each line from the scrollback's top, cell by cell: glyph, marks, colours, attributes, link.
    pub lines: Vec<String>,
    /// Line and column of the cursor, and whether the next character begins a new line.
    pub cursor: (i32, usize, bool),
    /// How the next character will look.
    pub pen: String,
    /// Modes, the cursor's shape and the character sets.
    pub modes: String,
}

impl Screen {
    /// An empty one.
    pub fn new(size: Size) -> Self {
        let heard = Listener::default();
        let config = Config { scrolling_history: SCROLLBACK, osc52: Osc52::Disabled, ..Config::default() };
        let term = Term::new(config, &Cells(size), heard.clone());
        Self { term, processor: Processor::new(), partial: Partial::default(), begun: Vec::new(), heard }
    }

    /// Follows output; gives what the terminal has to say to it.
    pub fn advance(&mut self, output: &[u8]) -> Heard {
        let mut bytes = std::mem::take(&mut self.begun);
        bytes.extend_from_slice(&self.partial.advance(output));
        self.begun = bytes.split_off(bytes.len() - begun(&bytes));
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let most = rest.len().min(PIECE);
            let cut = if most < rest.len() { begun(&rest[..most]) } else { 0 };
            let (piece, after) = rest.split_at(most - cut);
            self.processor.advance(&mut self.term, piece);
            marks::cap(&mut self.term, piece);
            rest = after;
        }
        std::mem::take(&mut *self.heard.lock())
    }

    /// Whether no sequence has begun: something of ours may be put into the stream here.
    pub(crate) fn is_between_sequences(&self) -> bool {
        self.partial.bytes().is_empty()
    }

    /// How it looks.
    pub fn look(&self) -> Look {
        let grid = self.term.grid();
        let paint = |cell: &Cell| {
            let (colors, flags) = ((cell.fg, cell.bg, cell.underline_color()), cell.flags & ATTRIBUTES);
            // Not its id, which is made up where the program gave none.
            let link = cell.hyperlink().map(|link| link.uri().to_owned());
            format!("{colors:?}{flags:?}{link:?}")
        };
        let cell = |line: i32, column: usize| {
            let cell = &grid[Line(line)][Column(column)];
            let shown = matches!(role(grid, Line(line), column), Role::Glyph) && cell.c != '\t';
            let glyph = if shown { cell.c } else { ' ' };
            format!("{glyph}{:?}{}|", cell.zerowidth(), paint(cell))
        };
        let line = |line: i32| (0..grid.columns()).map(|column| cell(line, column)).collect();
        let cursor = &grid.cursor;
        Look {
            lines: (grid.topmost_line().0..grid.screen_lines() as i32).map(line).collect(),
            cursor: (cursor.point.line.0, cursor.point.column.0, cursor.input_needs_wrap),
            pen: paint(&cursor.template),
            modes: format!(
                "{:?} {:?} {:?}",
                self.term.mode(),
                self.term.cursor_style(),
                CHARSETS.map(|(index, _)| cursor.charsets[index])
            ),
        }
    }

    pub(crate) fn resize(&mut self, size: Size) {
        self.term.resize(Cells(size));
    }

    pub(crate) fn size(&self) -> Size {
        Size { columns: self.term.columns() as u16, rows: self.term.screen_lines() as u16 }
    }

    /// The sequences that draw it, opening with a full reset.
    pub fn draw(&mut self) -> Vec<u8> {
        // A synchronized update under way is in nobody's screen yet: show what there is of it.
        self.processor.stop_sync(&mut self.term);
        let mut drawing = dump(&mut self.term).into_bytes();
        drawing.extend(self.partial.bytes());
        drawing
    }
}

/// How many bytes at the end begin a character that has not ended.
fn begun(bytes: &[u8]) -> usize {
    for (index, byte) in bytes.iter().rev().take(3).enumerate() {
        let length = match byte {
            0x80..=0xbf => continue,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 1,
        };
        return if index + 1 < length { index + 1 } else { 0 };
    }
    0
}

/// A size as alacritty asks for it.
struct Cells(Size);

impl Dimensions for Cells {
    fn total_lines(&self) -> usize {
        self.screen_lines()
    }

    fn screen_lines(&self) -> usize {
        usize::from(self.0.rows)
    }

    fn columns(&self) -> usize {
        usize::from(self.0.columns)
    }
}

/// What came of some output, besides the screen.
#[derive(Debug, Default)]
pub struct Heard {
    /// What the terminal answers to its program.
    pub answers: Vec<u8>,
    /// The last title set, empty where it was taken back; none where there was none.
    pub title: Option<String>,
}

/// Hears what the terminal answers to its program. Requests for titles, colours, window sizes and the clipboard
/// are not answered: their answers would be typed into the shell.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Heard>>);

impl Listener {
    fn lock(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventListener for Listener {
    fn send_event(&self, event: Event) {
        match event {
            Event::PtyWrite(answer) => self.lock().answers.extend(answer.into_bytes()),
            Event::Title(title) => self.lock().title = Some(title),
            Event::ResetTitle => self.lock().title = Some(String::new()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn screen(output: &[u8]) -> Screen {
        let mut screen = Screen::new(Size { columns: 20, rows: 5 });
        screen.advance(output);
        screen
    }

    fn redrawn(screen: &mut Screen) -> Screen {
        let drawing = screen.draw();
        let mut again = Screen::new(screen.size());
        again.advance(&drawing);
        again
    }

    #[track_caller]
    fn check(output: &[u8]) {
        let mut first = screen(output);
        let second = redrawn(&mut first);
        assert_eq!(first.look(), second.look(), "{:?}", String::from_utf8_lossy(output));
    }

    #[test]
    fn a_drawing_shows_the_same() {
        check(b"hello");
        check(b"one\r\ntwo\r\nthree\r\nfour\r\nfive\r\nsix\r\nseven\x1b[2A");
        check(b"\x1b[1;31mred\x1b[0m plain \x1b[48;5;200mindexed\x1b[38;2;1;2;3mtrue");
        check(b"a line that is longer than the twenty columns of the screen and wraps");
        check(b"exactly twenty chars");
        check("wide 漢字かな and e\u{301} 😀".as_bytes());
        check(b"\x1b[4:3mcurl\x1b[9mstrike\x1b[7minverse\x1b[0m\x1b[94mbright");
        check(b"shell$ vi\r\n\x1b[?1049h\x1b[2J\x1b[3;4Hvi's screen\x1b[?25l\x1b[?1h\x1b=\x1b[?2004h");
        check(b"\x1b[?1000h\x1b[?1006h\x1b[5 qmouse");
        check(b"\x1b[?7lno wrap in this very long line of text");
        check(b"\x1b[41m\x1b[2Jred background\x1b[K");
        check("\x1b[4;7H漢 漢a  é a漢漢éa 漢   漢 é漢  aéa\x1b[40m\x1b[1K".as_bytes());
        check(b"\x1b(0lqqk\x1b)0");
        check(b"\x1b(0lq\x1b[?1049hqq\x1b(Bx");
        check(b"lq\x1b[?1049hqq\x1b(0x");
        check(b"\x1b[?6h\x1b[2;3Hx");
        check(b"\x1b[?1042l");
        check(b"\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\ text");
    }

    #[test]
    fn leaving_the_other_screen_after_a_drawing_shows_the_first() {
        let mut first = screen(b"shell$ vi\r\n\x1b[?1049h\x1b[2Jvi");
        let mut second = redrawn(&mut first);
        second.advance(b"\x1b[?1049l");
        first.advance(b"\x1b[?1049l");
        assert_eq!(first.look(), second.look());
        assert!(second.look().lines[0].starts_with('s'));
    }

    #[test]
    fn an_unfinished_sequence_goes_on_behind_the_drawing() {
        let mut first = screen(b"a\x1b[3");
        let mut second = redrawn(&mut first);
        second.advance(b"1mred");
        first.advance(b"1mred");
        assert_eq!(first.look(), second.look());
    }

    #[test]
    fn characters_stay_in_their_order_however_they_are_cut() {
        let output = "wide e\u{301} 😀 漢é x".as_bytes();
        for cut in 0..output.len() {
            let mut cut_once = screen(&output[..cut]);
            cut_once.advance(&output[cut..]);
            assert_eq!(cut_once.look(), screen(output).look(), "cut at {cut}");
        }
        let long = "é 😀".repeat(1500);
        let mut by_characters = screen(b"");
        long.chars().for_each(|c| drop(by_characters.advance(c.to_string().as_bytes())));
        assert_eq!(by_characters.look(), screen(long.as_bytes()).look());
    }

    #[test]
    fn device_reports_are_answered_and_dangerous_ones_are_not() {
        assert_eq!(screen(b"").advance(b"\x1b[6n").answers, b"\x1b[1;1R");
        assert!(!screen(b"").advance(b"\x1b[c").answers.is_empty());
        for request in [
            &b"\x1b[21t"[..],
            b"\x1b[14t",
            b"\x1b[18t",
            b"\x1b]52;c;?\x07",
            b"\x1b]10;?\x07",
            b"\x1b]52;c;aGk=\x07",
        ] {
            let answer = screen(b"\x1b]0;rm -rf /\x07").advance(request).answers;
            assert!(!String::from_utf8_lossy(&answer).contains("rm"), "{request:?} gave {answer:?}");
        }
    }

    #[test]
    fn marks_without_end_do_not_grow_a_cell() {
        let marks = |screen: &Screen| {
            let grid = screen.term.grid();
            let cells =
                (grid.topmost_line().0..grid.screen_lines() as i32).flat_map(|line| &grid[Line(line)]);
            cells.map(|cell| cell.zerowidth().unwrap_or_default().len()).max()
        };
        let shown = |output: &str| marks(&screen(output.as_bytes()));
        assert_eq!(shown("e\u{301}\u{302}"), Some(2), "what is written stays");
        for output in [
            format!("e{}", "\u{301}".repeat(10_000)),
            format!("e{}", "\u{301}\x1b[m".repeat(5_000)),
            format!("e{}", "\x1b[1;9Hx\x1b[1;2H\u{301}".repeat(5_000)),
            format!("e{}{}", "\u{301}".repeat(1_900), "\r\n".repeat(8)),
            format!("\x1b]8;;https://example.com\x1b\\e{}", "\u{200d}".repeat(10_000)),
        ] {
            assert!(
                shown(&output).unwrap() <= marks::MOST,
                "{:?}",
                output.chars().take(40).collect::<String>()
            );
        }
        let linked = screen(format!("\x1b]8;;https://x.y\x1b\\e{}", "\u{301}".repeat(99)).as_bytes());
        let cell = &linked.term.grid()[Line(0)][Column(0)];
        assert!(cell.hyperlink().is_some() && cell.c == 'e', "the rest of the cell stays");
    }

    #[test]
    fn titles_are_heard() {
        let heard = |output: &[u8]| Screen::new(Size { columns: 20, rows: 5 }).advance(output).title;
        assert_eq!(heard(b"plain"), None);
        assert_eq!(heard(b"\x1b]0;one\x07\x1b]2;two\x1b\\"), Some("two".into()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn any_output_is_drawn_again(parts in proptest::collection::vec(prop_oneof![
            "[a-z 漢é]{0,30}".prop_map(String::into_bytes),
            Just(b"\r\n".to_vec()),
            (0..108u8).prop_map(|code| format!("\x1b[{code}m").into_bytes()),
            (1..6u8, 1..21u8).prop_map(|(row, column)| format!("\x1b[{row};{column}H").into_bytes()),
            (0..3u8).prop_map(|what| format!("\x1b[{what}J").into_bytes()),
            (0..3u8).prop_map(|what| format!("\x1b[{what}K").into_bytes()),
        ], 0..40)) {
            check(&parts.concat());
        }

        #[test]
        fn no_output_panics(output in proptest::collection::vec(any::<u8>(), 0..2000)) {
            screen(&output).draw();
        }
    }
}
