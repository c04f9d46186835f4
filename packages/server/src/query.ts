/** Queries of addresses. */

/** Only characters that are never escaped. */
const PLAIN = /^[\w.$=&-]*$/;

/** Returns the values that a query has under a name. */
export function valuesOf(search: string, name: string): readonly string[] {
  if (!PLAIN.test(search)) return new URLSearchParams(search).getAll(name);
  const values: string[] = [];
  for (const entry of search.split('&')) {
    if (entry === name) values.push('');
    else if (entry.startsWith(name) && entry[name.length] === '=') values.push(entry.slice(name.length + 1));
  }
  return values;
}
