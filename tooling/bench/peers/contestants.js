/** The contestants on a server project by name: ours, the official SDK, a floor, and SDKs with a format of their own. */
import { configCat } from './configcat.js';
import { flagd } from './flagd.js';
import { growthBook } from './growthbook.js';
import { unleash } from './unleash.js';

/** @typedef {import('../server-project.js').Flag} Flag */
/** @typedef {import('../server-project.js').User} User */
/** @typedef {{ decide(key: string): { variationKey: string | null, enabled: boolean } | string, trackEvent?(key: string): unknown, load?(): Promise<void> }} Context */
/** @typedef {(user: User) => Context} CreateContext */

/**
 * @typedef {object} Setup
 * @property {readonly Flag[]} flags
 * @property {string} datafile Of the same flags.
 * @property {boolean | undefined} [events]
 * @property {boolean | undefined} [sticky] With assignments stored in memory.
 * @property {number | undefined} [redisPort] With assignments stored in Redis; the official SDK, which cannot wait, has them in memory.
 * @property {(body: string) => void} [collect] Takes the body of a request with events.
 */

/**
 * An SDK with a format of its own. `sdk` is its module, so that importing it can be timed.
 *
 * @template [Sdk=any]
 * @typedef {object} Peer
 * @property {string} package
 * @property {(flags: readonly Flag[]) => string} toProject The text that its service would deliver.
 * @property {(sdk: Sdk, project: string, setup?: Pick<Setup, 'sticky' | 'redisPort'>) => CreateContext | Promise<CreateContext>} create
 */

/** @type {Readonly<Record<string, Peer>>} */
export const PEERS = { GrowthBook: growthBook, 'flagd-core': flagd, ConfigCat: configCat, Unleash: unleash };

/**
 * Creates a contestant. Answers how it makes the context of a user.
 *
 * @param {string} name One with `=` and a path is that build of ours.
 * @param {Setup} setup
 * @returns {Promise<CreateContext>}
 */
export async function createContestant(name, setup) {
  const [kind = '', build] = name.split('=');
  const peer = PEERS[kind];
  if (peer) return peer.create(await import(peer.package), peer.toProject(setup.flags), setup);
  if (kind === 'official') return (await import('./official.js')).createOfficial(setup);
  if (kind === 'floor') return (await import('./floor.js')).createFloor(setup.flags);
  return (await import('./sortition.js')).createSortition(setup, build);
}
