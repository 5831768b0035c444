// What the IDE costs in a real browser: bytes, memory, and the time between a key and what it does.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test, type BrowserContext, type Page } from "@playwright/test";

import { Ide, Program } from "../tests/program.ts";
import { Proxy } from "../tests/proxy.ts";
import { Measures, memory, quantile } from "./measures.ts";

const TABS = 5;
const KEYS = 200;
const FLOOD_MB = 32;
const CUT_SECONDS = 30;

const program = new Program();
const measures = new Measures();

test.describe.configure({ mode: "serial" });
test.beforeAll(() => program.start());
test.afterAll(() => {
  measures.write(process.env.CUMULO_BENCH_OUT ?? "bench.json");
  program.stop();
});

/** Server and agent. */
function held(): number {
  const agent = Number(readFileSync(join(program.data, "agent.lock"), "utf8"));
  return memory(program.ready.pid) + memory(agent);
}

/** Opens the IDE and waits until its file can be edited. */
async function open(page: Page, where = program): Promise<Ide> {
  await watchLink(page);
  const ide = new Ide(page);
  await ide.open(where.url());
  await expect(ide.editor("src/main.rs")).toContainText("fn handler");
  return ide;
}

/** Bytes that come over the wire while something happens, WebSocket frames among them. */
async function bytesOf(page: Page, context: BrowserContext, what: () => Promise<unknown>): Promise<number> {
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  let bytes = 0;
  devtools.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; });
  devtools.on("Network.webSocketFrameReceived", ({ response }) => {
    bytes += response.opcode === 1 ? Buffer.byteLength(response.payloadData) : Buffer.from(response.payloadData, "base64").length;
  });
  await what();
  await page.waitForLoadState("networkidle");
  await devtools.detach();
  return bytes;
}

test("bytes to a usable editor, cold and on reload", async ({ page, context }) => {
  const started = performance.now();
  const cold = await bytesOf(page, context, async () => {
    await open(page);
    measures.note("time to a usable editor, cold, on loopback", performance.now() - started, "ms");
  });
  measures.note("bytes over the wire, cold", cold / 1e6, "MB", "≤ 1.0");
  const again = performance.now();
  const reload = await bytesOf(page, context, async () => {
    await page.reload();
    await expect(new Ide(page).editor("src/main.rs")).toContainText("fn handler");
    measures.note("time to a usable editor, reload, on loopback", performance.now() - again, "ms");
  });
  measures.note("bytes over the wire, reload", reload / 1e3, "KB", "≤ 50");
});

test("memory of server and agent, idle and per tab", async ({ browser }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await open(page);
  const one = await settled();
  measures.note("memory, one tab", one, "MB", "≤ 30");
  for (let tab = 0; tab < TABS; tab++) await open(await context.newPage());
  const many = await settled();
  measures.note("memory, each further tab", (many - one) / TABS, "MB", "≤ 5");
  for (const other of context.pages().slice(1)) await other.close();
  measures.note("memory, one tab again", await settled(), "MB");
  await context.close();
});

/** What is held when it has not changed by a tenth of a MB within two seconds. */
async function settled(): Promise<number> {
  for (let last = held(), tries = 0; ; tries++) {
    await new Promise((done) => setTimeout(done, 2000));
    const now = held();
    if (Math.abs(now - last) < 0.1 || tries > 15) return now;
    last = now;
  }
}

test("terminal: echo, and throughput", async ({ page }) => {
  const ide = await open(page);
  await ide.type("clear; echo rea''dy; cat > /dev/null");
  await expect(ide.terminal()).toContainText("ready");
  const echoes = await pressKeys(page, ".xterm-rows");
  measures.note("terminal, key to screen, p50", quantile(echoes.map(whole), 0.5), "ms", "≤ 10");
  measures.note("terminal, key to screen, p99", quantile(echoes.map(whole), 0.99), "ms");
  measures.note("terminal, key to send, p50", quantile(echoes.map((key) => key.sent - key.pressed), 0.5), "ms");
  measures.note("terminal, send to message, p50", quantile(echoes.map((key) => key.arrived - key.sent), 0.5), "ms");
  measures.note("terminal, message to draw, p50", quantile(echoes.map((key) => key.drawn - key.arrived), 0.5), "ms");
  await page.keyboard.press("Control+c");
  const started = performance.now();
  await ide.type(`clear; head -c ${FLOOD_MB}000000 /dev/zero | tr '\\0' x | fold -w 99; echo flood-$((40+2))`);
  await expect(ide.terminal()).toContainText("flood-42", { timeout: 300_000 });
  measures.note("terminal, throughput", FLOOD_MB / ((performance.now() - started) / 1000), "MB/s");
});

interface Pressed {
  pressed: number;
}

/** When a key was pressed, left the page, was answered, and was drawn; of what did not happen, 0. */
interface KeyTimes {
  pressed: number;
  sent: number;
  arrived: number;
  drawn: number;
}

interface Watched {
  keys: KeyTimes[];
  link: { sent: number; arrived: number };
}

function whole(key: KeyTimes): number {
  return key.drawn - key.pressed;
}

/** Notes when the page first sends and hears something after a key; for pages opened from now on. */
async function watchLink(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const link = { sent: 0, arrived: 0 };
    Object.assign(window, { link, keys: [] });
    window.WebSocket = class extends WebSocket {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols);
        this.addEventListener("message", () => { if (link.sent > 0) link.arrived ||= performance.now(); });
      }

      override send(data: string | ArrayBufferLike | Blob | ArrayBufferView<ArrayBuffer>): void {
        link.sent ||= performance.now();
        super.send(data);
      }
    };
  });
}

/** Presses keys one after the other, each when the one before it has changed what `shown` finds on the screen. */
async function pressKeys(page: Page, shown: string): Promise<KeyTimes[]> {
  await page.evaluate((selector) => {
    const { keys, link } = window as unknown as Watched;
    keys.length = 0;
    let pressed = 0;
    window.addEventListener("keydown", () => {
      pressed = performance.now();
      Object.assign(link, { sent: 0, arrived: 0 });
    }, { capture: true });
    const drawn = [...document.querySelectorAll(selector)].find((found) => found.getClientRects().length > 0);
    if (drawn === undefined) throw new Error(`nothing of ${selector} is shown`);
    new MutationObserver(() => {
      if (pressed > 0) keys.push({ pressed, ...link, drawn: performance.now() });
      pressed = 0;
    }).observe(drawn, { childList: true, subtree: true, characterData: true });
  }, shown);
  for (let key = 0; key < KEYS; key++) {
    await page.keyboard.press("abcdefgh"[key % 8]);
    await page.waitForFunction((keys) => (window as unknown as Watched).keys.length > keys, key);
  }
  return page.evaluate(() => (window as unknown as Watched).keys);
}

test("editor: key to screen, also in a file of 8 MB", async ({ page }) => {
  program.write("large.txt", "one line of a large text that is there to be long\n".repeat(160_000));
  const ide = await open(page);
  for (const [name, file] of [["editor", "README.md"], ["editor, file of 8 MB", "large.txt"]]) {
    await ide.openFile(file);
    await ide.editor(file).click();
    const keys = await pressKeys(page, `[aria-label="Editor: ${file}"]`);
    measures.note(`${name}, key to screen, p50`, quantile(keys.map(whole), 0.5), "ms");
    measures.note(`${name}, key to screen, p99`, quantile(keys.map(whole), 0.99), "ms");
  }
});

test("collaboration: a key to the other screen", async ({ browser }) => {
  const [one, other] = await Promise.all(
    [1, 2].map(async () => {
      const page = await (await browser.newContext()).newPage();
      const ide = await open(page);
      await ide.openFile("README.md");
      return { page, ide };
    }),
  );
  await one.ide.editor("README.md").click();
  await one.page.keyboard.press("Control+Home");
  await one.page.evaluate(() => {
    window.addEventListener("keydown", () => { (window as unknown as Pressed).pressed = performance.timeOrigin + performance.now(); }, { capture: true });
  });
  const times: number[] = [];
  for (let key = 0; key < 100; key++) {
    const text = `k${key}.`;
    // Both pages run on one machine: its wall clock, in fractions of a millisecond, is theirs.
    const seen = other.page.evaluate((wanted) => new Promise<number>((done) => {
      const editor = [...document.querySelectorAll(".cm-content")].find((found) => found.getClientRects().length > 0)!;
      const observer = new MutationObserver(() => {
        if (!editor.textContent!.includes(wanted)) return;
        observer.disconnect();
        done(performance.timeOrigin + performance.now());
      });
      observer.observe(editor, { childList: true, subtree: true, characterData: true });
    }), text);
    await one.page.keyboard.type(text);
    const shown = await seen;
    times.push(shown - (await one.page.evaluate(() => (window as unknown as Pressed).pressed)));
  }
  measures.note("collaboration, key to other screen, p50", quantile(times, 0.5), "ms", "≤ 10");
  measures.note("collaboration, key to other screen, p95", quantile(times, 0.95), "ms", "≤ 40");
  for (const { page } of [one, other]) await page.context().close();
});

test("output comes back after a cut", async ({ page }) => {
  const behind = new Program();
  const proxy = await Proxy.start(() => behind.listen);
  behind.publicUrl = `http://${proxy.address}`;
  await behind.start();
  const ide = await open(page, behind);
  await ide.type("clear; for i in $(seq 100000); do echo line $i; sleep 0.05; done");
  await expect(ide.terminal()).toContainText("line 5");
  proxy.mute();
  await new Promise((done) => setTimeout(done, CUT_SECONDS * 1000));
  const before = await ide.terminal().textContent();
  const started = performance.now();
  proxy.unmute();
  await expect.poll(() => ide.terminal().textContent(), { intervals: [20] }).not.toBe(before);
  const name = `terminal, output back after ${CUT_SECONDS} s of silence`;
  measures.note(name, performance.now() - started, "ms", "≤ 1000");
  behind.stop();
  await proxy.stop();
});
