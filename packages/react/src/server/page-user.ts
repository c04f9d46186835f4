/** The user of a page, and the client that decides. */
import type { Attributes } from '@sortition/core';

/** A client on the server, of `sortition` or `@sortition/client`. */
export interface PageClient {
  createUserContext(userId?: string, attributes?: Attributes): PageUser;
}

/** A user context of the client. */
export interface PageUser {
  readonly userId: string;
  toJSON(): { userId: string; attributes: Attributes };
}

/** The user of a page. */
export interface PageUserInput {
  readonly id: string;
  readonly attributes?: Readonly<Attributes> | undefined;
}
