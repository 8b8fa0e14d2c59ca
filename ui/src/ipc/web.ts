import { failureOf, AppFailure } from './failure';
import type { PickKind } from './gen/PickKind';
import type { Push } from './gen/Push';
import type { StagedFile } from './gen/StagedFile';
import { folderOf } from './folder';
import { origin } from './origin';
import type { Progress, Transport } from './transport';

const lost = (why: unknown) => new AppFailure({ code: 'internal', args: {}, detail: String(why) }, true);

async function call(name: string, input: unknown): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(`/api/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-origin': origin },
      body: JSON.stringify(input)
    });
  } catch (why) {
    throw lost(why);
  }
  const text = await response.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw lost(`${response.status} without an answer`);
  }
  if (!response.ok) throw failureOf(body);
  return body;
}

function put(file: File, sent: (bytes: number) => void): Promise<StagedFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const said = new URLSearchParams({ name: file.name, folder: folderOf(file), modified: `${file.lastModified}` });
    request.open('POST', `/api/files.put?${said.toString()}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('x-origin', origin);
    request.upload.onprogress = (e) => sent(e.loaded);
    request.onerror = () => reject(lost('upload'));
    request.onload = () => {
      try {
        const body: unknown = JSON.parse(request.responseText);
        if (request.status === 200) resolve(body as StagedFile);
        else reject(failureOf(body));
      } catch (why) {
        reject(lost(why));
      }
    };
    request.send(file);
  });
}

/** The files one after another: the order of photographs is the order they were handed in. */
async function stage(files: File[], progress?: Progress): Promise<StagedFile[]> {
  const total = files.reduce((n, f) => n + f.size, 0);
  let before = 0;
  const staged: StagedFile[] = [];
  for (const file of files) {
    staged.push(await put(file, (bytes) => progress?.(Math.min(before + bytes, total), total)));
    before += file.size;
    progress?.(before, total);
  }
  return staged;
}

function ask(kind: PickKind): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = kind !== 'sheet';
    input.webkitdirectory = kind === 'photo_folder';
    input.accept = kind === 'sheet' ? '.xlsx,.xlsm,.xls,.csv,.txt,.zip' : 'image/*';
    input.style.display = 'none';
    input.dataset['testid'] = 'file-input';
    const done = (files: File[]) => {
      input.remove();
      resolve(files);
    };
    input.onchange = () => {
      const files = [...(input.files ?? [])];
      if (kind !== 'photo_folder') return done(files);
      const pictures = files.filter(
        (f) => f.type.startsWith('image/') || /\.(jpe?g|png|webp|heic|heif|hif|avif)$/i.test(f.name)
      );
      done(pictures.sort((a, b) => a.webkitRelativePath.localeCompare(b.webkitRelativePath, 'en', { numeric: true })));
    };
    input.oncancel = () => done([]);
    document.body.append(input);
    input.click();
  });
}

export const web: Transport = {
  call,
  listen(push, connected) {
    let wait = 500;
    let first = true;
    const open = () => {
      const events = new EventSource('/api/events');
      events.onopen = () => {
        wait = 500;
        connected(true);
        // What happened while the line was down is unknown: every screen asks again.
        if (!first) push({ type: 'lagged' });
        first = false;
      };
      events.onmessage = (e: MessageEvent<string>) => push(JSON.parse(e.data) as Push);
      events.onerror = () => {
        events.close();
        connected(false);
        first = false;
        setTimeout(open, wait);
        wait = Math.min(wait * 2, 5000);
      };
    };
    open();
  },
  stage,
  async pick(kind) {
    return stage(await ask(kind));
  },
  save(file) {
    const link = document.createElement('a');
    link.href = `/files/${file.id}`;
    link.download = file.name;
    link.click();
    return Promise.resolve(file.name);
  },
  show(file) {
    // The browser's own viewer keeps the true size of the pages and has the print dialogue.
    const link = document.createElement('a');
    link.href = `/files/${file.id}?show`;
    link.target = '_blank';
    link.rel = 'noopener';
    link.click();
    return Promise.resolve();
  },
  mediaUrl: (path) => `/media/${path}`
};
