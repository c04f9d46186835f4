/** Allowed hosts: protection against pages that reach a private server through their own host name (DNS rebinding). */

/** Returns a function that says whether a host is allowed. */
export function createHostCheck(allowedHosts: readonly string[] | undefined): (host: string | null) => boolean {
  if (allowedHosts === undefined) return () => true;
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
  return (host) => host !== null && allowed.has(withoutPort(host.toLowerCase()));
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}
