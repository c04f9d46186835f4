/** Which URLs may be called at all: secrets and decisions do not travel in the clear. */
import { SdkError } from '@sortition/core/errors';

/**
 * Parses the URL of a service. Throws `SdkError` `invalid-option` unless it is https (or plain http to a loopback name)
 * without user name and password; the message shows the host but not the path, which may hold a key.
 *
 * @param option Name of the option the URL came from.
 */
export function parseEndpoint(url: string, option: string): URL {
  const parsed = parseUrl(url, option);
  if (parsed.username || parsed.password) {
    throw new SdkError(
      'invalid-option',
      `${option} holds a user name or password; pass credentials as headers instead.`,
    );
  }
  if (parsed.protocol === 'https:' || (parsed.protocol === 'http:' && isLoopbackHost(parsed.hostname))) return parsed;
  throw new SdkError(
    'invalid-option',
    `${option} is ${parsed.protocol}//${parsed.host}; an https URL was expected (plain http only for loopback hosts).`,
  );
}

/** Parses any absolute URL; throws `SdkError` `invalid-option`, without the text, on what is none. */
export function parseUrl(url: string, option: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new SdkError(
      'invalid-option',
      `${option} is no absolute URL; something like https://example.com/path was expected.`,
    );
  }
}

/** Whether a host name, as `URL` normalises it, is this machine by definition: no DNS is asked. */
export function isLoopbackHost(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
