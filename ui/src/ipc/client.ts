// The only file the rest of the program imports to reach the store.
import { backend } from './backend';
import type { CommandName, Commands } from './gen/commands';
import type { PickKind } from './gen/PickKind';
import type { Push } from './gen/Push';
import type { StagedFile } from './gen/StagedFile';
import type { Progress } from './transport';

export { inWindow } from './backend';
export { AppFailure, failureOf } from './failure';
export { lieIn } from './folder';
export { origin } from './origin';

/** Calls a command. Throws `AppFailure`. */
export function call<N extends CommandName>(name: N, input: Commands[N]['input']): Promise<Commands[N]['output']> {
  return backend.call(name, input) as Promise<Commands[N]['output']>;
}

const pushed = new Set<(p: Push) => void>();
const lines = new Set<(on: boolean) => void>();
let started = false;
let connected = true;

function start(): void {
  if (started) return;
  started = true;
  backend.listen(
    (p) => [...pushed].forEach((fn) => fn(p)),
    (on) => {
      if (on === connected) return;
      connected = on;
      lines.forEach((fn) => fn(on));
    }
  );
}

/** Hears every push until the returned function is called. */
export function onPush(fn: (p: Push) => void): () => void {
  pushed.add(fn);
  start();
  return () => void pushed.delete(fn);
}

/** Hears the line to the program going down (`false`) and coming back (`true`). */
export function onLine(fn: (on: boolean) => void): () => void {
  lines.add(fn);
  return () => void lines.delete(fn);
}

/** Address of a photograph by the BLAKE3 name of its original. */
export function photoUrl(blob: string, size: 320 | 1600 | 'full' | 'zoom'): string {
  return backend.mediaUrl(`${blob}/${size}`);
}

/** Hands files over (drop, paste); `progress` counts bytes over all of them. */
export function stage(files: File[], progress?: Progress): Promise<StagedFile[]> {
  return backend.stage(files, progress);
}

/** Asks the person for files; empty when they closed the dialogue. */
export function pick(kind: PickKind): Promise<StagedFile[]> {
  return backend.pick(kind);
}

/** Shows a made document where the person can print it: in the system's viewer, or in a tab of its own. */
export function showFile(file: StagedFile): Promise<void> {
  return backend.show(file);
}

/** Saves a made file; answers where, or `null` when the person closed the dialogue. */
export function save(file: StagedFile): Promise<string | null> {
  return backend.save(file);
}
