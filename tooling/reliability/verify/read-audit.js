/** Reads what `pnpm audit --json` answers. */

/**
 * @param {number | null} status
 * @param {string} stdout
 * @returns {{ isAnswered: boolean, advisories: string[] }} one line per vulnerability; not answered when there is no report
 */
export function readAudit(status, stdout) {
  const report = parse(stdout);
  if (report === null) return { isAnswered: false, advisories: [] };
  const advisories = Object.values(report.advisories ?? {}).map(
    (/** @type {any} */ { module_name, severity, title, url }) => `${severity}: ${module_name}: ${title} (${url})`,
  );
  // A report whose form is not the known one must not pass for a clean one.
  if (status !== 0 && advisories.length === 0) advisories.push(`pnpm audit ended with ${status}: ${stdout}`);
  return { isAnswered: true, advisories };
}

/** @param {string} text */
function parse(text) {
  try {
    const report = JSON.parse(text);
    return typeof report === 'object' && report !== null && 'advisories' in report ? report : null;
  } catch {
    return null; // an error message instead of a report
  }
}
