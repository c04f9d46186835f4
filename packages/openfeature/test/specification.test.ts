/**
 * The scenarios of the specification's feature files (evaluation, evaluation v2, hooks, context merging), in words of our own
 * on a datafile of our own.
 */
import { type EvaluationContext, type EvaluationDetails, type FlagValue, OpenFeature } from '@openfeature/server-sdk';
import { type Client, createClient, createStaticConfig } from 'sortition';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createServerProvider } from '../src/server.ts';
import { buildDatafile } from './flags.ts';

const ada = { targetingKey: 'ada' };
const COLOURS = { showImages: true, title: 'Check these pics!', imagesPerPage: 100 };

let client: Client;
beforeAll(async () => {
  client = createClient({ config: createStaticConfig({ datafile: buildDatafile() }), events: null, logger: false });
  await OpenFeature.setProviderAndWait(createServerProvider(client));
});
afterEach(() => {
  OpenFeature.clearHooks();
  OpenFeature.setContext({});
});
afterAll(async () => {
  await OpenFeature.clearProviders();
  await client.close();
});

type Ask = (key: string, fallback: never, context: EvaluationContext) => Promise<EvaluationDetails<FlagValue>>;

function ask(type: string, key: string, fallback: FlagValue, context: EvaluationContext = ada) {
  const flags = OpenFeature.getClient() as unknown as Record<string, Ask>;
  const details = flags[`get${type}Details`] as Ask;
  return details.call(flags, key, fallback as never, context);
}

describe('evaluation', () => {
  it.each([
    ['Boolean', 'switch', false, true],
    ['String', 'greeting', 'bye', 'hi'],
    ['Number', 'steps', 1, 10],
    ['Number', 'ratio', 0.1, 0.5],
    ['Object', 'theme', {}, COLOURS],
  ] as const)('of a %s resolves "%s" with value, variant and reason', async (type, key, fallback, value) => {
    const details = await ask(type, key, fallback);
    expect(details).toMatchObject({ flagKey: key, value, variant: 'on', reason: 'STATIC' });
    expect(details.errorCode).toBeUndefined();
    expect(details.flagMetadata).toMatchObject({ revision: '1', enabled: true });
  });

  it.each([
    ['Boolean', 'missing', true],
    ['String', 'missing', 'uh-oh'],
    ['Number', 'missing', 7],
    ['Object', 'missing', { a: 1 }],
  ] as const)('of a %s that does not exist answers the default and FLAG_NOT_FOUND', async (type, key, fallback) => {
    const details = await ask(type, key, fallback);
    expect(details).toMatchObject({ value: fallback, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' });
    expect(details.variant).toBeUndefined();
  });

  it.each([
    ['Boolean', 'greeting', true],
    ['String', 'steps', 'text'],
    ['Number', 'greeting', 13],
    ['Object', 'greeting', { a: 1 }],
  ] as const)(
    'of a %s answers the default and TYPE_MISMATCH for a value of another type',
    async (type, key, fallback) => {
      const details = await ask(type, `${key}.${VARIABLE[key]}`, fallback);
      expect(details).toMatchObject({ value: fallback, reason: 'ERROR', errorCode: 'TYPE_MISMATCH' });
    },
  );

  it.each([
    [{ plan: 'member' }, 'dear member', 'TARGETING_MATCH'],
    [{ plan: 'free' }, 'hi', 'STATIC'],
  ] as const)('is targeted by the context %j', async (context, value, reason) => {
    expect(await ask('String', 'greeting', 'bye', { ...ada, ...context })).toMatchObject({ value, reason });
  });

  it('of a flag that is off answers its defaults, not those of the caller', async () => {
    expect(await ask('Boolean', 'off', true)).toMatchObject({ value: false, reason: 'DISABLED' });
  });
});

const VARIABLE = { greeting: 'text', steps: 'count' } as const;

describe('hooks', () => {
  const run = async (key: string) => {
    const seen: [string, unknown][] = [];
    OpenFeature.addHooks({
      before: () => void seen.push(['before', undefined]),
      after: (_context, details) => void seen.push(['after', details]),
      error: (_context, error) => void seen.push(['error', (error as { code?: string }).code]),
      finally: (_context, details) => void seen.push(['finally', details]),
    });
    await ask('Boolean', key, false);
    return seen;
  };

  it('run before, after and finally around a success, with the details', async () => {
    const details = expect.objectContaining({ flagKey: 'switch', value: true, variant: 'on', reason: 'STATIC' });
    expect(await run('switch')).toEqual([
      ['before', undefined],
      ['after', details],
      ['finally', details],
    ]);
  });

  it.each([
    ['missing', 'FLAG_NOT_FOUND'],
    ['greeting.text', 'TYPE_MISMATCH'],
  ])('run before, error and finally around the failure of "%s"', async (key, errorCode) => {
    expect(await run(key)).toEqual([
      ['before', undefined],
      ['error', errorCode],
      ['finally', expect.objectContaining({ flagKey: key, value: false, reason: 'ERROR', errorCode })],
    ]);
  });
});

describe('contexts are merged, the later before the earlier', () => {
  const LEVELS = ['API', 'Client', 'Invocation', 'Before Hooks'] as const;

  it.each(LEVELS.map((_, index) => LEVELS.slice(0, index + 1)))('%s', async (...levels) => {
    const last = levels.at(-1);
    const context = (level: string) => ({ targetingKey: 'ada', plan: level === last ? 'member' : 'free' });
    const flags = OpenFeature.getClient();
    if (levels.includes('API')) OpenFeature.setContext(context('API'));
    if (levels.includes('Client')) flags.setContext(context('Client'));
    if (levels.includes('Before Hooks')) flags.addHooks({ before: () => context('Before Hooks') });
    const invocation = levels.includes('Invocation') ? context('Invocation') : {};
    expect(await flags.getStringValue('greeting', 'bye', invocation)).toBe('dear member');
  });
});
