import { expect, it } from 'vitest';
import { compareBuilds } from '../rebuild.js';

// One package of each kind, because a build takes seconds: with declarations of others, and with several entries.
it('[SUP-04] a package that is built again, in another folder, is the same byte for byte', () => {
  expect(compareBuilds(['core', 'profile-memory'])).toEqual([]);
});
