import type { PickKind } from './gen/PickKind';
import type { Push } from './gen/Push';
import type { StagedFile } from './gen/StagedFile';

/** Bytes sent of all bytes, both over every file of the call. */
export type Progress = (sent: number, total: number) => void;

/** What a door must be able to do. Only the files of this folder know which door it is. */
export interface Transport {
  call(name: string, input: unknown): Promise<unknown>;
  /** Starts the push; `connected` tells whether it stands. */
  listen(push: (p: Push) => void, connected: (on: boolean) => void): void;
  stage(files: File[], progress?: Progress): Promise<StagedFile[]>;
  pick(kind: PickKind): Promise<StagedFile[]>;
  /** Where the file went, or `null` when the person closed the dialogue. */
  save(file: StagedFile): Promise<string | null>;
  /** Shows a PDF; where the system has no viewer for it, it is saved instead. */
  show(file: StagedFile): Promise<void>;
  mediaUrl(path: string): string;
}
