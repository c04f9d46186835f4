/** In a browser this is the platform's `AbortController`, looked up when one is created: a page creates few of them. */
function makeController(): AbortController {
  return new AbortController();
}

/** As a value: `new LightAbortController()`. */
export const LightAbortController = makeController as unknown as typeof AbortController;
/** As a type. */
export type LightAbortController = AbortController;
