/** Variables of a decision on one line. */

/** Returns `key value` pairs with values as JSON; `''` when there are no variables. */
export function formatVariables(variables: object): string {
  return Object.entries(variables)
    .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
    .join(', ');
}
