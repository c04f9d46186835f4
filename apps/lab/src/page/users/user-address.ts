/** What the view of users shows, as its address holds it: every state is a link. */
import type { Project } from '../lab/project.ts';
import { linkTo } from '../route.ts';
import { type ExploredUser, readUser, userParameters } from './explored-user.ts';

export interface UserAddress {
  readonly user: ExploredUser;
  readonly flagKey: string;
  /** A past revision to decide with; `null` for what is published. */
  readonly revision: string | null;
  /** A variation that the reader forces, whatever the rules say. */
  readonly forced: string | null;
  /** The variation that the reader asks about: why not this one? */
  readonly asked: string | null;
  /** Users beside this one. */
  readonly beside: readonly ExploredUser[];
}

/** Shown until the reader types another one: lands in an experiment. */
const FIRST_USER: ExploredUser = { userId: 'katherine', fields: { plan: 'gold', country: 'DE' } };

export function readUserAddress(parameters: URLSearchParams, project: Project): UserAddress {
  return {
    user: readUser(parameters) ?? FIRST_USER,
    flagKey: parameters.get('flag') ?? project.flags[0]?.key ?? '',
    revision: parameters.get('revision'),
    forced: parameters.get('force'),
    asked: parameters.get('whynot'),
    beside: parameters.getAll('beside').flatMap((text) => readUser(new URLSearchParams(text)) ?? []),
  };
}

export function linkToUser({ user, flagKey, revision, forced, asked, beside }: UserAddress): string {
  return linkTo('users', undefined, {
    ...userParameters(user),
    flag: flagKey,
    ...(revision !== null && { revision }),
    ...(forced !== null && { force: forced }),
    ...(asked !== null && { whynot: asked }),
    beside: beside.map((each) => new URLSearchParams(userParameters(each)).toString()),
  });
}
