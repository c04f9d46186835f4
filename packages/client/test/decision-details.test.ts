import type { ConfigSource } from '@sortition/core';
import { createStaticConfig } from '@sortition/datafile';
import { describe, expect, it } from 'vitest';
import {
  canLoad,
  configFailingMs,
  createClient,
  decisionDetails,
  projectConfig,
  recordTo,
  sticky,
} from '../src/index.ts';
import { shopProject } from './shop-project.ts';

const noEvents = recordTo(null);

describe('decisionDetails', () => {
  const client = createClient({
    config: createStaticConfig({ datafile: shopProject() }),
    parts: [noEvents],
    logger: false,
  });

  it('says which rule decided and on which grounds', () => {
    const decision = client.createUserContext('ada').decide('search');
    expect(decisionDetails(decision)).toEqual({
      errorCode: null,
      basis: 'bucket',
      ruleType: 'feature-test',
      experimentId: '10',
      variationId: '101',
      revision: '7',
    });
  });

  it('says why there is no decision', () => {
    expect(decisionDetails(client.createUserContext('ada').decide('none'))).toMatchObject({
      errorCode: 'flag-not-found',
      basis: null,
      ruleType: null,
    });
    const empty: ConfigSource = { current: () => null, subscribe: () => () => undefined };
    const waiting = createClient({ config: empty, parts: [noEvents], logger: false });
    expect(decisionDetails(waiting.createUserContext('ada').decide('search'))).toMatchObject({
      errorCode: 'not-ready',
      revision: null,
    });
  });

  it('answers null for anything but a decision', () => {
    expect(decisionDetails({ variationKey: 'a' })).toBeNull();
  });
});

describe('the state of the config', () => {
  it('is the config that decides, and for how long fetching has failed', () => {
    const config = createStaticConfig({ datafile: shopProject() });
    const client = createClient({ config: { ...config, failingMs: () => 7 }, parts: [noEvents], logger: false });
    expect(projectConfig(client)).toBe(config.current());
    expect(configFailingMs(client)).toBe(7);
    expect(configFailingMs(createClient({ config, parts: [noEvents], logger: false }))).toBe(0);
    expect(() => projectConfig({})).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  });
});

describe('canLoad', () => {
  it('says whether there is anything to load', () => {
    const config = createStaticConfig({ datafile: shopProject() });
    expect(canLoad(createClient({ config, parts: [noEvents], logger: false }))).toBe(false);
    const store = sticky({ lookup: () => null, save: () => undefined });
    expect(canLoad(createClient({ config, parts: [noEvents, store], logger: false }))).toBe(true);
  });
});
