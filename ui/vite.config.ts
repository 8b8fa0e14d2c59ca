import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// `STALL_API` is the address printed by `serve`; in development the page is served by Vite and calls go through to it.
const api = process.env['STALL_API'] ?? 'http://127.0.0.1:4701';
const token = process.env['STALL_TOKEN'];
const through = {
  target: api,
  changeOrigin: true,
  headers: { origin: api, ...(token ? { authorization: `Bearer ${token}` } : {}) }
};

export default defineConfig({
  plugins: [svelte()],
  base: './',
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    chunkSizeWarningLimit: 700,
    // The console, and the photographer's page, which must stay small.
    rollupOptions: { input: { index: 'index.html', phone: 'phone.html' } }
  },
  server: {
    port: 5174,
    strictPort: true,
    proxy: { '/api': through, '/media': through, '/files': through, '/lan': through }
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] }
});
