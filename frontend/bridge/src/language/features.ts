// All that a language server gives an editor.

import { autocompletion } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";

import { changing } from "./change";
import { complete } from "./completion";
import { provide, type LanguageContext } from "./context";
import { hover } from "./hover";
import { hints } from "./hints";
import { navigation } from "./navigate";
import { semantics } from "./semantics";
import { signatures } from "./signature";

/** The features of a document whose language is served. */
export function features(context: LanguageContext): Extension {
  return [
    provide(context),
    autocompletion({ override: [complete], maxRenderedOptions: 100, defaultKeymap: false }),
    hover(),
    signatures(),
    navigation(),
    changing(),
    hints(),
    semantics(),
  ];
}
