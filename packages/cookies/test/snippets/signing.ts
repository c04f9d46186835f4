import { signCookieValue, verifyCookieValue } from '../../src/index.ts';

/** @param keys The newest first; old ones stay for as long as cookies signed with them live. */
export async function knowsDevice(deviceId: string, companion: string | undefined, keys: string[]): Promise<boolean> {
  return (await verifyCookieValue(companion, keys)) === deviceId;
}

export async function companionCookie(deviceId: string, key: string): Promise<string> {
  return `device_proof=${await signCookieValue(deviceId, key)}; Max-Age=31536000; Path=/; Secure; HttpOnly; SameSite=Lax`;
}
