/**
 * A store whose files cannot grow beyond a limit, for tests: takes over what another one left, fills its own file, and forgets one
 * event of each, then all of them. Writes to its output how many folders are left after the first, and whether it takes events again
 * after the second. Argument: directory of the store.
 */
import { readdirSync } from 'node:fs';
import { createFileEventStore } from '../../src/node/index.ts';

const [directory = ''] = process.argv.slice(2);
const [earlier, store] = [createFileEventStore({ directory }), createFileEventStore({ directory })];
const envelope = { client_name: 'test-client' } as never;
const eventOf = (uuid: string) => ({
  uuid,
  storedAt: Date.now(),
  context: { region: 'US', botFiltering: null, envelope },
  visitor: '{}',
});

function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false; // there is no room
  }
}

earlier.add(eventOf('left'));
earlier.close?.();
store.takeLeft(10);
const uuids: string[] = [];
while (succeeds(() => store.add(eventOf(`event-${uuids.length}`)))) uuids.push(`event-${uuids.length}`);
const [first = '', ...others] = uuids;
succeeds(() => store.remove([first, 'left']));
const folders = readdirSync(directory).length;
succeeds(() => store.remove(others));
console.log(JSON.stringify({ folders, takesMore: succeeds(() => store.add(eventOf('one more'))) }));
