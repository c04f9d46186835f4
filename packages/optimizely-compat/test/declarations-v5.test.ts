/** The declarations of `./v5` beside those of the official SDK 5.4.1. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { compareTypes, exportedNames, findErrors } from './compare-declarations.ts';

const modules = { official: 'optimizely-sdk-5', ours: '../src/v5/node.ts' };
const values = new Set(Object.keys(createRequire(import.meta.url)(modules.official) as object));
const names = exportedNames(modules);

/** Names that the entry does not have. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  OptimizelyOptions: 'Options of a class that the official package does not export.',
};

/** How types with parameters are compared. */
const APPLIED: Readonly<Record<string, string>> = {
  DecisionListenerPayloadForType: "$.DecisionListenerPayloadForType<'flag'>",
  ICache: '$.ICache<string, string[]>',
  NotificationListener: '$.NotificationListener<$.ListenerPayload>',
};

const shared = names.official.filter((name) => !Object.hasOwn(LEFT_OUT, name));
const typeOf = (name: string): string => APPLIED[name] ?? (values.has(name) ? `typeof $.${name}` : `$.${name}`);
const verdicts = compareTypes(modules, new Map(shared.map((name) => [name, typeOf(name)])));

const WIDER_ATTRIBUTES = 'Attributes are those of version 6, which takes any value.';
const MORE_OPTIONS =
  'Decide calls have the options that version 6 added, and the calls and the view of the project with them.';

/** Where the two do not fit in both directions. A row that is not needed any more turns the test red. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  UserAttributeValue: WIDER_ATTRIBUTES,
  UserAttributes: WIDER_ATTRIBUTES,
  ListenerPayload: WIDER_ATTRIBUTES,
  ActivateListenerPayload: WIDER_ATTRIBUTES,
  DecisionListenerPayload: WIDER_ATTRIBUTES,
  DecisionListenerPayloadForType: WIDER_ATTRIBUTES,
  TrackListenerPayload: WIDER_ATTRIBUTES,
  NotificationListener: WIDER_ATTRIBUTES,
  NotificationCenter: WIDER_ATTRIBUTES,
  NotificationPayloadMap: WIDER_ATTRIBUTES,
  OptimizelyDecideOption: MORE_OPTIONS,
  OptimizelyUserContext: MORE_OPTIONS,
  OptimizelyDecision: MORE_OPTIONS,
  OptimizelyConfig: MORE_OPTIONS,
  Client: MORE_OPTIONS,
  Config: MORE_OPTIONS,
  createInstance: MORE_OPTIONS,
  default: MORE_OPTIONS,
  createLogger: 'Returns a logger; the official one names the class that makes it.',
  logging: 'Returns a logger; the official one names the class that makes it.',
  errorHandler: 'Takes the error; the official one declares no parameter that it reads.',
  enums: 'Has no texts of errors and of log lines, which are other ones here.',
};

describe('declarations of ./v5', () => {
  it('have every name of the official SDK 5.4.1 but those that are left out with a reason, and no other', () => {
    expect(names.ours).toEqual(shared);
    for (const name of Object.keys(LEFT_OUT)) expect(names.official).toContain(name);
  });

  it.each(shared.filter((name) => !Object.hasOwn(DIFFERENCES, name)))(
    'are assignable in both directions: %s',
    (name) => {
      expect(verdicts.get(name)).toBe('mutual');
    },
  );

  it.each(Object.keys(DIFFERENCES))('differ where the table says so: %s', (name) => {
    expect(verdicts.get(name)).not.toBe('mutual');
  });

  it.each(Object.entries(modules))('compile an application that was written for version 5: %s', (_, module) => {
    const application = readFileSync(new URL('application/shop-v5.ts', import.meta.url), 'utf8');
    expect(findErrors(application.replace(`from '${modules.official}'`, `from '${module}'`))).toEqual([]);
  });

  it('do not compile what version 5 does not have', () => {
    const [error] = findErrors(`import { createInstance } from '${modules.ours}'; createInstance({ sdkKey: 5 });`);
    expect(error).toContain("Type 'number' is not assignable to type 'string'");
  });
});
