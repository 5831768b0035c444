//! A screen written as the sequences that draw it: colours, attributes, wrapped lines, scrollback, both
//! screens, modes, cursor.
//!
//! LIMIT: a scroll region, tab stops and a saved cursor that a program set are not redrawn, nor which character set is
//! shifted in; programs that use them draw anew when they are resized.

use std::fmt::Write;

use alacritty_terminal::{
    Term,
    event::EventListener,
    grid::{Dimensions, Grid},
    index::{Column, Line},
    term::{
        TermMode,
        cell::{Cell, Flags},
    },
    vte::ansi::{CharsetIndex, Color, CursorShape, NamedColor, StandardCharset},
};

/// Draws a terminal that was just reset (`ESC c`) as `term` is. Leaves `term` as it was.
pub(crate) fn dump<T: EventListener>(term: &mut Term<T>) -> String {
    let mut out = String::from("\x1bc");
    // It moves the cursor, so it comes before it.
    if term.mode().contains(TermMode::ORIGIN) {
        out.push_str("\x1b[?6h");
    }
    if term.mode().contains(TermMode::ALT_SCREEN) {
        let alternate = term.grid().clone();
        term.swap_alt();
        screen(&mut out, term.grid());
        // The other screen begins with this one's, and is drawn in letters.
        let mut letters = String::new();
        charsets(&mut letters, term.grid(), 'B');
        term.swap_alt();
        *term.grid_mut() = alternate;
        out.push_str("\x1b[?1049h\x1b[H");
        out.push_str(&letters);
    }
    screen(&mut out, term.grid());
    modes(&mut out, *term.mode());
    cursor_style(&mut out, term);
    out
}

/// History, visible lines, cursor and the attributes it writes with.
fn screen(out: &mut String, grid: &Grid<Cell>) {
    let mut pen = Pen::default();
    let bottom = Line(grid.screen_lines() as i32 - 1);
    let mut line = grid.topmost_line();
    while line <= bottom {
        let wrapped = row(out, &mut pen, grid, line);
        line += 1;
        if line <= bottom && !wrapped {
            // Without this the blanks of a scrolled-in line would take the pen's background.
            pen.reset(out);
            out.push_str("\r\n");
        }
    }
    pen.reset(out);
    let cursor = &grid.cursor;
    let (line, column) = (cursor.point.line, cursor.point.column.0);
    // A cursor that waits behind the last column gets there by writing that column again.
    let covered = cursor.input_needs_wrap && matches!(role(grid, line, column), Role::Covered);
    let _ = write!(out, "\x1b[{};{}H", line.0 + 1, column + 1 - usize::from(covered));
    if cursor.input_needs_wrap {
        cell(out, &mut pen, grid, line, column - usize::from(covered));
    }
    pen.become_like(out, &cursor.template);
    charsets(out, grid, '0');
}

/// Designates the character sets in which letters are lines.
fn charsets(out: &mut String, grid: &Grid<Cell>, designation: char) {
    for (index, set) in CHARSETS {
        if grid.cursor.charsets[index] == StandardCharset::SpecialCharacterAndLineDrawing {
            let _ = write!(out, "\x1b{set}{designation}");
        }
    }
}

/// The places for character sets, as they are named by sequences.
pub(crate) const CHARSETS: [(CharsetIndex, char); 4] =
    [(CharsetIndex::G0, '('), (CharsetIndex::G1, ')'), (CharsetIndex::G2, '*'), (CharsetIndex::G3, '+')];

/// One line; says whether it goes on in the next without an end of line.
fn row(out: &mut String, pen: &mut Pen, grid: &Grid<Cell>, line: Line) -> bool {
    for column in 0..drawn_columns(grid, line) {
        cell(out, pen, grid, line, column);
    }
    wraps(grid, line)
}

/// Whether writing on past a line's end leads to its next line, as it did when the line was written.
fn wraps(grid: &Grid<Cell>, line: Line) -> bool {
    // A coloured cell that wraps would colour the whole line that scrolls in under it.
    let plain = |line: Line| grid[line][Column(0)].bg == Color::Named(NamedColor::Background);
    let next = Line(line.0 + 1);
    goes_on(grid, line) && drawn_columns(grid, next) > 0 && plain(next)
}

fn cell(out: &mut String, pen: &mut Pen, grid: &Grid<Cell>, line: Line, column: usize) {
    match role(grid, line, column) {
        Role::Glyph => pen.draw(out, &grid[line][Column(column)]),
        Role::Covered => {}
        Role::Torn => pen.draw_blank(out, &grid[line][Column(column)]),
    }
}

/// What a cell is in the drawing.
pub(crate) enum Role {
    Glyph,
    /// The second half of a wide character, which draws it, or the gap before one that moved to the next line.
    Covered,
    /// One half of a wide character whose other half was written over.
    Torn,
}

pub(crate) fn role(grid: &Grid<Cell>, line: Line, column: usize) -> Role {
    let has =
        |column: usize, flag| column < grid.columns() && grid[line][Column(column)].flags.contains(flag);
    if has(column, Flags::WIDE_CHAR) {
        return if has(column + 1, Flags::WIDE_CHAR_SPACER) { Role::Glyph } else { Role::Torn };
    }
    if has(column, Flags::WIDE_CHAR_SPACER) {
        return if column > 0 && has(column - 1, Flags::WIDE_CHAR) { Role::Covered } else { Role::Torn };
    }
    if has(column, Flags::LEADING_WIDE_CHAR_SPACER) {
        let next = Line(line.0 + 1);
        let wide_follows = wraps(grid, line)
            && grid[next][Column(0)].flags.contains(Flags::WIDE_CHAR)
            && matches!(role(grid, next, 0), Role::Glyph);
        return if wide_follows { Role::Covered } else { Role::Torn };
    }
    Role::Glyph
}

fn goes_on(grid: &Grid<Cell>, line: Line) -> bool {
    line < grid.bottommost_line() && grid[line][grid.last_column()].flags.contains(Flags::WRAPLINE)
}

/// How many columns of a line must be written: up to its last cell that shows anything.
fn drawn_columns(grid: &Grid<Cell>, line: Line) -> usize {
    if goes_on(grid, line) {
        return grid.columns();
    }
    (0..grid.columns())
        .rev()
        .find(|&column| !is_blank(&grid[line][Column(column)]))
        .map_or(0, |column| column + 1)
}

fn is_blank(cell: &Cell) -> bool {
    cell.c == ' '
        && cell.fg == Color::Named(NamedColor::Foreground)
        && cell.bg == Color::Named(NamedColor::Background)
        && cell.flags.difference(Flags::WRAPLINE).is_empty()
        && cell.zerowidth().is_none()
        && cell.hyperlink().is_none()
}

/// What was last written with.
#[derive(Default)]
struct Pen {
    cell: Cell,
}

impl Pen {
    fn reset(&mut self, out: &mut String) {
        self.become_like(out, &Cell::default());
    }

    fn draw(&mut self, out: &mut String, cell: &Cell) {
        self.become_like(out, cell);
        out.push(if cell.c == '\t' { ' ' } else { cell.c });
        out.extend(cell.zerowidth().into_iter().flatten());
    }

    fn draw_blank(&mut self, out: &mut String, cell: &Cell) {
        self.become_like(out, cell);
        out.push(' ');
    }

    fn become_like(&mut self, out: &mut String, cell: &Cell) {
        if self.cell.hyperlink() != cell.hyperlink() {
            match cell.hyperlink() {
                Some(link) => {
                    let _ = write!(out, "\x1b]8;id={};{}\x1b\\", link.id(), link.uri());
                }
                None => out.push_str("\x1b]8;;\x1b\\"),
            }
        }
        let attributes = |cell: &Cell| (cell.fg, cell.bg, cell.flags & ATTRIBUTES, cell.underline_color());
        if attributes(&self.cell) != attributes(cell) {
            out.push_str("\x1b[0");
            flags(out, cell.flags);
            color(out, cell.fg, 30, 38);
            color(out, cell.bg, 40, 48);
            if let Some(underline) = cell.underline_color() {
                color(out, underline, 0, 58);
            }
            out.push('m');
        }
        self.cell = cell.clone();
    }
}

/// The flags that are a matter of the pen.
pub(crate) const ATTRIBUTES: Flags = Flags::INVERSE
    .union(Flags::BOLD)
    .union(Flags::ITALIC)
    .union(Flags::DIM)
    .union(Flags::HIDDEN)
    .union(Flags::STRIKEOUT)
    .union(Flags::ALL_UNDERLINES);

fn flags(out: &mut String, flags: Flags) {
    for (flag, code) in [
        (Flags::BOLD, "1"),
        (Flags::DIM, "2"),
        (Flags::ITALIC, "3"),
        (Flags::UNDERLINE, "4"),
        (Flags::DOUBLE_UNDERLINE, "4:2"),
        (Flags::UNDERCURL, "4:3"),
        (Flags::DOTTED_UNDERLINE, "4:4"),
        (Flags::DASHED_UNDERLINE, "4:5"),
        (Flags::INVERSE, "7"),
        (Flags::HIDDEN, "8"),
        (Flags::STRIKEOUT, "9"),
    ] {
        if flags.contains(flag) {
            let _ = write!(out, ";{code}");
        }
    }
}

/// `base` selects the eight named colours, `extended` the others.
fn color(out: &mut String, color: Color, base: usize, extended: usize) {
    let _ = match color {
        Color::Spec(rgb) => write!(out, ";{extended};2;{};{};{}", rgb.r, rgb.g, rgb.b),
        Color::Indexed(index) => write!(out, ";{extended};5;{index}"),
        Color::Named(name) => match name as usize {
            index @ 0..8 if base > 0 => write!(out, ";{}", base + index),
            index @ 8..16 if base > 0 => write!(out, ";{}", base + 60 + index - 8),
            index @ 0..16 => write!(out, ";{extended};5;{index}"),
            _ => Ok(()),
        },
    };
}

fn modes(out: &mut String, mode: TermMode) {
    for (flag, on) in [
        (TermMode::APP_CURSOR, "\x1b[?1h"),
        (TermMode::APP_KEYPAD, "\x1b="),
        (TermMode::MOUSE_REPORT_CLICK, "\x1b[?1000h"),
        (TermMode::MOUSE_DRAG, "\x1b[?1002h"),
        (TermMode::MOUSE_MOTION, "\x1b[?1003h"),
        (TermMode::FOCUS_IN_OUT, "\x1b[?1004h"),
        (TermMode::UTF8_MOUSE, "\x1b[?1005h"),
        (TermMode::SGR_MOUSE, "\x1b[?1006h"),
        (TermMode::BRACKETED_PASTE, "\x1b[?2004h"),
        (TermMode::LINE_FEED_NEW_LINE, "\x1b[20h"),
        (TermMode::INSERT, "\x1b[4h"),
    ] {
        if mode.contains(flag) {
            out.push_str(on);
        }
    }
    for (flag, off) in [
        (TermMode::SHOW_CURSOR, "\x1b[?25l"),
        (TermMode::LINE_WRAP, "\x1b[?7l"),
        (TermMode::ALTERNATE_SCROLL, "\x1b[?1007l"),
        (TermMode::URGENCY_HINTS, "\x1b[?1042l"),
    ] {
        if !mode.contains(flag) {
            out.push_str(off);
        }
    }
}

fn cursor_style<T>(out: &mut String, term: &Term<T>) {
    let style = term.cursor_style();
    let code = match style.shape {
        CursorShape::Underline => 4,
        CursorShape::Beam => 6,
        _ => 2,
    } - u8::from(style.blinking);
    if code != 2 {
        let _ = write!(out, "\x1b[{code} q");
    }
}
