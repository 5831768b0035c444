// What the server knows of the thing under the pointer.

import type { Extension } from "@codemirror/state";
import { EditorView, hoverTooltip } from "@codemirror/view";

import { offsetAt } from "../editor/problems";
import { askAt, contextOf } from "./context";
import { render } from "./markdown";
import type { Documentation, Hover } from "./protocol";

/** Shows documentation where the pointer rests. */
export function hover(): Extension {
  return [
    hoverTooltip(async (view, position) => {
      const context = contextOf(view.state);
      if (context?.client.capabilities.hoverProvider === undefined) return null;
      const found = await askAt<Hover | null>(context, "textDocument/hover", view.state, position).catch(() => null);
      if (found === null) return null;
      const documentation = toDocumentation(found);
      if (documentation === "") return null;
      const { doc } = view.state;
      return {
        pos: found.range === undefined ? position : offsetAt(doc, found.range.start),
        end: found.range === undefined ? position : offsetAt(doc, found.range.end),
        above: true,
        create: () => {
          const dom = render(documentation, view.state);
          dom.classList.add("cm-hover");
          return { dom };
        },
      };
    }, { hideOnChange: true }),
    looks,
  ];
}

/** A hover's contents in whichever form the server chose. */
export function toDocumentation({ contents }: Hover): Documentation {
  if (typeof contents === "object" && "kind" in contents) return contents.value === "" ? "" : contents;
  const parts = Array.isArray(contents) ? contents : [contents];
  return parts
    .map(part => (typeof part === "string" ? part : `\`\`\`${part.language}\n${part.value}\n\`\`\``))
    .join("\n\n");
}

const looks = EditorView.baseTheme({
  ".cm-hover": { maxHeight: "24em", overflow: "auto", padding: "4px 8px" },
  ".cm-documentation": { fontFamily: "var(--font-ui, system-ui)", lineHeight: "1.45" },
  ".cm-documentation p, .cm-documentation ul, .cm-documentation ol, .cm-documentation blockquote": { margin: "4px 0" },
  ".cm-documentation pre, .cm-completionInfo pre": { margin: "4px 0", whiteSpace: "pre-wrap", fontSize: "12px" },
  ".cm-documentation a": { color: "var(--accent)" },
  ".cm-documentation hr": { border: "none", borderTop: "1px solid var(--border)" },
});
