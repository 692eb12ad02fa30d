import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const quiet = (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning);

export default defineConfig({
  root: here('../page'),
  base: './',
  logLevel: 'warn',
  esbuild: { jsx: 'automatic' },
  resolve: { alias: { kit: here('src/chat.jsx'), '@tencentcloud/tuiroom-engine-js': here('src/no-rooms.js') } },
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    target: 'esnext',
    chunkSizeWarningLimit: 9000,
    rollupOptions: { input: ['index.html', 'chat.html'].map((page) => here(`../page/${page}`)), onwarn: quiet },
  },
});
