import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('../src/', import.meta.url);
const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
const code = sources.join('\n').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

describe('the sources', () => {
  it('[RED-09] search and flush nothing, and delete only the key of one user: other keys belong to others', () => {
    expect(code).not.toMatch(/FLUSH(ALL|DB)|'(UNLINK|KEYS|SCAN)'/);
    expect(code.match(/\[[^\]]*'DEL'[^\]]*\]/g)).toEqual(["['DEL', key]", "['DEL', key]"]);
  });

  it('[RED-10] build no Lua from values: the scripts are constants', () => {
    const scripts = [...code.matchAll(/^const [A-Z_]+ = `[^`]*`/gm)].map(([script]) => script);
    expect(scripts).toHaveLength(4);
    expect(code.split("redis.call('").length).toBe(scripts.join().split("redis.call('").length);
    expect(scripts.join()).not.toContain('${');
  });

  it('[RED-11] end no connection: it is its owner’s', () => {
    expect(code).not.toMatch(/\.(quit|disconnect|destroy)\(/);
  });
});
