import { act } from '../../lib/act';
import { call, lieIn, pick, stage } from '../../ipc/client';
import type { StagedFile } from '../../ipc/gen/StagedFile';

/** Photographs on their way into a unit. Progress and refusals come back as a job push. */
export async function addFiles(unit: string, files: File[]): Promise<void> {
  if (files.length === 0) return;
  await act(async () => send(unit, await stage(files)));
}

/** Opens the dialogue for files or for a whole folder. */
export async function pickPhotos(unit: string, kind: 'photos' | 'photo_folder'): Promise<void> {
  await act(async () => send(unit, await pick(kind)));
}

async function send(unit: string, staged: StagedFile[]): Promise<void> {
  if (staged.length > 0) await call('photos.add', { unit_id: unit, files: staged.map((f) => f.id) });
}

/** Files of a drop, folders walked through. */
export async function droppedFiles(data: DataTransfer): Promise<File[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((e) => e !== null);
  if (!entries.some((e) => e.isDirectory)) return [...data.files];
  const out: File[] = [];
  for (const entry of entries) await walk(entry, '', out);
  return out.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

async function walk(entry: FileSystemEntry, folder: string, out: File[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((ok, no) => (entry as FileSystemFileEntry).file(ok, no));
    out.push(lieIn(file, folder));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader hands out at most 100 entries a call and an empty list at the end.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((ok, no) => reader.readEntries(ok, no));
    if (batch.length === 0) return;
    for (const e of batch) if (!e.name.startsWith('.')) await walk(e, entry.name, out);
  }
}

export const hasFiles = (data: DataTransfer | null): boolean => data?.types.includes('Files') ?? false;

/** Images on the clipboard, named by their time so that two pastes do not share a name. */
export function pastedImages(data: DataTransfer | null, now: number): File[] {
  const files = [...(data?.files ?? [])].filter((f) => f.type.startsWith('image/'));
  return files.map((f, i) =>
    f.name && f.name !== 'image.png'
      ? f
      : new File([f], `paste-${now}-${i + 1}.${f.type.split('/')[1]}`, { type: f.type })
  );
}

/** Svelte attachment: files dropped on the element go to the unit; `over` says when something hovers. */
export function dropInto(unit: () => string | null, over: (on: boolean) => void) {
  return dropFiles(
    () => unit() !== null,
    over,
    (data) => {
      const id = unit();
      // The list of files is emptied once the handler returns: the entries are taken before the first await.
      if (id) void droppedFiles(data).then((files) => addFiles(id, files));
    }
  );
}

/** Svelte attachment: takes files dropped on the element where that is wanted. */
export function dropFiles(wanted: () => boolean, over: (on: boolean) => void, take: (data: DataTransfer) => void) {
  return (node: HTMLElement) => {
    let depth = 0;
    const enter = (e: DragEvent) => {
      if (!wanted() || !hasFiles(e.dataTransfer)) return;
      e.preventDefault();
      depth += 1;
      over(true);
    };
    const move = (e: DragEvent) => {
      if (!wanted() || !hasFiles(e.dataTransfer)) return;
      e.preventDefault();
      if (e.dataTransfer) e.dataTransfer.dropEffect = 'copy';
    };
    const leave = () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) over(false);
    };
    const drop = (e: DragEvent) => {
      depth = 0;
      over(false);
      if (!wanted() || !e.dataTransfer || !hasFiles(e.dataTransfer)) return;
      e.preventDefault();
      e.stopPropagation();
      take(e.dataTransfer);
    };
    node.addEventListener('dragenter', enter);
    node.addEventListener('dragover', move);
    node.addEventListener('dragleave', leave);
    node.addEventListener('drop', drop);
    return () => {
      node.removeEventListener('dragenter', enter);
      node.removeEventListener('dragover', move);
      node.removeEventListener('dragleave', leave);
      node.removeEventListener('drop', drop);
    };
  };
}
