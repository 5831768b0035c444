//! A terminal's screen: it looks alike however its output was cut, and what is drawn of it looks like it.

use ide_terminal::Screen;
use protocol::terminal::Size;

use crate::draw::Draw;

/// Output that is looked at: each line end makes a line to compare.
const LONGEST: usize = 1500;

/// Columns, rows and the size of the pieces, then the output.
pub(crate) fn run(data: &[u8]) -> bool {
    let mut from = Draw(data);
    let size = Size { columns: from.below(40) as u16 + 2, rows: from.below(12) as u16 + 1 };
    let piece = usize::from(from.byte()) + 1;
    let output = from.bytes(LONGEST);
    let mut whole = Screen::new(size);
    whole.advance(output);
    let mut cut = Screen::new(size);
    output.chunks(piece).for_each(|piece| drop(cut.advance(piece)));
    let drawing = whole.draw();
    // A synchronized update under way is shown by drawing.
    cut.draw();
    assert_eq!(whole.look(), cut.look(), "in pieces of {piece}");
    let mut again = Screen::new(size);
    let heard = again.advance(&drawing);
    assert!(heard.answers.is_empty(), "a drawing asks for {:?}", heard.answers);
    let (look, expected) = (again.look(), whole.look());
    for (line, (ours, drawn)) in expected.lines.iter().zip(&look.lines).enumerate() {
        assert_eq!(ours, drawn, "line {line}");
    }
    assert_eq!(look, expected, "{}", drawing.escape_ascii());
    !output.is_empty()
}
