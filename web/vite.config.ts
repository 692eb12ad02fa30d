import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.SODAM_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  build: {
    outDir: "../src/sodam/console/static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // Data URLs would need their own permission in the content security policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What every page needs travels in a few files; what one page needs travels with it.
        advancedChunks: {
          groups: [
            {
              name: "vendor",
              test: /node_modules\/(react|react-dom|scheduler|@tanstack|i18next|react-i18next)\//,
              priority: 3,
            },
            { name: "tdesign", test: /node_modules\//, minShareCount: 4, priority: 2 },
            { name: "ui", test: /src\/(ui|frame|api|i18n|theme)/, minShareCount: 3, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { "/console/api": server } },
  test: {
    environment: "happy-dom",
    setupFiles: "src/test/setup.ts",
    server: { deps: { inline: [/tdesign/] } },
    css: false,
    // Generous: a busy machine is no reason to fail. How long `waitFor` and `find...` wait is in setup.ts.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A sixth of the processor time of a process and a fresh set of modules for each file.
    pool: "threads",
    isolate: false,
  },
});
