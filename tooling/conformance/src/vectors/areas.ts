/** What the vectors of each area ask: inputs from seeds, none of which needs more than JSON can say. */
import type {
  AttributesInput,
  BucketingInput,
  ClientInput,
  ConditionsInput,
  DecisionsInput,
  EventsInput,
  SegmentsInput,
  VariablesInput,
  VersionsInput,
} from '@sortition/conformance';
import type { Call } from '../generate-calls.ts';
import { generateConditions } from '../generate-conditions.ts';
import { generateTracked } from '../generate-tags.ts';
import { createRandom, type Random, scenarioSeed } from '../random.ts';
import { generateScenario, type Scenario } from '../scenario.ts';
import { ATTRIBUTE_KEYS, NUMBERS_OF_USERS, SEGMENTS, STRINGS, VERSIONS } from '../vocabulary.ts';

/** Rows about one datafile, or about none, before they have been answered. */
export interface Questions<Input> {
  readonly id: string;
  readonly datafile?: object;
  readonly client?: ClientInput;
  readonly inputs: readonly Input[];
}

const SEED = 20_260;

/** Whether a value is the same after JSON, and every parser of JSON reads it: no lone surrogates. */
function isPortable(value: unknown): boolean {
  const text = JSON.stringify(value);
  return text !== undefined && !/\\ud[89a-f]/i.test(text) && isSame(value, JSON.parse(text));
}

function isSame(value: unknown, read: unknown): boolean {
  if (typeof value === 'number') return value === read;
  if (typeof value !== 'object' || value === null) return value === read;
  const names = Object.keys(value);
  const copy = read as Record<string, unknown>;
  return (
    names.length === Object.keys(copy).length &&
    names.every((name) => isSame((value as Record<string, unknown>)[name], copy[name]))
  );
}

/** That many inputs that are portable. */
function collect<T>(count: number, seed: number, generate: (random: Random) => T): T[] {
  const random = createRandom(seed);
  const seen = new Set<string>();
  while (seen.size < count) {
    const input = generate(random);
    if (isPortable(input)) seen.add(JSON.stringify(input));
  }
  return [...seen].map((text) => JSON.parse(text) as T);
}

const SCRIPTS = [
  [0x20, 0x7e],
  [0xa0, 0x24f],
  [0x370, 0x4ff],
  [0x5d0, 0x6ff],
  [0x900, 0xdff],
  [0x3040, 0x30ff],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0x1f300, 0x1faff],
  [0x0300, 0x036f],
  [0x20000, 0x2a6df],
  [0, 0x10_ffff],
] as const;

/** A text of one writing system, or of several. */
function generateText(random: Random): string {
  const mixed = random.chance(0.2);
  let range = random.pick(SCRIPTS);
  return Array.from({ length: random.below(40) }, () => {
    if (mixed) range = random.pick(SCRIPTS);
    const point = random.between(range[0], range[1]);
    return point >= 0xd800 && point <= 0xdfff ? '\ufffd' : String.fromCodePoint(point);
  }).join('');
}

export function bucketingQuestions(count: number): Questions<BucketingInput>[] {
  const inputs = collect(count, SEED, (random) => ({
    bucketingId: random.chance(0.3) ? `user${random.below(1_000_000)}` : generateText(random),
    parentId: random.chance(0.7) ? String(random.below(2 ** 31)) : generateText(random) || '1',
  }));
  return [{ id: 'bucketing', inputs }];
}

function generateAttributes(random: Random): AttributesInput {
  const value = (key: string) =>
    key === 'version' && random.chance(0.8)
      ? random.pick(VERSIONS)
      : random.pick<unknown>([random.pick(NUMBERS_OF_USERS), random.pick(STRINGS), random.chance(0.5), null]);
  return Object.fromEntries(random.some(ATTRIBUTE_KEYS, 0.5).map((key) => [key, value(key)]));
}

export function conditionsQuestions(count: number): Questions<ConditionsInput>[] {
  const inputs = collect(count, SEED + 1, (random) => ({
    conditions: generateConditions(random),
    attributes: generateAttributes(random),
    segments: random.chance(0.3) ? null : random.some(SEGMENTS, 0.4),
  }));
  const parts = collect(300, SEED + 8, (random) => {
    const text = generateText(random);
    const from = random.below(text.length + 1);
    const part = random.chance(0.7) ? text.slice(from, from + random.below(6)) : generateText(random).slice(0, 2);
    const leaf = { type: 'custom_attribute', name: 'city', match: 'substring', value: part };
    return { conditions: ['or', leaf], attributes: { city: text }, segments: null };
  });
  return [
    { id: 'conditions', inputs },
    { id: 'substrings', inputs: parts },
  ];
}

export function versionsQuestions(count: number): Questions<VersionsInput>[] {
  const generated = (random: Random) =>
    [random.below(4), random.below(15), random.below(4)].slice(0, random.between(1, 3)).join('.') +
    random.pick(['', '', '', '-beta', '-beta.2', '-1', '+build', '-rc+7']);
  const version = (random: Random) => (random.chance(0.6) ? generated(random) : random.pick(VERSIONS));
  const inputs = collect(count, SEED + 2, (random) => ({
    condition: random.chance(0.97) ? version(random) : random.pick<unknown>([2, null, true, []]),
    user: random.chance(0.97) ? version(random) : random.pick<unknown>([2, null, true]),
  }));
  return [{ id: 'versions', inputs }];
}

export function variablesQuestions(count: number): Questions<VariablesInput>[] {
  const number = (random: Random) =>
    random.pick(['', '-', '+', ' ']) +
    random.below(10 ** random.between(1, 12)) +
    random.pick(['', '.', '.5', 'e3', 'abc', ' ', '.0']);
  const json = (random: Random) =>
    JSON.stringify({ [generateText(random)]: [random.below(9), null, generateText(random)] });
  const texts = [
    '',
    ' ',
    'true',
    'false',
    'TRUE',
    '0x10',
    '1e3',
    '.5',
    '5.',
    '{bad',
    'null',
    '"text"',
    '[]',
    '{}',
    'ü',
  ];
  const inputs = collect(
    count,
    SEED + 3,
    (random): VariablesInput => ({
      type: random.pick(['string', 'boolean', 'integer', 'double', 'json', 'future']),
      text: random.pick([
        () => number(random),
        () => json(random),
        () => random.pick(texts),
        () => generateText(random),
      ])(),
    }),
  );
  return [{ id: 'variables', inputs }];
}

/** Datafiles whose calls are synchronous and which have what the vectors can say. */
function* scenarios(seed: number): Generator<Scenario> {
  for (let index = 0; ; index += 1) {
    const scenario = generateScenario(scenarioSeed(seed, index));
    const isSync = scenario.calls.every(({ predictions }) => predictions === undefined);
    if (isSync && isPortable(scenario.datafile)) yield scenario;
  }
}

export function decisionsQuestions(count: number): Questions<DecisionsInput>[] {
  const groups: Questions<DecisionsInput>[] = [];
  let left = count;
  for (const { datafile, defaultOptions, profiles, calls } of scenarios(SEED + 4)) {
    const inputs = calls
      .filter(({ profile, kind }, index) => profile !== 'throws' && (kind !== 'decideAll' || index % 4 === 0))
      .map(toDecisionsInput)
      .filter(isPortable);
    groups.push({
      id: `decisions-${groups.length + 1}`,
      datafile,
      client: { defaultOptions, profiles: profiles !== 'none' },
      inputs: inputs.slice(0, left),
    });
    left -= inputs.length;
    if (left <= 0) break;
  }
  return groups;
}

function toDecisionsInput({
  kind,
  keys,
  options,
  userId,
  attributes,
  segments,
  forced,
  profile,
}: Call): DecisionsInput {
  return JSON.parse(
    JSON.stringify({
      keys: kind === 'decideAll' ? null : kind === 'decide' ? keys.slice(0, 1) : keys,
      options,
      userId,
      attributes,
      segments,
      forced,
      profile,
    }),
  ) as DecisionsInput;
}

export function eventsQuestions(count: number): Questions<EventsInput>[] {
  const random = createRandom(SEED + 5);
  const groups: Questions<EventsInput>[] = [];
  let left = count;
  for (const { datafile, calls } of scenarios(SEED + 6)) {
    const inputs = calls
      .map((call): EventsInput => {
        const { profile: _, ...asked } = toDecisionsInput(call);
        const { eventKey, tags } = generateTracked(random);
        const shown = tags();
        const hasTags = typeof shown === 'object' && shown !== null && !Array.isArray(shown) && isPortable(shown);
        const { value } = (shown ?? {}) as { value?: unknown };
        // What counts as a value is a deviation; here it is a number or absent.
        const isPlain = hasTags && (value === undefined || typeof value === 'number');
        return { ...asked, conversion: isPlain ? { eventKey, tags: shown as Record<string, unknown> } : null };
      })
      .filter(isPortable)
      .slice(0, 10);
    groups.push({ id: `events-${groups.length + 1}`, datafile, inputs: inputs.slice(0, left) });
    left -= inputs.length;
    if (left <= 0) break;
  }
  return groups;
}

const PLATFORM_ANSWERS = (random: Random, segments: readonly string[]): SegmentsInput['answer'] => {
  const edge = (name: string) => ({
    node: { name, state: random.chance(0.7) ? 'qualified' : random.pick(['not_qualified', 'x']) },
  });
  const data = { data: { customer: { audiences: { edges: segments.map(edge) } } } };
  const failure = { errors: [{ message: 'no', extensions: { classification: 'InvalidIdentifierException' } }] };
  const kind = random.below(12);
  if (kind === 0) return { status: 503, body: '' };
  if (kind === 1) return { status: 200, body: JSON.stringify(failure) };
  if (kind === 2) return { status: 200, body: '{"data":{"customer":null}}' };
  if (kind === 3) return { status: 200, body: 'no json' };
  return { status: 200, body: JSON.stringify(data) };
};

export function segmentsQuestions(datafiles: number): Questions<SegmentsInput>[] {
  const random = createRandom(SEED + 7);
  return Array.from({ length: datafiles }, (_, index) => {
    const names = random.some(['gold', 'a-b', 'ségment', '7', 'x y', '日本'], 0.6);
    const leaf = (value: string) => ({
      type: 'third_party_dimension',
      name: 'odp.audiences',
      match: 'qualified',
      value,
    });
    const datafile = {
      version: '4',
      accountId: '1',
      projectId: '1',
      revision: String(index + 1),
      featureFlags: [],
      experiments: [],
      rollouts: [],
      groups: [],
      attributes: [],
      audiences: [],
      typedAudiences: names.map((name, at) => ({ id: String(at + 1), name, conditions: ['or', leaf(name)] })),
      events: [],
      variables: [],
      integrations: [
        {
          key: 'odp',
          host: random.pick(['https://api.example', 'https://odp.example:8443']),
          publicKey: `key-${index}`,
        },
      ],
    };
    const inputs = Array.from({ length: 10 }, () => ({
      // What has to be escaped within a query is a deviation.
      userId: random.chance(0.7)
        ? `user${random.below(1_000)}`
        : generateText(random).replaceAll(/["\\\p{C}]/gu, '') || 'user',
      answer: PLATFORM_ANSWERS(random, names),
    })).filter(isPortable);
    return { id: `segments-${index + 1}`, datafile, inputs };
  });
}
