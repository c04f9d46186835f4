// @vitest-environment node
/** @jsxImportSource react */
/** Rendering on a server that waits for its client. */
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type ReactNode, Suspense } from 'react';
import { renderToPipeableStream } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { createFlagsStore } from '../src/flags-store.ts';
import { FlagsProvider, type FlagsProviderProps, useDecision } from '../src/index.ts';
import { countWaits, createLateClient } from './shop.ts';

const user = { id: 'ada' };
const FLAGS = ['checkout', 'banner', 'missing'];

/** A client without a config, what gives it one, and how often it was waited for. */
function createCountedClient() {
  const { client, late } = createLateClient();
  const { counted, ready } = countWaits(client);
  return { client: counted, late, ready };
}

function Suspended({ flagKey }: { flagKey: string }): ReactNode {
  const { status, decision } = useDecision(flagKey, { suspend: true });
  return <b>{`${flagKey} ${status} ${decision.variationKey}`}</b>;
}

const flags = FLAGS.map((flagKey) => <Suspended key={flagKey} flagKey={flagKey} />);
const PLACES: [string, (props: FlagsProviderProps) => ReactNode][] = [
  [
    'inside of the provider',
    (props) => (
      <FlagsProvider {...props}>
        <Suspense fallback="waiting">{flags}</Suspense>
      </FlagsProvider>
    ),
  ],
  [
    'around the provider',
    (props) => (
      <Suspense fallback="waiting">
        <FlagsProvider {...props}>{flags}</FlagsProvider>
      </Suspense>
    ),
  ],
];

/** Answers what a server sends once everything is there. */
async function stream(app: ReactNode): Promise<string[]> {
  const html = await new Promise<string>((resolve, reject) => {
    const { pipe } = renderToPipeableStream(app, {
      onAllReady: () => resolve(text(pipe(new PassThrough()))),
      onError: reject,
    });
  });
  return [...html.matchAll(/<b>(.*?)<\/b>/g)].map(([, shown = '']) => shown);
}

describe.each(PLACES)('suspense %s, on a server,', (_name, app) => {
  it('sends the decisions of the client once it is ready, and waits for it once', async () => {
    const { client, late, ready } = createCountedClient();
    const sent = stream(app({ client, user }));
    setTimeout(late.arrive, 20);
    expect(await sent).toEqual(['checkout ready classic', 'banner ready on', 'missing ready null']);
    expect(ready).toHaveBeenCalledOnce();
  });

  it('ends when the client fails', async () => {
    const { client, ready } = createCountedClient();
    const sent = await stream(app({ client, user, timeoutMs: 20 }));
    expect(sent).toEqual(FLAGS.map((flagKey) => `${flagKey} failed null`));
    expect(ready).toHaveBeenCalledOnce();
  });

  it('ends when the client says that it is ready and is not', async () => {
    const { client, ready } = createCountedClient();
    ready.mockResolvedValue();
    expect(await stream(app({ client, user }))).toEqual(FLAGS.map((flagKey) => `${flagKey} failed null`));
  });

  it('sends that a flag is loading which the snapshot does not have', async () => {
    const { client } = createCountedClient();
    const sent = await stream(app({ client, user, snapshot: { version: 1, decisions: [] } }));
    expect(sent).toEqual(FLAGS.map((flagKey) => `${flagKey} loading null`));
  });
});

it('a provider follows its client where there are no events of pages', async () => {
  const { client, late } = createCountedClient();
  const store = createFlagsStore({ client, user });
  expect(store.read('checkout').status).toBe('loading');
  const end = store.start();
  late.arrive();
  await client.ready();
  await Promise.resolve();
  expect(store.read('checkout').status).toBe('ready');
  end?.();
});
