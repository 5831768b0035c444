// The terminal's size, as the agent tells it within the stream: `MARK ; COLUMNS ; ROWS`.

/** `protocol::terminal::SIZE_MARK`. */
export const SIZE_MARK = 7447;

/** A size in character cells. */
export interface Size {
  columns: number;
  rows: number;
}

/** The size that a control string of ours tells; none where it is malformed, or somebody else's. */
export function readMark(data: string, mark: string): Size | undefined {
  const [word, columns, rows, ...more] = data.split(";");
  if (word !== mark || more.length > 0 || !isSize(columns) || !isSize(rows)) return undefined;
  return { columns: Number(columns), rows: Number(rows) };
}

function isSize(text: string | undefined): text is string {
  return text !== undefined && /^[1-9]\d{0,3}$/.test(text);
}
