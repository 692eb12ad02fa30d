import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const noRooms = fileURLToPath(new URL('src/no-rooms.js', import.meta.url));
const quiet = (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning);

export default defineConfig({
  base: './',
  logLevel: 'warn',
  esbuild: { jsx: 'automatic' },
  resolve: { alias: { '@tencentcloud/tuiroom-engine-js': noRooms } },
  build: {
    target: 'esnext',
    chunkSizeWarningLimit: 9000,
    rollupOptions: { input: ['index.html', 'chat.html'], onwarn: quiet },
  },
});
