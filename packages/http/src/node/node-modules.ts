/**
 * Node modules that are loaded with the first request that needs them: loading them takes as long as loading this whole
 * package.
 */

import type * as dns from 'node:dns';
import nodeModule from 'node:module';
import type * as net from 'node:net';
import type * as zlib from 'node:zlib';

interface NodeModules {
  readonly 'node:dns': typeof dns;
  readonly 'node:net': typeof net;
  readonly 'node:zlib': typeof zlib;
}

/** Returns a module of Node. */
export function loadNodeModule<K extends keyof NodeModules>(name: K): NodeModules[K] {
  // Since Node 20.16. A bundle may have been built on another machine with other paths.
  return process.getBuiltinModule?.(name) ?? (requireHere(name) as NodeModules[K]);
}

/** Loads a module as CommonJS does. @throws what Node throws when there is no such module. */
export function requireHere(name: string): unknown {
  const here = typeof __filename === 'string' ? __filename : import.meta.url;
  return nodeModule.createRequire(here)(name);
}
