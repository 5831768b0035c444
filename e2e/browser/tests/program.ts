// The real program on a folder of its own: started, killed, started again, and stopped with all it runs.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

import { expect, type Browser, type BrowserContextOptions, type Locator, type Page } from "@playwright/test";

const BIN = process.env.CUMULO_BIN ?? resolve("../../target/release/cumulo");

export interface Ready {
  ide_url: string;
  cloud_url: string;
  access_key_id: string;
  pid: number;
}

export class Program {
  readonly home = mkdtempSync(join(tmpdir(), "cumulo-journey-"));
  readonly folder = join(this.home, "hello-api");
  readonly data = join(this.home, "data");
  /** The address that browsers use where it is another than the server's own: a proxy's. */
  publicUrl: string | undefined;
  /** Where the server listens; a free port from the first start on. */
  listen = "";
  ready!: Ready;
  private server!: ChildProcess;

  /** `languages`: whether rust-analyzer serves the sample, for journeys that are about what it says. */
  constructor(private readonly options: { languages: boolean } = { languages: false }) {}

  /** Starts the server; the second time on the ports it had. */
  async start(): Promise<void> {
    const file = join(this.home, "ready.json");
    rmSync(file, { force: true });
    this.listen ||= await freeAddress();
    const cloud = this.ready ? new URL(this.ready.cloud_url).host : "127.0.0.1:0";
    const places = ["--listen", this.listen, "--cloud-listen", cloud, "--data", this.data, "--ready-file", file];
    if (this.publicUrl !== undefined) places.push("--public-url", this.publicUrl);
    this.server = spawn(BIN, ["run", this.folder, ...places], { env: this.environment(), stdio: "ignore" });
    await expect.poll(() => existsSync(file)).toBe(true);
    this.ready = JSON.parse(readFileSync(file, "utf8")) as Ready;
  }

  /** Shells start from a profile of ours: the machine's own may lock, wait or speak, the more so when shells are killed. */
  private environment(): NodeJS.ProcessEnv {
    const HOME = join(this.home, "person");
    mkdirSync(HOME, { recursive: true });
    const PATH = this.options.languages ? process.env.PATH : `${quietLanguageServer(HOME)}:${process.env.PATH}`;
    writeFileSync(join(HOME, ".bash_profile"), `export PATH='${PATH}'\n`);
    const { CARGO_HOME = join(homedir(), ".cargo"), RUSTUP_HOME = join(homedir(), ".rustup") } = process.env;
    return { ...process.env, HOME, PATH, CARGO_HOME, RUSTUP_HOME };
  }

  /** Kills the server as a power cut would; the agent is not asked. */
  async kill(): Promise<void> {
    const ended = new Promise((done) => this.server.once("exit", done));
    this.server.kill("SIGKILL");
    await ended;
  }

  /** An address with a fresh one-time code. */
  url(): string {
    return execFileSync(BIN, ["url", "--data", this.data], { encoding: "utf8" }).trim();
  }

  /** Kills the agent as memory shortage would: with it end its terminals, workers and language servers. */
  killAgent(): void {
    process.kill(this.agentPid(), "SIGKILL");
  }

  agentPid(): number {
    return (JSON.parse(readFileSync(join(this.data, "agent.json"), "utf8")) as { pid: number }).pid;
  }

  /** What server and agent hold in memory, in bytes. */
  memory(): { server: number; agent: number } {
    return { server: resident(this.server.pid ?? 0), agent: resident(this.agentPid()) };
  }

  /** The layouts that the agent keeps, as JSON. */
  layout(): string {
    const folder = join(this.data, "layouts");
    return readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
  }

  /** Changes the layout that is kept, as another version of the program would: while no page is open. */
  changeLayout(change: (layout: Record<string, unknown>) => void): void {
    const folder = join(this.data, "layouts");
    for (const name of readdirSync(folder)) {
      const layout = JSON.parse(readFileSync(join(folder, name), "utf8")) as Record<string, unknown>;
      change(layout);
      writeFileSync(join(folder, name), JSON.stringify(layout));
    }
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** Writes a file as another program would. */
  write(path: string, text: string | Buffer): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Names of what lies in the trash, at any depth. */
  trashed(): string[] {
    return readdirSync(join(this.data, "trash"), { recursive: true }).map((name) => basename(String(name)));
  }

  remove(path: string): void {
    rmSync(join(this.folder, path), { recursive: true });
  }

  has(path: string): boolean {
    return existsSync(join(this.folder, path));
  }

  stop(): void {
    execFileSync(BIN, ["stop", "--data", this.data], { stdio: "ignore" });
    this.server.kill("SIGKILL");
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** A folder for `PATH` with a `rust-analyzer` that finds nothing. */
function quietLanguageServer(home: string): string {
  const folder = join(home, "bin");
  mkdirSync(folder, { recursive: true });
  const server = join(import.meta.dirname, "quiet-language-server.mjs");
  const script = `#!/bin/sh\n[ "$1" = --version ] && echo rust-analyzer quiet && exit\nexec '${process.execPath}' '${server}'\n`;
  writeFileSync(join(folder, "rust-analyzer"), script, { mode: 0o755 });
  return folder;
}

function resident(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) * 1024;
}

async function freeAddress(): Promise<string> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return `127.0.0.1:${port}`;
}

/** Throttles the page's processor fourfold where the journeys are to be made on a slow machine. */
async function slowDown(page: Page): Promise<void> {
  if (process.env.CUMULO_SLOW === undefined) return;
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
}

/** The IDE in a page, by the names that people and screen readers use. */
export class Ide {
  constructor(readonly page: Page) {}

  async open(url: string): Promise<void> {
    await slowDown(this.page);
    await this.page.goto(url);
    await expect(this.connection()).toContainText(/online|slow/);
  }

  /** Another browser: nothing of this one's is known to it. */
  static async another(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Ide> {
    const ide = new Ide(await (await browser.newContext(options)).newPage());
    await ide.open(url);
    return ide;
  }

  editor(path: string): Locator {
    return this.page.getByRole("textbox", { name: `Editor: ${path}`, exact: true });
  }

  entry(name: string): Locator {
    return this.page.getByRole("treeitem", { name, exact: true });
  }

  tab(name: string): Locator {
    return this.page.getByRole("tab", { name, exact: true });
  }

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  region(name: string): Locator {
    return this.page.getByRole("region", { name, exact: true });
  }

  connection(): Locator {
    return this.page.getByRole("status", { name: "Connection" });
  }

  /** The terminal in front. */
  terminal(): Locator {
    return this.page.getByRole("tabpanel", { name: "bash" });
  }

  /** Types a line into the terminal in front. */
  async type(line: string): Promise<void> {
    await this.terminal().getByRole("textbox").first().focus();
    await this.page.keyboard.type(`${line}\n`);
  }

  /** Opens a file of the root by its place in the tree. */
  async openFile(name: string): Promise<void> {
    await this.entry(name).dblclick();
    await expect(this.tab(name)).toBeVisible();
  }

  /** Opens the palette with a text in it. */
  async palette(text: string): Promise<Locator> {
    // Where a terminal has the focus, plain control keys are its program's.
    await this.page.keyboard.press("F1");
    const box = this.page.getByRole("combobox", { name: /^(Go to file, command, function|파일, 명령, 함수로 이동)$/ });
    await box.fill(text);
    return box;
  }

  /** What the palette lists. */
  results(): Locator {
    return this.page.getByRole("listbox", { name: /^(Results|결과)$/ }).getByRole("option");
  }

  /** Runs a command by its title. */
  async command(title: string): Promise<void> {
    await this.palette(`>${title}`);
    await this.results().filter({ hasText: title }).first().click();
  }

  /** Ends the page's program as a fault of it would: what it takes for certain fails once, the browser refuses it an element. */
  async panic(): Promise<Locator> {
    await this.page.evaluate(() => {
      const clone = Node.prototype.cloneNode;
      Node.prototype.cloneNode = function (...all) {
        if (!new Error().stack?.includes("wasm")) return clone.apply(this, all);
        Node.prototype.cloneNode = clone;
        throw new Error("refused");
      };
    });
    await this.page.keyboard.press("F1");
    return this.page.getByRole("dialog", { name: "This page has to be loaded again" });
  }

  /** Violations of the content policy that the browser has reported since the program started. */
  async policyReports(): Promise<number> {
    const reports = await this.page.evaluate(async () => (await fetch("/csp-report")).text());
    return Number(/\d+/.exec(reports)?.[0]);
  }
}
