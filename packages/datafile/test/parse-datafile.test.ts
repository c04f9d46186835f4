import { runInNewContext } from 'node:vm';
import { isSdkError } from '@sortition/core';
import { describe, expect, it } from 'vitest';
import { createStaticConfig, type DatafileCheck, datafileCheck, parseDatafile } from '../src/index.ts';

const CHECKOUT = {
  id: 'rule-1',
  key: 'checkout_test',
  status: 'Running',
  layerId: 'layer-1',
  variations: [
    { id: 'v1', key: 'one_page', featureEnabled: true, variables: [{ id: 'var-1', value: '3' }] },
    { id: 'v2', key: 'classic', featureEnabled: false },
  ],
  trafficAllocation: [
    { entityId: 'v1', endOfRange: 5000 },
    { entityId: 'v2', endOfRange: 10000 },
  ],
  audienceIds: ['a1'],
  forcedVariations: { ada: 'one_page' },
};

const DATAFILE = {
  version: '4',
  revision: '7',
  accountId: '1',
  projectId: '2',
  sdkKey: 'shop',
  environmentKey: 'production',
  sendFlagDecisions: true,
  experiments: [CHECKOUT],
  groups: [],
  rollouts: [],
  featureFlags: [
    {
      id: 'f1',
      key: 'checkout',
      experimentIds: ['rule-1'],
      rolloutId: '',
      variables: [{ id: 'var-1', key: 'steps', type: 'integer', defaultValue: '5' }],
    },
  ],
  typedAudiences: [
    { id: 'a1', name: 'pro', conditions: ['or', { type: 'custom_attribute', name: 'plan', value: 'pro' }] },
  ],
  audiences: [{ id: 'a1', name: 'legacy', conditions: 'this text is no JSON and is never read' }],
  attributes: [{ id: 't1', key: 'plan' }],
  events: [{ id: 'e1', key: 'purchase', experimentIds: ['rule-1'] }],
};

function codeOf(action: () => unknown): string {
  try {
    action();
    return 'nothing was thrown';
  } catch (error) {
    return isSdkError(error) ? error.code : `not an SdkError: ${String(error)}`;
  }
}

describe('parseDatafile', () => {
  it('indexes flags, rules, audiences, attributes and events', () => {
    const { config, problems } = parseDatafile(DATAFILE);
    expect(problems).toEqual([]);
    expect(config.revision).toBe('7');
    expect(config.flags.get('checkout')?.experimentIds).toEqual(['rule-1']);
    expect(config.rules.get('rule-1')).toMatchObject({ key: 'checkout_test', status: 'Running', layerId: 'layer-1' });
    expect(config.rules.get('rule-1')?.allowList).toEqual(new Map([['ada', 'one_page']]));
    expect(config.audiences.get('a1')?.name).toBe('pro');
    expect(config.attributes.get('plan')?.id).toBe('t1');
    expect(config.events.get('purchase')?.id).toBe('e1');
  });

  it('reads text and the object parsed from it alike', () => {
    expect(parseDatafile(JSON.stringify(DATAFILE)).config).toEqual(parseDatafile(DATAFILE).config);
  });

  it.each<[string, (bytes: Buffer) => object]>([
    ['a Buffer', (bytes) => bytes],
    ['a Uint8Array that is part of a larger buffer', (bytes) => new Uint8Array([0, ...bytes, 0]).subarray(1, -1)],
    ['an ArrayBuffer', (bytes) => new Uint8Array(bytes).buffer],
    [
      'an ArrayBuffer of another realm',
      (bytes) => runInNewContext('Uint8Array.from(list).buffer', { list: [...bytes] }),
    ],
  ])('reads bytes: %s', (_name, wrap) => {
    const bytes = Buffer.from(JSON.stringify({ ...DATAFILE, revision: 'ü' }));
    expect(parseDatafile(wrap(bytes)).config.revision).toBe('ü');
    expect(createStaticConfig({ datafile: wrap(bytes) }).current()?.revision).toBe('ü');
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => parseDatafile(Buffer.from('{"version":"4","revision":"ü"}', 'latin1'))).toThrow(/expected UTF-8/);
  });

  it('copies the object it is given', () => {
    const datafile = structuredClone(DATAFILE);
    const { config } = parseDatafile(datafile);
    datafile.featureFlags[0]!.key = 'renamed by the caller';
    expect([...config.flags.keys()]).toEqual(['checkout']);
    expect(datafile.experiments).toEqual(DATAFILE.experiments);
  });

  it.each(['2', '3', '4'])('accepts version %s', (version) => {
    expect(parseDatafile({ ...DATAFILE, version }).config.version).toBe(version);
  });

  it.each<[string, unknown]>([
    ['an empty text', ''],
    ['text that is no JSON', '{"version":'],
    ['an array', '[]'],
    ['null', null],
    ['nothing', undefined],
    ['a number', 4],
    ['an empty object', {}],
    ['a version that is a number', { ...DATAFILE, version: 4 }],
    ['an unknown version', { ...DATAFILE, version: '5' }],
  ])('refuses %s', (_name, datafile) => {
    expect(codeOf(() => parseDatafile(datafile as object))).toBe('invalid-datafile');
  });

  it('refuses an object with a cycle', () => {
    const datafile: Record<string, unknown> = { version: '4' };
    datafile.self = datafile;
    expect(codeOf(() => parseDatafile(datafile))).toBe('invalid-datafile');
  });

  it('refuses an object whose toJSON answers nothing as one that cannot be copied', () => {
    const cannotBeCopied = { code: 'invalid-datafile', message: expect.stringContaining('cannot be copied as JSON') };
    const datafile = { ...DATAFILE, toJSON: () => undefined };
    expect(() => parseDatafile(datafile)).toThrow(expect.objectContaining(cannotBeCopied));
    expect(() => createStaticConfig({ datafile })).toThrow(expect.objectContaining(cannotBeCopied));
  });

  it('says in a refusal what was expected and what came', () => {
    expect(() => parseDatafile({ version: 4 })).toThrow(/"version" to be the string "2", "3" or "4", got 4/);
  });

  it('leaves a broken entity out, lists it and serves the rest', () => {
    const { config, problems } = parseDatafile({
      ...DATAFILE,
      experiments: [CHECKOUT, { id: 'broken', key: 'no_variations', trafficAllocation: [] }, 'not even an object'],
      featureFlags: [...DATAFILE.featureFlags, { id: 'f2' }],
    });
    expect([...config.flags.keys()]).toEqual(['checkout']);
    expect([...config.rules.keys()]).toEqual(['rule-1']);
    expect(problems.map(({ code }) => code)).toEqual(['invalid-entity', 'invalid-entity', 'invalid-entity']);
    expect(problems.every(({ part }) => part === 'datafile')).toBe(true);
  });

  it('keeps a flag that names an experiment the datafile does not have, and says so', () => {
    const flag = { ...DATAFILE.featureFlags[0], experimentIds: ['unknown', 'rule-1'] };
    const { config, problems } = parseDatafile({ ...DATAFILE, featureFlags: [flag] });
    expect(config.flags.has('checkout')).toBe(true);
    expect(problems.map(({ code }) => code)).toEqual(['dangling-reference']);
  });

  it('lists one problem of each kind with a count, so that a frequent one does not hide the others', () => {
    const broken = { ...CHECKOUT, id: 'broken', trafficAllocation: null };
    const featureFlags = [...Array.from({ length: 500 }, () => 0), ...DATAFILE.featureFlags];
    const { problems } = parseDatafile({ ...DATAFILE, featureFlags, experiments: [CHECKOUT, broken] });
    expect(problems.map(({ message }) => message)).toEqual([
      'Experiment "broken" was skipped: expected "trafficAllocation" to be an array, got null.',
      'Entry 0 of section "featureFlags" was skipped: expected an object, got 0. This is the first of 500 problems of this kind.',
    ]);
  });

  it('counts mistakes in a config source that is not given the check, and says them in one that is', () => {
    const flag = { ...DATAFILE.featureFlags[0], experimentIds: ['unknown', 'rule-1'] };
    const datafile = { ...DATAFILE, featureFlags: [0, 0, flag] };
    const messages = (check?: DatafileCheck) =>
      createStaticConfig({ datafile, check })
        .problems?.()
        .map(({ code, message }) => `${code}: ${message}`);
    expect(messages()).toEqual([
      'invalid-entity: The datafile has 2 mistakes of the kind "invalid-entity", which were left out. Pass "check: datafileCheck" to the config source to list them.',
    ]);
    expect(messages(datafileCheck)).toEqual([
      'invalid-entity: Entry 0 of section "featureFlags" was skipped: expected an object, got 0. This is the first of 2 problems of this kind.',
      'dangling-reference: Flag "checkout" refers to the experiment "unknown", which the datafile does not have; it is ignored.',
    ]);
  });

  it('takes null for absent where the service writes it', () => {
    const variations = [{ id: 'v1', key: 'on', featureEnabled: null, variables: null }];
    const rule = {
      ...CHECKOUT,
      variations,
      audienceConditions: null,
      forcedVariations: null,
      cmab: null,
      groupId: null,
    };
    const flag = { ...DATAFILE.featureFlags[0], rolloutId: null, variables: null };
    const { config, problems } = parseDatafile({
      ...DATAFILE,
      experiments: [{ ...rule, trafficAllocation: [{ entityId: 'v1', endOfRange: 10_000 }] }],
      featureFlags: [flag],
      groups: null,
      rollouts: null,
      holdouts: null,
      integrations: null,
    });
    expect(problems).toEqual([]);
    expect(config.rules.get('rule-1')?.variations).toEqual([
      { id: 'v1', key: 'on', featureEnabled: false, variables: [] },
    ]);
  });

  it('keeps experiments that belong to no flag', () => {
    const { config, problems } = parseDatafile({ ...DATAFILE, featureFlags: [] });
    expect(config.experiments.map(({ key }) => key)).toEqual(['checkout_test']);
    expect(problems).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'toString'])('treats %s as an ordinary flag key', (key) => {
    const text = JSON.stringify({ ...DATAFILE, featureFlags: [{ ...DATAFILE.featureFlags[0], key }] });
    expect([...parseDatafile(text).config.flags.keys()]).toEqual([key]);
  });
});

describe('createStaticConfig', () => {
  it('has its config at once and never another', () => {
    const source = createStaticConfig({ datafile: DATAFILE });
    expect(source.current()?.revision).toBe('7');
    expect(source.current()).toBe(source.current());
    expect(source.subscribe(() => expect.unreachable('a static config changed'))).toBeTypeOf('function');
  });

  it('tells the problems found in its datafile', () => {
    const source = createStaticConfig({ datafile: { ...DATAFILE, groups: 'none' } });
    expect(source.problems?.()).toMatchObject([{ code: 'invalid-section' }]);
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'was called with undefined'],
    ['the text of the datafile', JSON.stringify(DATAFILE), 'was called with a string'],
    ['the bytes of the datafile', Buffer.from(JSON.stringify(DATAFILE)), 'was called with bytes'],
    ['the parsed datafile', DATAFILE, 'was called with an object that looks like the datafile itself'],
    ['options without a datafile', {}, 'got undefined'],
  ])('says what it was given in place of options: %s', (_name, options, message) => {
    const action = () => createStaticConfig(options as never);
    expect(codeOf(action)).toBe('invalid-datafile');
    expect(action).toThrow(message);
  });
});
