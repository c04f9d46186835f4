/** @jsxImportSource react */
'use client';
/** The client of the browser: the snapshot is shown until it has the datafile, and it records from then on. */
import { createClient, recordTo } from '@sortition/client';
import { createPollingConfig } from '@sortition/datafile';
import { createBatchEvents } from '@sortition/events';
import { FlagsProvider, type FlagsProviderProps } from '@sortition/react';
import type { ReactNode } from 'react';

/** Browsers wait this long for the datafile before the server records what they show, ms. */
const TIMEOUT_MS = 1_500;

let client: ReturnType<typeof createClient> | undefined;

function browserClient(): ReturnType<typeof createClient> | null {
  if (typeof window === 'undefined') return null;
  const { origin } = window.location;
  client ??= createClient({
    config: createPollingConfig({
      sdkKey: 'lab',
      urlTemplate: `${origin}/lab/datafiles/%s.json`,
      pollIntervalMs: 1_000,
    }),
    parts: [recordTo(createBatchEvents({ endpoint: `${origin}/lab/events`, flushIntervalMs: 200 }))],
    logger: false,
  });
  return client;
}

/** The provider of the shop's pages. */
export function BrowserFlags({ children, ...given }: FlagsProviderProps): ReactNode {
  return (
    <FlagsProvider {...given} client={browserClient()} timeoutMs={TIMEOUT_MS}>
      {children}
    </FlagsProvider>
  );
}
