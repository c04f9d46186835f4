import { fileURLToPath } from 'node:url';

/** @type {import('next').NextConfig} */
export default {
  // Beside the program that starts it, where the other apps have what they built.
  distDir: 'dist/next',
  // `pnpm typecheck` looks at every folder of the workspace.
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: fileURLToPath(new URL('../..', import.meta.url)) },
  poweredByHeader: false,
};
