/** The page: built into `dist/page`, which the server serves; `vite` alone serves it with the lab's routes behind it. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const lab = `http://127.0.0.1:${process.env.LAB_PORT ?? '4010'}`;
const labRoutes = ['/api', '/datafiles', '/v1', '/v3', '/predict', '/sdk', '/__chaos'];

export default defineConfig({
  root: fileURLToPath(new URL('src/page', import.meta.url)),
  logLevel: 'warn',
  build: {
    outDir: fileURLToPath(new URL('dist/page', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // The page's content security policy allows no data URLs but for images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: Object.fromEntries(labRoutes.map((route) => [route, lab])) },
});
