// The link as JavaScript sees it: implemented in Rust (frontend/app), handed to every mount.
// Only types live here; the editor, the terminal and the language client build on them.

/** What the application hands to every mount: calls and channels of one session. */
export interface LinkPort {
  /** Makes a call; rejects with a {@link CallFailure}. */
  call(method: string, params: unknown): Promise<unknown>;
  /** Registers a fresh channel id, before the call that names it, so that no byte is missed. */
  openChannel(onBytes: (bytes: Uint8Array) => void): number;
  /** Sends bytes on a channel. */
  send(channel: number, bytes: Uint8Array): void;
  /** Grants credit back for bytes that have been processed. */
  consumed(channel: number, bytes: number): void;
  /** Forgets a channel. */
  closeChannel(channel: number): void;
  /** Calls back after every connect; where `resumed` is false everything must be opened again. Returns the undo. */
  onSession(callback: (resumed: boolean) => void): () => void;
}

/** Why a call failed: `protocol::CallError`. */
export interface CallFailure {
  code: string;
  message: string;
}

/** The sentence of whatever a call rejected with. */
export function failureText(reason: unknown): string {
  if (typeof reason === "object" && reason !== null && "message" in reason) return String(reason.message);
  return String(reason);
}
