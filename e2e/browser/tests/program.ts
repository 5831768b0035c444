// The real program on a folder of its own: started, killed, started again, and stopped with all it runs.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { expect, type Page } from "@playwright/test";

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

  /** Starts the server; the second time on the ports it had. */
  async start(): Promise<void> {
    const file = join(this.home, "ready.json");
    rmSync(file, { force: true });
    this.listen ||= await freeAddress();
    const cloud = this.ready ? new URL(this.ready.cloud_url).host : "127.0.0.1:0";
    const places = ["--listen", this.listen, "--cloud-listen", cloud, "--data", this.data, "--ready-file", file];
    if (this.publicUrl !== undefined) places.push("--public-url", this.publicUrl);
    this.server = spawn(BIN, ["run", this.folder, ...places], { stdio: "ignore" });
    await expect.poll(() => existsSync(file)).toBe(true);
    this.ready = JSON.parse(readFileSync(file, "utf8")) as Ready;
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

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  stop(): void {
    execFileSync(BIN, ["stop", "--data", this.data], { stdio: "ignore" });
    this.server.kill("SIGKILL");
    rmSync(this.home, { recursive: true, force: true });
  }
}

async function freeAddress(): Promise<string> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return `127.0.0.1:${port}`;
}

/** The IDE in a page, by the names that people and screen readers use. */
export class Ide {
  constructor(readonly page: Page) {}

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await expect(this.page.getByRole("tree", { name: "Files" })).toBeVisible();
  }

  editor(path: string) {
    return this.page.getByRole("textbox", { name: `Editor: ${path}` });
  }

  terminal() {
    return this.page.getByRole("tabpanel", { name: "bash" });
  }

  /** Types a line into the terminal. */
  async type(line: string): Promise<void> {
    await this.terminal().getByRole("textbox").first().focus();
    await this.page.keyboard.type(`${line}\n`);
  }

  /** Opens a file of the root by its place in the tree. */
  async openFile(name: string): Promise<void> {
    await this.page.getByRole("treeitem", { name, exact: true }).dblclick();
    await expect(this.page.getByRole("tab", { name })).toBeVisible();
  }
}
