import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { AppFailure, failureOf } from './failure';
import type { PickKind } from './gen/PickKind';
import type { Push } from './gen/Push';
import type { StagedFile } from './gen/StagedFile';
import { folderOf } from './folder';
import { origin } from './origin';
import type { Transport } from './transport';

async function call<T>(name: string, input: unknown): Promise<T> {
  try {
    return await invoke<T>('call', { name, input, origin });
  } catch (why) {
    throw failureOf(why);
  }
}

const windows = navigator.userAgent.includes('Windows');

export const tauri: Transport = {
  call,
  listen(push, connected) {
    connected(true);
    void listen<Push>('push', (e) => push(e.payload));
  },
  async stage(files, progress) {
    const total = files.reduce((n, f) => n + f.size, 0);
    let sent = 0;
    const staged: StagedFile[] = [];
    for (const file of files) {
      try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        staged.push(
          await invoke<StagedFile>('put_file', bytes, {
            headers: {
              'x-name': encodeURIComponent(file.name),
              'x-folder': encodeURIComponent(folderOf(file)),
              'x-modified': `${file.lastModified}`
            }
          })
        );
      } catch (why) {
        throw failureOf(why);
      }
      sent += file.size;
      progress?.(sent, total);
    }
    return staged;
  },
  async pick(kind: PickKind) {
    return (await call<{ files: StagedFile[] }>('files.pick', { kind })).files;
  },
  async save(file) {
    return (await call<{ path: string | null }>('files.save', { id: file.id })).path;
  },
  async show(file) {
    // A web view prints at sizes of its own, and one of them shows no PDF at all: the system's viewer does both right.
    try {
      await call('files.open', { id: file.id });
    } catch (why) {
      if (!(why instanceof AppFailure) || why.error.code !== 'no_viewer') throw why;
      await call('files.save', { id: file.id });
    }
  },
  mediaUrl: (path) => (windows ? `http://stall.localhost/media/${path}` : `stall://localhost/media/${path}`)
};
