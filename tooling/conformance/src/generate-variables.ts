/** Generates variables of every type, with texts that are of that type and texts that are not. */
import type { VariableJson } from './datafile-json.ts';
import type { Ids } from './generate-ids.ts';
import type { Random } from './random.ts';

const VARIABLE_TYPES = ['string', 'boolean', 'integer', 'double', 'json', 'future'] as const;

const VARIABLE_TEXTS: Readonly<Record<string, readonly string[]>> = {
  string: ['', 'text', 'ünï 😀', 'null'],
  boolean: ['true', 'false', 'True', 'true ', '1', ''],
  integer: ['1', '-12', '12.7', '12abc', '1e3', '0x10', ' 7 ', '', 'x', '9007199254740993', 'NaN', '-0'],
  double: ['4.2', '1e3', ' 5 ', 'Infinity', '-Infinity', '', 'x', '-0', '1e400', '.5'],
  json: ['{"a":1}', '[1,{"b":null}]', 'null', '"text"', '7', '{bad', '', '{"__proto__":{"x":1}}', '{"a":1,"a":2}'],
  future: ['as is', ''],
};

/** Generates the variables of a flag. */
export function generateVariables(random: Random, ids: Ids): VariableJson[] {
  return Array.from({ length: random.below(5) }, () => {
    const type = random.pick(VARIABLE_TYPES);
    const defaultValue = random.pick(VARIABLE_TEXTS[type] as readonly string[]);
    const base = { id: ids.next(), key: ids.nextKey('var'), defaultValue };
    return type === 'json' && random.chance(0.7) ? { ...base, type: 'string', subType: 'json' } : { ...base, type };
  });
}

/** Texts a variable's usage may carry. */
export function variableText(random: Random, { type, subType }: VariableJson): string {
  return random.pick(VARIABLE_TEXTS[subType ?? type] ?? ['']);
}
