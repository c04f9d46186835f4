/** The services the job talks to, on this machine, and what arrived at them. */
import { createLabServer, createMemoryEventStore } from '@sortition/emulator';
import { createShopDatafile } from '@sortition/emulator/shop-datafile';

/** @typedef {Awaited<ReturnType<typeof startServices>>} Services */

export async function startServices() {
  const store = createMemoryEventStore();
  const lab = await createLabServer({
    eventStore: store,
    vardata: { decide: () => ({ headline: { key: 'b', value: 'b' } }) },
  });
  const shop = createShopDatafile(lab.url);
  lab.datafiles.publish('runtimes', shop);
  return {
    url: lab.url,
    /** The sample shop's, as JSON. */
    datafile: JSON.stringify(shop),
    /** @param {string} revision of the datafile that is polled from now on */
    publish: (revision) => lab.datafiles.publish('runtimes', { ...shop, revision }),
    /** @param {string} userId who gets the segment `vip` */
    setSegments: (userId) => lab.odp.setSegments(userId, ['vip']),
    /**
     * @param {(userId: string) => boolean} matches
     * @returns {{ userId: string, key: string }[]} events of those users, each once, in the order of arrival
     */
    eventsOf: (matches) =>
      [...store.events.values()]
        .filter(({ visitorId }) => matches(visitorId))
        .map(({ visitorId, key }) => ({ userId: visitorId, key })),
    close: () => lab.close(),
  };
}
