/** Following a user context, for bindings that show decisions: attributes, segments, forced decisions, stored assignments. */
import type { Opened } from './client-internals.ts';

/**
 * Calls `listener` after each change of a user context, by any caller. Copies of the context are not followed. For the
 * lifetime of the context: there is no way back, so that one binding follows a context it made itself.
 */
export function onUserChange(user: object, listener: () => void): void {
  const context = user as Partial<Opened>;
  const open = context['sortition.user'];
  // A context of another kind, such as one of a test, changes unseen.
  if (!open) return;
  context['sortition.user'] = (replace) => {
    const inside = open.call(context, replace);
    if (replace) listener();
    return inside;
  };
}
