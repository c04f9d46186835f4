/** Access to the Node server from a route: faults need the socket, not only the response. */
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono, MiddlewareHandler } from 'hono';

interface NodeEnv {
  Bindings: HttpBindings;
}

/** An application on the Node adapter. */
export type NodeApp = Hono<NodeEnv>;

/** One request on the Node adapter. */
export type NodeContext = Context<NodeEnv>;

/** A middleware on the Node adapter. */
export type NodeMiddleware = MiddlewareHandler<NodeEnv>;
