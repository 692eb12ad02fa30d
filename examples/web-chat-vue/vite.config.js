import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
// The kit and its plugin for emoji name both editions of Vue: the one that is here is used.
const known = ['NAMESPACE_CONFLICT', 'MISSING_EXPORT'];
const quiet = (warning, warn) => known.includes(warning.code) || warn(warning);

export default defineConfig({
  root: here('../page'),
  base: './',
  logLevel: 'warn',
  plugins: [vue()],
  // The plugin has vue looked for beside the page, which has no packages.
  resolve: { alias: [{ find: 'kit', replacement: here('src/chat.js') }, { find: /^vue$/, replacement: here('node_modules/vue') }] },
  css: { preprocessorOptions: { scss: { quietDeps: true, silenceDeprecations: ['import', 'global-builtin', 'color-functions'] } } },
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    target: 'esnext',
    chunkSizeWarningLimit: 9000,
    rollupOptions: { input: ['index.html', 'chat.html'].map((page) => here(`../page/${page}`)), onwarn: quiet },
  },
});
