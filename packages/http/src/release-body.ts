/** Dropping a body without losing its connection: a connection closed after each answer costs a TLS handshake per request. */
import { startTimer } from './clock.ts';

/** How long (ms) a body that is dropped may take to end by itself, and how many bytes it may have. */
const RELEASE_MS = 1_000;
const MAX_RELEASED_BYTES = 65_536;

/** Reads a small body to its end, and gives up one that is long or slow. Not to be waited for; never rejects. */
export async function releaseBody(response: Response): Promise<void> {
  let stopTimer: (() => void) | undefined;
  try {
    const reader = response.body?.getReader();
    if (!reader) return;
    const cancel = () => reader.cancel().catch(() => undefined);
    stopTimer = startTimer(cancel, RELEASE_MS);
    for (let length = 0; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      length += value.byteLength;
      // What has no length, such as a text, is as good as endless.
      if (!(length <= MAX_RELEASED_BYTES)) return void cancel();
    }
  } catch {
    // What is broken already has nothing left to release, nor has a body of a custom fetch that cannot be read.
  } finally {
    stopTimer?.();
  }
}
