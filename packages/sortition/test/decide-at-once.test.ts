/** Decisions at once beside the asynchronous calls that they stand for. */
import { SHOP_DATAFILE } from '@sortition/emulator/shop-datafile';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Client,
  type ClientOptions,
  type CmabSource,
  createClient,
  createMemoryProfileStore,
  createStaticConfig,
  type Decision,
  decideAtOnce,
  decideEachAtOnce,
  type EventSink,
  sharedAnswer,
  type UserContext,
} from '../src/index.ts';

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

function createShop(options: Partial<ClientOptions> = {}): { client: Client; recorded: unknown[] } {
  const recorded: unknown[] = [];
  const events: EventSink = {
    record(event) {
      const { uuid: _uuid, timestamp: _timestamp, config: _config, ...others } = event;
      recorded.push(others);
    },
  };
  const config = createStaticConfig({ datafile: JSON.stringify(SHOP_DATAFILE) });
  const client = createClient({ config, events, logger: false, ...options });
  clients.push(client);
  return { client, recorded };
}

const attributes = [{}, { country: 'FR', plan: 'gold', visits: 12 }, { country: 'DE', $opt_bucketing_id: 'other' }];

function usersOf(client: Client): UserContext[] {
  return attributes.flatMap((own) =>
    Array.from({ length: 15 }, (_, index) => client.createUserContext(`user-${index}`, own)),
  );
}

const plain = (decision: Decision | undefined) => ({ ...decision?.toJSON() });

describe('decisions at once', () => {
  it.each([
    ['no options', []],
    ['only enabled flags', ['ENABLED_FLAGS_ONLY']],
    ['reasons', ['INCLUDE_REASONS']],
    ['no variables and no impressions', ['EXCLUDE_VARIABLES', 'DISABLE_DECISION_EVENT']],
  ] as const)('are those of asynchronous calls, impressions included, with %s', async (_what, options) => {
    const [one, other] = [createShop(), createShop()];
    const others = usersOf(other.client);
    for (const [index, user] of usersOf(one.client).entries()) {
      const twin = others[index] as UserContext;
      expect(plain(decideAtOnce(user, 'checkout', options) ?? undefined)).toEqual(
        plain(await twin.decideAsync('checkout', options)),
      );
      const all = Object.values(await twin.decideAllAsync(options)).map(plain);
      expect(decideEachAtOnce(user, null, options)?.map(plain)).toEqual(all);
      const keys = ['gift_wrap', 'none', 'checkout', 'gift_wrap'];
      const several = Object.values(await twin.decideForKeysAsync(keys, options)).map(plain);
      expect(decideEachAtOnce(user, keys, options)?.map(plain)).toEqual(several);
    }
    expect(one.recorded).toEqual(other.recorded);
    expect(one.client.stats().decisions).toBe(other.client.stats().decisions);
  });

  it.each<[string, Partial<ClientOptions>]>([
    ['a store of assignments', { profiles: createMemoryProfileStore() }],
    ['a source of predictions', { cmab: { predict: async () => ({ variationId: '1', cmabUuid: '' }) } as CmabSource }],
  ])('are not made where %s has to be waited for', (_what, options) => {
    const { client, recorded } = createShop(options);
    const user = client.createUserContext('ada');
    expect([decideAtOnce(user, 'checkout'), decideEachAtOnce(user, null)]).toEqual([null, null]);
    expect([recorded, client.stats().decisions]).toEqual([[], 0]);
  });

  it('are made where stored assignments are to be ignored', () => {
    const { client } = createShop({ profiles: createMemoryProfileStore() });
    expect(decideAtOnce(client.createUserContext('ada'), 'checkout', ['IGNORE_USER_PROFILE_SERVICE'])).not.toBeNull();
  });
});

describe('the answer that decisions share', () => {
  it('is one object for all users of a rule and variation, and another for others', () => {
    const { client } = createShop();
    const byAnswer = new Map<string, Set<object>>();
    for (const user of usersOf(client)) {
      const decision = user.decide('checkout');
      const answer = sharedAnswer(decision);
      if (answer === null) throw new Error('A decision has no answer.');
      const key = JSON.stringify([decision.ruleKey, decision.variationKey]);
      byAnswer.set(key, (byAnswer.get(key) ?? new Set()).add(answer));
    }
    expect(byAnswer.size).toBeGreaterThan(1);
    const all = [...byAnswer.values()];
    expect(all.map(({ size }) => size)).toEqual(all.map(() => 1));
    expect(new Set(all.flatMap((answers) => [...answers])).size).toBe(byAnswer.size);
  });

  it('is one object for all users of a variation of an experiment that is asked by its own key', () => {
    const { client } = createShop();
    const byVariation = new Map<string | null, (object | null)[]>();
    for (const user of usersOf(client)) {
      const decision = user.decideExperiment('checkout_redesign');
      const { variationKey } = decision;
      byVariation.set(variationKey, [...(byVariation.get(variationKey) ?? []), sharedAnswer(decision)]);
    }
    expect(byVariation.size).toBeGreaterThan(2);
    for (const answers of byVariation.values()) {
      expect(answers[0]).not.toBeNull();
      expect([answers.length > 1, new Set(answers).size]).toEqual([true, 1]);
    }
  });

  it('is not shared by clients with datafiles of their own', () => {
    const answers = [createShop(), createShop()].map(({ client }) =>
      sharedAnswer(client.createUserContext('qa-robot').decide('checkout')),
    );
    expect(answers[0]).not.toBeNull();
    expect(answers[0]).not.toBe(answers[1]);
  });

  it('is missing for errors and for anything but a decision', () => {
    const { client } = createShop();
    expect(sharedAnswer(client.createUserContext('ada').decide('none'))).toBeNull();
    expect(sharedAnswer({})).toBeNull();
  });
});
