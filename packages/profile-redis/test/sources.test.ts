import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('../src/', import.meta.url);
const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
const code = sources.join('\n').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

describe('the sources', () => {
  it('[RED-09] flush and delete nothing: other keys on the server are somebody else’s', () => {
    expect(code).not.toMatch(/FLUSH(ALL|DB)|'(DEL|UNLINK|KEYS|SCAN)'/);
  });

  it('[RED-10] build no Lua from values: the scripts are constants', () => {
    const scripts = [...code.matchAll(/^const [A-Z]+ = `[^`]*`/gm)].map(([script]) => script);
    expect(scripts).toHaveLength(2);
    expect(code.split("redis.call('").length).toBe(scripts.join().split("redis.call('").length);
    expect(scripts.join()).not.toContain('${');
  });

  it('[RED-11] end no connection: it is its owner’s', () => {
    expect(code).not.toMatch(/\.(quit|disconnect|destroy)\(/);
  });
});
