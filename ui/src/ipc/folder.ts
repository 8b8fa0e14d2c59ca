const folders = new WeakMap<File, string>();

/** Remembers the folder a dropped file lay in: the file itself does not know it. */
export function lieIn(file: File, folder: string): File {
  folders.set(file, folder);
  return file;
}

/** Name of the folder a file lay in; empty when unknown. */
export function folderOf(file: File): string {
  return folders.get(file) ?? file.webkitRelativePath.split('/').at(-2) ?? '';
}
