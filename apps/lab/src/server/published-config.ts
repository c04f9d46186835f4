/** A config source over what the CDN publishes, so that the lab's own endpoints decide from what it serves. */
import type { ConfigSource } from '@sortition/core';
import { type ParsedDatafile, parseDatafile } from '@sortition/datafile';
import type { DatafileCdn, PublishedDatafile } from '@sortition/emulator';

/** Follows the versions of one SDK key. Each of them must be a datafile. */
export function createPublishedConfig(cdn: DatafileCdn, sdkKey: string): ConfigSource {
  let latest: { readonly version: PublishedDatafile; readonly parsed: ParsedDatafile } | undefined;

  function read(): ParsedDatafile | undefined {
    const version = cdn.current(sdkKey);
    if (version !== undefined && version !== latest?.version) latest = { version, parsed: parseDatafile(version.text) };
    return latest?.parsed;
  }

  return {
    current: () => read()?.config ?? null,
    problems: () => read()?.problems ?? [],
    subscribe: (listener) =>
      cdn.subscribe((version) => {
        const parsed = version.sdkKey === sdkKey ? read() : undefined;
        if (parsed !== undefined) listener({ type: 'config', ...parsed });
      }),
  };
}
