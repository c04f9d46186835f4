/** Giving up a body at once, with its connection. */

/** Never throws and never rejects: a body that cannot be given up changes nothing. */
export function cancelBody(response: Response): void {
  Promise.resolve()
    .then(() => response.body?.cancel())
    .catch(() => undefined);
}
