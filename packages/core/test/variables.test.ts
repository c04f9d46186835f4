import { describe, expect, it } from 'vitest';
import { readVariable, type Variable } from '../src/index.ts';
import { buildServedVariation } from '../src/variables.ts';
import { flag, variation } from './project.ts';
import { readVectors } from './vectors.ts';

interface VariableVector {
  readonly type: string;
  readonly text: string;
  readonly value: unknown;
  readonly invalid: boolean;
}

const variable = (key: string, type: string, defaultValue: string): Variable => ({
  id: `id_${key}`,
  key,
  type,
  defaultValue,
});

describe('readVariable', () => {
  it.each(readVectors<VariableVector>('variables'))('$type $text is $value', ({ type, text, value, invalid }) => {
    const read = readVariable(variable('k', type, ''), text);
    if (invalid) expect(read).toBeUndefined();
    else expect(JSON.stringify(read)).toBe(JSON.stringify(value));
  });

  it.each([
    ['double', 'Infinity', Infinity],
    ['double', '-Infinity', -Infinity],
    ['double', '1e400', Infinity],
    ['double', '-0', -0],
    ['integer', '-0', -0],
    ['integer', '9007199254740993', 9007199254740992],
  ])('[DF-10] %s %s is %d', (type, text, value) => {
    expect(readVariable(variable('k', type, ''), text)).toBe(value);
  });

  it('[DF-10] __proto__ in JSON is an own property and changes no prototype', () => {
    const value = readVariable(variable('k', 'json', ''), '{"__proto__":{"polluted":true},"a":1}') as object;
    expect(Object.hasOwn(value, '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('[DF-10] a megabyte of JSON and JSON nested a hundred thousand deep are read and frozen', () => {
    const wide = readVariable(
      variable('k', 'json', ''),
      JSON.stringify(Array.from({ length: 100_000 }, (_, i) => [i])),
    );
    expect(wide).toHaveLength(100_000);
    expect(Object.isFrozen((wide as unknown[])[99_999])).toBe(true);
    const deep = readVariable(variable('k', 'json', ''), `${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(Array.isArray(deep)).toBe(true);
  });
});

describe('buildServedVariation', () => {
  const variables = [variable('size', 'integer', '1'), variable('title', 'string', 'default')];
  const own = flag('a', [], { variables });

  it('serves usages when enabled, defaults when disabled or when nothing was decided', () => {
    const usages = [
      { id: 'id_size', value: '7' },
      { id: 'unknown', value: 'ignored' },
    ];
    const enabled = buildServedVariation(own, variation('1', { variables: usages }));
    expect(enabled).toEqual({ enabled: true, variables: { size: 7, title: 'default' }, invalidVariables: [] });
    const disabled = buildServedVariation(own, variation('1', { variables: usages, featureEnabled: false }));
    expect(disabled).toEqual({ enabled: false, variables: { size: 1, title: 'default' }, invalidVariables: [] });
    expect(buildServedVariation(own, null)).toEqual(disabled);
    expect(buildServedVariation(own, { id: '1', key: 'k' })).toEqual(disabled);
    expect(buildServedVariation(own, variation('1'))).toEqual({ ...disabled, enabled: true });
  });

  it('an empty text is a value', () => {
    const usages = [{ id: 'id_title', value: '' }];
    expect(buildServedVariation(own, variation('1', { variables: usages })).variables).toEqual({ size: 1, title: '' });
  });

  it('serves null for what is not of its type, and names it', () => {
    const broken = flag('a', [], {
      variables: [variable('size', 'integer', 'large'), variable('on', 'boolean', 'yes')],
    });
    expect(buildServedVariation(broken, null)).toEqual({
      enabled: false,
      variables: { size: null, on: null },
      invalidVariables: ['size', 'on'],
    });
  });

  it('JSON null is a value and no error', () => {
    const { variables: served, invalidVariables } = buildServedVariation(
      flag('a', [], { variables: [variable('data', 'json', 'null')] }),
      null,
    );
    expect([served, invalidVariables]).toEqual([{ data: null }, []]);
  });

  it('freezes what it serves, as deep as it goes', () => {
    const { variables: served } = buildServedVariation(
      flag('a', [], { variables: [variable('data', 'json', '{"a":[{}]}')] }),
      null,
    );
    expect(Object.isFrozen(served)).toBe(true);
    const data = served.data as { a: readonly object[] };
    expect([Object.isFrozen(data), Object.isFrozen(data.a), Object.isFrozen(data.a[0])]).toEqual([true, true, true]);
  });

  it('[DF-03] variables called like properties of Object.prototype are ordinary', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const { variables: served } = buildServedVariation(
      flag('a', [], { variables: names.map((name) => variable(name, 'string', `value of ${name}`)) }),
      null,
    );
    expect(Object.keys(served)).toEqual(names);
    expect(Object.getPrototypeOf(served)).toBe(Object.prototype);
    expect(Object.entries(served).map(([, value]) => value)).toEqual(names.map((name) => `value of ${name}`));
  });
});
