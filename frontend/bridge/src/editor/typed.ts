// What was typed here since the agent last had everything: so that the text can be told without it, should the agent come
// back with another document. Kept by what Yjs knows of edits; the text itself is read only when it is asked for.

import * as Y from "yjs";

/** Edits of this tab that the agent may not have. */
export class Typed {
  readonly #doc: Y.Doc;
  readonly #text: Y.Text;
  /** Our own edits begin here that the agent may not have. */
  readonly #clock: number;
  readonly #deleted: Y.Transaction["deleteSet"][] = [];

  /** Begins before the first such edit. */
  constructor(doc: Y.Doc, text: Y.Text) {
    this.#doc = doc;
    this.#text = text;
    this.#clock = Y.getState(doc.store, doc.clientID);
  }

  /** Another edit of ours was made. */
  add(transaction: Y.Transaction): void {
    if (transaction.deleteSet.clients.size > 0) this.#deleted.push(transaction.deleteSet);
  }

  /** The text without these edits; none where what they deleted is not kept any more. */
  before(): string | undefined {
    const deleted = Y.mergeDeleteSets(this.#deleted);
    let text = "";
    for (let item = this.#text._start; item !== null; item = item.right) {
      const { id: { client, clock }, content } = item;
      const end = client === this.#doc.clientID ? Math.min(item.length, this.#clock - clock) : item.length;
      for (let at = 0; at < end; at++) {
        if (item.deleted && !Y.isDeleted(deleted, Y.createID(client, clock + at))) continue;
        if (!(content instanceof Y.ContentString)) return undefined;
        if (!item.deleted) {
          text += content.str.slice(0, end);
          break;
        }
        text += content.str[at] ?? "";
      }
    }
    return text;
  }
}
