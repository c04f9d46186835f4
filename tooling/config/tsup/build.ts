/** What a build is described by. */
import type { Options } from 'tsup';

/** A description for tsup, under a name that the declarations of every `tsup.config.ts` can say. */
export interface Build extends Options {}
