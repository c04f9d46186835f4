import { createMemoryProfileStore } from 'sortition';
import { describeUserProfileStore } from '../../src/contracts/index.ts';

describeUserProfileStore('the memory store', () => ({ store: createMemoryProfileStore() }));
