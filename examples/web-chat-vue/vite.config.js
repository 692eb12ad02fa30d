import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

// The kit and its plugin for emoji name both editions of Vue: the one that is here is used.
const known = ['NAMESPACE_CONFLICT', 'MISSING_EXPORT'];
const quiet = (warning, warn) => known.includes(warning.code) || warn(warning);

export default defineConfig({
  base: './',
  logLevel: 'warn',
  plugins: [vue()],
  css: { preprocessorOptions: { scss: { quietDeps: true, silenceDeprecations: ['import', 'global-builtin', 'color-functions'] } } },
  build: {
    target: 'esnext',
    chunkSizeWarningLimit: 9000,
    rollupOptions: { input: ['index.html', 'chat.html'], onwarn: quiet },
  },
});
