/** What work does when its input grows: sixteen times the input may take sixteen times as long, and not its square. */
import { parseAmplitudeCookie, readAmplitudeIdentity } from '@sortition/cookies';
import { parseDatafile } from '@sortition/datafile';
import { type Client, createClient, createStaticConfig } from 'sortition';
import { expect, it } from 'vitest';
import { SEED_DATAFILES } from '../src/seed-datafiles.ts';

const client: Client = createClient({
  config: createStaticConfig({ datafile: SEED_DATAFILES.everything ?? {} }),
  events: null,
  logger: false,
});
const decideFor = (attributes: object) => client.createUserContext('ada', attributes).decideAll(['INCLUDE_REASONS']);
const datafileWith = (parts: object) => parseDatafile(JSON.stringify({ ...SEED_DATAFILES.everything, ...parts }));

const GROWING: [string, size: number, (size: number) => unknown][] = [
  ['a version attribute', 4_000, (size) => decideFor({ version: '1.'.repeat(size) })],
  ['an attribute that is searched', 50_000, (size) => decideFor({ plan: 'q'.repeat(size) })],
  [
    'attributes in number',
    1_000,
    (size) => decideFor(Object.fromEntries(Array.from({ length: size }, (_, n) => [`a${n}`, n]))),
  ],
  ['a user id', 20_000, (size) => client.createUserContext('é'.repeat(size)).decideAll()],
  [
    'a list of flag keys',
    1_000,
    (size) => client.createUserContext('ada').decideForKeys(Array.from({ length: size }, (_, n) => `flag${n}`)),
  ],
  ['a cookie header', 2_000, (size) => readAmplitudeIdentity(`${'a="'.repeat(size)};`.repeat(4), '0123456789abcdef')],
  ['a cookie value', 200, (size) => parseAmplitudeCookie('%2e'.repeat(size))],
  [
    'conditions in a row',
    1_000,
    (size) =>
      datafileWith({
        typedAudiences: [
          {
            id: 'everyone',
            name: 'e',
            conditions: [
              'or',
              ...Array.from({ length: size }, () => ({ type: 'custom_attribute', name: 'x', match: 'exists' })),
            ],
          },
        ],
      }),
  ],
  [
    'entities with one key',
    1_000,
    (size) => datafileWith({ attributes: Array.from({ length: size }, () => ({ id: '1', key: 'same' })) }),
  ],
];

const GROWTH = 16;

it.each(GROWING)(
  '[SEC-06] the cost of %s grows no faster than its size, give or take a busy machine',
  (_, size, work) => {
    // The best of several is what the machine can do, in milliseconds of work: its noise only ever adds.
    const best = (n: number) =>
      Math.min(
        ...Array.from({ length: 7 }, () => {
          const start = performance.now();
          const used = process.cpuUsage();
          work(n);
          const { user, system } = process.cpuUsage(used);
          return Math.min(performance.now() - start, (user + system) / 1_000);
        }),
      );
    best(size);
    const [small, large] = [best(size), best(size * GROWTH)];
    // The square would be 256 times; a floor of 0.5 ms, because below it a clock measures itself.
    expect(large / Math.max(small, 0.5)).toBeLessThan(0.75 * GROWTH * GROWTH);
  },
);
