/** Values of variables, from their texts in the datafile. */
import { double } from '@sortition/authoring';
import type { Variable } from '@sortition/core';
import { toCode } from './code.ts';
import type { Written } from './written.ts';

/** A variable's default as the functions take it; `undefined` when its text is not of its type. */
export function defaultOf(variable: Variable): Written<unknown> | undefined {
  const value = readValueOf(variable, variable.defaultValue);
  if (value === undefined) return undefined;
  const isWholeDouble = variable.type === 'double' && Number.isInteger(value);
  const code = toCode(value, '    ');
  return isWholeDouble ? { value: double(value as number), code: `double(${code})` } : { value, code };
}

export function readValueOf({ type }: Variable, text: string): unknown {
  switch (type) {
    case 'string':
      return text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'integer':
      return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
    case 'double':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'json':
      return readJson(text);
    default:
      return undefined;
  }
}

function readJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // An object of these two keys would be read as a definition.
    const isDefinition = typeof value === 'object' && value !== null && 'type' in value && 'defaultValue' in value;
    return typeof value === 'object' && value !== null && !isDefinition ? value : undefined;
  } catch {
    return undefined;
  }
}
