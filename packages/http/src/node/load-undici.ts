/** Loads the HTTP client with the first request: loading it takes longer than everything else in this package. */
import { SdkError } from '@sortition/core/errors';
import type * as Undici from 'undici';
import { requireHere } from './node-modules.ts';

/** The part of undici that is used. */
export type UndiciModule = Pick<typeof Undici, 'Agent' | 'EnvHttpProxyAgent' | 'buildConnector'>;

let loaded: Promise<UndiciModule> | undefined;

/** Resolves to the module; rejects with `SdkError` `request-failed` when it cannot be loaded. */
export function loadUndici(): Promise<UndiciModule> {
  loaded ??= importUndici().then((undici) => {
    // Bun has its own module of that name, without usable connections.
    if (typeof undici.Agent?.prototype?.dispatch === 'function') return undici;
    throw failure(undefined);
  });
  return loaded;
}

// Bundlers see the import; CommonJS in Jest cannot import and has its own `require`.
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
