import { type ConfigSource, createStaticConfig } from 'sortition';
import { describeConfigSource } from '../../src/contracts/index.ts';
import { createPolling, datafileOf } from './polling-under-test.ts';

describeConfigSource('a static config', () => ({ source: createStaticConfig({ datafile: datafileOf('1') }) }));

for (const updates of ['background', 'on-use', 'manual'] as const) {
  describeConfigSource(`a polling config with updates "${updates}"`, () => createPolling(updates));
}

type Listener = Parameters<ConfigSource['subscribe']>[0];

/** A source without refresh: somebody puts configs in. */
function createPushed() {
  let current: ReturnType<ConfigSource['current']> = null;
  const listeners = new Set<{ readonly tell: Listener }>();
  const source: ConfigSource = {
    current: () => current,
    subscribe(tell) {
      const listener = { tell };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => listeners.clear(),
  };
  function publish(revision: string): void {
    const config = createStaticConfig({ datafile: datafileOf(revision) }).current();
    if (config === null) return;
    current = config;
    for (const { tell } of listeners) {
      try {
        tell({ type: 'config', config, problems: [] });
      } catch {
        // A listener's failure is its owner's.
      }
    }
  }
  return { source, publish };
}

describeConfigSource('a source that is pushed to', createPushed);
