import { defineConfig } from 'vite';

// The script inside every passport page: one file without imports, put into the page by the program.
export default defineConfig({
  publicDir: false,
  build: {
    target: 'es2020',
    outDir: 'dist/passport',
    emptyOutDir: true,
    lib: { entry: 'passport/main.ts', formats: ['iife'], name: 'passport', fileName: () => 'verify.js' }
  }
});
