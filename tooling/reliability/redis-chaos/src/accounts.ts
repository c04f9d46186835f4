/** The rights an account needs, as the operators' guide gives them. Tests use accounts with exactly these. */

/** Of the profile store, layout `hash`. */
export const PROFILE_RULE: readonly string[] = [
  '+hgetall',
  '+evalsha',
  '+eval',
  '+hsetnx',
  '+hget',
  '+hset',
  '+hlen',
  '+hmget',
  '+expire',
  '+del',
];

/** The same for an account without scripts. */
export const PROFILE_RULE_WITHOUT_SCRIPTS: readonly string[] = [
  '+hgetall',
  '+hsetnx',
  '+hget',
  '+hset',
  '+expire',
  '+del',
];

/** Of the profile store, layout `json`. */
export const JSON_PROFILE_RULE: readonly string[] = ['+get', '+set', '+evalsha', '+eval', '+del'];

/** Of the segment cache. */
export const SEGMENT_RULE: readonly string[] = ['+get', '+set'];
