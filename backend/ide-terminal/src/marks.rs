//! Marks that take no column (accents, joiners): a cell bears as many as writing needs, and no more. Without that a
//! program could grow one cell without end.

use alacritty_terminal::{
    Term,
    event::EventListener,
    grid::Dimensions,
    index::{Column, Line},
    term::cell::Cell,
};
use unicode_width::UnicodeWidthChar;

/// Marks that one cell bears. The longest that people write, emoji of several persons, have fewer.
pub(crate) const MOST: usize = 16;

/// Takes what is too much from the cells that `output` may have written to.
pub(crate) fn cap<T: EventListener>(term: &mut Term<T>, output: &[u8]) {
    if output.is_ascii() || !has_marks(output) {
        return;
    }
    let grid = term.grid_mut();
    let (rows, columns) = (grid.screen_lines(), grid.columns());
    let scrolled = grid.history_size().min(most_scrolled(output, rows, columns));
    for line in -(scrolled as i32)..rows as i32 {
        for column in 0..columns {
            let cell = &mut grid[Line(line)][Column(column)];
            if cell.zerowidth().is_some_and(|marks| marks.len() > MOST) {
                shorten(cell);
            }
        }
    }
}

/// Lines that an output may have moved up, at most: by line ends, by full lines, by sequences.
fn most_scrolled(output: &[u8], rows: usize, columns: usize) -> usize {
    let count = |is: fn(&u8) -> bool| output.iter().filter(|byte| is(byte)).count();
    let ends = count(|byte| matches!(byte, 0x0a..=0x0c | 0xc2));
    ends + output.len() / columns + 1 + count(|byte| *byte == 0x1b).saturating_mul(rows)
}

/// Whether there is a mark, or a character that only the bytes before it complete.
fn has_marks(output: &[u8]) -> bool {
    let is_mark = |c: char| c == char::REPLACEMENT_CHARACTER || (!c.is_ascii() && c.width() == Some(0));
    String::from_utf8_lossy(output).chars().any(is_mark)
}

fn shorten(cell: &mut Cell) {
    let marks: Vec<char> = cell.zerowidth().into_iter().flatten().take(MOST).copied().collect();
    let (link, underline) = (cell.hyperlink(), cell.underline_color());
    cell.extra = None;
    cell.set_hyperlink(link);
    cell.set_underline_color(underline);
    for mark in marks {
        cell.push_zerowidth(mark);
    }
}
