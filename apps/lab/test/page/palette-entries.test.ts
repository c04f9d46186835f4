import { createShopDatafile } from '@sortition/emulator/shop-datafile';
import { expect, test } from 'vitest';
import { buildProject } from '../../src/page/lab/project.ts';
import type { WireDatafile } from '../../src/page/lab/wire-datafile.ts';
import { paletteEntries, searchEntries } from '../../src/page/palette/palette-entries.ts';

const project = buildProject(createShopDatafile('http://127.0.0.1:1') as unknown as WireDatafile);
const entries = paletteEntries(project);
const titles = (text: string) => searchEntries(entries, text).map(({ title, kind }) => `${kind}: ${title}`);

test.each([
  ['check red', 'Rule of checkout: checkout_redesign'],
  ['flags', 'View: Flags'],
  ['results rank', 'Results: ranking_model'],
  ['vips', 'Audience: VIPs'],
  ['dark', 'Colours: Colours: dark'],
  ['add_to', 'Event: add_to_cart'],
])('"%s" finds %s', (text, found) => {
  expect(titles(text)).toContain(found);
});

test('what begins with the text comes first, and a user of that name is offered last', () => {
  expect(titles('checkout').at(0)).toBe('Flag: checkout');
  expect(titles('ada').at(-1)).toBe('Decisions of the user: ada');
  expect(searchEntries(entries, 'ada b').at(-1)?.action).toBe('#/users?user=ada+b');
});

test('every entry leads to an address of its own or does something, before there is a project too', () => {
  expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
  expect(paletteEntries(null).map(({ title }) => title)).toContain('Users');
});
