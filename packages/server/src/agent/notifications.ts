/** `GET /v1/notifications/event-stream`: decisions and events of a project, as they happen. */
import type { DecisionEvent, TrackEvent } from 'sortition';
import { RequestError } from '../request-error.ts';
import type { ProjectOptions } from '../server-options.ts';
import { sha256 } from '../sha256.ts';
import { isStreamId, type NotificationStream, type NotificationType } from '../streams/notification-stream.ts';
import type { OpenStreams } from '../streams/server-sent-events.ts';

/** Length of a hashed user id in characters: 8 bytes. */
const ID_LENGTH = 16;

const TYPES: readonly NotificationType[] = ['decision', 'track', 'project_config_update'];

/** Publishes new datafiles of a project; returns a function that stops it. */
export function publishConfigUpdates({ client, sdkKey }: ProjectOptions, stream: NotificationStream): () => void {
  return client.on('config-update', ({ revision }) => {
    const data = JSON.stringify({ Type: 'project_config_update', Revision: revision });
    stream.publish({ project: sdkKey, type: 'project_config_update', data });
  });
}

/**
 * Publishes the decisions and conversions of a project's client; returns a function that stops it.
 *
 * @param users `hashed` replaces user ids by the start of their SHA-256 and leaves attributes out.
 */
export function publishUse(
  { client, sdkKey }: ProjectOptions,
  stream: NotificationStream,
  users: 'hashed' | 'full',
): () => void {
  const publish = (type: NotificationType, data: object): void =>
    stream.publish({ project: sdkKey, type, data: JSON.stringify(data) });
  /** The last hash: notifications keep their order even if hashing is asynchronous. */
  let last: Promise<unknown> | undefined;
  const withUser = (userId: string, attributes: object, then: (user: object) => void): void => {
    if (users === 'full') {
      then({ ID: userId, Attributes: attributes });
      return;
    }
    const hash = sha256(userId, 'hex');
    const tell = (text: string): void => then({ ID: text.slice(0, ID_LENGTH), Attributes: {} });
    if (typeof hash === 'string') tell(hash);
    else {
      last = Promise.all([hash, last])
        .then(([text]) => tell(text))
        .catch(() => undefined);
    }
  };
  const leave = [
    client.on('decision', ({ type, userId, attributes, decisionInfo }: DecisionEvent) => {
      withUser(userId, attributes, (user) =>
        publish('decision', { Type: type, UserContext: user, DecisionInfo: decisionInfo }),
      );
    }),
    client.on('track', ({ eventKey, userId, attributes, eventTags }: TrackEvent) => {
      withUser(userId, attributes, (user) =>
        publish('track', { EventKey: eventKey, UserContext: user, EventTags: eventTags ?? {} }),
      );
    }),
  ];
  return () => {
    for (const stop of leave) stop();
  };
}

/** Opens a stream of one project's notifications. @throws RequestError 400 for an unknown filter */
export function openNotifications(
  { sdkKey }: ProjectOptions,
  stream: NotificationStream,
  streams: OpenStreams,
  request: Request,
): Response {
  const wanted = readFilter(new URL(request.url).searchParams);
  const last = request.headers.get('last-event-id');
  return streams.open((send) =>
    stream.subscribe(last !== null && isStreamId(last) ? last : null, ({ id, project, type, data }) => {
      if (project === sdkKey && wanted.has(type)) send({ id, event: type, data });
    }),
  );
}

function readFilter(query: URLSearchParams): ReadonlySet<NotificationType> {
  const names = query
    .getAll('filter')
    .flatMap((text) => text.split(','))
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.length === 0) return new Set(TYPES);
  return new Set(
    names.map((name) => {
      const type = TYPES.find((known) => known === name);
      if (type === undefined) {
        throw new RequestError(400, `The filter "${name.slice(0, 64)}" is not known; expected ${TYPES.join(', ')}.`);
      }
      return type;
    }),
  );
}
