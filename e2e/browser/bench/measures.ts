// What was measured, in the form that `cargo xtask bench` reads.
import { readFileSync, writeFileSync } from "node:fs";

interface Measure {
  name: string;
  value: number;
  unit: string;
  goal?: string;
}

export class Measures {
  readonly #all: Measure[] = [];

  note(name: string, value: number, unit: string, goal?: string): void {
    console.log(`  ${name}: ${value.toFixed(3)} ${unit}`);
    this.#all.push({ name, value, unit, ...(goal === undefined ? {} : { goal }) });
  }

  write(file: string): void {
    writeFileSync(file, JSON.stringify(this.#all, null, 2));
  }
}

/** The time that `share` of all stay under. */
export function quantile(times: number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * share)] ?? 0;
}

/** The memory that is a process's own share, in MB. */
export function memory(pid: number): number {
  const kib = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
  return (Number(kib) * 1024) / 1e6;
}
