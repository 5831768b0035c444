import assert from "node:assert/strict";
import { test } from "node:test";

import { placeIn } from "../src/editor/settings";

test("where in settings a place is", () => {
  const check = (text: string, depth: number, name: string | undefined, inText = false, comment = false) => {
    const place = placeIn(text);
    assert.deepEqual([place.depth, place.name, place.text !== undefined, place.comment], [depth, name, inText, comment], text);
  };
  check("", 0, undefined);
  check("{", 1, undefined);
  check('{ "edi', 1, undefined, true);
  check('{ "editor.wordWrap"', 1, undefined);
  check('{ "editor.wordWrap": ', 1, "editor.wordWrap");
  check('{ "editor.wordWrap": "o', 1, "editor.wordWrap", true);
  check('{ "editor.wordWrap": "on", ', 1, undefined);
  check('{ // "a": \n "b": ', 1, "b");
  check('{ // "a": ', 1, undefined, false, true);
  check('{ /* "a" */ "b', 1, undefined, true);
  check('{ "keybindings": [{ "key": ', 3, "keybindings");
  check('{ "keybindings": [{ "key": "a:b" }], ', 1, undefined);
  check('{ "a\\"b": ', 1, 'a\\"b');
});
