// A terminal in a browser answers no questions: the agent's own terminal state does, once, for all tabs.
//
// A reply of ours would be typed into the shell (the well-known `^[[?1;2c`), twice with two tabs, and again with
// every reattach. The same goes for the clipboard (OSC 52) and titles, which programs could use against a person.

import type { IDisposable, Terminal } from "@xterm/xterm";

/** Takes the sequences that would be answered, or reach out of the screen. */
export function keepQuiet(terminal: Terminal): IDisposable[] {
  const parser = terminal.parser;
  const swallow = () => true;
  // A colour sequence sets (`11;#fff`) or asks (`11;?`); only the question is taken.
  const question = (data: string) => data.split(";").includes("?");
  return [
    // Device attributes, primary to tertiary; device status and cursor position; private ones.
    parser.registerCsiHandler({ final: "c" }, swallow),
    ...[">", "="].map(prefix => parser.registerCsiHandler({ prefix, final: "c" }, swallow)),
    parser.registerCsiHandler({ final: "n" }, swallow),
    parser.registerCsiHandler({ prefix: "?", final: "n" }, swallow),
    // Mode requests, the terminal's version, keyboard protocol, window reports, terminal parameters.
    parser.registerCsiHandler({ intermediates: "$", final: "p" }, swallow),
    parser.registerCsiHandler({ prefix: "?", intermediates: "$", final: "p" }, swallow),
    parser.registerCsiHandler({ prefix: ">", final: "q" }, swallow),
    parser.registerCsiHandler({ prefix: "?", final: "u" }, swallow),
    parser.registerCsiHandler({ final: "t" }, swallow),
    parser.registerCsiHandler({ final: "x" }, swallow),
    // Settings and capabilities asked for by DCS; the old identification.
    parser.registerDcsHandler({ intermediates: "$", final: "q" }, swallow),
    parser.registerDcsHandler({ intermediates: "+", final: "q" }, swallow),
    parser.registerEscHandler({ final: "Z" }, swallow),
    ...[4, 5, 10, 11, 12, 13, 14, 17, 19].map(code => parser.registerOscHandler(code, question)),
    // Titles (the agent names terminals), the clipboard.
    ...[0, 1, 2, 52].map(code => parser.registerOscHandler(code, swallow)),
  ];
}
