/** Whom a page is for, and the client that decides for them. */
import type { Attributes } from '@sortition/core';

/** A client on the server; those of `sortition` and `@sortition/client` fit. */
export interface PageClient {
  createUserContext(userId?: string, attributes?: Attributes): PageUser;
}

/** A user context of the client. */
export interface PageUser {
  readonly userId: string;
  toJSON(): { userId: string; attributes: Attributes };
}

/** Whom the page is for. */
export interface PageUserInput {
  readonly id: string;
  readonly attributes?: Readonly<Attributes> | undefined;
}
