/** How the console is built: files with a hash in their names beside one entry, nothing inline, nothing from elsewhere. */
import path from 'node:path';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: path.join(import.meta.dirname, 'console'),
  // Whoever serves it says under which path.
  base: './',
  plugins: [react()],
  build: {
    outDir: 'generated',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The chart comes by itself, once there is something to draw.
    chunkSizeWarningLimit: 900,
    reportCompressedSize: false,
  },
});
