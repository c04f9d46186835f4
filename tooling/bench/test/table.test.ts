import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startTable } from '../table.js';

const README = `# Bench

| scenario | cost |
| --- | --- |
| one decide | 0.2 |
| growth | 3 |
| growth | 4 |

| part | cost |
| --- | --- |
| one decide | 9 |
`;

let file = '';
beforeEach(() => {
  vi.spyOn(console, 'log').mockReturnValue();
  file = join(mkdtempSync(join(tmpdir(), 'table-')), 'README.md');
  writeFileSync(file, README);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(join(file, '..'), { recursive: true });
});

it('a table takes the place of the one with the same head, and nothing else changes', () => {
  const table = startTable(['scenario', 'cost']);
  table.add(['page', '1']);
  table.take({ isPart: false, file });
  expect(readFileSync(file, 'utf8')).toBe(
    README.replace('| one decide | 0.2 |\n| growth | 3 |\n| growth | 4 |', '| page | 1 |'),
  );
});

it('a part of a table replaces the rows of the same name where they are, and other rows stay', () => {
  const table = startTable(['scenario', 'cost']);
  for (const row of [
    ['page', '1'],
    ['one decide', '5'],
    ['one decide', '6'],
  ])
    table.add(row);
  table.take({ isPart: true, file });
  expect(readFileSync(file, 'utf8')).toBe(
    README.replace('| one decide | 0.2 |', '| one decide | 5 |\n| one decide | 6 |').replace(
      '| growth | 4 |',
      '| growth | 4 |\n| page | 1 |',
    ),
  );
});

it('a table that is the last of its file is written too', () => {
  const table = startTable(['part', 'cost']);
  table.add(['hash', '1']);
  table.take({ isPart: false, file });
  expect(readFileSync(file, 'utf8')).toBe(README.replace('| one decide | 9 |', '| hash | 1 |'));
});

it('a table whose head is not in the file is refused', () => {
  expect(() => startTable(['measure', 'cost']).take({ isPart: false, file })).toThrow(
    'has no table that begins with | measure | cost |',
  );
});
