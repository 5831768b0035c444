// Files and folders that a person drops on the page: read into a flat list, whatever they are dropped on.

import { say } from "./messages";

/** A dropped file, or an empty folder. */
export interface Dropped {
  /** Where it is below what was dropped, with `/` between names. */
  path: string;
  /** Its bytes; none for a folder. */
  file: File | undefined;
}

/** Files and folders taken from one drop at most. */
const MAX_DROPPED = 10_000;

/** Where the drop is somebody's own business. */
const OWN = "[role=tree]#files";

/** What `data` holds; to be called while its event is being handled. Rejects where it is too much. */
export async function droppedFiles(data: DataTransfer): Promise<Dropped[]> {
  // After the first await the data is gone: everything is taken hold of now.
  const entries: FileSystemEntry[] = [];
  const files: Dropped[] = [];
  for (const item of data.items) {
    const entry = item.kind === "file" ? item.webkitGetAsEntry() : null;
    if (entry !== null) entries.push(entry);
    else if (item.kind === "file") files.push(...one(item.getAsFile()));
  }
  while (entries.length > 0) {
    const entry = entries.pop();
    if (entry === undefined) break;
    const path = entry.fullPath.replace(/^\/+/, "");
    if (isFile(entry)) {
      files.push({ path, file: await fileOf(entry) });
    } else if (isFolder(entry)) {
      const children = await childrenOf(entry);
      if (children.length === 0) files.push({ path, file: undefined });
      entries.push(...children.reverse());
    }
    if (files.length + entries.length > MAX_DROPPED) {
      throw new Error(say("bridge.drop.too-many", { most: MAX_DROPPED }));
    }
  }
  return files;
}

/** Hears of everything that is dropped on the page outside of the tree of files. Nothing else happens to it: the page stays. */
export function watchDrops(on: (files: Promise<Dropped[]>) => void): void {
  const ours = (event: DragEvent): boolean =>
    event.dataTransfer?.types.includes("Files") === true
    && !(event.target instanceof Element && event.target.closest(OWN) !== null);
  const offer = (event: DragEvent): void => {
    if (!ours(event) || event.dataTransfer === null) return;
    event.preventDefault();
    event.stopPropagation();
    event.dataTransfer.dropEffect = "copy";
  };
  window.addEventListener("dragenter", offer, { capture: true });
  window.addEventListener("dragover", offer, { capture: true });
  window.addEventListener("drop", event => {
    if (!ours(event) || event.dataTransfer === null) return;
    event.preventDefault();
    event.stopPropagation();
    on(droppedFiles(event.dataTransfer));
  }, { capture: true });
}

function one(file: File | null): Dropped[] {
  return file === null ? [] : [{ path: file.webkitRelativePath === "" ? file.name : file.webkitRelativePath, file }];
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** All of them: the browser gives them in parts. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  while (children.length <= MAX_DROPPED) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) break;
    children.push(...part);
  }
  return children;
}
