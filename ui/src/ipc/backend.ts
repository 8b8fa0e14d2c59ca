import { tauri } from './tauri';
import type { Transport } from './transport';
import { web } from './web';

declare global {
  interface Window {
    __TAURI_INTERNALS__?: unknown;
  }
}

/** True in the desktop window, false in a browser. */
export const inWindow: boolean = typeof window !== 'undefined' && window.__TAURI_INTERNALS__ !== undefined;

export const backend: Transport = inWindow ? tauri : web;
