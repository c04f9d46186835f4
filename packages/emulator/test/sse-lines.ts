/** Reads server-sent events one by one, enough for streams that send `event`, `id` and single-line `data`. */
interface ReadEvent {
  readonly event: string;
  readonly data: string;
}

export function createParser(body: ReadableStream<Uint8Array>): { next(): Promise<ReadEvent> } {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let buffered = '';
  return {
    async next() {
      while (!buffered.includes('\n\n')) {
        const { value, done } = await reader.read();
        if (done) throw new Error('the stream ended');
        buffered += decoder.decode(value, { stream: true });
      }
      const end = buffered.indexOf('\n\n');
      const fields = new Map(
        buffered
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      buffered = buffered.slice(end + 2);
      return { event: fields.get('event') ?? 'message', data: fields.get('data') ?? '' };
    },
  };
}
