/** Values as TypeScript. */
import { formatKey, quote } from '../types/json-shape.ts';

const LINE_LENGTH = 100;

/** Writes a JSON value as a literal. */
export function toCode(value: unknown, indent = ''): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const inner = `${indent}  `;
  if (Array.isArray(value))
    return wrap(
      value.map((entry) => toCode(entry, inner)),
      '[',
      ']',
      indent,
    );
  return toObject(
    Object.entries(value).map(([key, entry]) => [key, toCode(entry, inner)]),
    indent,
  );
}

/** Writes an object whose values are code. */
export function toObject(entries: readonly (readonly [string, string])[], indent = ''): string {
  return wrap(
    // Without brackets, this key would set the prototype.
    entries.map(([key, code]) => `${key === '__proto__' ? "['__proto__']" : formatKey(key)}: ${code}`),
    '{ ',
    ' }',
    indent,
  );
}

/** Writes a list or a call on one line if it fits, otherwise one part per line. */
export function wrap(parts: readonly string[], open: string, close: string, indent = ''): string {
  if (parts.length === 0) return `${open}${close}`.replace(/\s+/g, '');
  const line = `${open}${parts.join(', ')}${close}`;
  if (indent.length + line.length <= LINE_LENGTH && !line.includes('\n')) return line;
  return `${open.trimEnd()}\n${parts.map((part) => `${indent}  ${part},`).join('\n')}\n${indent}${close.trimStart()}`;
}

/** Creates unique names that are valid identifiers. */
export function createNames(taken: readonly string[]): (key: string) => string {
  const used = new Set([...taken, ...RESERVED]);
  return (key) => {
    const words = key.split(/[^A-Za-z0-9]+/).filter(Boolean);
    const joined = words
      .map((word, index) => (index === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1))
      .join('');
    const base = /^[A-Za-z]/.test(joined) ? joined : `the${joined.charAt(0).toUpperCase()}${joined.slice(1)}`;
    let name = base;
    for (let number = 2; used.has(name); number += 1) name = `${base}${number}`;
    used.add(name);
    return name;
  };
}

const RESERVED = (
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if ' +
  'implements import in instanceof interface let new null package private protected public return static super switch this ' +
  'throw true try typeof var void while with yield await arguments eval undefined'
).split(' ');
