/** A client of one's own: the rules, a datafile, and the store and the sink this program wants. */
import {
  type Attributes,
  createUserSnapshot,
  decide,
  formatReason,
  type NewAssignments,
  type Reason,
  type UserProfileStore,
} from '@sortition/core';
import { parseDatafile } from '@sortition/datafile';

/** What the sink gets: one line per decision or conversion. */
export type Sink = (event: { readonly user: string; readonly what: string; readonly detail: string | number }) => void;

/** Keeps assignments in a Map, first come first served; a database would sit behind the same two methods. */
export function createMapStore() {
  const users = new Map<string, Map<string, string>>();
  return {
    sync: true,
    lookup(userId: string) {
      const entries = [...(users.get(userId) ?? [])].map(([id, variation_id]) => [id, { variation_id }]);
      return entries.length === 0 ? null : { user_id: userId, experiment_bucket_map: Object.fromEntries(entries) };
    },
    assign(userId: string, assignments: NewAssignments): Record<string, string> {
      const known = users.get(userId) ?? new Map<string, string>();
      users.set(userId, known);
      for (const [id, { variationId, replaces }] of Object.entries(assignments)) {
        if (!known.has(id) || known.get(id) === replaces) known.set(id, variationId);
      }
      return Object.fromEntries(Object.keys(assignments).map((id) => [id, known.get(id) ?? '']));
    },
  } satisfies UserProfileStore;
}

/** Composes the client. @throws SdkError `invalid-datafile` */
export function createShopClient(datafile: object, store: ReturnType<typeof createMapStore>, sink: Sink) {
  const { config } = parseDatafile(datafile);
  return {
    /** Decides a flag, remembers a new assignment and tells the sink. */
    decide(user: string, attributes: Attributes, flagKey: string) {
      const reasons: Reason[] = [];
      const known = store.lookup(user)?.experiment_bucket_map ?? {};
      const stored = { get: (experimentId: string) => known[experimentId]?.variation_id };
      const outcome = decide(config, createUserSnapshot(user, attributes), flagKey, { stored, trace: { reasons } });
      const { assignment, enabled, variation, variables } = outcome;
      if (assignment) {
        const { experimentId, variationId } = assignment;
        const replaces = stored.get(experimentId);
        store.assign(user, { [experimentId]: replaces ? { variationId, replaces } : { variationId } });
      }
      sink({ user, what: flagKey, detail: variation?.key ?? 'nothing' });
      return { enabled, variables, variationKey: variation?.key ?? null, reasons: reasons.map(formatReason) };
    },
    /** Tells the sink of a conversion. */
    track: (user: string, eventKey: string, value: number) => sink({ user, what: eventKey, detail: value }),
  };
}
