import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// During `npm run dev` the Go server answers everything that is not the screen.
const server = process.env.BEICHEN_SERVER ?? 'http://127.0.0.1:8420';

export default defineConfig({
  plugins: [react()],
  server: {
    host: '127.0.0.1',
    port: 5173,
    // Tests read the sample company's definitions.
    fs: { allow: ['.', '../internal/demo'] },
    proxy: {
      '/api': { target: server, changeOrigin: true },
      '/v1': { target: server, changeOrigin: true },
    },
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Everything is a file of its own: the content security policy of the
    // server allows no data: scripts and no inline ones.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test/setup.ts'],
    css: false,
    testTimeout: 60_000,
    maxWorkers: '100%', // the usual is one fewer than there are processors, which is one of two
  },
});
