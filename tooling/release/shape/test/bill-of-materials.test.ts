import { expect, it } from 'vitest';
import { readBillOfMaterials } from '../bill-of-materials.js';

/** Licences that ask no more of an application than to keep a notice. */
const PERMISSIVE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

const { bill, parts } = readBillOfMaterials();

it('[SUP-04] the bill of materials is CycloneDX and lists every part once', () => {
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: expect.stringMatching(/^1\./) });
  const names = parts.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['sortition', '@sortition/core', 'murmurhash-js', 'quick-lru']));
  expect(new Set(parts.map(({ name, version }) => `${name}@${version}`)).size).toBe(parts.length);
});

it('[SUP-04] every part has a licence, and a permissive one', () => {
  expect(parts.filter(({ licence }) => !PERMISSIVE.includes(licence))).toEqual([]);
});
