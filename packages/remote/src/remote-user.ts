/** The user of a fetch, with the names of the service, and its encoding. */
import { SdkError } from '@sortition/core/errors';
import { version } from '../package.json';
import { isRecord } from './is-record.ts';

/** A value of a user or group property. */
export type RemoteProperty = string | number | boolean | null | undefined | readonly (string | number | boolean)[];

/** Property name to value. */
export type RemoteProperties = { readonly [name: string]: RemoteProperty };

/**
 * All fields are optional; names are those of the service. Give at least one of the two ids to make bucketing stable.
 */
export interface RemoteUser {
  readonly user_id?: string | null | undefined;
  readonly device_id?: string | null | undefined;
  readonly country?: string | null | undefined;
  readonly city?: string | null | undefined;
  readonly region?: string | null | undefined;
  readonly dma?: string | null | undefined;
  readonly language?: string | null | undefined;
  readonly platform?: string | null | undefined;
  readonly version?: string | null | undefined;
  readonly os?: string | null | undefined;
  readonly device_manufacturer?: string | null | undefined;
  readonly device_brand?: string | null | undefined;
  readonly device_model?: string | null | undefined;
  readonly device_category?: string | null | undefined;
  readonly carrier?: string | null | undefined;
  readonly browser?: string | null | undefined;
  readonly user_agent?: string | null | undefined;
  readonly referring_url?: string | null | undefined;
  readonly landing_url?: string | null | undefined;
  readonly first_seen?: string | null | undefined;
  /** Query parameters of the page by name. */
  readonly url_param?: { readonly [name: string]: string | readonly string[] } | null | undefined;
  readonly ip_address?: string | null | undefined;
  /** Name of the requesting software; `sortition-remote/<version>` by default. */
  readonly library?: string | null | undefined;
  readonly user_properties?: RemoteProperties | null | undefined;
  /** Group type to group names, of which the service uses the first. */
  readonly groups?: { readonly [groupType: string]: readonly string[] } | null | undefined;
  /** Group type to group name to properties. */
  readonly group_properties?:
    | { readonly [groupType: string]: { readonly [groupName: string]: RemoteProperties } }
    | null
    | undefined;
  readonly cohort_ids?: readonly string[] | null | undefined;
  /** Group type to group name to cohort ids. */
  readonly group_cohort_ids?:
    | { readonly [groupType: string]: { readonly [groupName: string]: readonly string[] } }
    | null
    | undefined;
}

const LIBRARY = `sortition-remote/${version}`;

/**
 * Returns the user as compact JSON with the library in front and without fields that are `null`, `undefined` or functions.
 * Unknown fields are sent as they are.
 *
 * @throws SdkError `invalid-user` for a value that is not an object or cannot be JSON (cycles, bigints, getters that throw).
 */
export function formatUser(user: RemoteUser): string {
  if (!isRecord(user)) {
    throw new SdkError('invalid-user', 'The user must be an object such as { user_id: "u-1" }.');
  }
  try {
    const json = JSON.stringify(user);
    // Most users can be sent unchanged, and checking each field costs more than encoding.
    if (/^\{"/.test(json) && !json.includes('null') && !('library' in user) && !('toJSON' in user)) {
      return `{"library":"${LIBRARY}",${json.slice(1)}`;
    }
    const sent: Record<string, unknown> = { library: null, ...user };
    sent.library ??= LIBRARY;
    for (const [name, value] of Object.entries(sent)) {
      // Functions are not sent anyway, but a function named `toJSON` would change the result.
      if (value == null || typeof value === 'function') delete sent[name];
    }
    return JSON.stringify(sent);
  } catch (cause) {
    throw new SdkError('invalid-user', 'The user cannot be sent: every value must be something JSON can express.', {
      cause,
    });
  }
}
