/** Loads the HTTP client when the first request is made: it takes longer to load than everything else here together. */
import { SdkError } from '@sortition/core/errors';
import type * as Undici from 'undici';
import { requireHere } from './node-modules.ts';

/** The part of undici that is used. */
export type UndiciModule = Pick<typeof Undici, 'Agent' | 'EnvHttpProxyAgent' | 'buildConnector'>;

let loaded: Promise<UndiciModule> | undefined;

/** Resolves the module; rejects with `SdkError` `request-failed` when it cannot be loaded. */
export function loadUndici(): Promise<UndiciModule> {
  loaded ??= importUndici().then((undici) => {
    // Bun has a module of that name of its own, without connections that can be used directly.
    if (typeof undici.Agent?.prototype?.dispatch === 'function') return undici;
    throw failure(undefined);
  });
  return loaded;
}

// Bundlers see the import; Jest's CommonJS cannot import and has a `require` of its own.
function importUndici(): Promise<UndiciModule> {
  return import('undici').catch(() => {
    try {
      return requireHere('undici') as UndiciModule;
    } catch (cause) {
      throw failure(cause);
    }
  });
}

function failure(cause: unknown): SdkError {
  return new SdkError(
    'request-failed',
    'undici could not be loaded; install it, and let bundlers for Node leave it out, or pass another fetch.',
    { cause },
  );
}
